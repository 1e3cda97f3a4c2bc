package sftp_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"bekal/gateway/sftp"
)

// The bounds of a listing, as the package promises them.
const (
	mostEntries = 100_000
	mostBytes   = 64 << 20
	mostBarren  = 1000 // answers without a name
)

// pages is a server whose listing is made of pages, which it counts.
type pages struct {
	page  func(p packet, number int) octets // from 1 on; nil ends the listing
	asked int

	watched  int // before this page is given the memory in use is looked at
	at, then uint64
}

func (s *pages) answer(p packet) []octets {
	switch p.kind {
	case pktOpendir:
		s.at = inUse()
		return []octets{p.handle()}
	case pktReaddir:
		s.asked++
		if s.asked == s.watched {
			s.then = inUse()
		}
		if page := s.page(p, s.asked); page != nil {
			return []octets{page}
		}
		return []octets{p.status(fxEOF, "")}
	case pktLstat:
		return []octets{p.answer(pktAttrs).attrs(1, modeFile)}
	}
	return []octets{p.status(fxOK, "")}
}

// inUse is the memory that this process can't do without.
func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// entries is a page of n entries, whose names a function of their number makes.
func entries(p packet, n int, name func(k int) string) octets {
	b := p.answer(pktName).u32(uint32(n))
	for k := range n {
		b = b.str(name(k)).str("").attrs(1, modeFile)
	}
	return b
}

// TestEndlessListing: each kind of listing that never ends is ended here, as
// soon as it is beyond bounds and not before, and what of it can't be used isn't
// kept.
func TestEndlessListing(t *testing.T) {
	const perPage, long = 500, 250_000
	much := strings.Repeat("n", long)
	for _, c := range []struct {
		name string
		page func(p packet, i int) octets
		want int    // pages that are asked for
		keep uint64 // bytes that may be in use at the end
	}{
		{"of names", func(p packet, i int) octets {
			return entries(p, perPage, func(k int) string { return fmt.Sprintf("file-%d-%d", i, k) })
		}, mostEntries/perPage + 1, 100 << 20},
		{"of one name", func(p packet, _ int) octets {
			return entries(p, perPage, func(int) string { return "file" })
		}, mostEntries/perPage + 1, 100 << 20},
		{"of names among dots", func(p packet, i int) octets {
			return entries(p, perPage, func(k int) string {
				if k%2 == 0 {
					return "."
				}
				return fmt.Sprintf("file-%d-%d", i, k)
			})
		}, mostEntries/(perPage/2) + 1, 100 << 20},
		{"of names and empty answers", func(p packet, i int) octets {
			return entries(p, i%2, func(int) string { return fmt.Sprint(i) })
		}, 2*mostBarren + 2, 16 << 20},
		{"of empty answers", func(p packet, _ int) octets { return p.answer(pktName).u32(0) }, mostBarren + 1, 16 << 20},
		{"of dots", func(p packet, _ int) octets {
			return entries(p, 2, func(k int) string { return []string{".", ".."}[k] })
		}, mostBarren + 1, 16 << 20},
		{"of long names", func(p packet, _ int) octets {
			return p.answer(pktName).u32(1).str(much).str("").attrs(1, modeFile)
		}, mostBytes/long + 1, 3 * mostBytes},
		{"of long descriptions", func(p packet, i int) octets {
			return p.answer(pktName).u32(1).str(fmt.Sprint(i)).str(much).attrs(1, modeFile)
		}, mostBytes/long + 1, 16 << 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &pages{page: c.page, watched: c.want}
			conn := serve(t, s.answer)
			files, err := conn.List(t.Context(), "inbox")
			if fails(t, err, false, sftp.ReasonTooLarge); !errors.Is(err, sftp.ErrTooLarge) || files != nil {
				t.Errorf("%d files, %v", len(files), err)
			}
			if _, err := conn.Stat(t.Context(), "file"); err != nil {
				t.Errorf("the connection is of no more use: %v", err)
			}
			// A page may be under way when the one before it was too much.
			if s.asked < c.want || s.asked > c.want+5 {
				t.Errorf("%d pages were asked for, want %d", s.asked, c.want)
			}
			if s.then > s.at+c.keep {
				t.Errorf("%d MiB were in use, %d MiB before", s.then>>20, s.at>>20)
			}
		})
	}
}

// TestLargestListing: what is within bounds is listed, and one more is not.
func TestLargestListing(t *testing.T) {
	const perPage = 1000
	for _, c := range []struct {
		name  string
		first []string // entries of a page before the others
		want  int      // files; 0: too many
	}{
		{"as many as there may be, with the folder itself and the one above it", []string{".", ".."}, mostEntries},
		{"one more", []string{"one more"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &pages{page: func(p packet, i int) octets {
				switch {
				case i == 1:
					return entries(p, len(c.first), func(k int) string { return c.first[k] })
				case i > 1+mostEntries/perPage:
					return nil
				}
				return entries(p, perPage, func(k int) string { return fmt.Sprintf("file-%06d-%03d", i, k) })
			}}
			files, err := serve(t, s.answer).List(t.Context(), "inbox")
			if c.want == 0 {
				fails(t, err, false, sftp.ReasonTooLarge)
			} else if err != nil {
				t.Error(err)
			}
			if len(files) != c.want {
				t.Errorf("%d files, want %d", len(files), c.want)
			}
		})
	}
}
