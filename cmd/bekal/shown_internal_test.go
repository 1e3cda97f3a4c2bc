package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestATerminalObeysNobody(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "Lapas Contoh · Rp 1.000": "Lapas Contoh · Rp 1.000", "two\nlines\tand a tab": "two\nlines\tand a tab", "\x1b[2J": `\x1b[2J`, "a\rb": `a\x0db`, "\u009b31m": `\u009b31m`, "\u202egnp.STL": `\u202egnp.STL`,
		"\xff\x00": `\xff\x00`, "\U000e0041": `\U000e0041`, "│ ✓ ≥": "│ ✓ ≥", "no-break\u00a0space": "no-break\u00a0space", "zero\u200bwidth": `zero\u200bwidth`,
	} {
		if got := shown(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
	if got := oneShown("a\nerror: b\tc"); got != `a\nerror: b\tc` {
		t.Errorf("%q", got)
	}
	hostile := "\x1b[2J\u009b31m\u202e\U000e0041.STL"
	var out, errs bytes.Buffer
	p := &program{stdout: &out, stderr: &errs}
	p.printError(&hinted{errors.New(hostile), hostile})
	table := p.table("file")
	table.row(hostile + "\nerror: forged")
	if err := errors.Join(table.print(""), p.printf("%s\n", hostile), p.json(map[string]string{"file": hostile})); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{out.String(), errs.String()} {
		if strings.ContainsAny(text, "\x1b\u009b\u202e\U000e0041") {
			t.Errorf("a terminal would obey %q", text)
		}
	}
	if strings.Contains(out.String(), "\nerror: ") {
		t.Errorf("a line was forged: %s", out.String())
	}
	var back map[string]string
	if err := json.Unmarshal(out.Bytes()[bytes.IndexByte(out.Bytes(), '{'):], &back); err != nil || back["file"] != hostile {
		t.Errorf("%q, %v", back, err)
	}
}

// What goes wrong where nobody sits is read in a log: neither the error nor the
// hint holds an account; where somebody sits, both say which one is meant.
func TestErrorsOfTheNightMaskAccounts(t *testing.T) {
	const account = "999005719440828"
	for _, unattended := range []bool{true, false} {
		var b bytes.Buffer
		p := &program{stderr: &b, unattended: unattended}
		p.printError(&hinted{errors.New("not " + account), "look at " + account})
		if n := strings.Count(b.String(), account); n != 0 == unattended || strings.Count(b.String(), "0828") != 2 {
			t.Errorf("unattended: %v: %s", unattended, b.String())
		}
	}
}

// An account is masked in whatever a record of the log holds.
func TestLogsMaskWhateverTheyAreGiven(t *testing.T) {
	const account = "999005719440828"
	var b bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&b, &slog.HandlerOptions{ReplaceAttr: maskAccounts}))
	type pair struct{ Account, Name string }
	log.Info("account "+account, "text", account, "error", errors.New("not "+account), "list", []string{account}, "pair", pair{account, "CONTOH"}, "pointer", &pair{account, "CONTOH"},
		slog.Group("group", "inside", account), "bytes", json.RawMessage(`"`+account+`"`), "n", 7, "took", time.Second)
	log.With("with", account).WithGroup("g").Warn("x", "y", "D"+account+"CONTOH")
	if s := b.String(); strings.Contains(s, account) || strings.Count(s, "***0828") != 10 || !strings.Contains(s, `"n":7`) {
		t.Errorf("%s", s)
	}
}
