package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Roster is a list of the beneficiaries of a facility and their accounts. The
// one approved last is in force, as a whole.
type Roster struct {
	ID         int64  `db:"id" json:"roster"`
	File       string `db:"file" json:"file"`
	Lines      int64  `db:"lines" json:"beneficiaries"`
	FirstLine  int64  `db:"first_line" json:"-"`
	ImportedBy string `db:"imported_by" json:"imported_by"`
	At         string `db:"at" json:"imported_at"`
	Decision   string `db:"decision" json:"decision"` // empty, approved, refused
	DecidedBy  string `db:"decided_by" json:"decided_by"`
	OSUser     string `db:"os_user" json:"-"`
}

// AccountDigits is how many digits an account has in the books, with zeros in
// front of a shorter one.
const AccountDigits = 15

// RosterLine is one beneficiary.
type RosterLine struct {
	Line           int64
	Beneficiary    string
	RegisterNumber string
	Name           string
	Account        string // AccountDigits digits
}

const rosterQuery = `SELECT r.id, f.name AS file, r.lines, r.first_line, r.imported_by, r.os_user, r.at, coalesce(d.decision, '') AS decision, coalesce(d.decided_by, '') AS decided_by
	FROM rosters r JOIN files f ON f.id = r.file_id LEFT JOIN roster_decisions d ON d.roster_id = r.id `

// inForce finds the roster of a facility that was approved last.
const inForce = rosterQuery + `WHERE r.facility_id = ? AND d.decision = 'approved' ORDER BY d.id DESC LIMIT 1`

// ImportRoster enters a roster whose bytes are archived. read streams its lines
// into add; when it fails, nothing is entered. The same bytes again return the
// roster that they made, and again = true.
func (l *Ledger) ImportRoster(ctx context.Context, a Actor, facility Facility, name string, file Stored, read func(add func(RosterLine) error) error) (r Roster, again bool, err error) {
	err = l.write(ctx, a, "roster imported", func(t *tx) error {
		known, err := t.fileByBytes(RosterFile, file.SHA256)
		if err == nil {
			again = true
			return found(t.GetContext(ctx, &r, rosterQuery+`WHERE r.file_id = ?`, known.ID), "roster of file "+name)
		}
		if !errors.Is(err, ErrNotFound) {
			return err
		}
		lines, err := t.into("roster_lines")
		if err != nil {
			return err
		}
		first := lines.last + 1
		if err := read(func(b RosterLine) error {
			_, err := lines.append(b.Line, b.Beneficiary, b.RegisterNumber, b.Name, b.Account)
			return err
		}); err != nil {
			return err
		}
		fileID, err := t.addFile(RosterFile, name, file, 0)
		if err != nil {
			return err
		}
		r = Roster{File: name, Lines: lines.last - first + 1, FirstLine: first, ImportedBy: a.User, At: t.at}
		if r.Lines == 0 {
			return fmt.Errorf("roster %s: it names nobody", name)
		}
		r.ID, err = t.add("rosters", facility.ID, fileID, first, r.Lines, a.User, a.OSUser, t.at)
		return err
	})
	return r, again, err
}

// Rosters returns the rosters of a facility, newest first.
func (l *Ledger) Rosters(ctx context.Context, facility int64) ([]Roster, error) {
	rosters := []Roster{}
	if err := l.reader.SelectContext(ctx, &rosters, rosterQuery+`WHERE r.facility_id = ? ORDER BY r.id DESC`, facility); err != nil {
		return nil, fmt.Errorf("ledger: rosters: %w", err)
	}
	return rosters, nil
}

// ApprovedRoster returns the roster in force, or ErrNotFound.
func (l *Ledger) ApprovedRoster(ctx context.Context, facility int64) (Roster, error) {
	var r Roster
	err := l.reader.GetContext(ctx, &r, inForce, facility)
	return r, found(err, "approved roster")
}

// ApproveRoster puts a roster in force. Who imported it cannot approve it.
func (l *Ledger) ApproveRoster(ctx context.Context, a Actor, roster int64) error {
	return l.write(ctx, a, "roster approved", func(t *tx) error {
		var r Roster
		if err := found(t.GetContext(ctx, &r, rosterQuery+`WHERE r.id = ?`, roster), fmt.Sprintf("roster %d", roster)); err != nil {
			return err
		}
		if r.Decision != "" {
			return fmt.Errorf("roster %d %w: %s by %s", roster, ErrDecided, r.Decision, r.DecidedBy)
		}
		if samePerson(r.ImportedBy, a.User) {
			return fmt.Errorf("roster %d was imported by %s: %w", roster, r.ImportedBy, ErrSamePerson)
		}
		_, err := t.add("roster_decisions", roster, "approved", a.User, a.OSUser, "", t.at)
		return err
	})
}

// RosterChange is how a roster differs from the one in force.
type RosterChange struct {
	Added          int64 `json:"added"`
	Removed        int64 `json:"removed"`
	AccountChanged int64 `json:"account_changed"`
	NameChanged    int64 `json:"name_changed"`
}

// RosterChange compares two rosters; with from = 0 everybody is new.
func (l *Ledger) RosterChange(ctx context.Context, from, to Roster) (RosterChange, error) {
	var c struct {
		Kept    int64 `db:"kept"`
		Account int64 `db:"account"`
		Name    int64 `db:"name"`
	}
	err := l.reader.GetContext(ctx, &c, `SELECT count(*) AS kept, coalesce(sum(n.account <> o.account), 0) AS account, coalesce(sum(n.name <> o.name), 0) AS name
		FROM (SELECT beneficiary, account, name FROM roster_lines WHERE id >= ? AND id < ?) n
		JOIN (SELECT beneficiary, account, name FROM roster_lines WHERE id >= ? AND id < ?) o ON o.beneficiary = n.beneficiary`,
		to.FirstLine, to.FirstLine+to.Lines, from.FirstLine, from.FirstLine+from.Lines)
	if err != nil {
		return RosterChange{}, fmt.Errorf("ledger: compare rosters: %w", err)
	}
	return RosterChange{Added: to.Lines - c.Kept, Removed: from.Lines - c.Kept, AccountChanged: c.Account, NameChanged: c.Name}, nil
}

// samePerson compares two names of people as people do.
func samePerson(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}

// Accounts is a roster in memory: who is paid, into which account. A million
// beneficiaries take about 80 MB.
type Accounts struct {
	text  []byte   // beneficiary, name, account, one after the other
	ends  []uint32 // where each of the three ends
	order []uint32 // lines, sorted by beneficiary
	next  int      // in order, behind the one that was found last
}

// sampleLines is how many lines of a roster say how long the others are.
const sampleLines = 1024

// Accounts reads a roster into memory.
func (l *Ledger) Accounts(ctx context.Context, r Roster) (*Accounts, error) {
	rows, err := l.reader.QueryContext(context.WithoutCancel(ctx), fmt.Sprintf(`SELECT beneficiary||char(%d)||name||char(%[1]d)||account FROM roster_lines WHERE id >= ? AND id < ? ORDER BY id`, unitSeparator), r.FirstLine, r.FirstLine+r.Lines)
	if err != nil {
		return nil, fmt.Errorf("ledger: roster %d: %w", r.ID, err)
	}
	defer rows.Close() //nolint:errcheck // Err is asked
	acc := &Accounts{ends: make([]uint32, 0, 3*r.Lines), order: make([]uint32, 0, r.Lines)}
	sorted := true
	err = eachPacked(ctx, rows, 3, func(f [][]byte) error {
		for _, part := range f {
			acc.text = append(acc.text, part...)
			acc.ends = append(acc.ends, uint32(len(acc.text)))
		}
		n := uint32(len(acc.order))
		if n == sampleLines {
			// The lines so far say how much there will be: growing step by
			// step would need twice as much at the end.
			acc.text = slices.Grow(acc.text, int(int64(len(acc.text))*r.Lines/sampleLines*21/20))
		}
		sorted = sorted && (n == 0 || acc.beneficiary(n-1) < acc.beneficiary(n))
		acc.order = append(acc.order, n)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("ledger: roster %d: %w", r.ID, err)
	}
	if !sorted {
		sort.Slice(acc.order, func(i, j int) bool { return acc.beneficiary(acc.order[i]) < acc.beneficiary(acc.order[j]) })
	}
	return acc, nil
}

func (a *Accounts) part(line uint32, n uint32) string { return string(a.bytes(line, n)) }

func (a *Accounts) bytes(line uint32, n uint32) []byte {
	k := 3*line + n
	from := uint32(0)
	if k > 0 {
		from = a.ends[k-1]
	}
	return a.text[from:a.ends[k]]
}

func (a *Accounts) beneficiary(line uint32) string { return a.part(line, 0) }

// Lookup returns the name and account of a beneficiary.
func (a *Accounts) Lookup(beneficiary string) (name, account string, ok bool) {
	// Sheets are mostly in the order of the roster.
	i := a.next
	if i == len(a.order) || string(a.bytes(a.order[i], 0)) != beneficiary {
		i = sort.Search(len(a.order), func(i int) bool { return string(a.bytes(a.order[i], 0)) >= beneficiary })
		if i == len(a.order) || string(a.bytes(a.order[i], 0)) != beneficiary {
			return "", "", false
		}
	}
	a.next = i + 1
	line := a.order[i]
	return a.part(line, 1), a.part(line, 2), true
}
