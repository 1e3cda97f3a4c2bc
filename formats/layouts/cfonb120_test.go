package layouts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// overpunched is a number of 14 digits whose last one carries the sign.
func overpunched(v int) string {
	marks := "{ABCDEFGHI"
	if v < 0 {
		marks, v = "}JKLMNOPQR", -v
	}
	s := fmt.Sprintf("%014d", v)
	return s[:13] + string(marks[s[13]-'0'])
}

// cfonbBalance is a record 01 or 07.
func cfonbBalance(code, date, currency string, decimals, amount int) string {
	return fmt.Sprintf("%2s%05d%4s%05d%3s%d%1s%-11s%2s%6s%50s%14s%16s", code, 99999, "", 1, currency, decimals, "", "0000000001X", "", date, "", overpunched(amount), "")
}

func cfonbOperation(code, label, currency string, decimals, amount int) string {
	return fmt.Sprintf("04%05d%4s%05d%3s%d%1s%-11s%2s%6s%2s%6s%-31s%2s%7s%1s%1s%14s%-16s", 99999, "", 1, currency, decimals, "", "0000000001X",
		code, "231126", "", "241126", label, "", "", "", "", overpunched(amount), "")
}

func cfonbDetail(code, qualifier, text string) string {
	return fmt.Sprintf("05%05d%4s%05d%3s%d%1s%-11s%2s%6s%5s%-3s%-70s%2s", 99999, "", 1, "EUR", 2, "", "0000000001X", code, "231126", "", qualifier, text, "")
}

// cfonbPlain drops the zeros behind the last digit of decimals that matter:
// how many decimals there are differs from record to record.
func cfonbPlain(values []string) []string {
	plain := slices.Clone(values)
	for i, v := range plain {
		if strings.Contains(v, ".") {
			plain[i] = strings.TrimSuffix(strings.TrimRight(v, "0"), ".")
		}
	}
	return plain
}

func TestCFONB120(t *testing.T) {
	f := file(t, "cfonb120")
	prove(t, "cfonb120", f)
	for _, c := range []struct {
		record, field string
		want          []string
	}{
		{"opening_balance", "balance", []string{"1234.56", "0"}},
		{"operation", "amount", []string{"2500.75", "-0.79", "-4000", "15000"}},
		{"closing_balance", "balance", []string{"-265.48", "15000"}},
		{"operation", "label", []string{"VIR SEPA DINAS CONTOH", " F FRAIS DE TENUE DE COMPTE", "PRLV SEPA CONTOH AIR", "VIR ETRANGER"}},
		{"operation", "operation_code", []string{"05", "62", "B1", "45"}},
		{"operation", "value_date", []string{"2026-11-23", "2026-11-24", "2026-11-23", "2026-11-25"}},
		{"detail", "information", []string{"DINAS CONTOH", "HIBAH CAFÉ PELATIHAN"}},
		{"closing_balance", "account", []string{"00000000001", "0000000002A"}},
	} {
		if got := cfonbPlain(values(t, "cfonb120", f, c.record, c.field)); !slices.Equal(got, c.want) {
			t.Errorf("%s.%s: got %q, want %q", c.record, c.field, got, c.want)
		}
	}
}

func TestCFONB120BySpecification(t *testing.T) {
	for _, c := range []struct {
		currency string
		decimals int
	}{{"EUR", 2}, {"JPY", 0}, {"TND", 3}} {
		f := strings.Join([]string{
			cfonbBalance("01", "221126", c.currency, c.decimals, -1005),
			cfonbOperation("05", "VIR SEPA CONTOH", c.currency, c.decimals, 2010),
			cfonbOperation("62", "FRAIS", c.currency, c.decimals, -5),
			cfonbBalance("07", "231126", c.currency, c.decimals, 1000),
		}, "\r\n") + "\r\n"
		prove(t, "cfonb120", []byte(f))
	}
	open, end := cfonbBalance("01", "221126", "EUR", 2, 1), cfonbBalance("07", "221126", "EUR", 2, 1)
	prove(t, "cfonb120", []byte(open+"\n"+end+"\n")) // an account without operations
	prove(t, "cfonb120", []byte(open+end+open+end))  // no line ends
	proveTolerated(t, "cfonb120", []byte(open+"\n\n"+end+"\n"), 1)
	operation, detail := cfonbOperation("05", "", "EUR", 2, 0), cfonbDetail("05", "LCC", "BERITA")
	prove(t, "cfonb120", []byte(strings.Join([]string{open, operation, detail, detail, end, ""}, "\n")))
	broken(t, "cfonb120", []byte(strings.Join([]string{open, operation, cfonbDetail("06", "LCC", "BERITA"), end, ""}, "\n")), "field operation_code")
	broken(t, "cfonb120", []byte(strings.Join([]string{open, detail, end, ""}, "\n")), "record out of place")
}

func TestCFONB120Bites(t *testing.T) {
	f := file(t, "cfonb120")
	for _, c := range []struct {
		name         string
		line, column int
		with         string
		want         []string
	}{
		{"opening balance", 1, 103, "9", []string{"field balance", "control total disagrees"}},
		{"amount", 2, 103, "9", []string{"field balance", "control total disagrees"}},
		{"sign", 2, 104, "N", []string{"field balance", "control total disagrees"}},
		{"closing balance", 7, 104, "{", []string{"field balance", "control total disagrees"}},
		{"no overpunch", 2, 104, "5", []string{"field amount"}},
		{"decimals", 10, 20, "2", []string{"field balance"}},
		{"too many decimals", 2, 20, "7", nil},
		{"account of an operation", 2, 22, "9", []string{"field account"}},
		{"account of the closing balance", 7, 22, "9", []string{"field account"}},
		{"branch of the closing balance", 7, 12, "9", []string{"field branch"}},
		{"currency of the closing balance", 7, 17, "USD", []string{"field currency"}},
		{"bank of a detail", 3, 3, "1", []string{"field bank"}},
		{"internal code of a detail", 3, 8, "0002", []string{"field internal_code"}},
		{"operation code of a detail", 3, 33, "06", []string{"field operation_code"}},
		{"date of a detail", 3, 35, "241126", []string{"field booking_date"}},
		{"date", 2, 43, "310226", []string{"field value_date"}},
		{"record type", 2, 1, "06", []string{"unknown record type"}},
	} {
		t.Run(c.name, func(t *testing.T) { broken(t, "cfonb120", poke(f, c.line, c.column, c.with), c.want...) })
	}
}

func TestCFONB120Samples(t *testing.T) {
	faults := map[string][]string{
		"end_of_statement_without_beginning.txt":   {"record out of place"}, // 07 of an account that was not opened
		"invalid_date.txt":                         {},                      // its first line is cut short, too
		"new_statement_without_previous_ended.txt": {"record out of place"}, // 01 before the 07
		"operation.txt":                            {"record out of place"}, // 04 and 05 alone
		"operation_already_defined.txt":            {"record out of place"}, // 04, 05s and another 04 alone
		"operation_detail_without_operation.txt":   {"record out of place"}, // 05 behind 01
		"operation_out_of_statement.txt":           {"record out of place"}, // 04 before the 01
		"operation_unstarted.txt":                  {"record out of place"}, // 05s alone
	}
	seen := 0
	for path, f := range samples(t, "cfonb/*.txt") {
		name := path[strings.LastIndex(path, "/")+1:]
		t.Run(name, func(t *testing.T) {
			if name == "example.txt" {
				proveTolerated(t, "cfonb120", f, 9) // nine blank lines
				got := cfonbPlain(values(t, "cfonb120", f, "operation", "amount"))
				if want := []string{"-32.21", "-10.7", "-7.9", "97.49", "-12.1", "-7.9"}; !slices.Equal(got, want) {
					t.Errorf("amounts are %q, want %q", got, want)
				}
				got = cfonbPlain(values(t, "cfonb120", f, "closing_balance", "balance"))
				if want := []string{"-241.21", "-163.72"}; !slices.Equal(got, want) {
					t.Errorf("balances are %q, want %q", got, want)
				}
				return
			}
			want, ok := faults[name]
			if !ok {
				t.Fatalf("nothing is known of this sample")
			}
			broken(t, "cfonb120", f, want...)
			if name == "invalid_date.txt" {
				whole := strings.Replace(string(f), "150519160519\n", "150519160519    \n", 1)
				broken(t, "cfonb120", []byte(whole), "field date")
			}
		})
		seen++
	}
	if seen > 0 && seen != len(faults)+1 { // none at all where BEKAL_SAMPLES is not set
		t.Errorf("%d samples, want %d", seen, len(faults)+1)
	}
}
