package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// fewestDigits is how many digits of a head must be given: 64 bits, more than
// anybody can make a chain of his own agree in while a report is waited for.
const fewestDigits = 16

// headDigits is the length of a whole head.
const headDigits = 64

// Errors of a head that a person gave.
var (
	ErrNoHead       = errors.New("is no head of a chain")
	ErrHeadNotThere = errors.New("is not in the chain: these are not the books that the report was made from")
)

// Anchor is the link of the chain whose head a report printed.
type Anchor struct {
	Link   int64  `json:"link"`
	At     string `json:"at"` // when the link was made, UTC
	Actor  string `json:"actor"`
	Action string `json:"action"`
	Night  string `json:"night"`
	Hash   string `json:"hash"`
	Digits int    `json:"digits"` // how many of them were given and agree
	Later  int64  `json:"later"`  // links that were added since
}

// ReadHead reads a head as a person types it off a page: in groups or in one,
// in capitals or not, whole or the first 16 digits of it at least. A letter O
// is a nought and a letter L or I a one, since a head has no such letters.
func ReadHead(typed string) (string, error) {
	var b strings.Builder
	for _, r := range strings.ToLower(typed) {
		switch {
		case unicode.IsSpace(r), strings.ContainsRune("-–·.,:;…", r), !unicode.IsPrint(r):
		case r == 'o':
			b.WriteByte('0')
		case r == 'l', r == 'i':
			b.WriteByte('1')
		case r >= '0' && r <= '9', r >= 'a' && r <= 'f':
			b.WriteRune(r)
		default:
			return "", fmt.Errorf("%q %w: %q is neither a digit nor one of A to F", typed, ErrNoHead, r)
		}
	}
	switch n := b.Len(); {
	case n < fewestDigits:
		return "", fmt.Errorf("%q %w: it has %d digits, and %d at least are needed", typed, ErrNoHead, n, fewestDigits)
	case n > headDigits:
		return "", fmt.Errorf("%q %w: it has %d digits, and a whole one has %d", typed, ErrNoHead, n, headDigits)
	}
	return b.String(), nil
}

// FindHead finds the link whose head a report printed, at any time: the books
// are then the ones of that report, and what came after. The head is given as
// ReadHead takes it. The error is ErrNoHead for what cannot be one, and a
// *HeadError for one that the chain does not hold. It says nothing of books
// that Verify has not found whole.
func (l *Ledger) FindHead(ctx context.Context, typed string) (Anchor, error) {
	digits, err := ReadHead(typed)
	if err != nil {
		return Anchor{}, err
	}
	var links []Link
	if err := l.reader.SelectContext(ctx, &links, `SELECT id, at, actor, os_user, night, action, '' AS content, prev, hash FROM chain WHERE substr(hash, 1, ?) = ? ORDER BY id`, len(digits), digits); err != nil {
		return Anchor{}, fmt.Errorf("ledger: read the chain: %w", err)
	}
	if len(links) != 1 {
		near, err := l.nearly(ctx, digits)
		return Anchor{}, errors.Join(&HeadError{Digits: digits, Near: near}, err)
	}
	k := links[0]
	a := Anchor{Link: k.ID, At: k.At, Actor: k.Actor, Action: k.Action, Night: k.Night, Hash: k.Hash, Digits: len(digits)}
	if err := l.reader.GetContext(ctx, &a.Later, `SELECT count(*) FROM chain WHERE id > ?`, k.ID); err != nil {
		return Anchor{}, fmt.Errorf("ledger: read the chain: %w", err)
	}
	return a, nil
}

// HasHead says whether a whole head is that of a link of the chain, and of which.
func (l *Ledger) HasHead(ctx context.Context, hash string) (link int64, ok bool, err error) {
	err = found(l.reader.GetContext(ctx, &link, `SELECT id FROM chain WHERE hash = ?`, hash), "link "+hash)
	if errors.Is(err, ErrNotFound) {
		return 0, false, nil
	}
	return link, err == nil, err
}

// HeadError is a head that the chain does not hold.
type HeadError struct {
	Digits string
	Near   string // the head of a link that differs in two digits at most; empty when there is none
}

func (e *HeadError) Error() string {
	return fmt.Sprintf("the head %s %v", GroupHead(e.Digits), ErrHeadNotThere)
}

func (e *HeadError) Unwrap() error { return ErrHeadNotThere }

// Hint says what to do about it.
func (e *HeadError) Hint() string {
	if e.Near != "" {
		return "the chain has the head " + GroupHead(e.Near) + ", which differs in a digit or two: if that is what the page says, type it again"
	}
	return "compare it with the page once more; if it is right, stop the daemon, keep a copy of the data folder, and compare it with a backup"
}

// nearly finds a head that was probably meant: nobody can make a chain that has
// all digits but two in common with one that was signed.
func (l *Ledger) nearly(ctx context.Context, digits string) (string, error) {
	var hashes []string
	if err := l.reader.SelectContext(ctx, &hashes, `SELECT hash FROM chain`); err != nil {
		return "", fmt.Errorf("ledger: read the chain: %w", err)
	}
	for _, h := range hashes {
		if len(h) < len(digits) {
			continue
		}
		differ := 0
		for i := range len(digits) {
			if digits[i] != h[i] {
				differ++
			}
		}
		if differ <= 2 {
			return h[:len(digits)], nil
		}
	}
	return "", nil
}

// GroupHead writes a head in groups of four digits, as a person reads and
// types it.
func GroupHead(hash string) string {
	var b strings.Builder
	for i := range len(hash) {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteByte(hash[i])
	}
	return b.String()
}
