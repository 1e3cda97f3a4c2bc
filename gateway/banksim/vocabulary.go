package banksim

import (
	"fmt"
	"slices"

	"bekal/formats"
)

// answer is something that the bank says by a code: what it means, the code by
// which the BRI-style bank says it, and the words that go with it. Another bank
// says it by a code of its own that means the same.
type answer struct{ class, usual, message string }

// Statuses of files and lines.
var (
	statusAccepted = answer{"accepted", "00", ""}
	statusRefused  = answer{"refused", "06", ""}
	statusPaid     = answer{"paid", "00", ""}
	statusPending  = answer{"pending", "03", ""}
	statusReturned = answer{"returned", "04", ""}
	statusFailed   = answer{"failed", "06", ""}
)

// Reasons.
var (
	success      = answer{"paid", "2001700", "SUCCESS"}
	inProgress   = answer{"pending", "2021700", "TRANSACTION IN PROGRESS"}
	notUnique    = answer{"conflict", "4091701", "DUPLICATE REFERENCE"}
	badFormat    = answer{"format", "4001701", "INVALID DATA"}
	badCorporate = answer{"customer", "4011700", "UNKNOWN CORPORATE CODE"}
	noFunds      = answer{"funds", "4031714", "INSUFFICIENT FUNDS ON DEBIT ACCOUNT"}

	dormant   = answer{"dormant", "4031709", "DORMANT ACCOUNT"}
	invalid   = answer{"account", "4041711", "INVALID ACCOUNT"}
	inactive  = answer{"closed", "4031718", "INACTIVE OR CLOSED ACCOUNT"}
	blocked   = answer{"blocked", "4031705", "ACCOUNT BLOCKED OR ABNORMAL"}
	forbidden = answer{"permitted", "4031715", "TRANSACTION NOT PERMITTED"}
)

// refusals are why a bank does not pay, each as often as it stands here of 20
// times: dormant accounts are the most common cause.
var refusals = [20]answer{
	dormant, dormant, dormant, dormant, dormant, dormant, dormant, dormant,
	invalid, invalid, invalid, invalid, invalid,
	inactive, inactive, inactive, inactive,
	blocked, blocked,
	forbidden,
}

// refusal is one of the reasons.
func (d *draws) refusal() answer { return refusals[d.n(uint64(len(refusals)))] }

// meaning tells answers apart: the words beside a code may differ.
type meaning struct{ class, usual string }

// vocabulary is by which codes a bank says its answers in one field.
type vocabulary map[meaning]string

func (v vocabulary) code(a answer) string { return v[meaning{a.class, a.usual}] }

// newVocabulary finds a code of the layout for each answer: the usual one where
// the layout has it, else the first of the same class. A reason that the bank
// has no word for is said by the first reason against a payment that it has.
func newVocabulary(p *formats.Plan, f formats.Field, answers []answer, exact bool) (vocabulary, error) {
	v := vocabulary{}
	codes := codesOf(p, f)
	first := func(fits func(formats.Code) bool) string {
		if i := slices.IndexFunc(codes, fits); i >= 0 {
			return codes[i].Value
		}
		return ""
	}
	for _, a := range answers {
		code := first(func(c formats.Code) bool { return c.Value == a.usual && c.Class == a.class })
		if code == "" {
			code = first(func(c formats.Code) bool { return c.Class == a.class })
		}
		if code == "" && !exact {
			switch {
			case (f.Open() || f.Codes() == "") && len(a.usual) <= f.Len():
				code = a.usual
			case a != success && a != inProgress:
				code = first(func(c formats.Code) bool { return !slices.Contains([]string{"paid", "pending", "conflict"}, c.Class) })
			}
		}
		if code == "" {
			return nil, fmt.Errorf("banksim: layout %s has no code of class %q for field %s of record %s", p.Name(), a.class, f.Name(), f.Record())
		}
		v[meaning{a.class, a.usual}] = code
	}
	return v, nil
}

// codesOf is the code list of a field.
func codesOf(p *formats.Plan, f formats.Field) []formats.Code {
	for _, l := range p.Layout().Codes {
		if l.Name == f.Codes() && f.Codes() != "" {
			return l.List
		}
	}
	return nil
}
