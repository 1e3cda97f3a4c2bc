package intake

import (
	"errors"
	"strings"
	"testing"

	"bekal/reconcile/ledger"
	"pgregory.net/rapid"
)

func TestParseAmount(t *testing.T) {
	for in, want := range map[string]ledger.Money{
		"500000":                500_000_00,
		"1":                     1_00,
		"500.000":               500_000_00,
		"1.000":                 1_000_00,
		"1.234.567":             1_234_567_00,
		"500.000,00":            500_000_00,
		"500.000,05":            500_000_05,
		"500000,00":             500_000_00,
		"500,50":                500_50,
		"0,50":                  50,
		"500.000,-":             500_000_00,
		"500000,-":              500_000_00,
		"Rp 500.000":            500_000_00,
		"Rp500.000":             500_000_00,
		"rp. 500.000":           500_000_00,
		"RP.500.000,-":          500_000_00,
		"IDR 500000":            500_000_00,
		"  500.000  ":           500_000_00,
		"\u00a0Rp\u00a0500.000": 500_000_00,
		"10.000.000.000.000,00": maxAmount,
		"Rp 10000000000000":     maxAmount,
	} {
		got, err := ParseAmount(in)
		if err != nil || got != want {
			t.Errorf("ParseAmount(%q) = %v, %v; want %v", in, got, err, want)
		}
	}
}

func TestParseAmountRefuses(t *testing.T) {
	for _, tt := range []struct {
		in   string
		kind error
		says string
	}{
		{"", ErrRequired, "missing"},
		{" ", ErrRequired, "missing"},
		{"Rp", ErrAmount, "currency and no amount"},
		{"500,000", ErrAmbiguous, "Rp 500.000,00 or Rp 500,00"},
		{"500.00", ErrAmbiguous, "Rp 500,00 or Rp 50.000,00"},
		{"1.5", ErrAmbiguous, "Rp 1,50 or Rp 15,00"},
		{"500,5", ErrAmbiguous, "Rp 500,50 or Rp 5.005,00"},
		{"1,000.00", ErrAmbiguous, "Rp 1.000,00 or Rp 100.000,00"},
		{"1,500,000", ErrAmbiguous, "is it Rp 1.500.000,00?"},
		{"50.00.000", ErrAmbiguous, "is it Rp 5.000.000,00?"},
		{"500.000,000", ErrAmbiguous, "Rp 500.000.000,00 or Rp 500.000,00"},
		{"500.000.", ErrAmbiguous, "is it Rp 500.000,00?"},
		{"500.", ErrAmount, "dots and commas"},
		{".500", ErrAmbiguous, "Rp 500,00"},
		{",50", ErrAmbiguous, "Rp 0,50 or Rp 50,00"},
		{"500.00,-", ErrAmbiguous, "Rp 500,00 or Rp 50.000,00"},
		{",-", ErrAmount, ""},
		{",", ErrAmount, ""},
		{".", ErrAmount, ""},
		{"0.500", ErrAmount, "begin with 0"},
		{"0500000", ErrAmount, "begin with 0"},
		{"0", ErrAmount, "zero"},
		{"0,00", ErrAmount, "zero"},
		{"-500000", ErrAmount, "negative"},
		{"−500000", ErrAmount, "negative"},
		{"(500000)", ErrAmount, "negative"},
		{"Rp -500", ErrAmount, "negative"},
		{"+500", ErrAmount, "'+'"},
		{"5E5", ErrAmount, "scientific"},
		{"1,2E+06", ErrAmount, "scientific"},
		{"500 000", ErrAmount, "space"},
		{"500\u00a0000", ErrAmount, "space"},
		{"500.000 ,00", ErrAmount, "space"},
		{"٥٠٠", ErrAmount, "digits 0 to 9"},
		{"５００", ErrAmount, "digits 0 to 9"},
		{"500,123", ErrAmbiguous, ""},
		{"500,1234", ErrAmount, ""},
		{"500000x", ErrAmount, "not an amount"},
		{"lima ratus ribu", ErrAmount, "not an amount"},
		{"Rp 500.000 / hari", ErrAmount, "space"},
		{"USD 500", ErrAmount, ""},
		{"500'000", ErrAmount, "does not belong"},
		{"500-", ErrAmount, "does not belong"},
		{"10.000.000.000.000,01", ErrAmount, "larger than Rp 10.000.000.000.000,00"},
		{"10000000000001", ErrAmount, "larger"},
		{"999999999999999999999999999999", ErrAmount, "larger"},
		{"1" + strings.Repeat(".000", 50), ErrAmount, "larger"},
		{"000101000123456", ErrAmount, "begin with 0"},
	} {
		got, err := ParseAmount(tt.in)
		if got != 0 || !errors.Is(err, tt.kind) {
			t.Errorf("ParseAmount(%q) = %v, %v; want %v", tt.in, got, err, tt.kind)
			continue
		}
		if !strings.Contains(err.Error(), tt.says) {
			t.Errorf("ParseAmount(%q): %q does not say %q", tt.in, err, tt.says)
		}
		var h hinter
		if !errors.As(err, &h) || h.Hint() == "" {
			t.Errorf("ParseAmount(%q): %q has no hint", tt.in, err)
		}
	}
}

// Every amount can be read back from the way in which Bekal writes it.
func TestParseAmountReadsWhatMoneyWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := ledger.Money(rapid.Int64Range(1, maxAmount).Draw(t, "sen"))
		for _, text := range []string{m.String(), m.Figure(), strings.ReplaceAll(m.Figure(), ".", "")} {
			if got, err := ParseAmount(text); err != nil || got != m {
				t.Fatalf("ParseAmount(%q) = %v, %v; want %v", text, got, err, m)
			}
		}
	})
}

// Whatever is accepted means the same when it is written back, and its digits
// are the digits that were typed.
func TestParseAmountInventsNothing(t *testing.T) {
	piece := rapid.SampledFrom([]string{"0", "1", "5", "00", "000", "500", ".", ",", ",-", "-", " ", "Rp", "Rp.", "E", "٣"})
	rapid.Check(t, func(t *rapid.T) {
		checkAmount(t, strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(t, "pieces"), ""))
	})
}

func FuzzAmount(f *testing.F) {
	for _, s := range []string{"500000", "500.000", "500.000,00", "Rp 500.000,-", "500,000", "1.5", "5E5", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkAmount(t, s) })
}

func checkAmount(t interface {
	Helper()
	Fatalf(string, ...any)
}, s string) {
	t.Helper()
	m, err := ParseAmount(s)
	if err != nil {
		if m != 0 {
			t.Fatalf("ParseAmount(%q) = %v with %v", s, m, err)
		}
		return
	}
	if m <= 0 || m > maxAmount {
		t.Fatalf("ParseAmount(%q) = %d sen", s, int64(m))
	}
	if again, err := ParseAmount(m.String()); err != nil || again != m {
		t.Fatalf("ParseAmount(%q) = %v, and that reads as %v, %v", s, m, again, err)
	}
	typed := digitsOf(s)
	written := digitsOf(m.Figure())
	if typed != written && typed+"00" != written && "0"+typed != written {
		t.Fatalf("ParseAmount(%q) = %v: other digits", s, m)
	}
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

func TestNumber(t *testing.T) {
	for in, want := range map[string]string{
		"500000": "500000", "5E+5": "500000", "5e5": "500000", "1.23456789012345E+14": "123456789012345",
		"500000.50": "500000.5", "0.5": "0.5", "5E-1": "0.5", "-7": "-7", "007": "7", "0": "0", "1.0": "1", "12.5E1": "125",
		"100.10000000000001": "100.10000000000001",
	} {
		n, ok := parseNumber(in)
		if !ok || n.text() != want {
			t.Errorf("parseNumber(%q) = %q, %v; want %q", in, n.text(), ok, want)
		}
	}
	for _, in := range []string{"", "x", ".", "5.", ".5", "1E", "1E99999", "--1", "0x10", "NaN", "Inf", "1_0", strings.Repeat("9", 65)} {
		if n, ok := parseNumber(in); ok {
			t.Errorf("parseNumber(%q) = %q", in, n.text())
		}
	}
}

func TestNumberAmount(t *testing.T) {
	for in, want := range map[string]ledger.Money{"500000": 500_000_00, "500000.5": 500_000_50, "0.01": 1, "500.125": 0, "0.30000000000000004": 0, "-5": 0, "0": 0, "1E+14": 0, "10000000000000": maxAmount} {
		n, ok := parseNumber(in)
		if !ok {
			t.Fatalf("parseNumber(%q)", in)
		}
		got, err := n.amount()
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("amount of %s = %v, %v; want %v", in, got, err, want)
		}
	}
}
