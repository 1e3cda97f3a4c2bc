// Package intake reads what the prison's work section hands in: the roster of
// beneficiaries and the wage sheets, as CSV or XLSX.
//
// It is the door, and it is a suspicious one. People type these files by hand,
// save them from a spreadsheet in whatever format was offered, and correct them
// late on a Friday; what comes in becomes money the same night. So a value that
// can be read in two ways is never guessed: 500,000 is half a million rupiah in
// Jakarta and five hundred in Excel's other language, and intake refuses it and
// says both. Every problem of a file is found in one pass, named with its row,
// its column as the file calls it and, in a workbook, its cell, and returned
// together as *Errors, so that a sheet is corrected once and not ten times.
//
// The rows go to the caller's sink one by one, in file order, while the file is
// being read. A row that came through says nothing about the file as a whole:
// the caller keeps what it was given only when the error at the end is nil.
//
// Intake only reads. It opens no database, archives nothing, decides nothing
// about who may import, sends nothing to a bank, and logs nothing: its errors
// are for the officer in front of the screen and show account numbers in full.
// (Passed to slog directly, they log their places only.) It refuses:
// encodings other than UTF-8, password-protected workbooks, numbers that a
// spreadsheet has shortened, amounts finer than a sen, formulas that nobody has
// calculated, the same beneficiary twice, and, in a wage sheet, whatever is not
// on the approved roster exactly so.
package intake
