package layouts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestBCAPayroll(t *testing.T) {
	const layout = "bca-payroll"
	f := file(t, layout)
	prove(t, layout, f)
	if got, want := values(t, layout, f, "header", "branch", "company_code", "company_name", "payment_date", "account", "count"),
		[]string{"0123|99001|CTOH|2026-11-27|1239999999|3"}; !slices.Equal(got, want) {
		t.Errorf("header %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "detail", "account", "employee_number", "name", "department"), []string{
		"1230000001|0000000001|WARGA CONTOH 001|PROD",
		"1230000002|0000000002|WARGA CONTOH 002|PROD",
		"1230000003|0000000003|WARGA CONTOH O'003|",
	}; !slices.Equal(got, want) {
		t.Errorf("details %q, want %q", got, want)
	}

	broken(t, layout, poke(f, 1, 43, "00004"), "field count", "control total disagrees")
	broken(t, layout, poke(f, 1, 61, "9"), "field total", "control total disagrees")
	broken(t, layout, poke(f, 3, 24, "1"), "field total", "control total disagrees")
	broken(t, layout, poke(f, 1, 62, ".50"), "field total_fraction")
	broken(t, layout, poke(f, 2, 25, "50"), "field amount_fraction")
	broken(t, layout, poke(f, 1, 25, "31"), "field payment_date") // 31 November
	broken(t, layout, poke(f, 1, 65, "13"), "field payment_date")
	broken(t, layout, poke(f, 1, 27, "02"), "field service")
	broken(t, layout, poke(f, 1, 41, "XX"))
	broken(t, layout, poke(f, 2, 1, "1"), "unknown record type")
	broken(t, layout, poke(f, 2, 2, "X"), "field account")
}

// TestBCAPayrollColumns writes a file straight from the columns.
func TestBCAPayrollColumns(t *testing.T) {
	const layout = "bca-payroll"
	var b strings.Builder
	fmt.Fprintf(&b, "%011d%04d%05d%-4s%02d01%010d00MF%05d%014d.00%02d%04d\r\n", 0, 77, 12, "ABCD", 1, 771234567, 2, 3000001, 2, 2027)
	fmt.Fprintf(&b, "0%010d%013d00%010d%-30s%-4s\r\n", 771000001, 3000000, 5, "WARGA CONTOH 005", "A")
	fmt.Fprintf(&b, "0%010d%013d00%010d%-30s%-4s\r\n", 771000002, 1, 6, "WARGA CONTOH 006", "")
	f := []byte(b.String())
	prove(t, layout, f)
	if got, want := values(t, layout, f, "header", "branch", "payment_date", "account"), []string{"0077|2027-02-01|0771234567"}; !slices.Equal(got, want) {
		t.Errorf("header %q, want %q", got, want)
	}
	proveTolerated(t, layout, f[:len(f)-2], 1)
	proveTolerated(t, layout, append(slices.Clone(f), 0x1a), 1)
	broken(t, layout, []byte(strings.ReplaceAll(string(f), "\r\n", "\n")))
}
