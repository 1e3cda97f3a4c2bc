package intake

import (
	"encoding/binary"
	"hash/maphash"
)

// seen remembers exactly which keys stood in which row, for a million rows in
// some 25 MB: a map of strings would take four times as much, and would keep
// every row alive that a key is a part of. Keys and rows lie one behind the
// other in chunks; an open table of positions finds them.
type seen struct {
	seed   maphash.Seed
	chunks [][]byte
	tags   []uint8 // 7 bits of the hash with the high bit set; 0 is a free slot
	at     []uint32
	count  int
}

// A position counts from the first chunk in units of seenAlign bytes, so that 32
// bits reach 16 GiB.
const (
	seenChunk = 1 << 20
	seenAlign = 4
)

func newSeen() *seen {
	return &seen{seed: maphash.MakeSeed(), tags: make([]uint8, 1<<10), at: make([]uint32, 1<<10)}
}

// add returns the row that key stood in before, or remembers it and returns 0. A
// key has 1 to 255 bytes.
func (s *seen) add(key string, row int) int {
	h := maphash.String(s.seed, key)
	tag := tagOf(h)
	mask := uint64(len(s.tags) - 1)
	i := h & mask
	for ; s.tags[i] != 0; i = (i + 1) & mask {
		if s.tags[i] != tag {
			continue
		}
		if k, r, _ := s.entry(int(s.at[i]) * seenAlign); string(k) == key {
			return r
		}
	}
	s.tags[i], s.at[i] = tag, s.keep(key, row)
	s.count++
	if s.count > len(s.tags)/4*3 {
		s.grow()
	}
	return 0
}

func tagOf(h uint64) uint8 { return uint8(h>>57) | 0x80 }

// keep appends an entry: the key's length, the key, the row.
func (s *seen) keep(key string, row int) uint32 {
	last := len(s.chunks) - 1
	if last < 0 || cap(s.chunks[last])-len(s.chunks[last]) < 1+len(key)+binary.MaxVarintLen64+seenAlign {
		s.chunks = append(s.chunks, make([]byte, 0, seenChunk))
		last++
	}
	c := s.chunks[last]
	position := last*seenChunk + len(c)
	c = append(c, byte(len(key)))
	c = append(c, key...)
	c = binary.AppendUvarint(c, uint64(row))
	for len(c)%seenAlign != 0 {
		c = append(c, 0)
	}
	s.chunks[last] = c
	return uint32(position / seenAlign)
}

// entry reads the entry at a position and returns the length that it takes up.
func (s *seen) entry(position int) (key []byte, row, size int) {
	c := s.chunks[position/seenChunk][position%seenChunk:]
	n := int(c[0])
	key = c[1 : 1+n]
	r, m := binary.Uvarint(c[1+n:])
	size = (1 + n + m + seenAlign - 1) / seenAlign * seenAlign
	return key, int(r), size
}

// grow doubles the table. The entries are read in the order in which they lie.
func (s *seen) grow() {
	size := len(s.tags) * 2
	s.tags, s.at = make([]uint8, size), make([]uint32, size)
	mask := uint64(size - 1)
	for n, c := range s.chunks {
		for from := 0; from < len(c); {
			position := n*seenChunk + from
			key, _, length := s.entry(position)
			h := maphash.Bytes(s.seed, key)
			i := h & mask
			for s.tags[i] != 0 {
				i = (i + 1) & mask
			}
			s.tags[i], s.at[i] = tagOf(h), uint32(position/seenAlign)
			from += length
		}
	}
}
