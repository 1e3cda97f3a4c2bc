package layouts_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func n43Header(side, cents int) string {
	return fmt.Sprintf("11%04d%04d%010d%6s%6s%d%014d%03d%d%-26s%-3s", 9999, 17, 1234567890, "261101", "261130", side, cents, 978, 2, "LAPAS CONTOH", "")
}

func n43Movement(side, cents int) string {
	return fmt.Sprintf("22%4s%04d%6s%6s%02d%03d%d%014d%010d%-12s%-16s", "", 17, "261115", "261116", 4, 0, side, cents, 0, "", "")
}

func n43Concept(code int) string { return fmt.Sprintf("23%02d%-38s%-38s", code, "KETERANGAN", "") }

// n43End is a record 33: counts and totals of debits and credits, then the
// closing balance.
func n43End(debits, debit, credits, credit, side, cents int) string {
	return fmt.Sprintf("33%04d%04d%010d%05d%014d%05d%014d%d%014d%03d%4s", 9999, 17, 1234567890, debits, debit, credits, credit, side, cents, 978, "")
}

func n43File(records ...string) []byte {
	last := fmt.Sprintf("88%s%06d%54s", strings.Repeat("9", 18), len(records), "")
	return []byte(strings.Join(append(records, last), "\r\n") + "\r\n")
}

func TestN43(t *testing.T) {
	f := file(t, "n43")
	prove(t, "n43", f)
	for _, c := range []struct {
		record string
		fields []string
		want   []string
	}{
		{"account_header", []string{"bank", "account", "start_date", "opening_balance", "currency"}, []string{"9999|0000000001|2026-11-22|1000.00|978", "9999|0000000002|2026-11-22|-5.00|978"}},
		{"movement", []string{"operation_date", "common_concept", "side", "amount"}, []string{"2026-11-23|04|2|2500.75", "2026-11-23|17|1|-15.00", "2026-11-23|03|1|-4000.00"}},
		{"concept", []string{"concept_1", "concept_2"}, []string{"HIBAH PELATIHAN|DINAS CONTOH ESPAÑA", "TAHAP 2|", "TAGIHAN AIR|"}},
		{"equivalence", []string{"currency", "amount"}, []string{"840|2710.00"}},
		{"account_trailer", []string{"debit_total", "credit_total", "closing_balance"}, []string{"4015.00|2500.75|-514.25", "0.00|0.00|-5.00"}},
	} {
		if got := values(t, "n43", f, c.record, c.fields...); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.record, got, c.want)
		}
	}
}

func TestN43BySpecification(t *testing.T) {
	prove(t, "n43", n43File(n43Header(2, 100), n43End(0, 0, 0, 0, 2, 100)))
	f := n43File(n43Header(1, 100), n43Movement(2, 350), n43Concept(1), n43Concept(2), n43Concept(3), n43Concept(4), n43Concept(5),
		n43Movement(1, 50), n43Concept(1), n43Movement(1, 25), n43End(2, 75, 1, 350, 2, 175))
	prove(t, "n43", f)
	prove(t, "n43", bytes.ReplaceAll(f, []byte("\r\n"), []byte("\n")))
	// Blanks at the end of lines are often left out: here of the record 33.
	short := bytes.ReplaceAll(n43File(n43Header(2, 100), n43End(0, 0, 0, 0, 2, 100)), []byte("978    \r\n"), []byte("978\r\n"))
	proveTolerated(t, "n43", short, 1)
	six := n43File(n43Header(2, 0), n43Movement(2, 1), n43Concept(1), n43Concept(2), n43Concept(3), n43Concept(4), n43Concept(5), n43Concept(6), n43End(0, 0, 1, 1, 2, 1))
	broken(t, "n43", six, "record out of place")
	broken(t, "n43", n43File(n43Header(2, 0), n43Concept(1), n43End(0, 0, 0, 0, 2, 0)), "record out of place")
	broken(t, "n43", n43File(n43Header(2, 0), n43Movement(2, 1), n43End(0, 0, 1, 1, 1, 1)), "field closing_balance", "control total disagrees")
}

func TestN43Bites(t *testing.T) {
	f := file(t, "n43")
	for _, c := range []struct {
		name         string
		line, column int
		with         string
		want         []string
	}{
		{"opening balance", 2, 47, "1", []string{"field closing_balance", "control total disagrees"}},
		{"side of the opening balance", 2, 33, "1", []string{"field closing_balance", "control total disagrees"}},
		{"amount", 3, 42, "6", []string{"field credit_total", "field closing_balance"}},
		{"side of a movement", 7, 28, "2", []string{"field debit_count", "field debit_total", "field credit_count", "field credit_total", "field closing_balance"}},
		{"side that is none", 7, 28, "3", []string{"field side"}},
		{"debit count", 10, 25, "3", []string{"field debit_count", "control total disagrees"}},
		{"debit total", 10, 39, "1", []string{"field debit_total", "control total disagrees"}},
		{"credit count", 10, 44, "3", []string{"field credit_count", "control total disagrees"}},
		{"credit total", 10, 58, "1", []string{"field credit_total", "control total disagrees"}},
		{"side of the closing balance", 10, 59, "2", []string{"field closing_balance", "control total disagrees"}},
		{"closing balance", 10, 73, "1", []string{"field closing_balance", "control total disagrees"}},
		{"closing balance of the second account", 12, 73, "1", []string{"field closing_balance", "control total disagrees"}},
		{"bank at the end", 10, 3, "1", []string{"field bank"}},
		{"branch at the end", 10, 7, "1", []string{"field branch"}},
		{"account at the end", 10, 20, "7", []string{"field account"}},
		{"currency at the end", 10, 74, "840", []string{"field currency"}},
		{"data code", 5, 4, "3", []string{"field data_code", "running number disagrees"}},
		{"number of records", 13, 26, "2", []string{"field count", "control total disagrees"}},
		{"nines", 13, 3, "8", []string{"field nines"}},
		{"date", 3, 11, "260231", []string{"field operation_date"}},
		{"record type", 3, 1, "21", []string{"unknown record type"}},
	} {
		t.Run(c.name, func(t *testing.T) { broken(t, "n43", poke(f, c.line, c.column, c.with), c.want...) })
	}
}
