package main_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// whole is the cycle without what stands apart.
func (c *cycle) whole() usage {
	return c.wages.plus(c.approve).plus(c.send).plus(c.read)
}

func (c *cycle) ratio() float64 { return c.whole().wall.Seconds() / c.shell.whole().wall.Seconds() }

// cpuRatio is the ratio of processor time, which says more than that of seconds
// while the machine has other things to do.
func (c *cycle) cpuRatio() float64 { return c.whole().cpu.Seconds() / c.shell.whole().cpu.Seconds() }

func (c *cycle) perSecond() float64 { return float64(c.n) / c.whole().wall.Seconds() }

// table prints what a person wants to know.
func (c *cycle) table(b *testing.B) {
	var t strings.Builder
	process := func(name string, u usage) {
		fmt.Fprintf(&t, "  %-34s%9.2f%9.2f%9.0f\n", name, u.wall.Seconds(), u.cpu.Seconds(), mebibytes(u.peak))
	}
	step := func(name string, seconds float64) { fmt.Fprintf(&t, "    %-32s%9.2f\n", name, seconds) }
	night := func(name string, u usage, s nightSteps, steps ...string) {
		process(name, u)
		rest := u.wall.Seconds()
		for _, x := range steps {
			step(x, s.seconds(x))
			rest -= s.seconds(x)
		}
		step("other steps, start and end", rest)
	}
	fmt.Fprintf(&t, "\n%d deposits through the bekal program (%s/%s, %d processors)\n\n", c.n, runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	fmt.Fprintf(&t, "  %-34s%9s%9s%9s\n", "", "seconds", "cpu s", "peak MiB")
	process("import wages", c.wages)
	process("approve", c.approve)
	night("first night", c.send, c.sent, "compose", "deliver")
	night("second night", c.read, c.answered, "collect", "reconcile", "report")
	process("THE CYCLE", c.whole())
	fmt.Fprintf(&t, "  %-34s%9.0f\n\n", "deposits per second", c.perSecond())
	process("sqlite3 "+c.shell.version+" imports both files", c.shell.load)
	process("and joins them", c.shell.join)
	process("THE SHELL", c.shell.whole())
	fmt.Fprintf(&t, "\n  %-34s%9.2f%9.2f\n\n", "RATIO of the cycle to the shell", c.ratio(), c.cpuRatio())
	t.WriteString("  apart, not in the cycle\n")
	process("roster import and approve", c.roster)
	process("ledger verify", c.verify)
	fmt.Fprintf(&t, "  %-34s%9.2f\n", "the simulated bank settles", c.work.Seconds())
	t.WriteString("\n  cpu s is of bekal's (or the shell's) processes alone. While files are carried the\n" +
		"  simulated bank works too, on the same processors, and makes those seconds longer.\n")
	// A benchmark's own log is cut after ten lines.
	if _, err := os.Stderr.WriteString(t.String()); err != nil {
		b.Fatal(err)
	}
}

// report gives the figures that other programs read.
func (c *cycle) report(b *testing.B) {
	b.ReportMetric(0, "ns/op") // it would hold the bank and the shell too
	b.ReportMetric(c.whole().wall.Round(time.Millisecond).Seconds(), "s/cycle")
	b.ReportMetric(c.perSecond(), "deposits/s")
	b.ReportMetric(c.ratio(), "ratio")
	b.ReportMetric(c.cpuRatio(), "cpu-ratio")
	b.ReportMetric(mebibytes(max(c.whole().peak, c.roster.peak)), "peak-MiB")
}

func mebibytes(kibibytes int64) float64 { return float64(kibibytes) / 1024 }
