package main

import (
	"context"
	"errors"
	"fmt"

	"bekal/gateway"
	"bekal/reconcile/ledger"

	"github.com/spf13/cobra"
)

// holdPage is what `bekal hold show` knows.
type holdPage struct {
	Hold      *ledger.Hold  `json:"hold"`
	Forgotten []shownBatch  `json:"forgotten"`
	Held      []ledger.Held `json:"held_back"`
	Uncertain []string      `json:"uncertain"`
	Sent      []string      `json:"found_delivered"`
	Notes     []string      `json:"notes"`
	Returned  []string      `json:"returned"` // payments that came back, of no batch that is known
	Earliest  string        `json:"answers_by,omitempty"`
	waits     bool          // for the bank's answers, until that day is over
	New       int           `json:"new_files"`
	Answers   int           `json:"answers_collected"`
}

// shownBatch is a forgotten batch, with how many of its payments are wages that
// are owed here, and how many are not; of one that was adopted, of what was left
// out.
type shownBatch struct {
	ledger.Forgotten
	Matched   int64 `json:"matched"`
	Unmatched int64 `json:"unmatched"` // of those that are known
	// Elsewhere is set when it cannot be adopted: its payments are in another
	// batch, and the notes say in which.
	Elsewhere bool `json:"elsewhere,omitempty"`
}

func (p *program) holdShow() *cobra.Command {
	var search gateway.Search
	var asJSON, offline bool
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Compare the books with the bank, and list what they cannot account for",
		Long: `Looks through the bank's folders, its answers, and the archive for transfer files
that these books have never sent, and for answers about batches that they do not
know, and lists them with what can be done. It sends nothing, and changes nothing
at the bank.`,
		Example: "  bekal hold show\n  bekal hold show --remote /outbox/archive --from /mnt/old-disk/bekal/archive",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withBooks(cmd.Context(), func(b *books) error {
				found := gateway.Recollection{}
				if !offline {
					var err error
					if found, err = p.recall(cmd.Context(), b, search, "bekal hold show"); err != nil {
						return err
					}
				}
				s, err := p.showing(cmd.Context(), b, found)
				if err != nil {
					return err
				}
				if asJSON {
					return p.json(s)
				}
				return p.printHold(b, s, offline)
			})
		},
	}
	searchFlags(cmd, &search)
	cmd.Flags().BoolVar(&offline, "offline", false, "do not ask the bank: show what is known")
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (p *program) showing(ctx context.Context, b *books, found gateway.Recollection) (holdPage, error) {
	s := holdPage{Forgotten: []shownBatch{}, Held: []ledger.Held{}, Uncertain: []string{}, Sent: append([]string{}, found.Sent...), Notes: append([]string{}, found.Notes...), Returned: append([]string{}, found.Returned...), New: found.New, Answers: found.Files}
	h, on, err := b.ledger.Hold(ctx)
	if err != nil {
		return s, err
	}
	if on {
		s.Hold = &h
		if s.Earliest, err = b.bank.AnswersBy(h.Date); err != nil {
			return s, err
		}
		restored, err := b.ledger.Restored(ctx)
		if err != nil {
			return s, err
		}
		s.waits = restored && b.today() <= s.Earliest
	}
	a, err := p.itself()
	if err != nil {
		return s, err
	}
	all, err := b.ledger.AllForgotten(ctx)
	if err != nil {
		return s, err
	}
	for _, f := range all {
		x := shownBatch{Forgotten: f}
		done, err := b.ledger.Rehearse(ctx, a, ledger.Adoption{Facility: b.facility, Batch: f.Batch})
		if err != nil && (f.Decision != "adopted" || !errors.Is(err, ledger.ErrDecided)) {
			s.Notes = append(s.Notes, notesOf(err)...)
			x.Elsewhere = f.Decision != "adopted"
		}
		x.Matched, x.Unmatched = done.Matched, int64(len(done.Unmatched))
		s.Forgotten = append(s.Forgotten, x)
	}
	held, err := b.ledger.Held(ctx, b.facility.ID)
	if err != nil {
		return s, err
	}
	s.Held = append(s.Held, held...)
	batches, err := b.ledger.Undelivered(ctx, b.bank.Bank.ID)
	for _, x := range batches {
		if x.State == "uncertain" {
			s.Uncertain = append(s.Uncertain, x.Reference)
		}
	}
	return s, err
}

// heldShown is how many of the deposits that are held back a person is shown.
const heldShown = 50

func (p *program) printHold(b *books, s holdPage, offline bool) error {
	var out []error
	say := func(format string, args ...any) { out = append(out, p.printf(format, args...)) }
	if s.Hold == nil {
		say("the books are not on hold\n")
	} else {
		say("ON HOLD since %s, by %s: %s\n", b.local(s.Hold.Began), who(s.Hold.By, s.Hold.OSUser), s.Hold.Reason)
		if s.Hold.Proposed != "" {
			say("release proposed %s by %s: %s\n", b.local(s.Hold.ProposedAt), s.Hold.Proposed, s.Hold.Why)
		}
	}
	if offline {
		say("not compared with the bank now: this is what was found before\n")
	} else {
		say("compared with the bank and the archive: %s of forgotten batches, %s collected\n", counted(s.New, "new file"), counted(s.Answers, "answer"))
	}
	for _, batch := range s.Sent {
		say("batch %s lies at the bank: it is delivered\n", batch)
	}
	for _, n := range s.Notes {
		say("note: %s\n", n)
	}
	for _, r := range s.Returned {
		say("a payment came back, and is of no batch that is known: %s\n", r)
	}
	t := p.table("forgotten batch", "known by", "at the bank", "payments", "total", "owed here", "decision")
	for _, f := range s.Forgotten {
		t.row(f.Batch, knownBy(f.Forgotten), yesNo(f.AtBank), paymentsOf(f.Forgotten), f.Total, matchedOf(f), orDash(f.Decision))
	}
	if len(s.Forgotten) > 0 {
		say("\n")
	}
	out = append(out, t.print("no batch is known that these books have forgotten"))
	for _, x := range s.Forgotten {
		say("  %s: %s\n", x.Batch, x.Place)
	}
	if len(s.Held) > 0 {
		h := p.table("held back", "name", "period", "amount", "same", "as payment", "of batch", "proposed by")
		for _, d := range s.Held[:min(len(s.Held), heldShown)] {
			h.row(d.Reference, d.Name, d.Period, d.Amount, d.Like, d.Claim.Reference, d.Claim.Batch, orDash(d.Proposed))
		}
		say("\n")
		out = append(out, h.print(""))
		if more := len(s.Held) - heldShown; more > 0 {
			say("and %d more: --json lists all\n", more)
		}
	}
	if next := nextOfHold(s); len(next) > 0 {
		say("\n")
		for _, n := range next {
			say("next: %s\n", n.do)
			if n.why != "" {
				say("      %s\n", n.why)
			}
		}
	}
	return errors.Join(out...)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "not proven"
}

func knownBy(f ledger.Forgotten) string {
	switch ledger.Evidence(f.Evidence) {
	case ledger.ByTransfer:
		return "its transfer file"
	case ledger.ByAnswer:
		return "the bank's answer"
	case ledger.ByAcknowledgement:
		return "its acknowledgement alone"
	case ledger.ByUnreadable:
	}
	return "a file that cannot be read"
}

func paymentsOf(f ledger.Forgotten) string {
	if f.Count == 0 || f.Named == f.Count {
		return fmt.Sprint(f.Named)
	}
	return fmt.Sprintf("%d, named %d", f.Count, f.Named)
}

func matchedOf(f shownBatch) string {
	if f.Decision == "adopted" {
		if f.Matched+f.Unmatched == 0 {
			return "-"
		}
		return fmt.Sprintf("%d of %d left", f.Matched, f.Matched+f.Unmatched)
	}
	return fmt.Sprintf("%d of %d", f.Matched, max(f.Named, f.Count))
}
