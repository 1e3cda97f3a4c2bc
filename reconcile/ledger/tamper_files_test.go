package ledger_test

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bekal/reconcile/ledger"

	"github.com/jmoiron/sqlx"
	"pgregory.net/rapid"
)

// TestAnyTamperingWithTheArchiveIsNamed: whatever byte of whatever archived file
// is changed, lost, added or exchanged, the books say so, and name the file.
func TestAnyTamperingWithTheArchiveIsNamed(t *testing.T) {
	t.Parallel()
	dir := fullStory(t).atRest(t)
	var files []archived
	if err := raw(dir, func(db *sqlx.DB) error { return db.Select(&files, `SELECT name, sha256 FROM files ORDER BY id`) }); err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	all := make(map[string][]byte)
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, "archive", f.path()))
		if err != nil {
			t.Fatal(err)
		}
		all[f.SHA256] = data
	}
	rapid.Check(t, func(r *rapid.T) {
		f := rapid.SampledFrom(files).Draw(r, "file")
		was := all[f.SHA256]
		now, what := vandalised(r, was, all)
		copyOf(t, dir, func(dir string) {
			path := filepath.Join(dir, "archive", f.path())
			write := os.Remove(path)
			if now != nil {
				write = os.WriteFile(path, now, 0o600)
			}
			if write != nil {
				r.Fatal(write)
			}
			_, err := verified(t, dir)
			if bytes.Equal(was, now) {
				if err != nil {
					r.Fatalf("%s leaves the bytes as they were, and was found: %v", what, err)
				}
				return
			}
			var b *ledger.Break
			if !errors.As(err, &b) || b.Table != "files" || b.SHA256 != f.SHA256 || len(b.Rows) != 1 || !strings.Contains(err.Error(), f.Name) || !strings.Contains(err.Error(), f.SHA256) {
				r.Fatalf("%s of %s: %v", what, f.Name, err)
			}
		})
	})
}

// archived is a file as the books name it.
type archived struct{ Name, SHA256 string }

func (f archived) path() string { return filepath.Join(f.SHA256[:2], f.SHA256) }

// vandalised is what somebody makes of a file's bytes; nil: the file is removed.
func vandalised(r *rapid.T, was []byte, all map[string][]byte) (now []byte, what string) {
	at := rapid.IntRange(0, len(was)-1).Draw(r, "at")
	switch what = rapid.SampledFrom([]string{"another byte", "a bit", "a byte less", "a byte more", "cut", "two bytes exchanged", "emptied", "another file's bytes", "removed"}).Draw(r, "what"); what {
	case "another byte":
		now = slices.Clone(was)
		now[at] = rapid.Byte().Draw(r, "byte")
	case "a bit":
		now = slices.Clone(was)
		now[at] ^= 1 << rapid.IntRange(0, 7).Draw(r, "bit")
	case "a byte less":
		now = slices.Delete(slices.Clone(was), at, at+1)
	case "a byte more":
		now = slices.Insert(slices.Clone(was), at, rapid.Byte().Draw(r, "byte"))
	case "cut":
		now = slices.Clone(was[:at])
	case "two bytes exchanged":
		now = slices.Clone(was)
		to := rapid.IntRange(0, len(was)-1).Draw(r, "to")
		now[at], now[to] = now[to], now[at]
	case "emptied":
		now = []byte{}
	case "another file's bytes":
		now = all[rapid.SampledFrom(slices.Sorted(maps.Keys(all))).Draw(r, "other")]
	case "removed":
		return nil, what
	}
	if now == nil {
		now = []byte{} // not the same as a file that is gone
	}
	return now, what
}
