package intake

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bekal/reconcile/ledger"
	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// writeBook saves a workbook that fill has filled.
func writeBook(t *testing.T, name string, fill func(f *excelize.File)) string {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	path := filepath.Join(t.TempDir(), name)
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func setRows(t *testing.T, f *excelize.File, sheet string, rows ...[]any) {
	t.Helper()
	for i, r := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow(sheet, cell, &r); err != nil {
			t.Fatal(err)
		}
	}
}

// must takes the error of a step that only prepares.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// rewrite replaces text in a part of a workbook.
func rewrite(t *testing.T, path, part, old, with string) {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	must(t, err)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		rc, err := f.Open()
		must(t, err)
		content, err := io.ReadAll(rc)
		must(t, err)
		must(t, rc.Close())
		if f.Name == part {
			if !bytes.Contains(content, []byte(old)) {
				t.Fatalf("%s: no %q in\n%s", part, old, content)
			}
			content = bytes.Replace(content, []byte(old), []byte(with), 1)
		}
		p, err := w.Create(f.Name)
		must(t, err)
		_, err = p.Write(content)
		must(t, err)
	}
	must(t, w.Close())
	must(t, os.WriteFile(path, out.Bytes(), 0o600))
}

var wageHeader = []any{"ID WBP", "Nama", "No. Rekening", "Jumlah (Rp)", "Keterangan"}

const sheet1 = "xl/worksheets/sheet1.xml"

func wagesOfBook(t *testing.T, path string, o Options, d Declared) ([]WageLine, Read, error) {
	t.Helper()
	var lines []WageLine
	read, err := ReadWages(path, o, d, contoh, func(l WageLine) error { lines = append(lines, l); return nil })
	return lines, read, err
}

// The same wages have the same content in a workbook as in a CSV.
func TestReadWagesXLSX(t *testing.T) {
	_, csv, err := wagesOfText(t, "id wbp;nama;rekening;jumlah;catatan\nWBP-001;CONTOH SATU;000101000000011;500.000;\nWBP-002;CONTOH DUA;000101000000022;75.000,50;lembur; malam\n", Declared{2, 575_000_50})
	if err == nil {
		t.Fatal("an unquoted separator passed")
	}
	_, csv, err = wagesOfText(t, "id wbp;nama;rekening;jumlah;catatan\nWBP-001;CONTOH SATU;000101000000011;500.000;\nWBP-002;CONTOH DUA;000101000000022;75.000,50;\"lembur; malam\"\n", Declared{2, 575_000_50})
	must(t, err)

	for _, tt := range []struct {
		name string
		rows []int
		fill func(f *excelize.File)
	}{
		{"texts", []int{2, 3}, func(f *excelize.File) {
			setRows(t, f, "Sheet1", wageHeader, []any{"WBP-001", "CONTOH SATU", "000101000000011", "500.000"}, []any{"WBP-002", "CONTOH DUA", "0001-01-000000-02-2", "Rp 75.000,50", "lembur; malam"})
		}},
		{"numbers", []int{2, 3}, func(f *excelize.File) {
			setRows(t, f, "Sheet1", wageHeader, []any{"WBP-001", "CONTOH SATU", 101000000011, 500000}, []any{"WBP-002", "CONTOH DUA", 101000000022, 75000.5, "lembur; malam"})
		}},
		{"formats that show other figures", []int{2, 3}, func(f *excelize.File) {
			setRows(t, f, "Sheet1", wageHeader, []any{"WBP-001", "CONTOH SATU", 101000000011, 500000}, []any{"WBP-002", "CONTOH DUA", 101000000022, 75000.5, "lembur; malam"})
			for _, c := range []string{"C2", "C3", "D2", "D3"} {
				for _, format := range []string{"0.00E+00", `#,##0,"K"`, "yyyy-mm-dd"} {
					style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
					must(t, err)
					must(t, f.SetCellStyle("Sheet1", c, c, style))
				}
			}
		}},
		{"gaps, hidden rows, merged cells, rich text", []int{5, 9}, func(f *excelize.File) {
			must(t, f.SetSheetRow("Sheet1", "B3", &wageHeader))
			must(t, f.SetSheetRow("Sheet1", "B5", &[]any{"WBP-001", "x", "000101000000011", 500000}))
			must(t, f.SetCellRichText("Sheet1", "C5", []excelize.RichTextRun{{Text: "CONTOH "}, {Text: "SATU", Font: &excelize.Font{Bold: true}}}))
			must(t, f.SetSheetRow("Sheet1", "B9", &[]any{"WBP-002", "CONTOH DUA", "000101000000022", 75000.5, "lembur; malam"}))
			must(t, f.SetRowVisible("Sheet1", 9, false))
			must(t, f.MergeCell("Sheet1", "F9", "H9"))
			must(t, f.SetCellValue("Sheet1", "B12", ""))
			must(t, f.SetRowHeight("Sheet1", 20, 40))
		}},
		{"streamed", []int{2, 3}, func(f *excelize.File) {
			w, err := f.NewStreamWriter("Sheet1")
			must(t, err)
			must(t, w.SetRow("A1", wageHeader))
			must(t, w.SetRow("A2", []any{"WBP-001", "CONTOH SATU", "000101000000011", 500000}))
			must(t, w.SetRow("A3", []any{"WBP-002", "CONTOH DUA", "000101000000022", 75000.5, "lembur; malam"}))
			must(t, w.Flush())
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lines, read, err := wagesOfBook(t, writeBook(t, "premi.xlsx", tt.fill), Options{}, Declared{2, 575_000_50})
			must(t, err)
			if diff := cmp.Diff(atLines(twoWages, tt.rows...), lines); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
			read.Warnings = nil
			if diff := cmp.Diff(Read{Count: 2, Total: 575_000_50, Format: "xlsx", Sheet: "Sheet1", Content: csv.Content}, read); diff != "" {
				t.Errorf("read (-want +got):\n%s", diff)
			}
		})
	}
}

// A cell typed as text is read as text, though excelize shows it as it shows the
// number beside it.
func TestNumberOrText(t *testing.T) {
	path := writeBook(t, "premi.xlsx", func(f *excelize.File) {
		setRows(t, f, "Sheet1", wageHeader, []any{"WBP-001", "CONTOH SATU", "000101000000011", "500.125"}, []any{"WBP-002", "CONTOH DUA", "000101000000022", 500.25})
	})
	lines, _, err := wagesOfBook(t, path, Options{}, Declared{2, 500_125_00 + 500_25})
	must(t, err)
	if lines[0].Amount != 500_125_00 || lines[1].Amount != 500_25 {
		t.Errorf("read %v and %v", lines[0].Amount, lines[1].Amount)
	}
}

func TestFormulas(t *testing.T) {
	path := writeBook(t, "premi.xlsx", func(f *excelize.File) {
		setRows(t, f, "Sheet1", wageHeader, []any{"WBP-001", "CONTOH SATU", "000101000000011", 500000}, []any{"WBP-002", "CONTOH DUA", "000101000000022", 1})
	})
	rewrite(t, path, sheet1, `<v>500000</v>`, `<f>10*50000</f><v>500000</v>`)
	lines, _, err := wagesOfBook(t, path, Options{}, Declared{2, 500_001_00})
	must(t, err)
	if lines[0].Amount != 500_000_00 {
		t.Errorf("read %v", lines[0].Amount)
	}
}

// What an officer sees of a workbook with everything wrong.
func TestListingXLSX(t *testing.T) {
	path := writeBook(t, "premi-oktober.xlsx", func(f *excelize.File) {
		must(t, f.SetSheetName("Sheet1", "Oktober"))
		setRows(t, f, "Oktober", append(append([]any{}, wageHeader...), "Blok"),
			[]any{"WBP-001", "CONTOH SATU", 1234567890123456, "500,000"},
			[]any{"WBP-002", "CONTOH DUA", 101000000022.5, 500.125},
			[]any{"WBP-003", "CONTOH TIGA", 123456789, true},
			[]any{"WBP-004", "CONTOH\nEMPAT", "000101000000044", -5, "", "", "catatan di samping"},
			[]any{5, "CONTOH LIMA", "1.23457E+14", 0.30000000000000004},
			[]any{"WBP-006", "CONTOH ENAM", "000101000000066", 777},
			[]any{"WBP-007", "CONTOH TUJUH", "000101000000077"})
		must(t, f.SetCellFormula("Oktober", "D8", "SUM(D1:D2)"))
		_, err := f.NewSheet("November")
		must(t, err)
		must(t, f.SetCellValue("November", "A1", "nanti"))
	})
	rewrite(t, path, sheet1, `<c r="D7"><v>777</v></c>`, `<c r="D7" t="e"><f>VLOOKUP(1,A1:A2,1)</f><v>#N/A</v></c>`)
	read, err := ReadWages(path, Options{}, Declared{7, 3_500_000_00}, manyContoh(), func(WageLine) error { return nil })
	var all *Errors
	if !errors.As(err, &all) {
		t.Fatal(err)
	}
	compareGolden(t, "testdata/wages-xlsx.golden", "error: "+err.Error()+"\nhint: "+all.Hint()+"\nwarning: "+strings.Join(read.Warnings, "\nwarning: ")+"\n")
	if e := all.List[0]; e.Cell != "C2" || e.Sheet != "Oktober" || e.Row != 2 || e.Column != "No. Rekening" {
		t.Errorf("the first is at %+v", e)
	}
}

func TestSheets(t *testing.T) {
	fill := func(f *excelize.File) {
		for _, name := range []string{"Kosong", "Rahasia", "Oktober", "November"} {
			_, err := f.NewSheet(name)
			must(t, err)
		}
		for name, amount := range map[string]int{"Rahasia": 1, "Oktober": 2, "November": 3} {
			setRows(t, f, name, wageHeader, []any{"WBP-001", "CONTOH SATU", "000101000000011", amount})
		}
		must(t, f.DeleteSheet("Sheet1"))
		must(t, f.SetSheetVisible("Rahasia", false))
	}
	path := writeBook(t, "premi.xlsx", fill)
	for sheet, want := range map[string]ledger.Money{"": 2_00, "November": 3_00, "november": 3_00, "Rahasia": 1_00} {
		_, read, err := wagesOfBook(t, path, Options{Sheet: sheet}, Declared{1, want})
		if err != nil {
			t.Errorf("sheet %q: %v", sheet, err)
		}
		if warned := len(read.Warnings) > 0; warned != (sheet == "") {
			t.Errorf("sheet %q: warnings %q", sheet, read.Warnings)
		}
	}
	if _, _, err := wagesOfBook(t, path, Options{Sheet: "Desember"}, Declared{}); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), `no sheet "Desember"`) {
		t.Error(err)
	}
	only := writeBook(t, "premi.xlsx", func(f *excelize.File) {
		fill(f)
		must(t, f.DeleteSheet("Oktober"))
		must(t, f.DeleteSheet("November"))
	})
	if _, _, err := wagesOfBook(t, only, Options{}, Declared{}); !errors.Is(err, ErrNothing) || !strings.Contains(err.Error(), "Rahasia") {
		t.Error(err)
	}
	blank := writeBook(t, "premi.xlsx", func(*excelize.File) {})
	if _, _, err := wagesOfBook(t, blank, Options{}, Declared{}); !errors.Is(err, ErrNothing) {
		t.Error(err)
	}
}

func TestReadRosterXLSX(t *testing.T) {
	path := writeBook(t, "warga.xlsx", func(f *excelize.File) {
		setRows(t, f, "Sheet1", []any{"Nomor Induk", "No. Registrasi", "Nama Lengkap", "Norek"}, []any{17, 2026, "CONTOH SATU", 101000000011}, []any{"18", "B.I/2/2026", "CONTOH DUA", "000101000000022"})
	})
	var lines []RosterLine
	read, err := ReadRoster(path, Options{}, func(l RosterLine) error { lines = append(lines, l); return nil })
	must(t, err)
	want := []RosterLine{{2, "17", "2026", "CONTOH SATU", "000101000000011"}, {3, "18", "B.I/2/2026", "CONTOH DUA", "000101000000022"}}
	if diff := cmp.Diff(want, lines); diff != "" || read.Count != 2 || read.Total != 0 {
		t.Errorf("%+v (-want +got):\n%s", read, diff)
	}
}
