package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"
	"unicode"
	"unicode/utf8"

	"bekal/reconcile"
	"bekal/reconcile/ledger"
)

// JSON writes the whole report as one JSON object. Amounts are integer sen,
// the sentences are in the language asked for, and the mismatches come last,
// one a line, so that a report of any size streams.
func JSON(w io.Writer, r reconcile.Report, o Options) error {
	head, err := marshal(newHead(r, o), "  ")
	if err != nil {
		return fmt.Errorf("report as JSON: %w", err)
	}
	b := bufio.NewWriter(w)
	// The object is left open, so that the mismatches become its last member.
	_, _ = b.Write(bytes.TrimSuffix(head, []byte("\n}")))
	_, _ = b.WriteString(",\n  \"mismatches\": ")
	if err := writeRows(b, r.Mismatches, o, "  "); err != nil {
		return fmt.Errorf("report as JSON: %w", err)
	}
	_, _ = b.WriteString("\n}\n")
	if err := b.Flush(); err != nil {
		return fmt.Errorf("report as JSON: %w", err)
	}
	return nil
}

// MismatchJSON writes mismatches as a JSON array of MismatchRow, one a line.
func MismatchJSON(w io.Writer, ms []reconcile.Mismatch, o Options) error {
	b := bufio.NewWriter(w)
	if err := writeRows(b, ms, o, ""); err != nil {
		return fmt.Errorf("mismatches as JSON: %w", err)
	}
	_ = b.WriteByte('\n')
	if err := b.Flush(); err != nil {
		return fmt.Errorf("mismatches as JSON: %w", err)
	}
	return nil
}

// ProofJSON writes {"proven": bool, "lines": [...]}, amounts in integer sen.
func ProofJSON(w io.Writer, p reconcile.Proof, _ Options) error {
	out, err := marshal(newProof(p), "  ")
	if err == nil {
		_, err = w.Write(append(out, '\n'))
	}
	if err != nil {
		return fmt.Errorf("proof as JSON: %w", err)
	}
	return nil
}

type head struct {
	Facility    place        `json:"facility"`
	Bank        string       `json:"bank"`
	Date        string       `json:"date"`
	Night       string       `json:"night"`
	GeneratedAt string       `json:"generated_at"`
	Language    string       `json:"language"`
	Currency    string       `json:"currency"`
	Unit        string       `json:"unit"`
	ChainHead   string       `json:"chain_head"`
	Proven      bool         `json:"proven"`
	Summary     summary      `json:"summary"`
	Kinds       []kindLine   `json:"kinds"`
	Ageing      []ageBand    `json:"ageing"`
	Batches     []batchLine  `json:"batches"`
	Proof       provenInJSON `json:"proof"`
	Hold        *ledger.Hold `json:"hold,omitempty"` // nothing is sent
	FailedSteps []string     `json:"failed_steps,omitempty"`
}

type place struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

type summary struct {
	Owed      reconcile.Tally `json:"owed"`
	Batched   reconcile.Tally `json:"batched"`
	InTransit reconcile.Tally `json:"in_transit"`
	Pending   reconcile.Tally `json:"pending"`
	Settled   reconcile.Tally `json:"settled"`
	Failed    reconcile.Tally `json:"failed"`
	Repaid    reconcile.Tally `json:"repaid"`
}

type kindLine struct {
	Kind reconcile.Kind `json:"kind"`
	reconcile.Tally
}

type ageBand struct {
	FromDays int  `json:"from_days"`
	ToDays   *int `json:"to_days"` // null: no upper bound
	reconcile.Tally
}

type batchLine struct {
	Reference string          `json:"reference"`
	State     string          `json:"state"`
	ValueDate string          `json:"value_date"`
	Sent      reconcile.Tally `json:"sent"`
	Settled   reconcile.Tally `json:"settled"`
	Failed    reconcile.Tally `json:"failed"`
	Open      reconcile.Tally `json:"open"`
}

type provenInJSON struct {
	Proven bool                  `json:"proven"`
	Lines  []reconcile.ProofLine `json:"lines"`
}

func newProof(p reconcile.Proof) provenInJSON {
	return provenInJSON{Proven: holds(p), Lines: append([]reconcile.ProofLine{}, p.Lines...)}
}

func newHead(r reconcile.Report, o Options) head {
	h := head{
		Facility:    place{r.FacilityCode, r.FacilityName},
		Bank:        r.Bank,
		Date:        r.Date,
		Night:       r.Night,
		Language:    o.words().Lang,
		Currency:    "IDR",
		Unit:        "sen",
		ChainHead:   r.ChainHead,
		Hold:        r.Hold,
		FailedSteps: r.FailedSteps,
		Proven:      holds(r.Proof),
		Summary:     summary(r.Summary),
		Kinds:       make([]kindLine, 0, len(r.Kinds)),
		Ageing:      make([]ageBand, 0, len(r.Ageing)),
		Batches:     make([]batchLine, 0, len(r.Batches)),
		Proof:       newProof(r.Proof),
	}
	if !r.GeneratedAt.IsZero() {
		h.GeneratedAt = r.GeneratedAt.Format(time.RFC3339)
	}
	for _, k := range r.Kinds {
		h.Kinds = append(h.Kinds, kindLine{k.Kind, k.Tally})
	}
	for _, a := range r.Ageing {
		band := ageBand{FromDays: a.FromDays, Tally: a.Tally}
		if a.ToDays != 0 {
			band.ToDays = &a.ToDays
		}
		h.Ageing = append(h.Ageing, band)
	}
	for _, b := range r.Batches {
		h.Batches = append(h.Batches, batchLine(b))
	}
	return h
}

// writeRows writes an array, one row a line, and leaves the line end after it
// to the caller. Only a failure to encode or write a row is returned here; the
// writer keeps the rest until it is flushed.
func writeRows(b *bufio.Writer, ms []reconcile.Mismatch, o Options, indent string) error {
	if len(ms) == 0 {
		_, err := b.WriteString("[]")
		return err
	}
	_ = b.WriteByte('[')
	for i, m := range ms {
		row, err := marshal(NewMismatchRow(m, o.Lang), "")
		if err != nil {
			return err
		}
		if i > 0 {
			_ = b.WriteByte(',')
		}
		_, _ = b.WriteString("\n" + indent + "  ")
		if _, err := b.Write(row); err != nil {
			return err
		}
	}
	_, err := b.WriteString("\n" + indent + "]")
	return err
}

// marshal is json.Marshal without HTML escapes, and with everything escaped
// that a terminal might obey when somebody looks at the output there.
func marshal(v any, indent string) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return escapeUnprintable(bytes.TrimSuffix(buf.Bytes(), []byte("\n"))), nil
}

// escapeUnprintable writes characters beyond ASCII that do not print as JSON
// escapes. They occur in JSON inside strings only, so no meaning is lost.
func escapeUnprintable(doc []byte) []byte {
	clean := true
	for _, c := range doc {
		if c >= 0x7f {
			clean = false
			break
		}
	}
	if clean {
		return doc
	}
	out := make([]byte, 0, len(doc)+32)
	for len(doc) > 0 {
		r, size := utf8.DecodeRune(doc)
		switch {
		case r < 0x7f || unicode.IsPrint(r):
			out = append(out, doc[:size]...)
		case r <= 0xffff:
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		}
		doc = doc[size:]
	}
	return out
}
