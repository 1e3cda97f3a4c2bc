package layouts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// abaDetail is a detail record, column by column as the specification has it.
func abaDetail(bsb, account, code string, cents int, title string) string {
	return fmt.Sprintf("1%-7s%9s%1s%2s%010d%-32s%-18s%-7s%9s%-16s%08d",
		bsb, account, "", code, cents, title, "REF", "999-001", "100200300", "LAPAS CONTOH", 0)
}

// abaFile is a whole file; net, credit and debit are cents.
func abaFile(net, credit, debit int, details ...string) []byte {
	head := fmt.Sprintf("0%-17s%2s%-3s%-7s%-26s%06d%-12s%6s%-40s", "", "01", "XYZ", "", "LAPAS CONTOH", 123456, "PREMI", "231126", "")
	total := fmt.Sprintf("7%-7s%-12s%010d%010d%010d%-24s%06d%-40s", "999-999", "", net, credit, debit, "", len(details), "")
	lines := append(append([]string{head}, details...), total)
	return []byte(strings.Join(lines, "\r\n") + "\r\n")
}

func TestABA(t *testing.T) {
	f := file(t, "aba")
	prove(t, "aba", f)
	got := values(t, "aba", f, "detail", "bsb", "account", "indicator", "transaction_code", "amount", "title")
	want := []string{
		"999-001|12345678||53|1500.50|WARGA CONTOH 001",
		"999-002|1-234||53|750.00|WARGA CONTOH 002",
		"999-003|987654321|N|50|12000.00|Toko Contoh (Bahan)",
		"999-003|00054321|W|56|500.00|PEMEGANG SAHAM CONTOH",
		"999-001|100200300||13|10000.00|LAPAS CONTOH",
	}
	if !slices.Equal(got, want) {
		t.Errorf("details are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := values(t, "aba", f, "file_total", "net_total", "credit_total", "debit_total"); !slices.Equal(got, []string{"4750.50|14750.50|10000.00"}) {
		t.Errorf("totals are %q", got)
	}
	if got := values(t, "aba", f, "descriptive", "processing_date", "user_id", "institution"); !slices.Equal(got, []string{"2026-11-23|123456|XYZ"}) {
		t.Errorf("descriptive record is %q", got)
	}
}

func TestABABySpecification(t *testing.T) {
	credit := abaDetail("999-002", "1234567", "53", 12345, "WARGA CONTOH 001")
	debit := abaDetail("999-001", "100200300", "13", 20000, "LAPAS CONTOH")
	prove(t, "aba", abaFile(7655, 12345, 20000, credit, debit)) // the net total has no sign
	prove(t, "aba", abaFile(12345, 12345, 0, credit))
	prove(t, "aba", abaFile(0, 20000, 20000, abaDetail("999-002", "1234567", "50", 20000, "WARGA CONTOH 001"), debit))
	broken(t, "aba", abaFile(7656, 12345, 20000, credit, debit), "field net_total", "control total disagrees")
	broken(t, "aba", abaFile(0, 0, 0), "record out of place")
}

func TestABABites(t *testing.T) {
	f := file(t, "aba")
	for _, c := range []struct {
		name         string
		line, column int
		with         string
		want         []string
	}{
		{"net total", 7, 30, "1", []string{"field net_total", "control total disagrees"}},
		{"credit total", 7, 40, "1", []string{"field credit_total", "control total disagrees"}},
		{"debit total", 7, 50, "1", []string{"field debit_total", "control total disagrees"}},
		{"count", 7, 80, "4", []string{"field count", "control total disagrees"}},
		{"amount", 2, 30, "1", []string{"field net_total", "field credit_total"}},
		{"credit made a debit", 2, 19, "13", []string{"field credit_total", "field debit_total"}},
		{"transaction code", 2, 19, "99", []string{"field transaction_code"}},
		{"indicator", 2, 18, "Q", []string{"field indicator"}},
		{"BSB without hyphen", 2, 5, "0", []string{"field bsb"}},
		{"BSB of the trailer", 7, 2, "998", []string{"field bsb"}},
		{"account on the left", 2, 9, "12345678 ", []string{"field account"}},
		{"amount with blanks", 2, 21, " ", []string{"field amount"}},
		{"date", 1, 75, "310226", []string{"field processing_date"}},
		{"record type", 2, 1, "5", []string{"unknown record type"}},
	} {
		t.Run(c.name, func(t *testing.T) { broken(t, "aba", poke(f, c.line, c.column, c.with), c.want...) })
	}
	broken(t, "aba", []byte(strings.ReplaceAll(string(f), "\r\n", "\n")))
}
