package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"bekal/reconcile"
	"bekal/reconcile/ledger"
)

// CSV writes one row per mismatch for a spreadsheet set to Indonesia: UTF-8
// with a byte order mark, semicolons, CRLF, a header row in the language asked
// for, and amounts as plain rupiah with two decimals ("500000,00"). A side
// that does not exist is left empty. The head of the last column ends with the
// head of the ledger's chain; its cells are empty. A cell that came from outside and that a
// spreadsheet would take for a formula begins with an apostrophe.
func CSV(w io.Writer, r reconcile.Report, o Options) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("report as CSV: %w", err)
	}
	lang := o.words()
	out := csv.NewWriter(w)
	out.Comma = ';'
	out.UseCRLF = true
	if err := out.Write(csvHeader(lang, r.ChainHead)); err != nil {
		return fmt.Errorf("report as CSV: %w", err)
	}
	for i, m := range r.Mismatches {
		if err := out.Write(csvRow(m, lang)); err != nil {
			return fmt.Errorf("report as CSV, row %d: %w", i+2, err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("report as CSV: %w", err)
	}
	return nil
}

// csvHeader holds the head of the chain too: it is there when no row is, and
// does not make one that is no mismatch.
func csvHeader(w *words, chain string) []string {
	return []string{
		w.ID, w.Kind, w.State, w.AgeDays, w.Opened, w.Reference, w.Batch,
		w.ExpectedAccount, w.ActualAccount, w.ExpectedName, w.ActualName,
		w.ExpectedAmount, w.ActualAmount, w.Difference, w.Status, w.Code,
		w.Reason, w.NextStep, w.File, w.Line, w.Field, w.From, w.To, w.Raw,
		w.ChainHead + ": " + visible(chain),
	}
}

func csvRow(m reconcile.Mismatch, w *words) []string {
	row := []string{
		strconv.FormatInt(m.ID, 10), w.KindName(m.Kind), w.StateName(m.State), strconv.Itoa(m.AgeDays), "",
		outside(m.Reference), outside(m.Batch),
		"", "", "", "", "", "", plain(m.Difference()),
		outside(m.Status), outside(m.Code), outside(m.Reason.In(w.Lang)), outside(m.NextStep.In(w.Lang)),
		outside(m.File), positive(m.Line), outside(m.Field), positive(m.From), positive(m.To), outside(m.Raw), "",
	}
	if !m.Opened.IsZero() {
		row[4] = m.Opened.Format("2006-01-02")
	}
	if s := m.Expected; s != nil {
		row[7], row[9], row[11] = outside(s.Account), outside(s.Name), plain(s.Amount)
	}
	if s := m.Actual; s != nil {
		row[8], row[10], row[12] = outside(s.Account), outside(s.Name), plain(s.Amount)
	}
	return row
}

// plain writes an amount for a spreadsheet: 500000,00.
func plain(m ledger.Money) string { return strings.ReplaceAll(m.Figure(), ".", "") }

// positive writes a position, and nothing where there is none.
func positive(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// outside makes a cell of text that came from outside: what does not print is
// shown, and what a spreadsheet would take for a formula gets an apostrophe.
// That goes for what stands behind a comma as well: a spreadsheet that is set to
// commas takes our rows apart there, and quotes within a row do not keep it.
func outside(s string) string {
	shown := visible(s)
	if formula(s) {
		shown = "'" + shown
	}
	if !strings.ContainsAny(shown, ",;") {
		return shown
	}
	var b strings.Builder
	for i, r := range shown {
		b.WriteRune(r)
		if (r == ',' || r == ';') && begins(shown[i+1:]) {
			b.WriteByte('\'')
		}
	}
	return b.String()
}

// begins says whether a formula may begin here, in the middle of a text. A dash
// that ends an amount, as in Rp 450.000,- is none.
func begins(s string) bool {
	s = strings.TrimLeft(strings.TrimSpace(s), `"`)
	if !formula(s) {
		return false
	}
	r, n := utf8.DecodeRuneInString(s)
	if !strings.ContainsRune("+-＋－", r) {
		return true
	}
	next, _ := utf8.DecodeRuneInString(s[n:])
	return unicode.IsLetter(next) || unicode.IsDigit(next) || strings.ContainsRune("+-(=@$'", next)
}

// formula says whether a spreadsheet may read s as a formula. Some look past
// white space, and some know the full-width signs.
func formula(s string) bool {
	if s == "" {
		return false
	}
	switch s[0] {
	case '\t', '\r', '\n':
		return true
	}
	r, _ := utf8.DecodeRuneInString(strings.TrimSpace(s))
	return strings.ContainsRune("=+-@＝＋－＠", r)
}
