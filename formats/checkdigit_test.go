package formats

import "testing"

func TestCheckDigits(t *testing.T) {
	cases := []struct {
		method checkMethod
		over   string
		want   string // "" for none
	}{
		{checkRouting, "02100002", "1"}, {checkRouting, "12210515", "5"},
		{checkLuhn, "7992739871", "3"}, {checkLuhn, "0", "0"}, {checkLuhn, "411111111111111", "1"},
		{checkMod11, "1234567", "9"}, {checkMod11, "0", "0"}, {checkMod11, "6", "0"}, {checkMod11X, "6", "X"}, {checkMod11X, "0", "0"},
		{checkMod97, "930518223", "61"}, {checkMod97, "0", "97"},
		{checkIBAN, "WEST12345698765432GB", "82"}, {checkIBAN, "370400440532013000DE", "89"},
		{checkLuhn, "", ""}, {checkLuhn, "12A", ""}, {checkIBAN, "gb", ""}, {checkMod97, "1 2", ""}, {noDigit, "1", ""},
	}
	for _, c := range cases {
		out, ok := c.method.compute([]byte(c.over))
		got := ""
		if ok {
			got = string(out[:c.method.size()])
		}
		if got != c.want {
			t.Errorf("method %d over %q: %q, want %q", c.method, c.over, got, c.want)
		}
	}
}

// TestCheckDigitsOverFields: the digit is checked, and filled in when it was
// not set.
func TestCheckDigitsOverFields(t *testing.T) {
	r := mustRecord(t, nil,
		FieldLayout{Name: "country", Len: 2, Kind: KindText}, FieldLayout{Name: "check", Len: 2, Kind: KindDigits, Check: &CheckDigit{Digit: "iban-mod97", Over: []string{"account", "country"}}},
		FieldLayout{Name: "account", Len: 20, Kind: KindText}, FieldLayout{Name: "branch", Len: 4, Kind: KindDigits, Empty: EmptyBlank},
		FieldLayout{Name: "digit", Len: 1, Kind: KindText, Empty: EmptyBlank, Check: &CheckDigit{Digit: "mod11-x", Over: []string{"branch"}}})
	f := r.handle
	write := func(set func(*Writer)) string {
		w := r.begin()
		w.SetText(f("country"), "GB")
		w.SetText(f("account"), "WEST12345698765432")
		set(w)
		raw, err := w.seal()
		if err != nil {
			return err.Error()
		}
		return raw
	}
	for want, set := range map[string]func(*Writer){
		"GB82WEST12345698765432       ":                                                                          func(*Writer) {},
		"GB82WEST12345698765432  0006X":                                                                          func(w *Writer) { w.SetInt(f("branch"), 6) },
		"GB82WEST12345698765432  12343":                                                                          func(w *Writer) { w.SetInt(f("branch"), 1234); w.SetText(f("digit"), "3") },
		`record R, field digit, column 29: "4": wrong check digit, expected "3"`:                                 func(w *Writer) { w.SetInt(f("branch"), 1234); w.SetText(f("digit"), "4") },
		`record R, field check, columns 3-4: "83": wrong check digit, expected "82"`:                             func(w *Writer) { w.SetText(f("check"), "83") },
		`record R, field digit, column 29: "4": wrong check digit: it cannot be computed over what it checks`:    func(w *Writer) { w.SetText(f("digit"), "4") },
		`record R, field country, columns 1-2: value missing`:                                                    func(w *Writer) { w.SetText(f("country"), "") },
		`record R, field check, columns 3-4: "00": wrong check digit: it cannot be computed over what it checks`: func(w *Writer) { w.SetText(f("country"), "gb") },
	} {
		if got := write(set); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
