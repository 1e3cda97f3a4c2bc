package layouts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// cfonbParty is bank, branch, account and name: 45 bytes.
func cfonbParty(bank, branch, account, name string) string {
	return fmt.Sprintf("%5s%5s%11s%-24s", bank, branch, account, name)
}

func TestCFONB240(t *testing.T) {
	f := file(t, "cfonb240")
	prove(t, "cfonb240", f)
	got := values(t, "cfonb240", f, "operation", "operation_code", "settlement_date", "other_name", "account", "original_date", "amount")
	want := []string{"20|2026-11-23|DINAS CONTOH|00000000001||2500.75", "20|2026-11-23|TOKO CONTOH|00000000001|2026-11-20|120.00"}
	if !slices.Equal(got, want) {
		t.Errorf("operations are %q, want %q", got, want)
	}
	if got := values(t, "cfonb240", f, "total", "account", "amount"); !slices.Equal(got, []string{"00000000001|2620.75", "00000000002|0.00"}) {
		t.Errorf("totals are %q", got)
	}
}

func TestCFONB240BySpecification(t *testing.T) {
	me := cfonbParty("99999", "00001", "00000000009", "LAPAS CONTOH")
	nobody := cfonbParty("", "", "", "")
	lot := func(op string, amounts ...int) string {
		var b strings.Builder
		fmt.Fprintf(&b, "31%06d%2s%6sE%4s%45s%11s%45s%6s%112s\n", 1, op, "221126", "", me, "", nobody, "", "")
		sum := 0
		for i, a := range amounts {
			sum += a
			fmt.Fprintf(&b, "34%06d%2s%6sE%4s%45s%6s%5s%45s%6s%-88s%6s%6s%012d\n", i+2, op, "231126", "", cfonbParty("99998", "00002", "00000000017", "DINAS CONTOH"), "", "", me, "", "HIBAH", "", "", a)
		}
		fmt.Fprintf(&b, "39%06d%2s%6sE%4s%45s%11s%45s%6s%100s%012d\n", len(amounts)+2, op, "231126", "", me, "", nobody, "", "", sum)
		return b.String()
	}
	f := lot("20", 100, 250) + lot("08", 1)
	prove(t, "cfonb240", []byte(f))
	prove(t, "cfonb240", []byte(strings.ReplaceAll(f, "\n", "")))
	got := values(t, "cfonb240", []byte(f), "operation", "other_account", "account", "label", "amount")
	want := []string{"00000000017|00000000009|HIBAH|1.00", "00000000017|00000000009|HIBAH|2.50", "00000000017|00000000009|HIBAH|0.01"}
	if !slices.Equal(got, want) {
		t.Errorf("operations are %q, want %q", got, want)
	}
	broken(t, "cfonb240", []byte(f[241:]), "record out of place")
}

func TestCFONB240Bites(t *testing.T) {
	f := file(t, "cfonb240")
	for _, c := range []struct {
		name         string
		line, column int
		with         string
		want         []string
	}{
		{"amount", 2, 240, "6", []string{"field amount", "control total disagrees"}},
		{"total", 4, 240, "6", []string{"field amount", "control total disagrees"}},
		{"total of the second lot", 6, 240, "1", []string{"field amount", "control total disagrees"}},
		{"number of an operation", 3, 8, "4", []string{"field sequence", "running number disagrees"}},
		{"number of the total", 4, 8, "5", []string{"field sequence", "running number disagrees"}},
		{"number of the second lot", 5, 8, "5", []string{"field sequence", "running number disagrees"}},
		{"operation code of the total", 4, 9, "08", []string{"field operation_code"}},
		{"bank of the total", 4, 22, "1", []string{"field bank"}},
		{"branch of the total", 4, 27, "1", []string{"field branch"}},
		{"account of the total", 4, 32, "1", []string{"field account"}},
		{"currency index", 2, 17, "F", []string{"field currency_index"}},
		{"date", 2, 11, "310226", []string{"field settlement_date"}},
		{"record type", 2, 1, "35", []string{"unknown record type"}},
	} {
		t.Run(c.name, func(t *testing.T) { broken(t, "cfonb240", poke(f, c.line, c.column, c.with), c.want...) })
	}
}
