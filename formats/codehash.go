package formats

// codeHash finds a word among those of a code list with one multiplication:
// the multiplier is chosen, when the layout is compiled, so that no two words
// meet.
type codeHash struct {
	multiplier uint64
	shift      uint8
	table      []uint16 // place of a word in the list, +1
	words      []uint64
}

// maxHashed is the most codes that a hash is sought for; more are looked up in
// a map.
const maxHashed = 250

// maxHashBits bounds the table, so that it stays in the cache.
const maxHashBits = 13

// newCodeHash finds a hash without collisions; nil when there is none.
func newCodeHash(words []uint64) *codeHash {
	if len(words) > maxHashed {
		return nil
	}
	seen := make(map[uint64]bool, len(words))
	for _, w := range words {
		if seen[w] {
			return nil
		}
		seen[w] = true
	}
	random := uint64(1)
	for bits := 1; bits <= maxHashBits; bits++ {
		if 1<<bits < len(words) {
			continue
		}
		h := &codeHash{shift: uint8(64 - bits), table: make([]uint16, 1<<bits), words: words}
		for range 100 {
			// The steps of splitmix64: any sequence of odd numbers will do, but
			// it must be the same each time.
			random += 0x9E3779B97F4A7C15
			z := (random ^ random>>30) * 0xBF58476D1CE4E5B9
			z = (z ^ z>>27) * 0x94D049BB133111EB
			h.multiplier = (z ^ z>>31) | 1
			if h.fits() {
				return h
			}
		}
	}
	return nil
}

// fits fills the table; it is false when two words meet.
func (h *codeHash) fits() bool {
	clear(h.table)
	for i, w := range h.words {
		at := w * h.multiplier >> h.shift
		if h.table[at] != 0 {
			return false
		}
		h.table[at] = uint16(i + 1)
	}
	return true
}

// find is the place of a word in the list, or noCode.
func (h *codeHash) find(w uint64) int {
	i := int(h.table[w*h.multiplier>>h.shift]) - 1
	if i >= 0 && h.words[i] == w {
		return i
	}
	return noCode
}
