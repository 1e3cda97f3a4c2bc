package simulate

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
)

// wrongBackups tries to put back what is none of the backups: one that was cut on
// its way, other bytes, nothing, and one that is another facility's. Each is
// refused, and nothing is put in place.
func (s *slips) wrongBackups(ctx context.Context, right string) error {
	if !s.may {
		return nil
	}
	data, err := os.ReadFile(right)
	if err != nil {
		return err
	}
	spoilt := bytes.Clone(data)
	at := s.chance.from(len(data)/4, len(data)/2)
	copy(spoilt[at:], "somebody has written here")
	wrong := s.path("backups/wrong.tar")
	for _, x := range []struct {
		what string
		data []byte
	}{
		{"a backup that is cut", data[:s.chance.from(1, len(data)*3/4)]},
		{"a backup that was changed", spoilt},
		{"a backup that is empty", nil},
		{"a backup that is none", bytes.Repeat([]byte("premi "), 500)},
	} {
		if !s.chance.in(40) {
			continue
		}
		if err := os.WriteFile(wrong, x.data, 0o600); err != nil {
			return err
		}
		s.wrongBackup(ctx, x.what, wrong, facilityCode)
		if err := errors.Join(os.Remove(wrong), s.nothingPlaced(x.what)); err != nil {
			return err
		}
	}
	if s.chance.in(40) {
		s.wrongBackup(ctx, "a backup of another facility", right, "XYZ")
		return s.nothingPlaced("a backup of another facility")
	}
	return nil
}

// nothingPlaced holds that there is no ledger.
func (s *slips) nothingPlaced(what string) error {
	_, err := os.Lstat(s.path("bekal.db"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		s.violation("slip", what, "it was put in place")
	}
	return err
}
