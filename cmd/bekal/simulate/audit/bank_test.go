package audit_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"bekal/cmd/bekal/simulate/audit"
	"bekal/gateway"
	"bekal/gateway/banksim"
	"bekal/reconcile/ledger"
)

// TestBankSide: what the bank has, and what it did, is held against the books.
func TestBankSide(t *testing.T) {
	t.Parallel()
	copyTo := func(o *office, from, to []string) {
		o.Helper()
		data, err := os.ReadFile(filepath.Join(append([]string{o.dir}, from...)...))
		if err == nil {
			err = os.WriteFile(filepath.Join(append([]string{o.dir}, to...)...), data, 0o600)
		}
		if err != nil {
			o.Fatal(err)
		}
	}
	name := func(o *office) string { return o.batches()[0].FileName }
	archived := func(o *office, sha string) []string { return []string{"archive", sha[:2], sha} }
	for _, c := range []struct {
		does string
		// do gets an office that has delivered a batch of three.
		do   func(o *office) audit.Night
		want audit.Rule
	}{
		{"the file at the bank is another one", func(o *office) audit.Night {
			path := filepath.Join(o.dir, "bank", "outbox", name(o))
			data, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(path, bytes.Replace(data, []byte("00000"), []byte("10000"), 1), 0o600)
			}
			if err != nil {
				o.Fatal(err)
			}
			return audit.Night{}
		}, audit.Once},
		{"somebody else has put a file there", func(o *office) audit.Night {
			copyTo(o, []string{"known_hosts"}, []string{"bank", "outbox", "PWK01B26112300099.TRF"})
			return audit.Night{}
		}, audit.Once},
		{"the bank gets it twice", func(o *office) audit.Night {
			o.tomorrow()
			o.work()
			copyTo(o, []string{"bank", ".bank", "taken", name(o)}, []string{"bank", "outbox", name(o)})
			o.work()
			return audit.Night{}
		}, audit.Once},
		{"the bank has never got it", func(o *office) audit.Night {
			if err := os.Remove(filepath.Join(o.dir, "bank", "outbox", name(o))); err != nil {
				o.Fatal(err)
			}
			o.auditor = o.another(o.path()) // one who has not seen it there
			return audit.Night{}
		}, audit.Once},
		{"the archive has other bytes", func(o *office) audit.Night {
			o.wages(3)
			o.tomorrow()
			o.at(19, 30)
			if _, err := o.run.Run(context.Background(), o.date(), ""); err != nil {
				o.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(append([]string{o.dir}, archived(o, o.batches()[1].SHA256)...)...), []byte("x"), 0o600); err != nil {
				o.Fatal(err)
			}
			return audit.Night{}
		}, audit.Files},
		{"the archive has lost it", func(o *office) audit.Night {
			o.wages(3)
			o.tomorrow()
			o.at(19, 30)
			if _, err := o.run.Run(context.Background(), o.date(), ""); err != nil {
				o.Fatal(err)
			}
			if err := os.Remove(filepath.Join(append([]string{o.dir}, archived(o, o.batches()[1].SHA256)...)...)); err != nil {
				o.Fatal(err)
			}
			return audit.Night{}
		}, audit.Files},
		{"wages were left lying", func(o *office) audit.Night {
			o.wages(2)
			return audit.Night{Date: o.date(), Outcome: audit.Ran, Reached: true}
		}, audit.Wages},
		{"a person sends again what the bank has", func(o *office) audit.Night {
			b, ctx := o.doubted(), context.Background()
			if _, err := o.books.DecideNotDelivered(ctx, clerk, b, "a mistake", false); err != nil {
				t.Fatal(err)
			}
			if _, err := o.books.DecideNotDelivered(ctx, approver, b, "a mistake", false); err != nil {
				o.Fatal(err)
			}
			o.tell(func(a *audit.Auditor) { a.Decided(b.Reference, false) })
			return audit.Night{}
		}, audit.Once},
		{"what is uncertain lies in the outbox", func(o *office) audit.Night {
			o.doubted()
			return audit.Night{}
		}, audit.Batches},
		{"nobody decided", func(o *office) audit.Night {
			b, ctx := o.doubted(), context.Background()
			if err := o.books.DecideDelivered(ctx, approver, b, o.date(), "says who?"); err != nil {
				o.Fatal(err)
			}
			return audit.Night{}
		}, audit.Batches},
		{"a batch is left behind", func(o *office) audit.Night {
			o.wages(2)
			o.tomorrow()
			o.troubled(banksim.Trouble{Op: banksim.OpRename, Act: banksim.Drop})
			return audit.Night{Date: o.date(), Outcome: audit.Ran, Reached: true}
		}, audit.Batches},
		{"what the bank has paid is paid again", func(o *office) audit.Night {
			o.tomorrow()
			o.work()
			_, d := o.sent(1)
			o.tell(func(a *audit.Auditor) { a.RepaymentApproved([]string{d[0].reference}) })
			return audit.Night{}
		}, audit.Once},
		{"what the bank has paid is rejected in the books, and paid again", func(o *office) audit.Night {
			o.tomorrow()
			o.work() // the bank pays; somebody on the way says that it has not
			o.hide()
			ref, d := o.sent(1)
			o.put(ref+"-01.STL", stl(ref, d[0].rejected()))
			o.at(19, 30)
			if _, err := o.run.Run(context.Background(), o.date(), ""); err != nil {
				o.Fatal(err)
			}
			return audit.Night{}
		}, audit.Money},
		{"a wage is paid by two deposits", func(o *office) audit.Night {
			o.tomorrow()
			o.work()
			o.hide()
			ref, d := o.sent(1)
			o.put(ref+"-01.STL", stl(ref, d[0].rejected()))
			for range 2 {
				o.at(19, 30)
				if _, err := o.run.Run(context.Background(), o.date(), ""); err != nil {
					o.Fatal(err)
				}
				if o.failed() != nil {
					o.repay(nil, d[0].reference)
				}
			}
			// The bank does not see that it is one wage.
			if _, err := o.bank.Work(context.Background(), o.Now()); err != nil {
				o.Fatal(err)
			}
			return audit.Night{}
		}, audit.Once},
		{"it is paid again, and nobody approved that", func(o *office) audit.Night {
			o.tomorrow()
			o.at(9, 0)
			ref, d := o.sent(1)
			o.put(ref+"-01.STL", stl(ref, d[0].rejected()))
			o.night(gateway.Ran)
			told := len(o.told)
			o.repay(nil, d[0].reference)
			o.told = o.told[:told]
			o.auditor = o.another(o.path())
			return audit.Night{}
		}, audit.Wages},
		{"it is paid again into an account that nobody approved", func(o *office) audit.Night {
			o.tomorrow()
			o.at(9, 0)
			ref, d := o.sent(1)
			o.put(ref+"-01.STL", stl(ref, d[0].rejected()))
			o.night(gateway.Ran)
			told := len(o.told)
			o.repay(map[int]string{1: "999000000000333"}, d[0].reference)
			o.told = slices.Delete(o.told, told, told+1)
			o.auditor = o.another(o.path())
			return audit.Night{}
		}, audit.Wages},
	} {
		t.Run(c.does, func(t *testing.T) {
			t.Parallel()
			o := open(t, banksim.Faults{})
			o.wages(3)
			o.night(gateway.Ran)
			n := c.do(o)
			if list := rules(t, o.auditor, n); !slices.Contains(list, c.want) {
				t.Errorf("the auditor names %v, and not %s", list, c.want)
			}
		})
	}
}

// doubted has the second batch renamed at the bank without an answer, and said
// to be uncertain though its file lies there.
func (o *office) doubted() ledger.Batch {
	o.Helper()
	o.wages(2)
	o.tomorrow()
	o.troubled(banksim.Trouble{Op: banksim.OpRename, When: banksim.After, Act: banksim.Drop})
	b := o.batches()[1]
	if err := o.books.MarkUncertain(context.Background(), ledger.Actor{User: "bekal", OSUser: "tester", Night: o.date() + ".1"}, b, "by the test"); err != nil {
		o.Fatal(err)
	}
	return b
}
