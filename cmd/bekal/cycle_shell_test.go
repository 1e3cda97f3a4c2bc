package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"bekal/formats"
	"bekal/formats/layouts"
)

// shellTimes is what the sqlite3 shell took.
type shellTimes struct {
	load, join usage
	version    string
}

func (s shellTimes) whole() usage { return s.load.plus(s.join) }

// The shell keeps everything in a file, as Bekal does, with its own defaults:
// one transaction for each file, synced to the disk.
const shellLoad = `CREATE TABLE deposits (reference TEXT PRIMARY KEY, account TEXT, name TEXT, amount INTEGER, remark TEXT, payee TEXT);
CREATE TABLE answers (reference TEXT PRIMARY KEY, account TEXT, name TEXT, amount INTEGER, status TEXT, code TEXT, bank_reference TEXT, posted TEXT);
.mode csv
.import deposits.csv deposits
.import answers.csv answers
`

// What does not tie, in both directions.
const shellJoin = `.mode csv
SELECT d.reference, d.account, a.account, d.amount, a.amount, a.status, a.code FROM deposits d LEFT JOIN answers a ON a.reference = d.reference
	WHERE a.reference IS NULL OR a.status <> '00' OR a.account <> d.account OR a.amount <> d.amount OR a.name <> d.name;
SELECT a.reference, a.account, a.amount FROM answers a LEFT JOIN deposits d ON d.reference = a.reference WHERE d.reference IS NULL;
`

// runShell imports and joins what shellDeposits and shellAnswers wrote.
func (c *cycle) runShell() {
	run := func(script string) usage {
		cmd := exec.CommandContext(c.b.Context(), "sqlite3", "shell.db")
		cmd.Dir, cmd.Stdin = c.dir, strings.NewReader(script)
		printed, u := c.measure(cmd)
		if script == shellJoin && len(printed) == 0 && c.n >= cycleDeposits {
			c.b.Fatal("the shell finds that everything ties")
		}
		return u
	}
	c.shell.load, c.shell.join = run(shellLoad), run(shellJoin)
	version, err := exec.CommandContext(c.b.Context(), "sqlite3", "--version").Output()
	if err != nil {
		c.b.Fatal(err)
	}
	c.shell.version, _, _ = strings.Cut(string(version), " ")
}

// shellDeposits writes the deposits that lie in the bank's folder as CSV.
func (c *cycle) shellDeposits() {
	n := c.shellCSV("deposits.csv", "bri-transfer", filepath.Join("outbox", "*.TRF"), "account", "name", "amount", "remark", "payee_id")
	if n != int64(c.n) {
		c.b.Fatalf("the transfer file has %d deposits of %d", n, c.n)
	}
}

// shellAnswers writes the bank's answers as CSV, and returns how many there are.
func (c *cycle) shellAnswers() int64 {
	return c.shellCSV("answers.csv", "bri-settlement", filepath.Join("inbox", "*.STL"), "account", "name", "amount", "status", "code", "bank_reference", "posted")
}

// shellCSV writes the details of the bank's one file of a kind as CSV, the
// payment reference first.
func (c *cycle) shellCSV(name, layout, pattern string, fields ...string) (n int64) {
	set, err := layouts.Load("")
	if err != nil {
		c.b.Fatal(err)
	}
	plan, ok := set.Plan(layout)
	if !ok {
		c.b.Fatalf("there is no layout %s", layout)
	}
	columns := []formats.Field{plan.Field("D", "payment_reference")}
	for _, f := range fields {
		columns = append(columns, plan.Field("D", f))
	}
	paths, err := filepath.Glob(filepath.Join(c.bankRoot, pattern))
	if err != nil || len(paths) != 1 {
		c.b.Fatalf("%s: %q, %v: not one file", pattern, paths, err)
	}
	f, err := os.Open(paths[0])
	if err != nil {
		c.b.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // read only
	cells := make([]string, len(columns))
	c.writeCSV(name, func(add func(...string)) {
		dec := plan.NewDecoder(f, formats.DecodeOptions{File: paths[0]})
		for dec.Next() {
			rec := dec.Record()
			if rec.Type() != "D" {
				continue
			}
			for i, column := range columns {
				if i > 0 && fields[i-1] == "amount" {
					cells[i] = strconv.FormatInt(rec.Int(column), 10)
				} else {
					cells[i] = string(rec.Text(column))
				}
			}
			add(cells...)
			n++
		}
		if err := dec.Err(); err != nil {
			c.b.Fatal(err)
		}
	})
	return n
}
