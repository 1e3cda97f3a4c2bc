package formats

import "testing"

func TestNoCellOfACSVIsAFormula(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "CONTOH": "CONTOH", "=1": "'=1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r1": "'\r1", "  =1": "'  =1", "＝1": "'＝1", "\u00a0=1": "'\u00a0=1",
		"A;=1": "A;'=1", `A; "@x`: `A;' "@x`, "A;B": "A;B", "A,=1": "A,=1", "D-1": "D-1", "a=b": "a=b",
	} {
		if got := plain(text); got != want {
			t.Errorf("%q is written %q, want %q", text, got, want)
		}
	}
}
