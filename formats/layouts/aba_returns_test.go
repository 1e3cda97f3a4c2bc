package layouts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestABAReturns(t *testing.T) {
	f := file(t, "aba-returns")
	prove(t, "aba-returns", f)
	got := values(t, "aba-returns", f, "return", "account", "return_code", "transaction_code", "amount", "original_day", "original_user_id")
	want := []string{
		"12345678|3|53|1500.50|23|123456",
		"1-234|5|53|750.00|23|123456",
		"44444444|6|13|25.00|20|123456",
	}
	if !slices.Equal(got, want) {
		t.Errorf("returns are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestABAReturnsBySpecification(t *testing.T) {
	head := fmt.Sprintf("0%-17s%2s%-3s%-7s%-26s%06d%-12s%6s%-40s", "", "01", "XYZ", "", "LAPAS CONTOH", 123456, "RETURNS", "251126", "")
	item := fmt.Sprintf("2%-7s%9s%d%2s%010d%-32s%-18s%-7s%9s%-16s%02d%06d",
		"999-002", "1234567", 1, "50", 5000, "WARGA CONTOH 009", "REF 9", "999-001", "100200300", "LAPAS CONTOH", 7, 123456)
	total := fmt.Sprintf("7%-7s%-12s%010d%010d%010d%-24s%06d%-40s", "999-999", "", 5000, 5000, 0, "", 1, "")
	f := []byte(head + "\r\n" + item + "\r\n" + total + "\r\n")
	prove(t, "aba-returns", f)
	if got := values(t, "aba-returns", f, "return", "return_code", "original_day", "trace_bsb", "trace_account"); !slices.Equal(got, []string{"1|07|999-001|100200300"}) {
		t.Errorf("return is %q", got)
	}
	// A file may say that nothing came back.
	nothing := fmt.Sprintf("7%-7s%-12s%010d%010d%010d%-24s%06d%-40s", "999-999", "", 0, 0, 0, "", 0, "")
	prove(t, "aba-returns", []byte(head+"\r\n"+nothing+"\r\n"))
}

func TestABAReturnsBites(t *testing.T) {
	f := file(t, "aba-returns")
	for _, c := range []struct {
		name         string
		line, column int
		with         string
		want         []string
	}{
		{"net total", 5, 30, "1", []string{"field net_total", "control total disagrees"}},
		{"credit total", 5, 40, "1", []string{"field credit_total", "control total disagrees"}},
		{"debit total", 5, 50, "1", []string{"field debit_total", "control total disagrees"}},
		{"count", 5, 80, "9", []string{"field count", "control total disagrees"}},
		{"return code", 2, 18, "0", []string{"field return_code"}},
		{"return code missing", 2, 18, " ", []string{"field return_code"}},
		{"original day", 2, 113, "x", []string{"field original_day"}},
		{"entry among the returns", 2, 1, "1", []string{"unknown record type"}},
	} {
		t.Run(c.name, func(t *testing.T) { broken(t, "aba-returns", poke(f, c.line, c.column, c.with), c.want...) })
	}
	broken(t, "aba-returns", file(t, "aba"))
	broken(t, "aba", f)
}
