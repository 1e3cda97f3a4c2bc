package gateway

import (
	"errors"
	"io"
	"time"

	"bekal/formats"
	"bekal/reconcile/ledger"
)

// NoRoomError says that a bank's transfer file cannot carry a wage. Once it is
// approved it cannot be taken back, and no batch that it belongs to could be
// composed: nobody else would be paid either.
type NoRoomError struct {
	field string
	err   error
}

func (e *NoRoomError) Error() string {
	return "the bank's transfer file cannot carry it: " + e.err.Error()
}

func (e *NoRoomError) Unwrap() error { return e.err }

// Column is the column of the wage sheet that is at fault.
func (e *NoRoomError) Column() string { return e.field }

// Hint says what to do about it.
func (e *NoRoomError) Hint() string {
	return "write what the file has room for, such as whole rupiah where it has no sen; or have the layout of the transfer file corrected, if it does not say what the bank allows"
}

// Carriage writes wages into a transfer file that goes nowhere.
type Carriage struct {
	bank     *Bank
	facility string
	enc      *formats.Encoder
	detail   *detail
}

// Carriage begins such a file.
func (b *Bank) Carriage(facility ledger.Facility) *Carriage {
	return &Carriage{bank: b, facility: facility.Code, detail: newDetail(b.Transfer)}
}

// Takes is a *NoRoomError when the bank's file has no room for a wage.
func (c *Carriage) Takes(w ledger.Wage) error {
	if c.enc == nil {
		x := &transfer{bank: c.bank, location: time.UTC}
		c.enc = c.bank.Transfer.NewEncoder(io.Discard, formats.EncodeOptions{})
		day := time.Date(2026, time.January, 2, 12, 0, 0, 0, time.UTC)
		if err := x.head(c.enc, ledger.Batch{Reference: c.facility + "00B26010200000", ValueDate: day.Format(time.DateOnly), Count: 1}, day); err != nil {
			return err
		}
	}
	err := c.detail.write(c.enc, ledger.DepositLine{ID: w.Line, Sequence: w.Line, Name: []byte(w.Name), Account: []byte(w.Account), Amount: w.Amount, Remark: []byte(w.Remark), Reference: []byte(c.facility + "0000000000X")})
	if err == nil {
		return nil
	}
	c.enc = nil // what has failed once is not written to again
	room := &NoRoomError{field: "amount", err: errors.Unwrap(err)}
	var at *formats.Error
	if errors.As(err, &at) {
		room.field = at.Field
	}
	return room
}
