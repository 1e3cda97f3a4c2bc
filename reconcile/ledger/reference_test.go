package ledger

import (
	"regexp"
	"testing"

	"pgregory.net/rapid"
)

func TestReference(t *testing.T) {
	form := regexp.MustCompile(`^[A-Z0-9]{1,20}$`)
	rapid.Check(t, func(t *rapid.T) {
		facility := rapid.StringMatching(`[A-Z0-9]{2,6}`).Draw(t, "facility")
		mark := rapid.StringMatching(`[0-9A-HJKMNP-TV-Z]{2}`).Draw(t, "mark")
		id := rapid.Int64Range(1, 1<<(5*idDigits)-1).Draw(t, "id")
		ref := string(appendReference(nil, facility, mark, id))
		if !form.MatchString(ref) {
			t.Fatalf("%q", ref)
		}
		got, err := DepositID(ref)
		if err != nil || got != id {
			t.Fatalf("%s holds %d (%v), want %d", ref, got, err, id)
		}
		// Any one wrong character is found.
		i := rapid.IntRange(0, len(ref)-1).Draw(t, "at")
		c := rapid.SampledFrom([]byte("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")).Draw(t, "c")
		if c != ref[i] {
			wrong := []byte(ref)
			wrong[i] = c
			if _, err := DepositID(wrong); err == nil {
				t.Fatalf("%s passes for %s", wrong, ref)
			}
		}
	})
}

// Of two neighbours exchanged, the check character finds all but a few.
func TestReferenceExchanges(t *testing.T) {
	ref := appendReference(nil, "PWK", "01", 987654321)
	tried, missed := 0, 0
	for id := int64(1); id < 20000; id++ {
		ref = appendReference(ref[:0], "PWK", "01", id*1000003%(1<<40))
		for i := 1; i < len(ref); i++ {
			if ref[i] == ref[i-1] {
				continue
			}
			ref[i], ref[i-1] = ref[i-1], ref[i]
			if tried++; CheckCharacter(ref[:len(ref)-1]) == ref[len(ref)-1] {
				missed++
			}
			ref[i], ref[i-1] = ref[i-1], ref[i]
		}
	}
	if tried == 0 || missed*100 > tried {
		t.Errorf("%d of %d exchanges pass", missed, tried)
	}
}

func TestReferencesSortAsTheirDeposits(t *testing.T) {
	before := ""
	for id := int64(1); id < 5000; id += 7 {
		ref := string(appendReference(nil, "PWK", "01", id))
		if ref <= before {
			t.Fatalf("%s after %s", ref, before)
		}
		before = ref
	}
}

func TestBatchReferenceFits(t *testing.T) {
	ref, err := batchReference("ABCDEF", "ZZ", "261123", 1<<20-1)
	if err != nil || len(ref) > 20 {
		t.Errorf("%q %v", ref, err)
	}
	if _, err := batchReference("PWK", "01", "261123", 1<<20); err == nil {
		t.Error("a batch number that does not fit was taken")
	}
	// A batch reference is never taken for a deposit's.
	if id, err := DepositID(ref); err == nil {
		t.Errorf("%s is taken for deposit %d", ref, id)
	}
}

func TestMoney(t *testing.T) {
	for m, want := range map[Money]string{0: "Rp 0,00", 1: "Rp 0,01", 123456700: "Rp 1.234.567,00", -5: "Rp -0,05", 99999: "Rp 999,99", 100000: "Rp 1.000,00", -1 << 63: "Rp -92.233.720.368.547.758,08"} {
		if got := m.String(); got != want {
			t.Errorf("%d: %s, want %s", int64(m), got, want)
		}
	}
	if _, err := Rupiah(1 << 62); err == nil {
		t.Error("an amount that does not fit was taken")
	}
}
