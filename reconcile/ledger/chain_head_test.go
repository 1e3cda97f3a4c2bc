package ledger_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"bekal/reconcile/ledger"

	"github.com/jmoiron/sqlx"
)

func TestFindHeadAsAPersonTypesIt(t *testing.T) {
	t.Parallel()
	b := story(t)
	signed, err := b.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.wages(t, "2026-11", 2)
	grouped := ledger.GroupHead(signed)
	confused := strings.NewReplacer("0", "O", "1", "l").Replace(signed)
	for name, typed := range map[string]string{
		"whole": signed, "capitals": strings.ToUpper(signed), "groups": grouped, "two lines": strings.Replace(grouped, " ", "\n", 8) + "\r\n", "dashes": strings.ReplaceAll(grouped, " ", "-"),
		"no-break spaces": strings.ReplaceAll(grouped, " ", "\u00a0"), "short": signed[:16], "short groups": grouped[:24], "with its ellipsis": signed[:20] + "…", "O for 0 and l for 1": confused,
	} {
		a, err := b.FindHead(t.Context(), typed)
		if err != nil || a.Hash != signed || a.Later != 2 || a.Actor != "clerk" || a.At != "2026-11-23T12:00:00Z" || a.Link == 0 {
			t.Errorf("%s: %q: %+v, %v", name, typed, a, err)
		}
	}
	if a, err := b.FindHead(t.Context(), signed[:20]); err != nil || a.Digits != 20 {
		t.Errorf("%+v, %v", a, err)
	}
	for _, typed := range []string{"", " ", signed[:15], signed + "0", "G" + signed[1:], "%" + signed[:20], strings.Repeat("_", 20), "ledger"} {
		if a, err := b.FindHead(t.Context(), typed); !errors.Is(err, ledger.ErrNoHead) {
			t.Errorf("%q: %+v, %v", typed, a, err)
		}
	}
	// One digit wrong, in the middle and at the end.
	for _, at := range []int{0, 9, 40, 63} {
		wrong := []byte(signed)
		wrong[at] = "0123456789abcdef"[(strings.IndexByte("0123456789abcdef", wrong[at])+5)%16]
		_, err := b.FindHead(t.Context(), string(wrong))
		var e *ledger.HeadError
		if !errors.As(err, &e) || !errors.Is(err, ledger.ErrHeadNotThere) || e.Near != signed || !strings.Contains(e.Hint(), grouped) {
			t.Errorf("digit %d wrong: %v", at, err)
		}
	}
	_, err = b.FindHead(t.Context(), strings.Repeat("0", 64))
	var e *ledger.HeadError
	if !errors.As(err, &e) || e.Near != "" || !strings.Contains(e.Hint(), "backup") || !strings.Contains(err.Error(), "these are not the books") {
		t.Errorf("another head: %v", err)
	}
}

// hashOf is a link's hash, written down a second time: what it is made of is a
// promise to whoever wants to recompute the books without Bekal.
func hashOf(k ledger.Link) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{"bekal chain 1", fmt.Sprint(k.ID), k.At, k.Actor, k.OSUser, k.Night, k.Action, k.Content, k.Prev}, "\x1f")))
	return hex.EncodeToString(sum[:])
}

// Whoever can write the file can make another chain that is whole. He cannot
// make one that holds a head that was printed before: --head finds it.
func TestARewrittenChainIsFoundByAPrintedHead(t *testing.T) {
	t.Parallel()
	dir := fullStory(t).atRest(t)
	var links []ledger.Link
	if err := raw(dir, func(db *sqlx.DB) error { return db.Select(&links, `SELECT * FROM chain ORDER BY id`) }); err != nil {
		t.Fatal(err)
	}
	printed := make([]string, len(links))
	for i, k := range links {
		if printed[i] = k.Hash; hashOf(k) != k.Hash {
			t.Fatalf("link %d: its hash is not what it was promised to be made of", k.ID)
		}
	}
	for name, c := range map[string]struct {
		first  int // index of the first link that is another one
		change string
	}{
		"another actor":        {11, `UPDATE chain SET actor = 'somebody' WHERE id = 12`},
		"the tail cut off":     {len(links) - 2, ``},
		"everything but first": {1, `UPDATE chain SET os_user = 'root' WHERE id = 2`},
	} {
		t.Run(name, func(t *testing.T) {
			copyOf(t, dir, func(dir string) {
				if err := secretly(dir, func(db *sqlx.DB) error {
					if c.change == "" {
						return cutOff(db, links[c.first:])
					}
					if err := one(db, c.change); err != nil {
						return err
					}
					return rechain(db, int64(c.first))
				}); err != nil {
					t.Fatal(err)
				}
				l := open(t, dir)
				if _, err := l.Verify(t.Context()); err != nil {
					t.Fatalf("the chain was not rewritten consistently: %v", err)
				}
				for i, head := range printed {
					_, err := l.FindHead(t.Context(), head)
					if i < c.first && err != nil {
						t.Errorf("link %d, before the change: %v", i+1, err)
					}
					if i >= c.first && !errors.Is(err, ledger.ErrHeadNotThere) {
						t.Errorf("link %d, after the change: %v", i+1, err)
					}
				}
			})
		})
	}
}

// rechain computes the chain anew behind a link.
func rechain(db *sqlx.DB, behind int64) error {
	var links []ledger.Link
	if err := db.Select(&links, `SELECT * FROM chain WHERE id >= ? ORDER BY id`, behind); err != nil {
		return err
	}
	prev := links[0].Hash
	var errs []error
	for _, k := range links[1:] {
		k.Prev = prev
		prev = hashOf(k)
		_, err := db.Exec(`UPDATE chain SET prev = ?, hash = ? WHERE id = ?`, k.Prev, prev, k.ID)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// cutOff takes links and all that they sealed away.
func cutOff(db *sqlx.DB, links []ledger.Link) error {
	var errs []error
	for _, k := range links {
		for line := range strings.Lines(k.Content) {
			f := strings.Fields(line)
			_, err := db.Exec(`DELETE FROM ` + f[0] + ` WHERE id BETWEEN ` + f[1] + ` AND ` + f[2])
			errs = append(errs, err)
		}
		errs = append(errs, one(db, fmt.Sprintf(`DELETE FROM chain WHERE id = %d`, k.ID)))
	}
	return errors.Join(errs...)
}
