package simulate_test

import (
	"bytes"
	"context"
	"os"
	"strconv"
	"testing"

	"bekal/cmd/bekal/simulate"
)

func TestSameSeedSameHistory(t *testing.T) {
	play := func() (string, simulate.Result) {
		var history bytes.Buffer
		r, err := simulate.Run(context.Background(), simulate.Options{Seed: seed(), Nights: 30, Deposits: 60, Faults: simulate.Heavy, Dir: t.TempDir(), History: &history})
		if err != nil {
			t.Fatalf("%v\n%s", err, history.String())
		}
		return history.String(), r
	}
	a, ra := play()
	b, rb := play()
	t.Log(a)
	if a != b || ra.Digest != rb.Digest || ra.Head != rb.Head {
		_ = os.WriteFile("/tmp/plan/a.txt", []byte(a), 0o600)
		_ = os.WriteFile("/tmp/plan/b.txt", []byte(b), 0o600)
		t.Fatal("differ")
	}
	if len(ra.Violations) > 0 {
		t.Fatal(ra.Violations)
	}
}

func seed() uint64 {
	n, _ := strconv.ParseUint(os.Getenv("SEED"), 10, 64)
	return n
}
