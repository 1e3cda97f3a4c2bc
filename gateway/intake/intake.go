package intake

import (
	"errors"
	"fmt"
	"path/filepath"

	"bekal/reconcile/ledger"
)

const (
	defaultMaxErrors = 100
	// MaxBytes is the largest file that is read, where Options name no other.
	MaxBytes = 256 << 20
)

// Options say how a file is read. The zero value is usable.
type Options struct {
	// File is the name for messages; the last part of the path when empty.
	File string
	// MaxErrors bounds the errors that are listed; the rest are counted. 100
	// when zero.
	MaxErrors int
	// MaxBytes bounds the size of the file and, for a workbook, the size of
	// its parts together once they are unzipped. 256 MiB when zero.
	MaxBytes int64
	// Sheet names the sheet of a workbook; the first visible one with
	// anything in it when empty.
	Sheet string
}

func (o Options) withDefaults(path string) Options {
	if o.File == "" {
		o.File = filepath.Base(path)
	}
	if o.MaxErrors <= 0 {
		o.MaxErrors = defaultMaxErrors
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = MaxBytes
	}
	return o
}

// RosterLine is one beneficiary of a roster. Texts are trimmed, the name has
// single spaces, the account has 15 digits. The strings of a line share memory:
// keeping one keeps the line.
type RosterLine struct {
	Line           int // row in the file, from 1
	BeneficiaryID  string
	RegisterNumber string // may be empty; it changes with status
	Name           string
	Account        string
}

// WageLine is one wage of a wage sheet, in the form of RosterLine.
type WageLine struct {
	Line          int // row in the file, from 1
	BeneficiaryID string
	Name          string
	Account       string
	Amount        ledger.Money // more than zero
	Remark        string       // may be empty
}

// Declared is what the person who hands a wage sheet in says that it holds.
type Declared struct {
	Count int64
	Total ledger.Money
}

// Roster answers from the approved roster.
type Roster interface {
	// Lookup returns the name and the 15-digit account of a beneficiary.
	Lookup(beneficiaryID string) (name, account string, ok bool)
}

// Read tells what was read.
type Read struct {
	Count     int64        // rows with data
	Total     ledger.Money // sum of the amounts that could be read; wage sheets only
	Format    string       // "csv" or "xlsx"
	Delimiter string       // of a CSV: ",", ";" or a tab
	Sheet     string       // of a workbook
	Warnings  []string     // what was passed over, such as columns that are not used
	// Content is the SHA-256 of the rows in file order, in one canonical form
	// for all formats: the same wages saved again as another kind of file, or
	// with the columns in another order, have the same Content. It is zero
	// when the file has errors.
	Content [32]byte
}

// RowError is an error of the sink that concerns the row it was given, not the
// reading as a whole. It is listed with the errors of that row, and reading
// goes on.
type RowError interface {
	error
	// Column is the canonical name of the column at fault, such as
	// "account"; empty when it is the row.
	Column() string
}

// ReadRoster reads the roster at path and hands its lines to sink in file
// order. Columns: beneficiary_id, register_number, name, account.
//
// The error is an *Errors when the file is at fault. Any other error is the
// operating system's, or the sink's own: a sink error that is no RowError ends
// the reading at once and is returned wrapped.
func ReadRoster(path string, o Options, sink func(RosterLine) error) (Read, error) {
	o = o.withDefaults(path)
	src, read, err := open(path, o)
	if err != nil {
		return read, err
	}
	read, err = readRoster(src, read, o, sink)
	return read, errors.Join(err, closeSource(src, o))
}

// ReadWages reads the wage sheet at path, checks it against the approved roster
// and the declared count and total, and hands its lines to sink in file order.
// Columns: beneficiary_id, name, account, amount and, if there is one, remark.
// Errors are as for ReadRoster.
func ReadWages(path string, o Options, d Declared, roster Roster, sink func(WageLine) error) (Read, error) {
	o = o.withDefaults(path)
	src, read, err := open(path, o)
	if err != nil {
		return read, err
	}
	read, err = readWages(src, read, o, d, roster, sink)
	return read, errors.Join(err, closeSource(src, o))
}

func closeSource(src source, o Options) error {
	if err := src.close(); err != nil {
		return fmt.Errorf("closing %s: %w", o.File, err)
	}
	return nil
}
