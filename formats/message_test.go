package formats_test

import (
	"testing"

	"bekal/formats"
)

func TestMessageIsInBothLanguages(t *testing.T) {
	for _, c := range []struct {
		err    formats.Error
		id, en string
	}{
		{formats.Error{File: "x", Line: 3, Field: "amount", From: 65, To: 81, Value: "0000X", Err: formats.ErrNumber}, `amount "0000X": bukan bilangan`, `amount "0000X": not a number`},
		{formats.Error{Field: "count", Value: "3", Expected: "2", Err: formats.ErrControl}, `count "3": total tidak cocok, seharusnya "2"`, `count "3": control total disagrees, expected "2"`},
		{formats.Error{Err: formats.ErrTruncated}, "berkas terpotong", "file cut short"},
	} {
		if m := c.err.Message(); m.ID != c.id || m.EN != c.en {
			t.Errorf("%+v", m)
		}
	}
}
