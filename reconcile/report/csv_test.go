package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"bekal/reconcile"
	"bekal/reconcile/ledger"
)

// readCSV reads a CSV report back, as maps from head to cell.
func readCSV(t *testing.T, doc []byte) []map[string]string {
	t.Helper()
	rest, found := bytes.CutPrefix(doc, []byte("\xef\xbb\xbf"))
	if !found {
		t.Fatal("no byte order mark")
	}
	in := csv.NewReader(bytes.NewReader(rest))
	in.Comma = ';'
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, cells := range rows[1:] {
		row := make(map[string]string)
		for i, head := range rows[0] {
			row[head] = cells[i]
		}
		if len(row) != len(rows[0]) {
			t.Fatal("a head occurs twice")
		}
		out = append(out, row)
	}
	return out
}

func TestCSVReadsBack(t *testing.T) {
	r := sampleProven()
	rows := readCSV(t, draw(t, CSV, r, Options{}))
	if len(rows) != len(r.Mismatches) {
		t.Fatalf("%d rows for %d mismatches", len(rows), len(r.Mismatches))
	}
	for i, m := range r.Mismatches {
		want := ""
		if m.Expected != nil {
			want = plain(m.Expected.Amount)
		}
		if rows[i]["Referensi"] != m.Reference || rows[i]["Jumlah (kita, Rp)"] != want || rows[i]["Langkah berikutnya"] != m.NextStep.ID {
			t.Errorf("row %d: %v", i+2, rows[i])
		}
	}
	if got := rows[3]["Jumlah (bank, Rp)"] + " " + rows[3]["Beda (Rp)"]; got != "5000000,00 4500000,00" {
		t.Errorf("amounts are written %s", got)
	}
}

func TestCSVNeutralisesFormulas(t *testing.T) {
	heads := []string{"Referensi", "Batch", "Rekening (kita)", "Rekening (bank)", "Nama (kita)", "Nama (bank)", "Status bank", "Kode bank", "Sebab", "Langkah berikutnya", "Berkas", "Isian", "Baris asli"}
	for _, bad := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "=HYPERLINK(\"x\")"} {
		s := reconcile.Side{Account: bad, Name: bad}
		m := reconcile.Mismatch{
			Kind: reconcile.Amount, Reference: bad, Batch: bad, Expected: &s, Actual: &s, Status: bad, Code: bad,
			Reason: reconcile.Text{ID: bad}, NextStep: reconcile.Text{ID: bad}, File: bad, Field: bad, Raw: bad,
		}
		row := readCSV(t, draw(t, CSV, reconcile.Report{Mismatches: []reconcile.Mismatch{m}}, Options{}))[0]
		for _, head := range heads {
			if got, want := row[head], "'"+visible(bad); got != want {
				t.Errorf("%s: %q is written %q, want %q", head, bad, got, want)
			}
		}
	}
	for _, good := range []string{"", " ", "WARGA CONTOH", "a=b", "003201000004100", "D-1"} {
		if got := outside(good); got != good {
			t.Errorf("%q is written %q", good, got)
		}
	}
}

func TestMismatchRowHasNullsForAbsentSides(t *testing.T) {
	out, err := json.Marshal(NewMismatchRow(reconcile.Mismatch{Kind: reconcile.Missing, Expected: &reconcile.Side{Account: "1", Amount: 5}}, "en"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"expected_account":"1"`, `"actual_account":null`, `"expected_amount":5`, `"actual_amount":null`, `"actual_name":null`, `"difference":-5`} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%s is not in %s", want, out)
		}
	}
}

// The keys of a mismatch, and their order, are a contract with other programs.
func TestMismatchRowKeys(t *testing.T) {
	out, err := json.Marshal(MismatchRow{})
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	dec := json.NewDecoder(bytes.NewReader(out))
	for depth, i := 0, 0; ; i++ {
		tok, err := dec.Token()
		if err != nil {
			break
		}
		if tok == json.Delim('{') {
			depth++
			continue
		}
		if s, ok := tok.(string); ok && i%2 == 1 && depth == 1 {
			keys = append(keys, s)
		}
	}
	want := []string{"id", "kind", "reference", "expected_account", "actual_account", "expected_amount", "actual_amount", "code", "reason", "next_step", "file", "line", "age_days", "state"}
	if diff := cmp.Diff(want, keys[:len(want)]); diff != "" {
		t.Error(diff)
	}
}

func TestJSONReadsBack(t *testing.T) {
	r := sampleHostile()
	var doc struct {
		Proven     bool
		Proof      reconcile.Proof
		Mismatches []MismatchRow
		Summary    map[string]reconcile.Tally
	}
	if err := json.Unmarshal(draw(t, JSON, r, Options{Lang: "en"}), &doc); err != nil {
		t.Fatal(err)
	}
	var want []MismatchRow
	for _, m := range r.Mismatches {
		m.Raw = strings.ToValidUTF8(m.Raw, "\ufffd")
		want = append(want, NewMismatchRow(m, "en"))
	}
	if diff := cmp.Diff(want, doc.Mismatches); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(r.Proof, doc.Proof); diff != "" {
		t.Error(diff)
	}
	if doc.Summary["settled"].Total != ledger.Money(9_812_500_000) {
		t.Errorf("summary: %v", doc.Summary)
	}
}

func TestJSONOfNothingIsAnEmptyArray(t *testing.T) {
	var b bytes.Buffer
	if err := MismatchJSON(&b, nil, Options{}); err != nil || b.String() != "[]\n" {
		t.Errorf("%q, %v", b.String(), err)
	}
	b.Reset()
	if err := ProofJSON(&b, reconcile.Proof{Proven: true}, Options{}); err != nil || strings.Join(strings.Fields(b.String()), "") != `{"proven":true,"lines":[]}` {
		t.Errorf("%q, %v", b.String(), err)
	}
}

func TestJSONEscapesWhatATerminalObeys(t *testing.T) {
	out := draw(t, JSON, sampleHostile(), Options{})
	for _, bad := range []string{"\x1b", "\u009b", "\u202e", "\x07"} {
		if bytes.Contains(out, []byte(bad)) {
			t.Errorf("the document holds %q", bad)
		}
	}
	got, err := marshal("\U000e0041\u202e\u009b", "")
	if err != nil || string(got) != `"\udb40\udc41\u202e\u009b"` {
		t.Errorf("%s, %v", got, err)
	}
}

// A spreadsheet that is set to commas takes a row of semicolons apart at the
// commas in it, and a formula may hide behind one.
func TestCSVHasNoFormulaBehindAComma(t *testing.T) {
	for text, want := range map[string]string{
		`CONTOH,=HYPERLINK("x")`: `CONTOH,'=HYPERLINK("x")`, "CONTOH, \t@SUM(A1)": `CONTOH, \t@SUM(A1)`, "CONTOH,  +1": "CONTOH,'  +1", "CONTOH;-2+3": "CONTOH;'-2+3", `CONTOH,"=1"`: `CONTOH,'"=1"`, "A,＝1": "A,'＝1",
		"Rp 450.000,- lunas": "Rp 450.000,- lunas", "Rp 450.000,-": "Rp 450.000,-", "CONTOH, S.H.": "CONTOH, S.H.", "a,b;c": "a,b;c", "1,+": "1,+",
	} {
		if got := outside(text); got != want {
			t.Errorf("%q is written %q, want %q", text, got, want)
		}
	}
	// As such a spreadsheet sees it: whatever bytes a name has, no cell that it
	// comes to begins with a sign that makes a formula.
	rapid.Check(t, func(r *rapid.T) {
		bad := rapid.StringOf(rapid.RuneFrom([]rune(`=+-@,;"' 1A(`+"\t\r\n＝"))).Draw(r, "name")
		s := reconcile.Side{Account: "1", Name: "X" + bad}
		var b bytes.Buffer
		if err := CSV(&b, reconcile.Report{Mismatches: []reconcile.Mismatch{{Kind: reconcile.Amount, Expected: &s}}}, Options{}); err != nil {
			r.Fatal(err)
		}
		_, row, _ := strings.Cut(b.String(), "\r\n")
		for _, cell := range strings.Split(row, ",")[1:] {
			cell = strings.Trim(cell, "\" ")
			if len(cell) > 1 && strings.ContainsRune("=@", rune(cell[0])) {
				r.Errorf("a cell that begins with %q out of %q in %q", cell, bad, row)
			}
		}
	})
}
