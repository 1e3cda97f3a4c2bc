package ledger_test

import (
	"archive/tar"
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bekal/reconcile/ledger"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"
)

func (b *books) backup(t testing.TB) (string, ledger.Manifest) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "backup.tar")
	m, size, err := b.Backup(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() != size || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v, want %d bytes for the owner alone", info, err, size)
	}
	return path, m
}

func restore(t testing.TB, backup, dir string) (ledger.Restored, error) {
	t.Helper()
	return ledger.Restore(t.Context(), clerk, ledger.Restoration{Backup: backup, Options: options(dir), Random: rand.Reader, Date: "2026-11-27", Reason: "a test", Facility: "PWK"})
}

// leftovers are the names in a folder.
func leftovers(t testing.TB, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	b := story(t)
	path, m := b.backup(t)
	if diff := cmp.Diff([]string{"backup.tar"}, leftovers(t, filepath.Dir(path))); diff != "" {
		t.Errorf("beside the backup (-want +got):\n%s", diff)
	}
	v, err := b.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if m.Head != v.Head || m.Rows != v.Rows || m.Links != v.Links || m.Files != v.Files {
		t.Errorf("the backup says %+v, the books %+v", m, v)
	}
	if _, _, err := b.Backup(t.Context(), path); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("a second backup under the name: %v", err)
	}

	dir := t.TempDir()
	done, err := restore(t, path, dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"archive", "bekal.db"}, leftovers(t, dir)); diff != "" {
		t.Errorf("the restored folder (-want +got):\n%s", diff)
	}
	l := open(t, dir)
	if _, err := l.Verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := l.HasHead(t.Context(), m.Head); !ok || err != nil {
		t.Errorf("the chain does not go on from the head of the backup: %v", err)
	}
	if done.NewGeneration == "01" || done.NewGeneration == "00" {
		t.Errorf("generation %s", done.NewGeneration)
	}
	h, on, err := l.Hold(t.Context())
	if err != nil || !on || !strings.Contains(h.Reason, m.Head) || h.By != clerk.User || h.Date != "2026-11-27" {
		t.Errorf("hold %+v %v %v", h, on, err)
	}
	if _, _, err := l.Compose(t.Context(), clerk, ledger.Composition{Facility: b.facility, Bank: b.bank}); !errors.Is(err, ledger.ErrOnHold) {
		t.Errorf("composed on hold: %v", err)
	}
	// A second restore over it changes nothing.
	before, err := l.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := restore(t, path, dir); err == nil || !strings.Contains(err.Error(), "there is a ledger at") {
		t.Errorf("restored over a ledger: %v", err)
	}
	if after, err := l.Head(t.Context()); after != before || err != nil {
		t.Errorf("head %s, before %s: %v", after, before, err)
	}
}

// What was not known to be delivered when the backup was made is never sent by
// itself afterwards.
func TestRestoreMakesUncertain(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	b.wages(t, "2026-10", 3)
	sealed, ok := b.compose(t, nil)
	if !ok {
		t.Fatal("nothing was composed")
	}
	b.wages(t, "2026-11", 4)
	staged, ok := b.compose(t, nil)
	if !ok {
		t.Fatal("nothing was composed")
	}
	if err := b.MarkStaged(t.Context(), clerk, staged, "there"); err != nil {
		t.Fatal(err)
	}
	path, _ := b.backup(t)
	dir := t.TempDir()
	done, err := restore(t, path, dir)
	if err != nil || done.Uncertain != 2 {
		t.Fatalf("%+v %v", done, err)
	}
	l := open(t, dir)
	for _, want := range []ledger.Batch{sealed, staged} {
		got, err := l.BatchByReference(t.Context(), want.Reference)
		if err != nil || got.State != "uncertain" {
			t.Errorf("batch %s is %s: %v", want.Reference, got.State, err)
		}
	}
}

// A backup is one moment, whatever is written meanwhile.
func TestBackupWhileOthersWrite(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	b.wages(t, "2026-10", 200)
	stop := make(chan struct{})
	var writing sync.WaitGroup
	var wrote int
	writing.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			night, err := b.BeginNight(t.Context(), clerk, "2026-11-23", "")
			if err == nil {
				err = b.EndStep(t.Context(), clerk, night.ID, "night", "ran", "")
			}
			if err == nil {
				s, e := b.Archive().Put(strings.NewReader(fmt.Sprint("answer ", wrote)))
				err = e
				if err == nil {
					_, err = b.Receive(t.Context(), clerk, ledger.Arrival{Bank: b.bank.ID, Facility: b.facility.ID, Kind: ledger.SettlementFile, Name: fmt.Sprint(wrote, ".STL"), Stored: s, Date: "2026-11-23"})
				}
			}
			if err != nil {
				t.Error(err)
				return
			}
			wrote++
		}
	})
	dir := t.TempDir()
	var last int64
	for n := range 5 {
		path := filepath.Join(dir, fmt.Sprint(n, ".tar"))
		m, _, err := b.Backup(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if m.Links < last {
			t.Errorf("backup %d has %d links, the one before %d", n, m.Links, last)
		}
		last = m.Links
		if done, err := restore(t, path, t.TempDir()); err != nil || done.Head != m.Head {
			t.Fatalf("%+v %v", done, err)
		}
	}
	close(stop)
	writing.Wait()
	if wrote == 0 {
		t.Error("nothing was written meanwhile")
	}
}

// rewrite copies a tar file and lets change alter its members; one that comes
// back without a name is left out.
func rewrite(t testing.TB, path string, change func(h *tar.Header, data []byte) []byte) string {
	t.Helper()
	in, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	r, w := tar.NewReader(bytes.NewReader(in)), tar.NewWriter(&out)
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if data = change(h, data); h.Name == "" {
			continue
		}
		h.Size = int64(len(data))
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(t.TempDir(), "changed.tar")
	if err := os.WriteFile(changed, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return changed
}

// rebuilt is a backup whose database was changed by somebody who made the rest of
// it agree.
func rebuilt(t testing.TB, path, change string) string {
	t.Helper()
	var manifest map[string]any
	dir := t.TempDir()
	rewrite(t, path, func(h *tar.Header, data []byte) []byte {
		switch h.Name {
		case "bekal-backup.json":
			if err := json.Unmarshal(data, &manifest); err != nil {
				t.Fatal(err)
			}
		case "bekal.db":
			if err := os.WriteFile(filepath.Join(dir, "bekal.db"), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return data
	})
	if err := secretly(dir, func(db *sqlx.DB) error { return one(db, change) }); err != nil {
		t.Fatal(err)
	}
	database, err := os.ReadFile(filepath.Join(dir, "bekal.db"))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(database)
	manifest["database"] = ledger.Stored{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(database))}
	return rewrite(t, path, func(h *tar.Header, data []byte) []byte {
		switch h.Name {
		case "bekal-backup.json":
			if data, err = json.Marshal(manifest); err != nil {
				t.Fatal(err)
			}
		case "bekal.db":
			data = database
		}
		return data
	})
}

// A backup with one wrong byte, or a member too few or too many, is refused, and
// nothing is put in place.
func TestDamagedBackups(t *testing.T) {
	t.Parallel()
	b := story(t)
	path, m := b.backup(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := func(old, now string) func(*tar.Header, []byte) []byte {
		return func(h *tar.Header, data []byte) []byte {
			if h.Name == "bekal-backup.json" {
				data = bytes.Replace(data, []byte(old), []byte(now), 1)
			}
			return data
		}
	}
	archived := func(h *tar.Header) bool { return strings.HasPrefix(h.Name, "archive/") }
	first := true
	plainFile := func(data []byte) string {
		p := filepath.Join(t.TempDir(), "cut.tar")
		if err := os.WriteFile(p, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, c := range []struct{ name, path, want string }{
		{"cut in the database", plainFile(whole[:len(whole)/3]), "damaged or cut off|has no database|unexpected EOF"},
		{"cut before the last file", rewrite(t, path, func(h *tar.Header, data []byte) []byte {
			if archived(h) && first {
				first, h.Name = false, ""
			}
			return data
		}), " archived files of "},
		{"no backup", plainFile([]byte("hello")), "it is no backup"},
		{"a byte of the database", rewrite(t, path, func(h *tar.Header, data []byte) []byte {
			if h.Name == "bekal.db" {
				data[len(data)/2] ^= 1
			}
			return data
		}), "member bekal.db: its bytes have been changed"},
		{"a byte of a file", rewrite(t, path, func(h *tar.Header, data []byte) []byte {
			if archived(h) {
				data[0] ^= 1
			}
			return data
		}), "its bytes have been changed"},
		{"a stranger", rewrite(t, path, func(h *tar.Header, data []byte) []byte {
			if archived(h) {
				h.Name = "../../evil"
			}
			return data
		}), "it has a member \"../../evil\" where none may be"},
		{"more than it says", rewrite(t, path, func(h *tar.Header, data []byte) []byte {
			if h.Name == "bekal.db" {
				data = append(data, make([]byte, 1<<20)...)
			}
			return data
		}), "member bekal.db has not the size that the backup says"},
		{"a ledger that is broken", rebuilt(t, path, `UPDATE deposits SET amount = amount + 1 WHERE id = 2`), "what it holds is not whole"},
		{"another head", rewrite(t, path, text(m.Head, strings.Repeat("0", 64))), "not the one that the backup says it holds"},
		{"of the future", rewrite(t, path, text(`"format": 1`, `"format": 2`)), "made by a newer program"},
		{"of another facility", rewrite(t, path, text(`"PWK"`, `"SBY"`)), "it is of facility SBY"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			_, err := restore(t, c.path, dir)
			ok := false
			for want := range strings.SplitSeq(c.want, "|") {
				ok = ok || err != nil && strings.Contains(err.Error(), want)
			}
			if !ok {
				t.Errorf("%v, want %s", err, c.want)
			}
			if left := leftovers(t, dir); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			var hint interface{ Hint() string }
			if !errors.As(err, &hint) || hint.Hint() == "" {
				t.Errorf("no hint: %v", err)
			}
		})
	}
}

// The remains of a database would be taken for a part of the restored one.
func TestRestoreRefusesRemains(t *testing.T) {
	t.Parallel()
	b := story(t)
	path, _ := b.backup(t)
	for _, name := range []string{"bekal.db", "bekal.db-wal", "bekal.db-shm"} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := restore(t, path, dir); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff([]string{name}, leftovers(t, dir)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Books with a damaged file are not backed up as if they were whole.
func TestBackupOfDamagedBooks(t *testing.T) {
	t.Parallel()
	b := story(t)
	s := b.put(t, "roster")
	if err := os.Chmod(b.Archive().Path(s.SHA256), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(b.Archive().Path(s.SHA256), []byte("ROSTER"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var broken *ledger.Break
	if _, _, err := b.Backup(t.Context(), filepath.Join(dir, "x.tar")); !errors.As(err, &broken) {
		t.Errorf("%v", err)
	}
	if left := leftovers(t, dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// ownReference looks a deposit's reference up behind the ledger's back.
func ownReference(t testing.TB, b *books, id int64) string {
	t.Helper()
	db, err := sqlx.Open("sqlite3", filepath.Join(b.dir, "bekal.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var ref string
	if err := db.Get(&ref, `SELECT reference FROM deposits WHERE id = ?`, id); err != nil {
		t.Fatal(err)
	}
	return ref
}

// Marks that were used are not used again, and a batch that bears the mark of
// the present generation, and is not of it, begins another.
func TestGenerations(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	seen := map[string]bool{"01": true}
	for n := range 20 {
		if err := b.BeginLife(t.Context(), clerk, "2026-11-23", "again", rand.Reader); err != nil {
			t.Fatal(err)
		}
		b.propose(t, fmt.Sprintf("2026-%02d", n%12+1), n+1)
		mark := ownReference(t, b, int64((n+1)*(n+2)/2))[3:5]
		if seen[mark] {
			t.Fatalf("mark %s again", mark)
		}
		seen[mark] = true
	}
	// Another life took the mark of now.
	last := ownReference(t, b, 210)[3:5]
	ref := "PWK" + last + "B2611230001"
	ref += string(ledger.CheckCharacter(ref))
	f := ledger.Finding{Bank: b.bank.ID, Batch: ref, Name: ref + ".TRF", Stored: b.put(t, "forgotten"), Evidence: ledger.ByTransfer, Place: "there", AtBank: true, Count: 1, Total: 100000}
	isNew, err := b.Find(t.Context(), clerk, f, nil)
	if err != nil || !isNew {
		t.Fatal(isNew, err)
	}
	if isNew, err = b.Find(t.Context(), clerk, f, nil); err != nil || isNew {
		t.Fatal(isNew, err)
	}
	b.propose(t, "2027-01", 50)
	if mark := ownReference(t, b, 211)[3:5]; seen[mark] {
		t.Errorf("mark %s again", mark)
	}
	b.verify(t)
}

// One copy may be put back twice, and the two lives know nothing of each other:
// each draws a mark of its own.
func TestLivesOfOneCopy(t *testing.T) {
	t.Parallel()
	for _, drawn := range [][]byte{{7, 17}, {0, 0, 0, 1, 9, 9}} {
		b := newBooks(t)
		if err := b.BeginLife(t.Context(), clerk, "2026-11-23", "put back", bytes.NewReader(drawn)); err != nil {
			t.Fatal(err)
		}
		b.propose(t, "2026-10", 1)
		// Marks 00 and 01 are taken.
		want := map[byte]string{7: "7H", 0: "99"}[drawn[0]]
		if mark := ownReference(t, b, 1)[3:5]; mark != want {
			t.Errorf("drawn %v: mark %s, want %s", drawn, mark, want)
		}
	}
}

// What lies beside the backup under a name that begins like it is somebody's,
// and is neither overwritten nor followed.
func TestBackupTouchesNothingElse(t *testing.T) {
	t.Parallel()
	b := story(t)
	dir := t.TempDir()
	mine, elsewhere := filepath.Join(dir, "backup.tar.part"), filepath.Join(dir, "elsewhere")
	if err := os.WriteFile(elsewhere, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, mine); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Backup(t.Context(), filepath.Join(dir, "backup.tar")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"backup.tar", "backup.tar.part", "elsewhere"}, leftovers(t, dir)); diff != "" {
		t.Errorf("the folder (-want +got):\n%s", diff)
	}
	if data, err := os.ReadFile(elsewhere); err != nil || string(data) != "mine" {
		t.Errorf("the other file holds %d bytes now: %v", len(data), err)
	}
}

// What a backup leaves that was killed is removed by a later one into the same
// folder, and what may still be written is not.
func TestBackupSweeps(t *testing.T) {
	t.Parallel()
	b := story(t)
	dir := t.TempDir()
	old, young, mine := filepath.Join(dir, ".bekal-backup-1"), filepath.Join(dir, ".bekal-backup-2"), filepath.Join(dir, "bekal-backup-3")
	now := options(dir).Now()
	for path, at := range map[string]time.Time{old: now.Add(-25 * time.Hour), young: now.Add(-23 * time.Hour), mine: now.Add(-25 * time.Hour)} {
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(path, "bekal.db"), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := b.Backup(t.Context(), filepath.Join(dir, "backup.tar")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{".bekal-backup-2", "backup.tar", "bekal-backup-3"}, leftovers(t, dir)); diff != "" {
		t.Errorf("the folder (-want +got):\n%s", diff)
	}
}
