package audit_test

import (
	"testing"

	"bekal/gateway/banksim"
)

// TestSoundNights: where all goes well, and where the bank errs in every way
// that it knows, the auditor finds nothing.
func TestSoundNights(t *testing.T) {
	t.Parallel()
	rate := 300
	for name, faults := range map[string]banksim.Faults{
		"a bank without faults": {},
		"a bank with every fault": {Missing: rate, Unknown: rate, Amount: rate, Account: rate, Name: rate, Duplicate: rate, Rejected: rate, Returned: rate, Pending: rate, Late: rate, Unreadable: rate,
			Control: 1000, DuplicateFile: 1000, SameNameOtherBytes: 1000, RefuseBatch: 1000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t, faults)
			o.wages(30)
			for i := range 12 {
				o.night("ran")
				o.tomorrow()
				o.work()
				if i < 8 {
					o.wages(10)
				}
			}
			o.night("ran")
		})
	}
}
