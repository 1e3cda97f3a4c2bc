package gateway_test

import (
	"fmt"
	"math/big"
	"strings"

	"bekal/reconcile/ledger"
)

// answer is one line of a settlement file, written by hand: the test plays the
// bank.
type answer struct {
	account, name, reference string
	amount                   ledger.Money
	status, code, posted     string
}

const posted = "20261124100000"

// paid answers deposit n as paid; change makes it another answer.
func (o *office) paid(n int, change ...func(*answer)) answer {
	o.Helper()
	d := o.shadow.deposit(o, n)
	a := answer{account: d.account, name: d.name, reference: d.reference, amount: d.amount, status: "00", code: "2001700", posted: posted}
	for _, c := range change {
		c(&a)
	}
	return a
}

func (o *office) rejected(n int) answer {
	o.Helper()
	return o.paid(n, status("06", "4031709"))
}

func (o *office) pending(n int) answer {
	o.Helper()
	return o.paid(n, status("03", "2021700"))
}

func (o *office) returned(n int) answer {
	o.Helper()
	return o.paid(n, func(a *answer) { a.status, a.code = "04", "4031718" })
}

// status makes an answer one for which nothing was posted.
func status(status, code string) func(*answer) {
	return func(a *answer) { a.status, a.code, a.posted = status, code, strings.Repeat("0", 14) }
}

func amount(rupiah int64) func(*answer) {
	return func(a *answer) { a.amount = ledger.Money(rupiah * 100) }
}

func account(number string) func(*answer) { return func(a *answer) { a.account = number } }

func reference(r string) func(*answer) { return func(a *answer) { a.reference = r } }

// stranger is an answer about something that was never sent.
func stranger(rupiah int64) answer {
	return answer{account: "999900000000099", name: "TIDAK DIKENAL", reference: "ZZZ01000000000", amount: ledger.Money(rupiah * 100), status: "00", code: "2001700", posted: posted}
}

// stl is a settlement file about a batch; an empty reference makes it a return
// file. Its totals are right.
func stl(batch string, answers ...answer) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "H01%-10s%-20s%-20s%14s%8s%15s00%-7s%-40s%61s\r\n", corporate, batch, "SIM000001", "20261124100000", "20261124", debit, "2001700", "SUCCESS", "")
	var total, paid, failed, pending ledger.Tally
	hash := new(big.Int)
	for i, a := range answers {
		fmt.Fprintf(&b, "D%08d%15s%-40s%017d%-20s%-20s%2s%-7s%-40s%14s%16s\r\n", i+1, a.account, a.name, int64(a.amount), a.reference, fmt.Sprintf("S%014d", i+1), a.status, a.code, "", a.posted, "")
		one := ledger.Tally{Count: 1, Total: a.amount}
		total = total.Plus(one)
		switch a.status {
		case "00":
			paid = paid.Plus(one)
		case "01", "02", "03":
			pending = pending.Plus(one)
		default:
			failed = failed.Plus(one)
		}
		hash.Add(hash, big.NewInt(number(a.account)))
	}
	hash.Mod(hash, big.NewInt(1_000_000_000_000_000_000))
	fmt.Fprintf(&b, "T%08d%017d%08d%017d%08d%017d%08d%017d%018d%81s\r\n", total.Count, total.Total, paid.Count, paid.Total, failed.Count, failed.Total, pending.Count, pending.Total, hash.Int64(), "")
	return []byte(b.String())
}

// ack is an acknowledgement.
func ack(batch, status, code string, count int64, total ledger.Money) []byte {
	return []byte(fmt.Sprintf("A01%-10s%-20s%-20s%14s%2s%-7s%-40s%08d%017d%19s\r\n", corporate, batch, "SIM000001", "20261124090000", status, code, "PESAN", count, int64(total), ""))
}

// ackOf accepts or refuses the n-th batch.
func (o *office) ackOf(n int, status, code string) []byte {
	o.Helper()
	b := o.batch(n)
	return ack(b.Reference, status, code, b.Count, b.Total)
}

// answer puts a settlement file about the n-th batch into the inbox.
func (o *office) answer(n int, suffix string, answers ...answer) {
	o.Helper()
	ref := o.batch(n).Reference
	o.put(ref+"-"+suffix+".STL", stl(ref, answers...))
}

// sent is an office that has delivered one batch of n wages on Monday, which
// the test answers by hand.
func sent(t tb, n int, changes ...func(*setup)) *office {
	t.Helper()
	o := open(t, changes...)
	o.wages(n)
	o.night("2026-11-23", "ran")
	o.states("delivered")
	return o
}
