package intake

import (
	"fmt"
	"strings"
	"unicode"
)

// column is a column that intake knows.
type column int

const (
	colID column = iota
	colRegister
	colName
	colAccount
	colAmount
	colRemark
	columnCount
)

// columnNames are the names under which a column is found, the canonical one
// first. Case, spaces and punctuation do not matter.
var columnNames = [columnCount][]string{
	colID:       {"beneficiary_id", "id wbp", "id warga binaan", "nomor induk", "no induk"},
	colRegister: {"register_number", "no register", "nomor register", "no registrasi", "nomor registrasi", "no reg"},
	colName:     {"name", "nama", "nama wbp", "nama lengkap", "nama warga binaan"},
	colAccount:  {"account", "rekening", "no rekening", "nomor rekening", "norek"},
	colAmount: {"amount", "jumlah", "nominal", "premi", "upah", "jumlah premi", "besaran", "besaran (rp)",
		"amount (rp)", "jumlah (rp)", "nominal (rp)", "premi (rp)", "upah (rp)", "jumlah premi (rp)"},
	colRemark: {"remark", "keterangan", "catatan", "berita"},
}

// String is the canonical name.
func (c column) String() string { return columnNames[c][0] }

// columnOf knows a column by a name in a file.
func columnOf(name string) (column, bool) {
	key := columnKey(name)
	if key == "" {
		return 0, false
	}
	for c, names := range columnNames {
		for _, n := range names {
			if columnKey(n) == key {
				return column(c), true
			}
		}
	}
	return 0, false
}

// columnKey is a column name without case, spaces and punctuation.
func columnKey(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// columns says where in a row the columns stand.
type columns struct {
	at     [columnCount]int // -1 where there is none
	header []string
}

// find reads the row of column names. Required columns must be there, optional
// ones may; others are passed over with a warning.
func (r *reader) find(names row, required, optional []column) bool {
	r.columns.header = make([]string, len(names.cells))
	for i := range r.columns.at {
		r.columns.at[i] = -1
	}
	wanted := map[column]bool{}
	for _, c := range append(append([]column{}, required...), optional...) {
		wanted[c] = true
	}
	before := r.errs.count()
	found := 0
	for i, c := range names.cells {
		if !names.plain {
			if err := checkHeaderText(c.text); err != nil {
				r.fail(names.number, i, c.text, err)
			}
		}
		name := tidy(c.text)
		r.columns.header[i] = name
		col, known := columnOf(name)
		switch {
		case name == "":
			r.warn("column %d has no name and is not used", i+1)
		case !known || !wanted[col]:
			r.warn("column %s is not used", name)
		case r.columns.at[col] >= 0:
			r.fail(names.number, i, "", &problem{ErrColumn,
				fmt.Sprintf("columns %s and %s both mean %s", r.columns.header[r.columns.at[col]], name, col),
				"leave only one of them in the file"})
		default:
			r.columns.at[col] = i
			found++
		}
	}
	if found == 0 {
		r.fail(names.number, -1, firstText(names), &problem{ErrColumn, "there are no column names in the first row",
			"begin the file with a row of column names: " + listed(required) + "; delete titles above it"})
		return false
	}
	for _, c := range required {
		if r.columns.at[c] < 0 {
			r.fail(names.number, -1, "", &problem{ErrColumn, fmt.Sprintf("there is no column %s", c), "name the column one of: " + strings.Join(columnNames[c], ", ")})
		}
	}
	return r.errs.count() == before
}

// checkHeaderText is checkText, but line breaks are usual in column names.
func checkHeaderText(s string) error {
	return checkText(strings.NewReplacer("\r", " ", "\n", " ", "\t", " ").Replace(s))
}

func listed(cs []column) string {
	names := make([]string, len(cs))
	for i, c := range cs {
		names[i] = c.String()
	}
	return strings.Join(names, ", ")
}

func firstText(r row) string {
	for _, c := range r.cells {
		if !c.blank() {
			return strings.TrimSpace(c.text)
		}
	}
	return ""
}
