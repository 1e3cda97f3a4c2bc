package intake

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"bekal/reconcile/ledger"
	"github.com/google/go-cmp/cmp"
)

// book is a roster of plainly invented people.
type book map[string][2]string

func (b book) Lookup(id string) (name, account string, ok bool) {
	e, ok := b[id]
	return e[0], e[1], ok
}

var contoh = book{
	"WBP-001": {"CONTOH SATU", "000101000000011"},
	"WBP-002": {"CONTOH DUA", "000101000000022"},
	"WBP-003": {"CONTOH TIGA", "000101000000033"},
}

func openText(t testing.TB, r io.Reader, o Options) (source, Read) {
	t.Helper()
	src, read, err := openCSV(r, io.NopCloser(nil), o.withDefaults("premi.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return src, read
}

func wagesOfText(t testing.TB, text string, d Declared) ([]WageLine, Read, error) {
	t.Helper()
	var lines []WageLine
	o := Options{}.withDefaults("premi.csv")
	src, read, err := openCSV(strings.NewReader(text), io.NopCloser(nil), o)
	if err == nil {
		read, err = readWages(src, read, o, d, contoh, func(l WageLine) error { lines = append(lines, l); return nil })
	}
	return lines, read, err
}

var twoWages = []WageLine{
	{BeneficiaryID: "WBP-001", Name: "CONTOH SATU", Account: "000101000000011", Amount: 500_000_00},
	{BeneficiaryID: "WBP-002", Name: "CONTOH DUA", Account: "000101000000022", Amount: 75_000_50, Remark: "lembur; malam"},
}

func atLines(lines []WageLine, numbers ...int) []WageLine {
	out := append([]WageLine{}, lines...)
	for i := range out {
		out[i].Line = numbers[i]
	}
	return out
}

// The same two wages in every manner of CSV have the same lines and content.
func TestReadWagesCSV(t *testing.T) {
	declared := Declared{2, 575_000_50}
	var content [32]byte
	for _, tt := range []struct {
		name, text, delimiter string
		rows                  []int
		warnings              []string
	}{
		{"comma", "beneficiary_id,name,account,amount,remark\nWBP-001,CONTOH SATU,000101000000011,500000,\nWBP-002,CONTOH DUA,000101000000022,\"75.000,50\",lembur; malam\n", ",", []int{2, 3}, nil},
		{"semicolon", "beneficiary_id;name;account;amount;remark\nWBP-001;CONTOH SATU;000101000000011;500.000;\nWBP-002;CONTOH DUA;000101000000022;75.000,50;\"lembur; malam\"\n", ";", []int{2, 3}, nil},
		{"tab, no last line end", "beneficiary_id\tname\taccount\tamount\tremark\nWBP-001\tCONTOH SATU\t101000000011\t500.000,00\t\nWBP-002\tCONTOH DUA\t000101000000022\t75000,50\tlembur; malam", "\t", []int{2, 3}, nil},
		{"mark, CRLF, blank lines", "\uFEFF\r\nbeneficiary_id;name;account;amount;remark\r\n\r\nWBP-001;CONTOH SATU;000101000000011;Rp 500.000,-;\r\n;;;;\r\n ; ;;;\r\nWBP-002;CONTOH DUA;000101000000022;\"Rp 75.000,50\";\"lembur; malam\"\r\n\r\n", ";", []int{4, 7}, nil},
		{"Indonesian names, another order, more columns", "No;Keterangan;JUMLAH PREMI (Rp);No. Rekening;Nama Lengkap;ID WBP;Blok\n1;;500000;000101000000011;CONTOH SATU;WBP-001;A\n2;lembur; malam;75.000,50;000101000000022;CONTOH DUA;WBP-002;B\n",
			";", nil, nil},
		{"Indonesian names", "No;Keterangan;JUMLAH PREMI (Rp);No. Rekening;Nama Lengkap;ID WBP;Blok\n1;;500000;000101000000011;CONTOH SATU;WBP-001;A\n2;\"lembur; malam\";75.000,50;000101000000022;CONTOH DUA;WBP-002;B\n",
			";", []int{2, 3}, []string{"column No is not used", "column Blok is not used"}},
		{"sep line", "sep=;\r\nbeneficiary_id;name;account;amount;remark\nWBP-001;CONTOH SATU;000101000000011;500000;\nWBP-002;CONTOH DUA;000101000000022;75.000,50;\"lembur; malam\"\n", ";", []int{3, 4}, nil},
		{"line breaks in quotes", "id wbp,\"nama\nlengkap\",\"no\r\nrekening\",upah,berita,alamat\nWBP-001,CONTOH SATU,000101000000011,500000,,\"Jalan Contoh 1\nKota Contoh\"\nWBP-002,CONTOH DUA,000101000000022,\"75.000,50\",lembur; malam,\n",
			",", []int{4, 6}, []string{"column alamat is not used"}},
	} {
		lines, read, err := wagesOfText(t, tt.text, declared)
		if tt.rows == nil { // refused: an unquoted separator
			if !errors.Is(err, ErrFields) {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if diff := cmp.Diff(atLines(twoWages, tt.rows...), lines); diff != "" {
			t.Errorf("%s: lines (-want +got):\n%s", tt.name, diff)
		}
		if content == [32]byte{} {
			content = read.Content
		}
		want := Read{Count: 2, Total: 575_000_50, Format: "csv", Delimiter: tt.delimiter, Warnings: tt.warnings, Content: content}
		if diff := cmp.Diff(want, read); diff != "" {
			t.Errorf("%s: read (-want +got):\n%s", tt.name, diff)
		}
	}
	if content == [32]byte{} {
		t.Error("content is zero")
	}
}

// A change of anything that matters changes the content.
func TestContentTells(t *testing.T) {
	base := "id wbp,nama,rekening,jumlah,catatan\nWBP-001,CONTOH SATU,000101000000011,500000,a\n"
	seen := map[[32]byte]string{}
	for _, text := range []string{base, strings.Replace(base, "500000", "500001", 1), strings.Replace(base, ",a\n", ",b\n", 1), strings.Replace(base, "CONTOH SATU", "Contoh Satu", 1)} {
		lines, read, err := wagesOfText(t, text, Declared{1, totalOf(t, text)})
		if err != nil || len(lines) != 1 {
			t.Fatalf("%d lines, %v", len(lines), err)
		}
		if other, ok := seen[read.Content]; ok {
			t.Errorf("same content:\n%s\n%s", text, other)
		}
		seen[read.Content] = text
	}
}

func totalOf(t *testing.T, text string) ledger.Money {
	t.Helper()
	m, err := ParseAmount(strings.Split(strings.Split(text, "\n")[1], ",")[3])
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Records are the same however the operating system cuts the file up.
func TestCSVOneByteAtATime(t *testing.T) {
	text := "a,b\n" + strings.Repeat("\"x\ny\",2\n\n1,\"\"\"\"\r\n", 200) + "3,4"
	whole, _ := openText(t, strings.NewReader(text), Options{})
	bytewise, _ := openText(t, iotest.OneByteReader(strings.NewReader(text)), Options{})
	for {
		want, wantErr := whole.next()
		got, gotErr := bytewise.next()
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(row{}, cell{})); diff != "" || !errors.Is(gotErr, wantErr) {
			t.Fatalf("%v, %v (-want +got):\n%s", wantErr, gotErr, diff)
		}
		if errors.Is(wantErr, io.EOF) {
			return
		}
	}
}

func TestCSVReadError(t *testing.T) {
	broken := errors.New("the disk is gone")
	text := "id wbp,nama,rekening,jumlah\n" + strings.Repeat("\n", csvBuffer)
	o := Options{}.withDefaults("premi.csv")
	src, read := openText(t, io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)), Options{})
	_, err := readWages(src, read, o, Declared{}, contoh, func(WageLine) error { return nil })
	var all *Errors
	if !errors.Is(err, broken) || errors.As(err, &all) {
		t.Errorf("got %v", err)
	}
}

// A quotation mark that is never closed costs its row, however far away the end
// of the file is, and no more memory than a record may have.
func TestUnclosedQuoteCostsOneRow(t *testing.T) {
	var b strings.Builder
	b.WriteString("id wbp,no reg,nama,rekening\n")
	const n = 20_000
	for i := range n {
		name := fmt.Sprintf("WARGA CONTOH %05d", i)
		if i%5000 == 17 {
			name = `"` + name
		}
		fmt.Fprintf(&b, "W%05d,B.I/%d,%s,%015d\n", i, i, name, i+1)
	}
	o := Options{}.withDefaults("roster.csv")
	src, read := openText(t, strings.NewReader(b.String()), o)
	lines := 0
	read, err := readRoster(src, read, o, func(RosterLine) error { lines++; return nil })
	var all *Errors
	if !errors.As(err, &all) || len(all.List) != n/5000 || lines != n-n/5000 || read.Count != n {
		t.Fatalf("%d lines, %d rows, %v", lines, read.Count, err)
	}
	for i, e := range all.List {
		if want := i*5000 + 17 + 2; e.Row != want || e.Column != "nama" || !errors.Is(e, ErrQuote) {
			t.Errorf("%v; want row %d", e, want)
		}
	}
}

func TestLongLineCostsOneRow(t *testing.T) {
	for _, long := range []int{recordLimit - 60, recordLimit + 1, 3 * csvBuffer} {
		text := "id wbp,nama,rekening,jumlah,catatan\nWBP-001,CONTOH SATU,000101000000011,500000," + strings.Repeat("x", long) +
			"\nWBP-002,CONTOH DUA,000101000000022,500000,\n"
		lines, read, err := wagesOfText(t, text, Declared{2, 1_000_000_00})
		var all *Errors
		if !errors.As(err, &all) || len(all.List) != 1 || all.List[0].Row != 2 || len(lines) != 1 || lines[0].Line != 3 || read.Count != 2 {
			t.Errorf("%d: %v, %v", long, lines, err)
		}
	}
}

func TestTooManyErrorsAreCounted(t *testing.T) {
	text := "id wbp,nama,rekening,jumlah\n" + strings.Repeat("?,CONTOH,1,x\n", 1000)
	_, read, err := wagesOfText(t, text, Declared{999, 5})
	var all *Errors
	if !errors.As(err, &all) {
		t.Fatal(err)
	}
	// The declared count is off too, and that is listed past the bound.
	if len(all.List) != defaultMaxErrors+1 || all.More != 3000-defaultMaxErrors || read.Count != 1000 || read.Content != [32]byte{} {
		t.Errorf("%d listed, %d more, %d rows", len(all.List), all.More, read.Count)
	}
	if !strings.Contains(err.Error(), "premi.csv: 3001 problems") || !strings.HasSuffix(err.Error(), "and 2900 more") {
		t.Error(err)
	}
}

func contohID(i int) string { return fmt.Sprintf("WBP-%03d", i) }

// contohAccount is the account of the i-th invented beneficiary.
func contohAccount(i int) string {
	if i < 10 {
		return fmt.Sprintf("0001010000000%d%d", i, i)
	}
	return fmt.Sprintf("000101000000%d", []int{100, 111, 122, 133}[i-10])
}
