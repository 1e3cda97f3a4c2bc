package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/jmoiron/sqlx"
)

// Held is a deposit that is owed and is not sent, since it looks like a payment
// of a batch that the books have forgotten. It stays where it is until the
// batch is adopted, or two people have said that it is another wage.
type Held struct {
	Deposit     int64  `db:"id" json:"-"`
	Reference   string `db:"reference" json:"reference"`
	Beneficiary string `db:"beneficiary" json:"beneficiary"`
	Name        string `db:"name" json:"name"`
	Account     string `db:"account" json:"account"`
	Amount      Money  `db:"amount" json:"amount"`
	Period      string `db:"period" json:"period"`
	Like        Alike  `db:"-" json:"alike"`
	Claim       Claim  `db:"-" json:"payment"`
	Proposed    string `db:"-" json:"proposed_by"` // who proposed to pay it all the same
}

// Claim is a payment of a forgotten batch that no deposit is known to be. That
// people have said of a deposit that it is another wage does not say which one
// the payment was, so the claim goes on; only wages of a later time than its
// batch are left alone from then on, or people would decide every month anew.
type Claim struct {
	Reference string `db:"reference" json:"reference"`
	Batch     string `db:"batch" json:"batch"`
	Account   string `db:"account" json:"account"`
	Name      string `db:"name" json:"name"`
	Amount    Money  `db:"amount" json:"amount"`
	Ordered   bool   `db:"ordered" json:"-"`             // by the transfer file itself: an answer may err
	AtBank    bool   `db:"at_bank" json:"-"`             // whether it is known that the bank has the batch
	Paid      bool   `db:"paid" json:"-"`                // false: the bank has had it, and has said that it did not pay it
	Until     string `db:"until" json:"until,omitempty"` // the last period whose wage it may have been; empty: any
}

// Alike says in what a deposit is like a forgotten payment.
type Alike string

// What is alike, from certain to possible. Every deposit takes one payment, and
// every payment one deposit, the surest first; but where the account alone is
// alike, the wage may have been imported again in parts, and the payment takes
// deposits up to its amount.
const (
	SameReference Alike = "reference"
	SameWage      Alike = "account and amount"
	SameAccount   Alike = "account"
	SameName      Alike = "name and amount"
	// Unnamed is any wage of its time, while a batch was adopted of which not all payments
	// are known: it may have been one of them.
	Unnamed Alike = "batch, perhaps"
)

// untilPeriod is the last period whose wages forgotten batch f can have paid:
// that of the month after it. Of when it was, its value date says most, and where
// no file names that, the day on which it was found.
const untilPeriod = `(SELECT strftime('%Y-%m', max(CASE WHEN x.value_date <> '' THEN x.value_date ELSE substr(x.at, 1, 10) END), 'start of month', '+1 month') FROM forgotten x WHERE x.batch = f.batch)`

// claims reads the payments of forgotten batches that are still to be explained,
// and the references that the bank has rejected.
func claims(ctx context.Context, db *sqlx.Tx) ([]Claim, error) {
	rows, err := db.QueryxContext(ctx, `SELECT l.reference, f.batch, l.account, l.name, l.amount, l.paid, f.evidence = 'transfer' AS ordered, (SELECT max(x.at_bank) FROM forgotten x WHERE x.batch = f.batch) AS at_bank,
		CASE WHEN EXISTS (SELECT 1 FROM claim_decisions c WHERE c.reference = l.reference AND c.event = 'approved') THEN `+untilPeriod+` ELSE '' END AS until
		FROM forgotten_lines l JOIN forgotten f ON f.id = l.forgotten_id
		WHERE `+best+` AND NOT EXISTS (SELECT 1 FROM recalled r WHERE r.reference = l.reference) ORDER BY l.id`)
	var list []Claim
	if err == nil {
		list, err = oneEach(rows)
	}
	if err != nil {
		return nil, fmt.Errorf("ledger: forgotten payments: %w", err)
	}
	return unexplained(ctx, db, list)
}

// oneEach reads claims, of which one stands for all with its reference. Several
// files may name a payment, of more batches than one: a file that was archived and
// never sealed, and the one that was sent instead. What the bank has counts.
func oneEach(rows *sqlx.Rows) (list []Claim, err error) {
	defer rows.Close() //nolint:errcheck // Err is asked
	at := make(map[string]int)
	for rows.Next() {
		var c Claim
		if err := rows.StructScan(&c); err != nil {
			return nil, err
		}
		i, again := at[c.Reference]
		if !again {
			at[c.Reference] = len(list)
			list = append(list, c)
			continue
		}
		first := list[i]
		if c.AtBank && !first.AtBank {
			list[i] = c
		}
		list[i].Paid, list[i].Until = first.Paid || c.Paid, max(first.Until, c.Until)
	}
	return list, rows.Err()
}

// unexplained leaves those payments out whose very deposits are in a batch of
// these books: it is known what they are. A file that was archived and never
// sealed names such ones.
func unexplained(ctx context.Context, db *sqlx.Tx, list []Claim) ([]Claim, error) {
	var ids []int64
	for _, c := range list {
		if id, err := DepositID(c.Reference); err == nil {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return list, nil
	}
	asked, err := json.Marshal(ids)
	if err != nil {
		return nil, fmt.Errorf("ledger: forgotten payments: %w", err)
	}
	// Ranges do not overlap: only the last one that begins before can hold it.
	var known []string
	if err := db.SelectContext(ctx, &known, `SELECT d.reference FROM json_each(?) j JOIN deposits d ON d.id = j.value
		WHERE (SELECT r.last_deposit FROM batch_ranges r WHERE r.first_deposit <= d.id ORDER BY r.first_deposit DESC LIMIT 1) >= d.id`, string(asked)); err != nil {
		return nil, fmt.Errorf("ledger: forgotten payments: %w", err)
	}
	batched := make(map[string]bool, len(known))
	for _, reference := range known {
		batched[reference] = true
	}
	return slices.DeleteFunc(list, func(c Claim) bool { return batched[c.Reference] }), nil
}

// unbatched returns the deposits of approved sheets that are in no batch, in
// ranges of their ids.
func unbatched(ctx context.Context, db *sqlx.Tx, facility int64) ([]span, error) {
	var sheets, taken, free []span
	err := db.SelectContext(ctx, &sheets, `SELECT s.first_deposit AS first, s.first_deposit + s.count - 1 AS last FROM sheets s
		JOIN sheet_decisions d ON d.sheet_id = s.id AND d.decision = 'approved' WHERE s.facility_id = ? ORDER BY s.id`, facility)
	if err != nil {
		return nil, fmt.Errorf("ledger: approved sheets: %w", err)
	}
	if err := db.SelectContext(ctx, &taken, `SELECT first_deposit AS first, last_deposit AS last FROM batch_ranges ORDER BY first_deposit`); err != nil {
		return nil, fmt.Errorf("ledger: batches: %w", err)
	}
	for _, s := range sheets {
		free = append(free, subtract(s, taken)...)
	}
	return free, nil
}

// eachUnbatched calls fn with every deposit of the ranges, in order.
func eachUnbatched(ctx context.Context, db *sqlx.Tx, spans []span, fn func(*Held)) error {
	for _, s := range spans {
		rows, err := db.QueryxContext(ctx, `SELECT d.id, d.reference, d.beneficiary, d.name, d.account, d.amount, s.period FROM deposits d JOIN sheets s ON s.id = d.sheet_id
			WHERE d.id BETWEEN ? AND ? ORDER BY d.id`, s.First, s.Last)
		if err != nil {
			return fmt.Errorf("ledger: deposits: %w", err)
		}
		if err := eachHeld(rows, fn); err != nil {
			return fmt.Errorf("ledger: deposits: %w", err)
		}
	}
	return nil
}

func eachHeld(rows *sqlx.Rows, fn func(*Held)) error {
	defer rows.Close() //nolint:errcheck // Err is asked
	for rows.Next() {
		var h Held
		if err := rows.StructScan(&h); err != nil {
			return err
		}
		fn(&h)
	}
	return rows.Err()
}

// holding is the search for deposits that look like forgotten payments.
type holding struct {
	claims []Claim
	used   []bool
	left   []Money          // of each claim's amount
	by     map[string][]int // claims by what must be alike
	taken  map[int64]bool   // deposits that have their claim
	waived map[int64]bool   // deposits of which people have said that they are something else
	held   []Held
}

// heldDeposits finds the deposits that must not be sent. Books that were never
// restored have no claims, and this costs them nothing.
func heldDeposits(ctx context.Context, db *sqlx.Tx, facility int64) ([]Held, error) {
	list, err := claims(ctx, db)
	if err != nil {
		return nil, err
	}
	unnamed, err := unnamedBatch(ctx, db)
	if err != nil {
		return nil, err
	}
	recalled, err := recalledPayments(ctx, db)
	if err != nil || len(list) == 0 && unnamed.Batch == "" && len(recalled) == 0 {
		return nil, err
	}
	spans, err := unbatched(ctx, db, facility)
	if err != nil {
		return nil, err
	}
	h := &holding{claims: list, used: make([]bool, len(list)), left: make([]Money, len(list)), taken: make(map[int64]bool), waived: make(map[int64]bool)}
	for i, c := range list {
		h.left[i] = c.Amount
	}
	var waived []int64
	if err := db.SelectContext(ctx, &waived, `SELECT deposit_id FROM claim_decisions WHERE event = 'approved'`); err != nil {
		return nil, fmt.Errorf("ledger: decisions on forgotten payments: %w", err)
	}
	for _, id := range waived {
		h.waived[id] = true
	}
	if len(recalled) > 0 {
		if err := eachUnbatched(ctx, db, spans, func(d *Held) { h.usedUp(recalled, d) }); err != nil {
			return nil, err
		}
	}
	for _, like := range []Alike{SameReference, SameWage, SameAccount, SameName} {
		h.index(like)
		if err := eachUnbatched(ctx, db, spans, func(d *Held) { h.try(like, d) }); err != nil {
			return nil, err
		}
	}
	if unnamed.Batch != "" {
		if err := eachUnbatched(ctx, db, spans, func(d *Held) { h.perhaps(unnamed, d) }); err != nil {
			return nil, err
		}
	}
	sort.Slice(h.held, func(i, j int) bool { return h.held[i].Deposit < h.held[j].Deposit })
	return h.held, h.proposals(ctx, db)
}

// recalledPayments are the payments of forgotten batches of which it is known what
// they are, by their references.
func recalledPayments(ctx context.Context, db *sqlx.Tx) (map[string]Claim, error) {
	var list []Claim
	if err := db.SelectContext(ctx, &list, `SELECT r.reference, b.reference AS batch, d.account, d.name, d.amount, 1 AS at_bank, 1 AS paid FROM recalled r
		JOIN batches b ON b.id = r.batch_id JOIN deposits d ON d.id = r.deposit_id`); err != nil {
		return nil, fmt.Errorf("ledger: recalled deposits: %w", err)
	}
	by := make(map[string]Claim, len(list))
	for _, c := range list {
		by[c.Reference] = c
	}
	return by, nil
}

// usedUp holds a deposit back whose reference another life, with the same mark, gave
// to another wage: under it the bank knows that one.
func (h *holding) usedUp(recalled map[string]Claim, d *Held) {
	c, used := recalled[d.Reference]
	if !used {
		return
	}
	h.taken[d.Deposit] = true
	d.Like, d.Claim = SameReference, c
	h.held = append(h.held, *d)
}

// index sorts the claims that are left by what must be alike.
func (h *holding) index(like Alike) {
	h.by = make(map[string][]int)
	for i, c := range h.claims {
		// What was not paid is owed; but its reference is used up.
		if !h.used[i] && (c.Paid || like == SameReference) {
			k := alikeKey(like, c.Reference, c.Account, c.Amount)
			h.by[k] = append(h.by[k], i)
		}
	}
}

func alikeKey(like Alike, reference, account string, amount Money) string {
	switch like {
	case SameReference:
		return reference
	case SameWage:
		return account + " " + amount.Figure()
	case SameAccount:
		return account
	case SameName, Unnamed:
	}
	return amount.Figure()
}

// try takes a deposit for the first claim that is like it.
func (h *holding) try(like Alike, d *Held) {
	if h.taken[d.Deposit] || like != SameReference && h.waived[d.Deposit] {
		return
	}
	k := alikeKey(like, d.Reference, d.Account, d.Amount)
	for n, i := range h.by[k] {
		c := h.claims[i]
		if like == SameName && !sameName(d.Name, c.Name) || like != SameReference && c.Until != "" && d.Period > c.Until {
			continue
		}
		if like == SameReference && c.Ordered && (c.Account != d.Account || c.Amount != d.Amount) {
			// Another life of these books took the same mark, and gave this reference to
			// another wage. Under it this one can never be sent; the payment goes on to
			// hold back the wage that it was.
			h.taken[d.Deposit] = true
			d.Like, d.Claim = like, c
			h.held = append(h.held, *d)
			return
		}
		h.used[i] = true
		if h.waived[d.Deposit] && !c.AtBank {
			return // people have said that the bank has never had it; it is this one, so no other is
		}
		h.taken[d.Deposit] = true
		d.Like, d.Claim = like, c
		if h.left[i] -= d.Amount; like != SameAccount || h.left[i] <= 0 {
			h.by[k] = append(h.by[k][:n:n], h.by[k][n+1:]...)
		}
		h.held = append(h.held, *d)
		return
	}
}

// sameName compares a name with one that a bank's file carried, which may be cut
// and lack what the file has no letters for.
func sameName(whole, sent string) bool {
	sent = letters(sent)
	return sent != "" && strings.HasPrefix(letters(whole), sent)
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToUpper(s))
}

// perhaps takes a deposit for a payment that nobody can name.
func (h *holding) perhaps(f Forgotten, d *Held) {
	if h.taken[d.Deposit] || h.waived[d.Deposit] || d.Period > f.Until {
		return
	}
	d.Like, d.Claim = Unnamed, Claim{Reference: "unnamed/" + d.Reference, Batch: f.Batch, Until: f.Until}
	h.held = append(h.held, *d)
}

// unnamedBatch is the batch, last in time, that was adopted though the files
// that speak of it do not name all of its payments; without a name when there is
// none.
func unnamedBatch(ctx context.Context, db *sqlx.Tx) (last Forgotten, err error) {
	var list []Forgotten
	if err := db.SelectContext(ctx, &list, forgottenQuery+`WHERE f.evidence <> 'transfer' ORDER BY g.batch`); err != nil {
		return last, fmt.Errorf("ledger: forgotten batches: %w", err)
	}
	for _, f := range list {
		if f.Decision == "adopted" && !f.Complete() && f.Until > last.Until {
			last = f
		}
	}
	return last, nil
}

// proposals adds who has proposed to pay a deposit all the same.
func (h *holding) proposals(ctx context.Context, db *sqlx.Tx) error {
	var list []struct {
		Reference string `db:"reference"`
		Deposit   int64  `db:"deposit_id"`
		By        string `db:"decided_by"`
	}
	if err := db.SelectContext(ctx, &list, `SELECT reference, deposit_id, decided_by FROM claim_decisions WHERE event = 'proposed' ORDER BY id`); err != nil {
		return fmt.Errorf("ledger: decisions on forgotten payments: %w", err)
	}
	for _, p := range list {
		for i := range h.held {
			if d := &h.held[i]; d.Deposit == p.Deposit && d.Claim.Reference == p.Reference {
				d.Proposed = p.By
			}
		}
	}
	return nil
}

// Held returns the deposits of a facility that are owed and are not sent, since
// they look like payments of forgotten batches.
func (l *Ledger) Held(ctx context.Context, facility int64) ([]Held, error) {
	db, err := l.reader.BeginTxx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	defer db.Rollback() //nolint:errcheck // it only read
	return heldDeposits(ctx, db, facility)
}

// heldBack are their ids, as ranges.
func (t *tx) heldBack(facility int64) ([]span, error) {
	held, err := heldDeposits(t.ctx, t.Tx, facility)
	spans := make([]span, 0, len(held))
	for _, h := range held {
		spans = append(spans, span{h.Deposit, h.Deposit})
	}
	return spans, err
}

// PayHeld records that held deposits are other wages than the payments they
// look like, and may be sent: what one person proposes, another approves by
// saying the same. One that the bank has had under its very reference is never
// paid again.
func (l *Ledger) PayHeld(ctx context.Context, a Actor, facility int64, references []string, reason string) (approved bool, err error) {
	if err := reasoned(reason); err != nil {
		return false, err
	}
	err = l.write(ctx, a, "held deposits to be paid", func(t *tx) error {
		held, err := heldDeposits(ctx, t.Tx, facility)
		if err != nil {
			return err
		}
		by := make(map[string]*Held, len(held))
		for i := range held {
			by[held[i].Reference] = &held[i]
		}
		proposed := 0
		for _, ref := range references {
			h := by[ref]
			switch {
			case h == nil:
				return fmt.Errorf("deposit %s is not held back: %w", plain(ref), ErrNotFound)
			case h.Like == SameReference && h.Claim.AtBank:
				return fmt.Errorf("deposit %s: the bank has had this very reference in batch %s: it %w", ref, h.Claim.Batch, ErrNeverAgain)
			case h.Proposed != "" && samePerson(h.Proposed, a.User):
				return fmt.Errorf("deposit %s was proposed by %s: %w", ref, h.Proposed, ErrSameReviewer)
			case h.Proposed != "":
				proposed++
			}
		}
		if proposed != 0 && proposed != len(references) {
			return fmt.Errorf("%d of these %d deposits were proposed before, the others were not: name them apart", proposed, len(references))
		}
		event := "proposed"
		if approved = proposed > 0; approved {
			event = "approved"
		}
		for _, ref := range references {
			if _, err := t.add("claim_decisions", by[ref].Claim.Reference, by[ref].Deposit, event, plain(reason), a.User, a.OSUser, t.at); err != nil {
				return err
			}
		}
		return nil
	})
	return approved && err == nil, err
}
