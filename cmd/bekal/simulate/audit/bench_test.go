package audit_test

import (
	"context"
	"testing"

	"bekal/cmd/bekal/simulate/audit"
	"bekal/gateway/banksim"
)

// BenchmarkExamine measures an examination at the end of 90 nights with 200
// deposits, of which all go wrong in some way.
func BenchmarkExamine(b *testing.B) {
	rate := 300
	o := open(b, banksim.Faults{Missing: rate, Unknown: rate, Amount: rate, Account: rate, Name: rate, Duplicate: rate, Rejected: rate, Returned: rate, Pending: rate, Late: rate, Unreadable: rate,
		Control: 1000, DuplicateFile: 1000, SameNameOtherBytes: 1000})
	for i := range 90 {
		if i < 40 {
			o.wages(5)
		}
		o.night("ran")
		o.tomorrow()
		o.work()
	}
	ctx := context.Background()
	for _, c := range []struct {
		name   string
		reread int
	}{{"reading all again", 1}, {"reading what is new", 1 << 30}} {
		b.Run(c.name, func(b *testing.B) {
			a := o.another(o.path(), func(o *audit.Options) { o.Reread = c.reread })
			for range 2 {
				if found, err := a.Examine(ctx, audit.Night{}); err != nil || found != nil {
					b.Fatal(found, err)
				}
			}
			for b.Loop() {
				if found, err := a.Examine(ctx, audit.Night{}); err != nil || found != nil {
					b.Fatal(found, err)
				}
			}
		})
	}
	b.Run("the whole history at once", func(b *testing.B) {
		for b.Loop() {
			if found, err := o.another(o.path()).Examine(ctx, audit.Night{}); err != nil || found != nil {
				b.Fatal(found, err)
			}
		}
	})
}
