// Package formats reads, writes, checks, explains and documents fixed-width
// files. A format is a [Layout], written as data (YAML): the records, what
// stands in which columns, the order of the records, and the totals that must
// agree. [Parse] reads a layout, [Layout.Compile] checks it as strictly as a
// compiler checks a program and makes a [Plan]. One plan serves everything:
//
//   - [Plan.NewDecoder] streams records out of an io.Reader, validates every
//     field of every record, and collects whatever is wrong, with its place;
//   - [Plan.NewEncoder] streams records into an io.Writer and refuses to write
//     a record that breaks the layout;
//   - [Annotate] shows a file with its meaning and underlines what is wrong;
//   - [Document] prints the layout as a specification sheet.
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
