package intake

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// goodBook is a workbook of two wages that passes.
func goodBook(t *testing.T) string {
	t.Helper()
	return writeBook(t, "premi.xlsx", func(f *excelize.File) {
		setRows(t, f, "Sheet1", wageHeader, []any{"WBP-001", "CONTOH SATU", "000101000000011", 500000}, []any{"WBP-002", "CONTOH DUA", "000101000000022", 500000})
	})
}

// A workbook that excelize would read in part, or as something else, is refused
// as a whole.
func TestDamagedWorkbooks(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, path string){
		"sheet breaks off": func(t *testing.T, path string) {
			rewrite(t, path, sheet1, `<row r="3"`, `<row r="3`)
		},
		"sheet ends early": func(t *testing.T, path string) {
			rewrite(t, path, sheet1, `<row r="3"`, `<!--`)
		},
		"row twice": func(t *testing.T, path string) {
			rewrite(t, path, sheet1, `<row r="3"`, `<row r="2"`)
		},
		"row beyond the last": func(t *testing.T, path string) {
			rewrite(t, path, sheet1, `<row r="3"`, `<row r="1048577"`)
		},
		"cell of another row": func(t *testing.T, path string) {
			rewrite(t, path, sheet1, `r="D3"`, `r="D2"`)
		},
		"cells out of order": func(t *testing.T, path string) {
			rewrite(t, path, sheet1, `r="D3"`, `r="A3"`)
		},
		"very wide": func(t *testing.T, path string) {
			rewrite(t, path, sheet1, `r="D3"`, `r="XFD3"`)
		},
		"no relations": func(t *testing.T, path string) {
			rewrite(t, path, "xl/_rels/workbook.xml.rels", `worksheets/sheet1.xml`, `worksheets/sheet9.xml`)
		},
		"flipped byte": func(t *testing.T, path string) {
			data, err := os.ReadFile(path)
			must(t, err)
			data[len(data)/3] ^= 0x55
			must(t, os.WriteFile(path, data, 0o600))
		},
		"cut in half": func(t *testing.T, path string) {
			info, err := os.Stat(path)
			must(t, err)
			must(t, os.Truncate(path, info.Size()/2))
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := goodBook(t)
			damage(t, path)
			lines, _, err := wagesOfBook(t, path, Options{}, Declared{2, 1_000_000_00})
			if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "damaged") {
				t.Errorf("%d lines, %v", len(lines), err)
			}
		})
	}
}

func TestPasswordProtected(t *testing.T) {
	path := filepath.Join(t.TempDir(), "premi.xlsx")
	f := excelize.NewFile()
	must(t, f.SaveAs(path, excelize.Options{Password: "contoh"}))
	must(t, f.Close())
	if _, _, err := wagesOfBook(t, path, Options{}, Declared{}); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "password") {
		t.Error(err)
	}
}

func TestOtherFiles(t *testing.T) {
	for says, parts := range map[string]map[string]string{
		"OpenDocument":         {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"},
		"binary Excel":         {"xl/workbook.bin": "x"},
		"there is no workbook": {"word/document.xml": "<a/>"},
	} {
		path := filepath.Join(t.TempDir(), "premi.xlsx")
		must(t, os.WriteFile(path, zipOf(t, parts), 0o600))
		if _, _, err := wagesOfBook(t, path, Options{}, Declared{}); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
	for says, text := range map[string]string{"PDF": "%PDF-1.7\n", "web page": "\uFEFF <HTML>\n", "no text": "GIF89a\x01\x00\x01\x00\n", "UTF-16": "\xFE\xFF\x00i", "CR alone": "id wbp,nama\rWBP-001,CONTOH SATU\r"} {
		path := filepath.Join(t.TempDir(), "premi.csv")
		must(t, os.WriteFile(path, []byte(text), 0o600))
		if _, _, err := wagesOfBook(t, path, Options{}, Declared{}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
	if _, _, err := wagesOfBook(t, t.TempDir(), Options{}, Declared{}); !errors.Is(err, ErrFormat) {
		t.Errorf("folder: %v", err)
	}
	if _, _, err := wagesOfBook(t, filepath.Join(t.TempDir(), "none.csv"), Options{}, Declared{}); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "none.csv") {
		t.Errorf("no file: %v", err)
	}
}

func zipOf(t *testing.T, parts map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range parts {
		p, err := w.Create(name)
		must(t, err)
		_, err = p.Write([]byte(text))
		must(t, err)
	}
	must(t, w.Close())
	return out.Bytes()
}

func TestTooLarge(t *testing.T) {
	bomb := goodBook(t)
	rewrite(t, bomb, sheet1, `<sheetData>`, strings.Repeat(" ", 2<<20)+`<sheetData>`)
	info, err := os.Stat(bomb)
	must(t, err)
	if info.Size() > 1<<20 {
		t.Fatalf("the bomb has %d bytes", info.Size())
	}
	if _, _, err := wagesOfBook(t, bomb, Options{MaxBytes: 1 << 20}, Declared{}); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "larger than 1 MiB once it is unzipped") {
		t.Error(err)
	}
	if _, _, err := wagesOfBook(t, bomb, Options{}, Declared{2, 1_000_000_00}); err != nil {
		t.Error(err)
	}
	path := filepath.Join(t.TempDir(), "premi.csv")
	must(t, os.WriteFile(path, make([]byte, 1<<20+1), 0o600))
	if _, _, err := wagesOfBook(t, path, Options{MaxBytes: 1 << 20}, Declared{}); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "larger than 1 MiB") {
		t.Error(err)
	}
	// A file that grows while it is read is held to the same bound.
	o := Options{MaxBytes: 1 << 20}.withDefaults(path)
	src, read := openText(t, strings.NewReader("id wbp,nama,rekening,jumlah\n"+strings.Repeat("\n", 1<<20)), o)
	if _, err := readWages(src, read, o, Declared{}, contoh, func(WageLine) error { return nil }); !errors.Is(err, ErrFormat) {
		t.Error(err)
	}
}

// A few megabytes of tags would come to gigabytes of what a library makes of
// them, or to minutes: they are counted before anything is made of them.
func TestAWorkbookOfTagsIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		part, end, tag string
		n              int
	}{
		"texts":     {"xl/sharedStrings.xml", "</sst>", "<si/>", 2 * maxStrings},
		"styles":    {"xl/styles.xml", "</cellXfs>", "<xf/>", maxFurtherTags},
		"relations": {"xl/_rels/workbook.xml.rels", "</Relationships>", "<Relationship/>", maxFurtherTags},
		"types":     {"[Content_Types].xml", "</Types>", "<Override/>", maxFurtherTags},
	} {
		t.Run(name, func(t *testing.T) {
			path := goodBook(t)
			rewrite(t, path, c.part, c.end, strings.Repeat(c.tag, c.n)+c.end)
			if _, _, err := wagesOfBook(t, path, Options{}, Declared{2, 1_000_000_00}); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), c.part+" inside the workbook has too many elements") {
				t.Error(err)
			}
		})
	}
	// A cell holds 32,767 characters at most; one text of hundreds of megabytes
	// would come to gigabytes.
	for part, at := range map[string]string{"xl/sharedStrings.xml": "</sst>", sheet1: "</sheetData>"} {
		path := goodBook(t)
		rewrite(t, path, part, at, "<si><t>"+strings.Repeat("A", maxXMLText+1)+"</t></si>"+at)
		if _, _, err := wagesOfBook(t, path, Options{}, Declared{2, 1_000_000_00}); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), part+" inside the workbook has a text of more than 8 MiB") {
			t.Errorf("%s: %v", part, err)
		}
	}
	// A picture is no text.
	if err := checkZip(zipOf(t, map[string]string{"xl/workbook.xml": "<workbook/>", "xl/media/image1.png": strings.Repeat("A", 2*maxXMLText)}), Options{}.withDefaults("premi.xlsx")); err != nil {
		t.Error(err)
	}
	// The largest bounds would take long to reach.
	for name, want := range map[string]int64{"xl/worksheets/sheet1.xml": maxSheetTags, "xl/sharedstrings.xml": maxStringTags, "xl/media/image1.png": maxFurtherTags, "xl/worksheets.xml": maxFurtherTags, "": maxFurtherTags} {
		if got := maxTags(name); got != want {
			t.Errorf("%q may have %d tags, want %d", name, got, want)
		}
	}
}
