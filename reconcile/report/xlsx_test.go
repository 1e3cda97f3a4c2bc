package report

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"bekal/reconcile"
	"bekal/reconcile/ledger"
)

func open(t *testing.T, doc []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// cellsOf returns the cells of a sheet as a spreadsheet shows them.
func cellsOf(t *testing.T, f *excelize.File, sheet string) [][]string {
	t.Helper()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestXLSXReadsBack(t *testing.T) {
	r := sampleProven()
	f := open(t, draw(t, XLSX, r, Options{Lang: "en"}))
	if diff := cmp.Diff([]string{"Summary", "Mismatches", "Proof", "Batches"}, f.GetSheetList()); diff != "" {
		t.Fatal(diff)
	}
	rows := cellsOf(t, f, "Mismatches")
	if len(rows) != len(r.Mismatches)+1 {
		t.Fatalf("%d rows for %d mismatches", len(rows), len(r.Mismatches))
	}
	at := func(row, head string) string {
		for i, h := range rows[0] {
			if h != head {
				continue
			}
			for _, cells := range rows[1:] {
				if cells[5] == row {
					return cells[i]
				}
			}
		}
		t.Fatalf("no %s of %s", head, row)
		return ""
	}
	for _, c := range []struct{ row, head, want string }{
		{"PWK26B0000042", "Kind", "Amount differs"},
		{"PWK26B0000042", "Account (ours)", "003201000005654"}, // zeros kept
		{"PWK26B0000042", "Amount (ours, Rp)", "500,000.00"},
		{"PWK26B0000042", "Amount (bank, Rp)", "450,000.00"},
		{"PWK26B0000042", "Difference (Rp)", "-50,000.00"},
		{"PWK26B0000042", "Line", "43"},
		{"PWK26B0000042", "Next step", "Ask the bank to post the rest."},
		{"PWK26B0000060", "Account (bank)", ""}, // no answer
		{"PWK26B0000070", "Opened", "19/10/2026"},
		{"PWK26B0000070", "Age (days)", "35"},
		{"PWK26B0000017", "State", "proposed"},
	} {
		if got := at(c.row, c.head); got != c.want {
			t.Errorf("%s of %s: %q, want %q", c.head, c.row, got, c.want)
		}
	}
	if got := cellsOf(t, f, "Proof"); len(got) != len(r.Proof.Lines)+1 || got[1][0] != "Overall" || got[1][1] != "proven" || got[1][6] != "1,425,000.00" {
		t.Errorf("proof: %v", got[:2])
	}
	if got := cellsOf(t, f, "Batches"); len(got) != 3 || got[2][0] != batchB || got[2][2] != "23 November 2026" || got[2][4] != "51,475,000.00" {
		t.Errorf("batches: %v", got)
	}
	if text := fmt.Sprint(cellsOf(t, f, "Summary")); !strings.Contains(text, "PROVEN") || !strings.Contains(text, chain) {
		t.Errorf("summary: %s", text)
	}
}

func TestXLSXPrintsAndFilters(t *testing.T) {
	f := open(t, draw(t, XLSX, sampleProven(), Options{}))
	for _, sheet := range []string{"Selisih", "Pembuktian", "Batch"} {
		panes, err := f.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit != 1 {
			t.Errorf("%s: head is not frozen: %+v, %v", sheet, panes, err)
		}
	}
	names := map[string]int{}
	for _, n := range f.GetDefinedName() {
		names[n.Name]++
	}
	if names["_xlnm.Print_Titles"] != 3 || names["_xlnm._FilterDatabase"] != 3 {
		t.Errorf("repeated heads and filters: %v", names)
	}
	for _, sheet := range f.GetSheetList() {
		layout, err := f.GetPageLayout(sheet)
		if err != nil {
			t.Fatal(err)
		}
		props, err := f.GetSheetProps(sheet)
		if err != nil {
			t.Fatal(err)
		}
		if *layout.Size != 9 || *layout.Orientation != "landscape" || *layout.FitToWidth != 1 || *layout.FitToHeight != 0 || !*props.FitToPage {
			t.Errorf("%s does not print on A4 landscape, as wide as the page", sheet)
		}
		if width, err := f.GetColWidth(sheet, "A"); err != nil || width == 9.140625 {
			t.Errorf("%s: width of column A: %v, %v", sheet, width, err)
		}
	}
}

func TestXLSXAmountsAreNumbers(t *testing.T) {
	r := sampleProven()
	amounts := []ledger.Money{0, 1, -1, 99, 50_000_001, 12_345_678_901_234, 999_999_999_999_999, -999_999_999_999_999}
	r.Mismatches = nil
	for i, m := range amounts {
		r.Mismatches = append(r.Mismatches, reconcile.Mismatch{ID: int64(i + 1), Kind: reconcile.Missing, Expected: &reconcile.Side{Amount: m}})
	}
	f := open(t, draw(t, XLSX, r, Options{}))
	for i, m := range amounts {
		cell := fmt.Sprintf("L%d", i+2)
		raw, err := f.GetCellValue("Selisih", cell, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		// The stored number, with its decimals filled up, is the amount.
		whole, decimals, _ := strings.Cut(raw, ".")
		if got, want := whole+","+(decimals + "00")[:2], plain(m); got != want {
			t.Errorf("%s holds %s, want %s", cell, raw, want)
		}
		if kind, err := f.GetCellType("Selisih", cell); err != nil || kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString {
			t.Errorf("%s is text, want a number (%v, %v)", cell, kind, err)
		}
		id, err := f.GetCellStyle("Selisih", cell)
		if err != nil {
			t.Fatal(err)
		}
		style, err := f.GetStyle(id)
		if err != nil {
			t.Fatal(err)
		}
		if style.CustomNumFmt == nil || *style.CustomNumFmt != "#,##0.00" || style.Alignment.Horizontal != "right" {
			t.Errorf("%s is not formatted as an amount: %+v", cell, style)
		}
	}
}

func TestXLSXAmountBeyondASpreadsheetIsText(t *testing.T) {
	r := sampleProven()
	r.Mismatches = []reconcile.Mismatch{{Kind: reconcile.Missing, Expected: &reconcile.Side{Amount: 1_000_000_000_000_001}}}
	f := open(t, draw(t, XLSX, r, Options{}))
	if got, err := f.GetCellValue("Selisih", "L2"); err != nil || got != "10.000.000.000.000,01" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestXLSXHasNoFormula(t *testing.T) {
	doc := draw(t, XLSX, sampleHostile(), Options{})
	z, err := zip.NewReader(bytes.NewReader(doc), int64(len(doc)))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range z.File {
		in, err := entry.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(content, []byte("<f>")) || bytes.Contains(content, []byte("<f ")) || bytes.Contains(content, []byte("hyperlink ")) {
			t.Errorf("%s holds a formula or a link", entry.Name)
		}
	}
	f := open(t, doc)
	for cell, want := range map[string]string{"F2": "=cmd|'/C calc'!A0", "P2": "@SUM(A1)", "S2": `+evil\r\n.STL`, "R2": "-2+3"} {
		got, err := f.GetCellValue("Selisih", cell)
		if err != nil || got != want {
			t.Errorf("%s: %q, want %q as text (%v)", cell, got, want, err)
		}
		if kind, err := f.GetCellType("Selisih", cell); err != nil || kind != excelize.CellTypeInlineString {
			t.Errorf("%s is of type %v, want text (%v)", cell, kind, err)
		}
	}
}

func TestXLSXSaysNotProven(t *testing.T) {
	f := open(t, draw(t, XLSX, sampleBroken(), Options{}))
	if text := fmt.Sprint(cellsOf(t, f, "Ringkasan")); !strings.Contains(text, "TIDAK TERBUKTI") || !strings.Contains(text, "TIDAK BOLEH ditandatangani") {
		t.Errorf("summary: %s", text)
	}
	rows := cellsOf(t, f, "Pembuktian")
	if got := rows[1][1]; got != "GAGAL" {
		t.Errorf("the failing line says %q", got)
	}
	if got := rows[1][15]; !strings.Contains(got, "beda Rp 500.000,00 dan 1 setoran") {
		t.Errorf("the gap is told as %q", got)
	}
}

func TestXLSXGoesOnInAFurtherSheet(t *testing.T) {
	var b bytes.Buffer
	if err := writeXLSX(&b, sampleHuge(25), Options{}, 10); err != nil {
		t.Fatal(err)
	}
	f := open(t, b.Bytes())
	if diff := cmp.Diff([]string{"Ringkasan", "Selisih", "Selisih 2", "Selisih 3", "Pembuktian", "Batch"}, f.GetSheetList()); diff != "" {
		t.Fatal(diff)
	}
	if n := len(cellsOf(t, f, "Selisih 3")); n != 6 {
		t.Errorf("the third sheet has %d rows, want the head and 5", n)
	}
}

// sink counts what is written, keeps nothing, and looks now and then at how
// much memory is held meanwhile, and how much of it went to dir.
type sink struct {
	dir           string
	bytes, writes int
	base, peak    uint64
	spilled       bool
}

func (s *sink) Write(p []byte) (int, error) {
	s.bytes += len(p)
	if s.writes++; s.writes%2000 == 1 {
		s.peak = max(s.peak, held())
		files, err := os.ReadDir(s.dir)
		if err != nil {
			return 0, err
		}
		s.spilled = s.spilled || len(files) > 0
	}
	return len(p), nil
}

func held() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// A report of many mismatches is written as it is made: what is held meanwhile
// does not grow with it. What the spreadsheet keeps in temporary files is gone
// at the end.
func TestHugeReportsStream(t *testing.T) {
	const n = 12_000
	r := sampleHuge(n)
	for _, f := range append(textFaces()[1:], face{"xlsx", XLSX}) {
		t.Run(f.ext, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("TMPDIR", dir)
			out := sink{dir: dir, base: held()}
			if err := f.render(&out, r, Options{}); err != nil {
				t.Fatal(err)
			}
			if spreadsheet := f.ext == "xlsx"; out.spilled != spreadsheet {
				t.Errorf("temporary files: %v, want %v", out.spilled, spreadsheet)
			}
			if f.ext != "xlsx" && (out.bytes < n*100 || out.writes < 1000) {
				t.Errorf("%d mismatches came as %d bytes in %d pieces", n, out.bytes, out.writes)
			}
			limit := uint64(4 << 20)
			if f.ext == "xlsx" {
				limit = 32 << 20 // the library fills a buffer of 16 MiB before it spills
			}
			if out.peak > out.base+limit {
				t.Errorf("%d bytes were held, want less than %d", out.peak-out.base, limit)
			}
			left, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			if len(left) > 0 {
				t.Errorf("%d temporary files are left", len(left))
			}
			runtime.KeepAlive(r)
		})
	}
}
