package formats_test

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"bekal/formats"
)

// notes is a layout of two records: notes, and how many they are.
const notes = `
layout: notes
charset: bank-upper
line: {length: 20, end: lf}
structure: N* T
records:
  N:
    match: {type: N}
    fields:
      type:   {at: 1,  len: 1}
      name:   {at: 2,  len: 10}
      amount: {at: 12, len: 9, kind: amount, decimals: 2}
  T:
    match: {type: T}
    fields:
      type:   {at: 1,  len: 1}
      count:  {at: 2,  len: 4,  kind: number, compute: {count: N}}
      total:  {at: 6,  len: 12, kind: amount, decimals: 2, compute: {sum: N.amount}}
      filler: {at: 18, len: 3,  kind: filler}
`

func notesPlan() *formats.Plan {
	l, err := formats.Parse("notes.yaml", []byte(notes))
	if err != nil {
		panic(err)
	}
	p, err := l.Compile()
	if err != nil {
		panic(err)
	}
	return p
}

// A file is written record by record; the encoder fills in what follows from
// the records.
func ExamplePlan_NewEncoder() {
	p := notesPlan()
	name, amount := p.Field("N", "name"), p.Field("N", "amount")
	e := p.NewEncoder(os.Stdout, formats.EncodeOptions{})
	for i, who := range []string{"CONTOH A", "CONTOH B"} {
		n := e.Begin("N")
		n.SetText(name, who)
		n.SetInt(amount, int64(100_00+i))
		if err := n.End(); err != nil {
			fmt.Println(err)
		}
	}
	if err := e.Begin("T").End(); err != nil {
		fmt.Println(err)
	}
	if err := e.Close(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// NCONTOH A  000010000
	// NCONTOH B  000010001
	// T0002000000020001
}

// Where the same fields are set in many records, they are written as rows.
func ExampleEncoder_WriteRow() {
	p := notesPlan()
	note := p.Row("N", p.Field("N", "name"), p.Field("N", "amount"))
	e := p.NewEncoder(os.Stdout, formats.EncodeOptions{})
	for i, who := range []string{"CONTOH A", "contoh b", "CONTOH C"} {
		if err := e.WriteRow(note, formats.TextValue(who), formats.IntValue(int64(100_00+i))); err != nil {
			fmt.Println(err)
		}
	}
	if err := e.Begin("T").End(); err != nil {
		fmt.Println(err)
	}
	if err := e.Close(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// line 2, record 2 (N), field name, column 2: "c": character not allowed: allowed are upper case, digits, space and . , ' - / ( ) & + :
	// NCONTOH A  000010000
	// NCONTOH C  000010002
	// T0002000000020002
}

// A file is read record by record; what is wrong is collected, with its place.
func ExamplePlan_NewDecoder() {
	p := notesPlan()
	name, amount := p.Field("N", "name"), p.Field("N", "amount")
	file := "NCONTOH A  000010000\n" +
		"NCONTOH B  00001O001\n" +
		"T0002000000020001   \n"
	d := p.NewDecoder(strings.NewReader(file), formats.DecodeOptions{File: "notes.txt"})
	for d.Next() {
		r := d.Record()
		if r.Err() == nil && r.Type() == "N" {
			fmt.Printf("%s has %d sen\n", r.Text(name), r.Int(amount))
		}
	}
	if err := d.Err(); err != nil {
		fmt.Println(err)
		fmt.Println("is a number wrong?", errors.Is(err, formats.ErrNumber))
		fmt.Println("not checked:", d.Unverified())
	}
	// Output:
	// CONTOH A has 10000 sen
	// notes.txt line 2, record 2 (N), field amount, columns 12-20: "00001O001": not a number
	// is a number wrong? true
	// not checked: [T.total]
}

// A layout is checked like a program.
func ExampleLayout_Compile() {
	l, err := formats.Parse("notes.yaml", []byte(strings.Replace(notes, "at: 12, len: 9", "at: 13, len: 8", 1)))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = l.Compile()
	fmt.Println("error:", err)
	var hint interface{ Hint() string }
	if errors.As(err, &hint) {
		fmt.Println("hint:", hint.Hint())
	}
	// Output:
	// error: notes.yaml:12:7: gap: no field covers column 12 of record N, before field amount
	// hint: If nothing stands there, add `filler_12: {at: 12, len: 1, kind: filler}`.
}

// A name is turned into what a bank's file can hold.
func ExampleFold() {
	fmt.Println(formats.Fold("Conté d’Contoh–Satu"))
	// Output: CONTE D'CONTOH-SATU
}

// A file is shown with its meaning; errors are underlined.
func ExampleAnnotate() {
	file := "NCONTOH A  00001x000\n" +
		"T0001000000010000   \n"
	err := formats.Annotate(os.Stdout, notesPlan(), strings.NewReader(file), formats.AnnotateOptions{Lang: "en", MaxRecords: 1})
	fmt.Println(err != nil)
	// Output:
	// notes
	//
	// line 1  N
	//         ----+---10----+---20
	//      1  NCONTOH A  00001x000
	//                    ^^^^^^^^^ not a number
	//  columns  field   value      meaning
	//        1  type    N
	//     2-11  name    CONTOH A
	//    12-20  amount  00001x000  not a number
	//
	//   ... records without errors that are not shown: 1
	//
	// The file as a whole
	//   layout: notes
	//   records: 2 (1 N, 1 T)
	//   bytes: 42
	//   line end: LF; the last record has one
	//   Totals that could not be checked: T.total
	//   errors: 1
	// true
}

// A file is proven by decoding and encoding it again: the same bytes come out,
// though each field has been turned into its value in between.
func ExamplePlan_Recode() {
	p := notesPlan()
	file := "NCONTOH A  000010000\nT0001000000010000   \n"
	var again strings.Builder
	done, err := p.Recode(&again, strings.NewReader(file), formats.RecodeOptions{AsRead: true})
	fmt.Println(done.Tally.Records, "records, the same:", again.String() == file, err)
	// Output:
	// 2 records, the same: true <nil>
}

// The values of a file as JSON; what follows from the others may be left out on
// the way back.
func ExamplePlan_ReadJSON() {
	p := notesPlan()
	if err := p.WriteJSON(os.Stdout, strings.NewReader("NCONTOH A  000010000\nT0001000000010000   \n"), formats.DecodeOptions{}); err != nil {
		fmt.Println(err)
	}
	js := `{"layout": "notes", "records": [
		{"record": "N", "values": {"name": "CONTOH B", "amount": "0.05"}},
		{"record": "T"}
	]}`
	if err := p.ReadJSON(os.Stdout, strings.NewReader(js), formats.EncodeOptions{}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {
	//  "layout": "notes", "line_end": "lf",
	//  "records": [
	//   {"record": "N", "line": 1, "values": {"name": "CONTOH A", "amount": "100.00"}},
	//   {"record": "T", "line": 2, "values": {"count": "1", "total": "100.00"}}
	//  ],
	//  "final_line_end": true, "fillers": 0
	// }
	// NCONTOH B  000000005
	// T0001000000000005
}
