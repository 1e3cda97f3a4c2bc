package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bekal/formats/layouts"
	"bekal/reconcile/ledger"

	"github.com/google/go-cmp/cmp"
)

// answeredByHand is a facility whose first batch lies at the bank, with as many
// wages, and a bank of which the test writes the answers.
func answeredByHand(t *testing.T, wages int) (*facility, *paper) {
	t.Helper()
	f := setUp(t)
	if err := f.ready(wages, nil); err != nil {
		t.Fatal(err)
	}
	set, err := layouts.Load("")
	if err != nil {
		t.Fatal(err)
	}
	b := &paper{outbox: f.path("bank/outbox"), inbox: f.path("bank/inbox"), when: time.Date(2026, 11, 24, 10, 0, 0, 0, time.FixedZone("WIB", 7*60*60))}
	b.order, _ = set.Plan("bri-transfer")
	b.settling, _ = set.Plan("bri-settlement")
	f.night(t, "2026-11-23", exitOK)
	b.take(t)
	return f, b
}

// say answers the batch with one status, but for one order.
func (b *paper) say(t *testing.T, name string, but order, status, code string) {
	t.Helper()
	var answers []answerOf
	for _, o := range b.orders {
		a := answerOf{o, "00", "2001700"}
		if o == but {
			a.status, a.code = status, code
		}
		answers = append(answers, a)
	}
	b.answer(t, name, b.batch, answers)
}

// TestReturnsOfTwoLives has one file give back two payments of the same number:
// one of a life of the ledger that these books know nothing of, and their own.
// That the first is unknown hides nothing of the second.
func TestReturnsOfTwoLives(t *testing.T) {
	t.Parallel()
	f, bank := answeredByHand(t, 3)
	own := bank.orders[1]
	bank.say(t, bank.batch+"-01.STL", order{}, "", "")
	f.night(t, "2026-11-24", exitOK)
	other := own
	other.reference = "PWK7H" + own.reference[5:len(own.reference)-1]
	other.reference += string(ledger.CheckCharacter(other.reference))
	bank.answer(t, "RET20261125-01.STL", "", []answerOf{{other, "04", "4031718"}, {own, "04", "4031718"}})
	f.night(t, "2026-11-25", exitOK)
	want := []found{{"unknown", other.reference, "RET20261125-01.STL", 2}, {"returned", own.reference, "RET20261125-01.STL", 3}}
	if diff := cmp.Diff(sorted(want), sorted(f.listed(t))); diff != "" {
		t.Errorf("mismatches (-want +got):\n%s", diff)
	}
	f.sound(t)
}

// TestPaidAfterItWasRejected has the bank say of a deposit that it was rejected,
// and then that it was paid. As long as nobody has found out which is true, the
// wage is not sent again, however far its repayment had come.
func TestPaidAfterItWasRejected(t *testing.T) {
	t.Parallel()
	steps := []string{"proposed", "approved", "sent"}
	for n, last := range steps {
		t.Run("before it is "+last, func(t *testing.T) {
			t.Parallel()
			f, bank := answeredByHand(t, 3)
			failed := bank.orders[1]
			bank.say(t, bank.batch+"-01.STL", failed, "06", "4031709")
			f.night(t, "2026-11-24", exitOK)
			repay := []string{"deposit", "repay", failed.reference, "--reason", "reactivated", "--by", importer}
			approve := []string{"wages", "approve", "2", "--by", approver}
			// The steps that were taken before the bank contradicts itself.
			for _, step := range [][]string{repay, approve}[:n] {
				f.must(t, exitOK, step...)
			}
			bank.answer(t, bank.batch+"-02.STL", bank.batch, []answerOf{{failed, "00", "2001700"}})
			want := exitOK
			if last == "sent" {
				want = exitDegraded
			}
			r := f.night(t, "2026-11-25", want)
			if last == "sent" && !strings.Contains(r.stderr, "the bank has said") {
				t.Errorf("the night does not say why:\n%s", r.stderr)
			}
			left := [][]string{repay, approve}[n:]
			if len(left) > 0 {
				if r := f.must(t, exitFailed, left[0]...); !strings.Contains(r.stderr, failed.reference) || !strings.Contains(r.stderr, "hint: ") {
					t.Errorf("%v: %s", left[0], r.stderr)
				}
			}
			if files, err := filepath.Glob(bank.outbox + "/*"); err != nil || len(files) > 0 {
				t.Fatalf("sent though the bank says that it paid it: %v %v", files, err)
			}
			if text := f.must(t, exitOK, "report").stdout; !strings.Contains(text, "Do not pay it again") {
				t.Errorf("the report does not say what to do:\n%s", text)
			}
			f.sound(t)
			// Two people say that it was not paid.
			rows, err := f.must(t, exitOK, "mismatch", "list", "--json", "--kind", "duplicate").mismatches()
			if err != nil || len(rows) != 1 || rows[0].Reference != failed.reference {
				t.Fatalf("%+v %v", rows, err)
			}
			id := fmt.Sprint(rows[0].ID)
			f.must(t, exitOK, "mismatch", "propose", id, "--reason", "not on the statement", "--by", importer)
			f.must(t, exitOK, "mismatch", "resolve", id, "--reason", "letter of the bank", "--by", approver)
			for _, step := range left {
				f.must(t, exitOK, step...)
			}
			f.night(t, "2026-11-26", exitOK)
			bank.take(t)
			if len(bank.orders) != 1 || bank.orders[0].account != failed.account {
				t.Errorf("sent: %+v", bank.orders)
			}
			f.sound(t)
		})
	}
}
