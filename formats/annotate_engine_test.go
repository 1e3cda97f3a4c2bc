package formats_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bekal/formats"
)

// stored is a file of testdata.
func stored(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// lenient tolerates everything, and fills up blocks.
const lenient = `layout: lenient
title: {id: Longgar, en: Lenient}
currency: IDR
charset: bank-upper
line: {length: 30, end: [lf, crlf], block: {records: 4, filler: "9"}}
tolerate: [final-line-end, printable-text, lower-case, short-lines, long-lines, blank-lines, end-mark, unblocked, unaligned, unpadded]
structure: H D*
records:
  H:
    title: {id: Kepala, en: Header}
    match: {type: H}
    fields:
      type:   {at: 1, len: 1}
      total:  {at: 2, len: 9, kind: amount, decimals: 2, compute: {sum: D.amount}}
      filler: {at: 11, len: 20, kind: filler}
  D:
    title: {id: Rincian, en: Detail}
    match: {type: D}
    fields:
      type:   {at: 1, len: 1}
      name:   {at: 2, len: 12}
      amount: {at: 14, len: 9, kind: amount, decimals: 2}
      note:   {at: 23, len: 8, empty: blank}
`

// signs has numbers of all kinds, and dates.
const signs = `layout: signs
currency: KWD
charset: latin-1
line: {length: 80, end: lf}
structure: A+
codes:
  reason:
    list:
      - {code: "AA", class: wrong, meaning: {id: Salah, en: Wrong}}
      - {code: "BD", meaning: {id: Dibayar, en: Paid}}
records:
  A:
    match: {type: A}
    fields:
      type:    {at: 1, len: 1}
      mark:    {at: 2, len: 1}
      places:  {at: 3, len: 1, kind: digits}
      punched: {at: 4, len: 8, kind: amount, decimals: 2, sign: overpunch}
      leading: {at: 12, len: 9, kind: amount, decimals: 2, sign: leading}
      marked:  {at: 21, len: 8, kind: amount, decimals: 2, sign: {field: mark, minus: D, plus: C}}
      pointed: {at: 29, len: 9, kind: amount, decimals: 2, point: "."}
      scaled:  {at: 38, len: 8, kind: amount, decimals: {field: places, most: 3}}
      day:     {at: [46, 54], len: [4, 2], kind: date, format: ddMMyy}
      hour:    {at: 50, len: 4, kind: time, format: HHmm}
      julian:  {at: 56, len: 5, kind: date, format: yyDDD, empty: zeros}
      reasons: {at: 61, len: 8, codes: reason, each: 2, open: true, empty: blank}
      name:    {at: 69, len: 12, align: right}
`

func TestAnnotateEngine(t *testing.T) {
	l := lines("\n",
		"H000035075                    ",
		"DWARGA CONTOH000010000        ",
		"",
		"Dwarga       000010000*       ",
		"D  BUDI          15000        ",
		"DSITI        000000075",
		"DKURNIA      000000000            ",
		"     ",
		strings.Repeat("9", 30))
	l = append(l, 0x1a)
	numbers := lines("\n",
		"AD00012345N-0001230000012500001234.50000012342311190526"+"26327"+"AABDZZ  "+" ESPA\xd1A LTDA",
		"AC20012345{+0001230000012500001234.50000012342311190026"+"00000"+"        "+"   CI\xd3N \x1b[1m",
		"AX90012345 *0001230000012500001234,50000012343211256026"+"26367"+"AA BD   "+"      \xa0\xad\x80\x01AB")
	cpa := bytes.Clone(stored(t, "cpa005.txt"))
	cpa[1466+264+5] = 'x' // the amount of the second segment
	nacha := stored(t, "nacha.txt")
	nacha = edit94(nacha, 3, 12, "9")  // a check digit
	nacha = edit94(nacha, 10, 44, "1") // a total of the first batch
	nacha = edit94(nacha, 15, 1, "X")  // a record that is not known
	nacha = bytes.TrimSuffix(nacha, lines("\n", strings.Repeat("9", 94)))
	cases := []struct {
		name    string
		plan    *formats.Plan
		file    []byte
		options formats.AnnotateOptions
		is      error
	}{
		{"annotate-tolerated", compile(t, lenient), l, formats.AnnotateOptions{File: "L", Lang: "en"}, nil},
		{"annotate-tolerated-id", compile(t, lenient), bytes.TrimSuffix(l[:62], []byte("\n")), formats.AnnotateOptions{File: "L", Colour: true}, formats.ErrControl},
		{"annotate-numbers", compile(t, signs), numbers, formats.AnnotateOptions{Lang: "en", Width: 100}, formats.ErrNumber},
		{"annotate-slots", plan(t, "cpa005"), cpa, formats.AnnotateOptions{Lang: "en", Width: 130}, formats.ErrNumber},
		{"annotate-groups", plan(t, "nacha"), nacha, formats.AnnotateOptions{Lang: "id", Width: 110}, formats.ErrControl},
		{"annotate-kana", plan(t, "zengin"), stored(t, "zengin.txt"), formats.AnnotateOptions{Lang: "id", Width: 130, MaxRecords: 3}, nil},
		{"annotate-occurrences", plan(t, "cnab240-return"), stored(t, "cnab240-return.txt"), formats.AnnotateOptions{Lang: "en", Width: 130, MaxRecords: 8}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := formats.Annotate(&out, c.plan, bytes.NewReader(c.file), c.options); (c.is == nil) != (err == nil) || !errors.Is(err, c.is) {
				t.Errorf("got %v, want %v", err, c.is)
			}
			golden(t, c.name+".golden", out.Bytes())
			if !c.options.Colour && strings.ContainsRune(out.String(), '\x1b') {
				t.Error("bytes of the file reached the terminal")
			}
		})
	}
}

// edit94 changes the bytes of one line (from 1) of a file with LF.
func edit94(file []byte, line, column int, with string) []byte {
	out := bytes.Clone(file)
	copy(out[(line-1)*95+column-1:], with)
	return out
}
