// Package report renders a reconcile.Report for the people who act on it: as
// text for a terminal, as JSON for other programs, as CSV and XLSX for a
// spreadsheet, and as one HTML page that is printed and signed.
//
// Every face shows the same value. The package refuses to decide: it finds no
// mismatch, judges no proof and drops nothing. The only sums that it makes are
// the totals under its own tables and the gap of a proof line that does not
// balance. It also refuses to trust: names, messages and raw lines come from
// outside, so control characters are shown instead of obeyed, formulas stay
// text, and HTML is escaped.
//
// Words are Indonesian or English; an amount is written Rp 1.234.567,00 in both.
package report
