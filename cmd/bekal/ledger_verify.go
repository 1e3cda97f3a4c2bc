package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"bekal/configs"
	"bekal/reconcile/ledger"

	"github.com/spf13/cobra"
)

// whole is what `ledger verify` found, when the books are whole.
type whole struct {
	ledger.Verified
	Anchor *ledger.Anchor `json:"anchor,omitempty"` // of --head
}

func (p *program) ledgerVerify() *cobra.Command {
	var asJSON bool
	var head string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Recompute the chain, the archive, the balances and the control totals",
		Long: `Recomputes the SHA-256 chain over every row, the hash of every archived file, the
balance of every journal entry, and the control accounts from the deposits, and
compares the database's tables and triggers with those that this program makes.
Ends with exit code 1 at the first break and names it: the table, the row, the
column where it can be told, the file. With --head, the chain must hold the head
that a report printed, now or at any time before: the books are then the ones of
that report, and what came after. The head may be typed as it is printed: whole,
or its first digits (16 at least), with or without blanks, in capitals or not.`,
		Example: `  bekal ledger verify
  bekal ledger verify --head 9f2c 7a10 b4e8 5d33 66a1`,
		// The groups of a head that is typed with blanks are arguments.
		Args: func(cmd *cobra.Command, args []string) error {
			if !cmd.Flags().Changed("head") {
				return cobra.NoArgs(cmd, args)
			}
			head = strings.Join(append([]string{head}, args...), " ")
			_, err := ledger.ReadHead(head)
			return headFault(err)
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.load()
			if err != nil {
				return err
			}
			l, err := ledger.Open(cmd.Context(), ledgerOptions(c, p.now))
			if err != nil {
				return err
			}
			defer l.Close() //nolint:errcheck // it only read
			var w whole
			if w.Verified, err = l.Verify(cmd.Context()); err != nil {
				return err
			}
			if cmd.Flags().Changed("head") {
				a, err := l.FindHead(cmd.Context(), head)
				if err != nil {
					return headFault(err)
				}
				w.Anchor = &a
			}
			if asJSON {
				return p.json(w)
			}
			return p.sayWhole(c, w)
		},
	}
	jsonFlag(cmd, &asJSON)
	cmd.Flags().StringVar(&head, "head", "", "`HASH` of a chain's head as a report printed it")
	return cmd
}

// headFault says what to do about a head that was given.
func headFault(err error) error {
	var e *ledger.HeadError
	switch {
	case errors.As(err, &e):
		return &hinted{err, e.Hint()}
	case errors.Is(err, ledger.ErrNoHead):
		return &hinted{usagef("--head: %v", err), "type it as the last lines of the report have it: 16 digits at least, 0 to 9 and A to F"}
	}
	return err
}

func (p *program) sayWhole(c *configs.Config, w whole) error {
	err := p.printf("the books are whole: %s, %s\nhead of the chain: %s\n", chainSize(w.Links, w.Rows), counted(w.Files, "archived file"), w.Head)
	if n := len(w.Unnamed); n > 0 {
		err = errors.Join(err, p.printf("the archive holds %s beside those, as a refused import or a crash leaves them: %s\n", counted(n, "file"), firstOf(w.Unnamed)))
	}
	if w.Anchor != nil {
		err = errors.Join(err, p.sayAnchor(c.Facility().Location, *w.Anchor))
	}
	return err
}

// firstOf names some of many files, and says that there are more.
func firstOf(names []string) string {
	const some = 3
	if len(names) <= some {
		return strings.Join(names, " ")
	}
	return strings.Join(names[:some], " ") + " and others (--json names all)"
}

// sayAnchor says of when the books are that a head has been printed for.
func (p *program) sayAnchor(place *time.Location, a ledger.Anchor) error {
	at, err := time.Parse(time.RFC3339, a.At)
	if err != nil {
		return fmt.Errorf("link %d of the chain: %w", a.Link, err)
	}
	agrees := "the head that was given"
	if a.Digits < len(a.Hash) {
		agrees = fmt.Sprintf("the head that was given, %d digits of it,", a.Digits)
	}
	since := "nothing was added since"
	if a.Later > 0 {
		since = counted(a.Later, "link") + " added "
		if passed := p.now().Sub(at); passed >= 0 {
			since += "in the " + span(passed) + " since"
		} else {
			since += "since, by a clock that stood later than this machine's does now"
		}
	}
	return p.printf("%s is that of link %d, of %s; %s\nnothing that the books held then has been changed\n", agrees, a.Link, at.In(place).Format("2 January 2006, 15:04 MST"), since)
}

// span is a length of time in words, as exactly as a person wants to know it.
func span(d time.Duration) string {
	switch hours := int(d.Hours()); {
	case hours >= 48:
		return counted(hours/24, "day")
	case hours >= 2:
		return counted(hours, "hour")
	default:
		return counted(max(int(d.Minutes()), 0), "minute")
	}
}
