package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"bekal/configs"
	"bekal/reconcile/ledger"
)

// TestReportIsOfOneMoment has people approve wages while a report is made: what
// it counts is what the books held when their head was the one that it prints.
func TestReportIsOfOneMoment(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	if err := f.ready(restoreWages, nil); err != nil {
		t.Fatal(err)
	}
	const sheets = 4
	for n := range sheets {
		path := f.path(fmt.Sprintf("more-%d.csv", n))
		rows, err := os.ReadFile(f.path("wages.csv"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(rows, bytes.Repeat([]byte("\n"), n+1)...), 0o600); err != nil {
			t.Fatal(err)
		}
		f.must(t, exitOK, "wages", "import", path, "--period", fmt.Sprintf("2027-%02d", n+1), "--count", fmt.Sprint(restoreWages), "--total", fmt.Sprint(int64(f.paid)/100), "--by", importer)
	}
	other, err := ledger.Open(t.Context(), ledger.Options{Path: f.path("bekal.db"), Archive: f.path("archive"), Now: f.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close() //nolint:errcheck // a test
	owedAt := map[string]int64{}
	note := func(sheets int) {
		head, err := other.Head(t.Context())
		if err != nil {
			t.Error(err)
		}
		owedAt[head] = int64(sheets) * restoreWages
	}
	note(1)
	approved := 1
	// The program asks for the time while it gathers what the report says.
	meanwhile := func() time.Time {
		if approved <= sheets {
			approved++
			if _, err := other.ApproveSheet(t.Context(), ledger.Actor{User: approver, OSUser: "tester"}, int64(approved), "2026-11-23", ledger.Limits{}); err != nil {
				t.Error(err)
			}
			note(approved)
		}
		return f.clock.Now()
	}
	var out, errs bytes.Buffer
	p := &program{stdout: &out, stderr: &errs, getenv: func(string) string { return "" }, now: meanwhile}
	if code := p.run(context.Background(), []string{"--config", f.path(configs.FileName), "report", "--format", "json"}); code != exitOK {
		t.Fatalf("%d %s", code, errs.String())
	}
	var r struct {
		Head    string `json:"chain_head"`
		Summary summary
	}
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if want, known := owedAt[r.Head]; !known || r.Summary.Owed.Count != want || approved == 1 {
		t.Errorf("%d wages are owed by the report, and %d were when the head was %s (after %d approvals)", r.Summary.Owed.Count, want, r.Head, approved)
	}
}
