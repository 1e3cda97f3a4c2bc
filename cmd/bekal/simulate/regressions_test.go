package simulate_test

import (
	"testing"

	"bekal/cmd/bekal/simulate"
)

// TestRegressions plays the seeds by which faults of the books were found. Each
// was seen to find its fault again when that was put back. (What the auditor
// found without a simulation is in its own tests.) Where no restore is needed
// for it none is played, so that the history stays the one in which it was found.
func TestRegressions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		seed     uint64
		restores bool
		long     bool // of 90 nights and 200 wages; otherwise of 60 and 120
		slips    bool
	}{
		// A settlement file said of a deposit twice that it is pending. The file could
		// not be posted, that night or any other, with all other answers in it.
		{"pending twice in a file", 19, false, false, false},
		// A return named another deposit than the one whose money came back, as its
		// account showed. The other one was owed again though the bank had paid
		// it: it would have been paid twice.
		{"returned from another account", 38, false, false, false},
		// Return files waited while the books were on hold: what had been paid again
		// in the lost time could not be told.
		{"returned in the lost time", 1, true, false, false},
		// A batch that the bank had never got was sent after another one had paid its
		// wages, in a life between that was lost, too.
		{"paid by another batch", 60, true, false, false},
		// The bank answered two payments with the number of one deposit in one file: the
		// one that a life had made which is lost, and then ours. Ours became unknown,
		// its money went to suspense, and the deposit stayed in transit.
		{"the number of another life's", 1250, true, true, false},
		// Two people had said that the bank had not got a batch. Afterwards another one
		// was found that the bank has, and that orders one of its wages under the same
		// reference; the batch was sent all the same.
		{"found after it was decided", 44, true, true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := simulate.Options{Seed: test.seed, Nights: 60, Deposits: 120, Faults: simulate.Heavy, Restores: test.restores, Slips: test.slips}
			if test.long {
				o.Nights, o.Deposits = 90, 200
			}
			play(t, o)
		})
	}
}
