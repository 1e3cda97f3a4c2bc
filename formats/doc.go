// Package formats reads, writes, checks, explains and documents fixed-width
// files. A format is a [Layout], written as data (YAML): the records, what
// stands in which columns, the order of the records, and the totals that must
// agree. [Parse] reads a layout, [Layout.Compile] checks it as strictly as a
// compiler checks a program and makes a [Plan]. One plan serves everything:
//
//   - [Plan.NewDecoder] streams records out of an io.Reader, validates every
//     field of every record, their order and all totals, and collects whatever
//     is wrong, and whatever was only tolerated, with its place;
//   - [Plan.NewEncoder] streams records into an io.Writer and refuses to write
//     a record that breaks the layout; what follows from the records before
//     (totals, running numbers, repeated values, check digits) it fills in;
//     [Encoder.WriteRow] is the quick way to write many records with the same
//     fields;
//   - [Plan.Recode] proves by decoding and encoding again, value by value, that
//     a file was understood to the last byte;
//   - [Plan.WriteJSON], [Plan.ReadJSON] and [Plan.WriteCSV] turn a file into
//     other forms, and JSON back into the file;
//   - [Annotate] shows a file with its meaning and underlines what is wrong;
//   - [Document] and [DocumentHTML] print the layout as a specification sheet.
//
// A value is read and written in its own type, by a [Field] that was found once:
// [Record.Text], [Record.Int] (amounts in minor units, dates as yyyyMMdd) and
// [Record.Time], or for any kind as text by [Record.String], of which
// [Writer.SetString] is the exact inverse.
//
// Decoding and encoding allocate nothing per record and keep no more of a file
// in memory than one buffer, whatever the file's size or the length of its
// lines. Only what is wrong allocates, and what is kept of it is bounded.
//
// Amounts are int64 counts of minor units; there are no floats. Bytes are
// bytes: a position is a byte position, counted from 1 as banks do.
//
// What the package refuses to do: it never repairs a value, never guesses a
// missing one, never accepts on reading what the layout does not state as
// tolerated, and never writes what the layout would not read strictly. It
// knows nothing of banks, ledgers or networks, and imports nothing of Bekal.
package formats
