package layouts_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// cpaControl is the 24 bytes that every record but the header begins with.
func cpaControl(kind string, number int) string {
	return fmt.Sprintf("%s%09d%-10s%04d", kind, number, "CONTOH0002", 17)
}

// cpaSegment is the 240 bytes of one transaction; the columns that are no
// business of the originator are zeros or blanks.
func cpaSegment(cents int, account, name string) string {
	return fmt.Sprintf("%03d%010d%6s%09d%-12s%022d%03d%-15s%-30s%-30s%-10s%-19s%09d%-12s%-15s%-22s%-2s%-11s",
		200, cents, "026327", 99900002, account, 0, 0, "LAPAS", name, "LAPAS CONTOH", "CONTOH0002", "REF", 99900001, "1234567", "", "", "", "")
}

// cpaFile is a file of credits, six to a record, whose trailer says nothing of
// reversals.
func cpaFile(cents ...int) []byte {
	lines := []string{fmt.Sprintf("A%09d%-10s%04d%6s%05d%-20s%-3s%1406s", 1, "CONTOH0002", 17, "026327", 999, "", "", "")}
	sum := 0
	for i := 0; i < len(cents); i += 6 {
		line := cpaControl("C", len(lines)+1)
		for j, c := range cents[i:min(i+6, len(cents))] {
			line += cpaSegment(c, fmt.Sprintf("%07d", i+j), "WARGA CONTOH")
			sum += c
		}
		lines = append(lines, fmt.Sprintf("%-1464s", line))
	}
	last := cpaControl("Z", len(lines)+1) + fmt.Sprintf("%014d%08d%014d%08d", 0, 0, sum, len(cents))
	return []byte(strings.Join(append(lines, fmt.Sprintf("%-1464s", last)), "\n") + "\n")
}

func TestCPA005(t *testing.T) {
	f := file(t, "cpa005")
	prove(t, "cpa005", f)
	if got := values(t, "cpa005", f, "header", "originator_id", "creation_date", "destination", "currency"); !slices.Equal(got, []string{"CONTOH0001|2026-11-23|00999|CAD"}) {
		t.Errorf("header is %q", got)
	}
	got := values(t, "cpa005", f, "trailer", "debit_total", "credit_total", "credit_reversal_total", "debit_reversal_total")
	if !slices.Equal(got, []string{"75.00|2800.85|100.50|50.00"}) {
		t.Errorf("totals are %q", got)
	}
}

func TestCPA005Segments(t *testing.T) {
	f := file(t, "cpa005")
	got := values(t, "cpa005", f, "credit.segment", "transaction_type", "amount", "due_date", "payee_name")
	var want []string
	for i, amount := range []string{"100.50", "200.00", "300.25", "400.00", "500.00", "600.00", "700.10"} {
		want = append(want, fmt.Sprintf("200|%s|2026-11-26|WARGA CONTOH %03d", amount, i+1))
	}
	if !slices.Equal(got, want) {
		t.Errorf("credits are %q, want %q", got, want)
	}
	got = values(t, "cpa005", f, "debit_reversal.segment", "amount", "payor_name", "original_trace_number")
	if !slices.Equal(got, []string{"50.00|PEMASOK CONTOH|0000000000000000000078"}) {
		t.Errorf("reversal is %q", got)
	}
}

func TestCPA005BySpecification(t *testing.T) {
	prove(t, "cpa005", cpaFile(100))
	prove(t, "cpa005", cpaFile(1, 2, 3, 4, 5, 6))
	prove(t, "cpa005", cpaFile(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13))
	f := cpaFile(1, 2, 3)
	prove(t, "cpa005", bytes.ReplaceAll(f, []byte("\n"), nil))
	// A transaction behind an unused segment.
	broken(t, "cpa005", poke(f, 2, 25+240, strings.Repeat(" ", 240)))
	broken(t, "cpa005", cpaFile(), "record out of place")
}

func TestCPA005Bites(t *testing.T) {
	f := file(t, "cpa005")
	for _, c := range []struct {
		name         string
		line, column int
		with         string
		want         []string
	}{
		{"number of the first detail", 2, 10, "3", []string{"field record_number", "running number disagrees"}},
		{"number of a debit", 4, 10, "1", []string{"field record_number", "running number disagrees"}},
		{"number of the trailer", 7, 10, "8", []string{"field record_number", "running number disagrees"}},
		{"originator of a detail", 2, 11, "X", []string{"field originator_id"}},
		{"originator of the trailer", 7, 11, "X", []string{"field originator_id"}},
		{"file creation number of a detail", 2, 24, "3", []string{"field file_creation_number"}},
		{"file creation number of the trailer", 7, 24, "3", []string{"field file_creation_number"}},
		{"amount in the first segment", 2, 37, "1", []string{"field credit_total", "control total disagrees"}},
		{"amount in the sixth segment", 2, 37 + 5*240, "1", []string{"field credit_total", "control total disagrees"}},
		{"debit total", 7, 38, "1", []string{"field debit_total", "control total disagrees"}},
		{"debit count", 7, 46, "3", []string{"field debit_count", "control total disagrees"}},
		{"credit total", 7, 60, "1", []string{"field credit_total", "control total disagrees"}},
		{"credit count", 7, 68, "2", []string{"field credit_count", "control total disagrees"}},
		{"credit reversal total", 7, 82, "1", []string{"field credit_reversal_total", "control total disagrees"}},
		{"credit reversal count", 7, 90, "2", []string{"field credit_reversal_count", "control total disagrees"}},
		{"debit reversal total", 7, 104, "1", []string{"field debit_reversal_total", "control total disagrees"}},
		{"debit reversal count", 7, 112, "2", []string{"field debit_reversal_count", "control total disagrees"}},
		{"date", 2, 38, "026366", []string{"field due_date"}}, // 2026 has 365 days
		{"amount with a blank", 2, 28, " ", []string{"field amount"}},
		{"record type", 2, 1, "B", []string{"unknown record type"}},
	} {
		t.Run(c.name, func(t *testing.T) { broken(t, "cpa005", poke(f, c.line, c.column, c.with), c.want...) })
	}
}

func TestCPA005Samples(t *testing.T) {
	for name, f := range samples(t, "cpa005/*.txt") {
		t.Run(name, func(t *testing.T) {
			prove(t, "cpa005", f)
			if got := values(t, "cpa005", f, "trailer", "debit_total", "credit_total", "credit_reversal_total"); !slices.Equal(got, []string{"0.00|6884.80|"}) {
				t.Errorf("totals are %q", got)
			}
		})
	}
}
