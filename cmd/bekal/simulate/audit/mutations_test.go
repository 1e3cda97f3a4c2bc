package audit_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"bekal/gateway/banksim"
)

// TestMutatedFiles: of files that were altered in every way, the auditor and the
// night believe the same ones, and follow them in the same way.
func TestMutatedFiles(t *testing.T) {
	t.Parallel()
	n := 4
	for seed := range uint64(n) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 1))
			o := open(t, banksim.Faults{})
			o.wages(12)
			o.night("ran")
			ref, d := o.sent(1)
			for range 2 {
				o.tomorrow()
				o.at(9, 0)
				for i := range 60 {
					// Each deposit once in a file; to the last three the money never
					// finds its way.
					var lines []says
					for _, n := range r.Perm(len(d))[:r.IntN(8)] {
						x := d[n]
						line := []says{x.rejected(), x.pending(), x.returned(), x.paid(), x.paid().of(5), x.paid().called("SIAPA")}[r.IntN(6)]
						if n > len(d)-4 && line.status == "00" {
							line = line.to("999000000000555")
						}
						lines = append(lines, line)
					}
					about := ref
					if r.IntN(4) == 0 {
						about = ""
					}
					data := stl(about, lines...)
					for range r.IntN(3) {
						data = mutate(r, data)
					}
					o.put(fmt.Sprintf("%s-%s%02d.STL", ref, o.day.Format("0102"), i), data)
					a := ack(ref, []string{"00", "06"}[r.IntN(2)], []string{"2001700", "4091701"}[r.IntN(2)], 12, 7800000)
					if i%10 == 0 {
						o.put(fmt.Sprintf("%s-%s%02d.ACK", ref, o.day.Format("0102"), i), mutate(r, a))
					}
				}
				o.night("ran")
			}
		})
	}
}

// mutate alters a file.
func mutate(r *rand.Rand, data []byte) []byte {
	data = bytes.Clone(data)
	if len(data) == 0 {
		return data
	}
	at := r.IntN(len(data))
	switch r.IntN(11) {
	case 0: // a byte is another one
		data[at] = []byte("0159XDHT \n\r\x00\xe9")[r.IntN(13)]
	case 1:
		data[at] = byte('0' + r.IntN(10))
	case 2: // cut off
		return data[:at]
	case 3: // a byte is lost
		return append(data[:at], data[at+1:]...)
	case 4: // a byte too many
		return append(data[:at], append([]byte{"A0 \r\n"[r.IntN(5)]}, data[at:]...)...)
	case 5: // a line is lost
		lines := bytes.SplitAfter(data, []byte("\n"))
		i := r.IntN(len(lines))
		return bytes.Join(append(lines[:i], lines[i+1:]...), nil)
	case 6: // a line is there twice, or two change places
		lines := bytes.SplitAfter(data, []byte("\n"))
		i, j := r.IntN(len(lines)), r.IntN(len(lines))
		lines[i], lines[j] = lines[j], lines[i]
		if r.IntN(2) == 0 {
			lines[i] = lines[j]
		}
		return bytes.Join(lines, nil)
	case 7: // another number
		line := r.IntN(max(1, len(data)/202))
		copy(data[min(len(data)-1, line*202+1):], fmt.Sprintf("%08d", r.IntN(9)))
	case 8: // a line end of Unix, or none
		return bytes.Replace(data, []byte("\r\n"), [][]byte{[]byte("\n"), nil, []byte("\r\n\r\n")}[r.IntN(3)], 1+r.IntN(2)*99)
	case 9: // the file, or its end, stands there once more, and again
		return bytes.Repeat(data, 2+r.IntN(30))
	case 10: // a column is spoilt from top to bottom
		for line := range len(data) / 202 {
			data[line*202+at%202] = 'x'
		}
	}
	return data
}
