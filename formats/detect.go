package formats

import (
	"bytes"
	"errors"
)

// Fits says whether a file that begins with these bytes may follow the layout:
// its first line has the length, the line end, the discriminator and the
// constants of a record that may stand first.
func (p *Plan) Fits(head []byte) bool {
	d := p.NewDecoder(bytes.NewReader(head), DecodeOptions{})
	if !d.Next() {
		return false
	}
	r := d.Record()
	if r.plan == nil || r.whole != nil {
		return false
	}
	for _, e := range r.errs {
		for _, strange := range []error{ErrStructure, ErrConstant, ErrLineEnd, ErrLength, ErrTruncated} {
			if errors.Is(e, strange) {
				return false
			}
		}
	}
	return true
}

// Faults counts what is wrong with the whole lines among the first bytes of a
// file, if it followed the layout: among several layouts that fit, the one
// with the fewest is meant.
func (p *Plan) Faults(head []byte) int {
	d := p.NewDecoder(bytes.NewReader(head), DecodeOptions{MaxErrors: 1})
	faults := 0
	for d.Next() {
		if d.next >= d.in.end && d.in.eof {
			break // the last line may be cut off
		}
		faults += len(d.rec.errs)
	}
	return faults
}
