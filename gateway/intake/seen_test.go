package intake

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// The set answers as a map does.
func TestSeenIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, model := newSeen(), map[string]int{}
		for row, key := range rapid.SliceOfN(rapid.StringMatching(`[ab]{1,6}|x{200,255}`), 0, 3000).Draw(t, "keys") {
			want := model[key]
			if want == 0 {
				model[key] = row + 1
			}
			if got := s.add(key, row+1); got != want {
				t.Fatalf("add(%q) = %d, want %d", key, got, want)
			}
		}
	})
}

func TestSeenOfAMillion(t *testing.T) {
	const n = 1_000_000
	s := newSeen()
	key := func(i int) string { return fmt.Sprintf("WBP-%07d", i) }
	for i := range n {
		if got := s.add(key(i), i+2); got != 0 {
			t.Fatalf("row %d was seen in row %d", i+2, got)
		}
	}
	for _, i := range []int{0, 1, 499_999, n - 1} {
		if got := s.add(key(i), n+9); got != i+2 {
			t.Errorf("key %d: row %d, want %d", i, got, i+2)
		}
	}
	if size := len(s.tags)*5 + len(s.chunks)*seenChunk; size > 32<<20 {
		t.Errorf("a million ids take %d bytes", size)
	}
}
