package simulate_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"bekal/cmd/bekal/simulate"
)

// TestCampaignGoesOn after a course that cannot be played, and says which one it
// was and why; options with which none can be played end it.
func TestCampaignGoesOn(t *testing.T) {
	t.Parallel()
	o := simulate.Options{Seed: 1, Nights: 1, Deposits: 1, Faults: simulate.None, Dir: t.TempDir()}
	// The second course finds its folder taken.
	if err := os.Mkdir(filepath.Join(o.Dir, "seed-2"), 0o700); err != nil {
		t.Fatal(err)
	}
	var ended []simulate.Result
	campaign := simulate.Campaign{Options: o, Seeds: 3, Jobs: 2, Done: func(r simulate.Result) { ended = append(ended, r) }}
	if err := campaign.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if len(ended) != 3 {
		t.Fatalf("%d courses were told of", len(ended))
	}
	for i, r := range ended {
		seed := uint64(i + 1)
		if r.Options.Seed != seed {
			t.Errorf("course %d has the seed %d", seed, r.Options.Seed)
		}
		if broken := r.Broken != nil; broken != (seed == 2) {
			t.Errorf("seed %d: broken off: %v", seed, r.Broken)
		}
	}
	if !errors.Is(ended[1].Broken, fs.ErrExist) {
		t.Errorf("it broke off because of %v", ended[1].Broken)
	}

	campaign.Options.Nights = 0
	wrong := (*simulate.OptionsError)(nil)
	if err := campaign.Run(context.Background()); !errors.As(err, &wrong) {
		t.Errorf("no nights at all: %v", err)
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	campaign.Options.Nights = 1
	if err := campaign.Run(stopped); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}
