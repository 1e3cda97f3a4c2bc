// Command bekal is a bank integration gateway and batch reconciler for prison
// wages: it turns approved wages into transfer files, carries them to the bank
// exactly once, matches what the bank answers to the rupiah, and says in plain
// words what does not tie.
//
// This package wires the rooms together and holds one file per subcommand. It
// refuses to know anything about money, files or banks itself.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/term"
)

func main() {
	// What takes memory here is rosters and rows, as bytes without pointers: to
	// collect garbage twice as often costs hardly any time, and keeps the peak
	// a sixth lower.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
	os.Exit(mainCode())
}

func mainCode() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := &program{
		stdin:  os.Stdin,
		stdout: os.Stdout,
		stderr: os.Stderr,
		getenv: os.Getenv,
		now:    time.Now,
	}
	p.interactive = term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stderr.Fd()))
	if term.IsTerminal(int(os.Stdout.Fd())) {
		p.colour = os.Getenv("NO_COLOR") == ""
		p.width, _, _ = term.GetSize(int(os.Stdout.Fd())) // 0 on error, which is "unknown"
	}
	p.logToTerminal = term.IsTerminal(int(os.Stderr.Fd()))
	return p.run(ctx, os.Args[1:])
}
