package layouts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestCNAB400(t *testing.T) {
	const layout = "cnab400"
	f := file(t, layout)
	prove(t, layout, f)
	if got, want := values(t, layout, f, "header", "company", "company_name", "bank_code", "created", "record_number"),
		[]string{"00000000000001234567|EMPRESA CONTOH LTDA|999|2026-11-23|1"}; !slices.Equal(got, want) {
		t.Errorf("header %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "detail", "movement", "document", "due_date", "amount", "issued", "interest_per_day", "payer_registration", "payer_name", "record_number"), []string{
		"01|1001|2026-11-30|1500.00|2026-11-23|0.17|00011144477735|WARGA CONTOH 1001|2",
		"06|1002|2026-12-15|0.99|2026-11-01|0.17|00011144477735|WARGA CONTOH 1002|4",
		"02|1003||0.01||0.17|00011144477735|WARGA CONTOH 1003|5",
	}; !slices.Equal(got, want) {
		t.Errorf("details %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "other", "record_type", "record_number"), []string{"2|3"}; !slices.Equal(got, want) {
		t.Errorf("other records %q, want %q", got, want)
	}

	for line := 1; line <= 6; line++ {
		broken(t, layout, poke(f, line, 395, "000009"), "field record_number", "running number disagrees")
	}
	broken(t, layout, poke(f, 2, 140, "998"), "field bank_code")
	broken(t, layout, poke(f, 1, 2, "2"), "unknown record type")
	broken(t, layout, poke(f, 1, 3, "RETORNO"), "field file_name")
	broken(t, layout, poke(f, 2, 1, "2"), "record out of place")
	broken(t, layout, poke(f, 2, 1, "0"))
	broken(t, layout, poke(f, 2, 121, "310926"), "field due_date")
	broken(t, layout, poke(f, 2, 127, "X"), "field amount")
	broken(t, layout, poke(f, 2, 111, strings.Repeat(" ", 10)), "field document")
}

// TestCNAB400Columns writes a file straight from the columns that banks have in
// common.
func TestCNAB400Columns(t *testing.T) {
	const layout = "cnab400"
	header := fmt.Sprintf("01REMESSA01%-15s%020d%-30s%03d%-15s%s%-8s%s%07d%277s%06d", "COBRANCA", 123, "COMPANHIA CONTOH SA", 998, "BANCO CONTOH", "010227", "", "MX", 12, "", 1)
	detail := fmt.Sprintf("1%s%014d%-20s%-25s%08d%-37s%s%s%-10s%s%013d%03d%05d%s%s%s%s%s%013d%s%013d%013d%013d%s%014d%-40s%-40s%-12s%08d%-15s%-2s%-43s%06d",
		"02", 44555666000172, "0077  12345", "NOTA 1", 55, "109", "I", "01", "D-1", "280227", 123456, 998, 0, "01", "A", "010227", "  ", "  ", 0, "000000", 0, 0, 0, "02", 11222333000181, "TOKO CONTOH", "RUA A 1", "", 50000000, "RECIFE", "PE", "", 2)
	f := []byte(strings.Join([]string{header, detail, fmt.Sprintf("9%393s%06d", "", 3), ""}, "\r\n"))
	for i, l := range strings.Split(string(f), "\r\n")[:3] {
		if len(l) != 400 {
			t.Fatalf("line %d has %d columns", i+1, len(l))
		}
	}
	prove(t, layout, f)
	if got, want := values(t, layout, f, "detail", "company_registration", "company_use", "document", "due_date", "amount", "title_kind", "accepted", "payer_registration", "payer_postal_code", "payer_city", "payer_state"),
		[]string{"44555666000172|NOTA 1|D-1|2027-02-28|1234.56|01|A|11222333000181|50000000|RECIFE|PE"}; !slices.Equal(got, want) {
		t.Errorf("detail %q, want %q", got, want)
	}
	proveTolerated(t, layout, append(slices.Clone(f), 0x1a), 1)
	proveTolerated(t, layout, f[:len(f)-2], 1)
	if got, want := values(t, layout, []byte(strings.ReplaceAll(string(f), "\r\n", "\n")), "trailer", "record_number"), []string{"3"}; !slices.Equal(got, want) {
		t.Errorf("trailer of a file with line feeds %q, want %q", got, want)
	}
}
