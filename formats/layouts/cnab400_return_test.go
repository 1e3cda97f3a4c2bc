package layouts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestCNAB400Return(t *testing.T) {
	const layout = "cnab400-return"
	f := file(t, layout)
	prove(t, layout, f)
	if got, want := values(t, layout, f, "detail", "occurrence", "occurrence_date", "document", "amount", "fee", "amount_paid", "credit_date", "record_number"), []string{
		"02|2026-11-30|1001|1500.00|1.50|||2",
		"06|2026-11-30|1002|0.99|1.50|1.01|2026-12-01|3",
		"03|2026-11-30|1003|0.01|1.50|||4",
	}; !slices.Equal(got, want) {
		t.Errorf("details %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "trailer", "bank_code", "portfolio_count", "portfolio_total", "notice"), []string{"999|2|1500.99|AVISO001"}; !slices.Equal(got, want) {
		t.Errorf("trailer %q, want %q", got, want)
	}
	// Some banks leave a date that there is not blank.
	if got, want := values(t, layout, poke(f, 4, 296, "      "), "detail", "credit_date"), []string{"", "2026-12-01", ""}; !slices.Equal(got, want) {
		t.Errorf("dates of the credits %q, want %q", got, want)
	}
	for line := 1; line <= 6; line++ {
		broken(t, layout, poke(f, line, 395, "000009"), "field record_number", "running number disagrees")
	}
	broken(t, layout, poke(f, 6, 5, "998"), "field bank_code")
	broken(t, layout, poke(f, 1, 2, "1"), "unknown record type")
	broken(t, layout, poke(f, 1, 3, "REMESSA"), "field file_name")
	broken(t, layout, poke(f, 2, 111, "310226"), "field occurrence_date")
	broken(t, layout, poke(f, 3, 254, "X"), "field amount_paid")
}

// TestCNAB400ReturnColumns writes a file straight from the columns that banks
// have in common.
func TestCNAB400ReturnColumns(t *testing.T) {
	const layout = "cnab400-return"
	header := fmt.Sprintf("02RETORNO01%-15s%020d%-30s%03d%-15s%s%-294s%06d", "COBRANCA", 123, "COMPANHIA CONTOH SA", 998, "BANCO CONTOH", "010327", "01600BPI", 1)
	detail := fmt.Sprintf("1%s%014d%-20s%-25s%-45s%s%s%s%-10s%-20s%s%013d%03d%05d%s%013d%013d%013d%013d%013d%013d%013d%013d%013d%-3s%s%-93s%06d",
		"02", 44555666000172, "0077  12345", "NOTA 1", "00000055", "I", "17", "280227", "D-1", "00000055", "280227", 123456, 997, 1234, "01", 200, 0, 0, 0, 1, 2, 123453, 0, 0, "", "020327", "00000000000000000", 2)
	trailer := fmt.Sprintf("9201%03d%-10s%08d%014d%-8s%-347s%06d", 998, "", 0, 0, "", "", 3)
	f := []byte(strings.Join([]string{header, detail, trailer, ""}, "\r\n"))
	for i, l := range strings.Split(string(f), "\r\n")[:3] {
		if len(l) != 400 {
			t.Fatalf("line %d has %d columns", i+1, len(l))
		}
	}
	prove(t, layout, f)
	if got, want := values(t, layout, f, "detail", "occurrence", "due_date", "collecting_bank", "collecting_branch", "fee", "abatement", "discount", "amount_paid", "credit_date"),
		[]string{"17|2027-02-28|997|01234|2.00|0.01|0.02|1234.53|2027-03-02"}; !slices.Equal(got, want) {
		t.Errorf("detail %q, want %q", got, want)
	}
}
