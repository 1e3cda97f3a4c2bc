package audit

import (
	"fmt"
	"math/big"
	"strings"
)

// transferFile is a transfer file, read by its columns.
type transferFile struct {
	corporate, batch, valueDate string
	count, total                int64
	lines                       []transferLine
}

type transferLine struct {
	account, name, reference string
	amount                   int64
}

// readTransfer reads a transfer file, and says what is wrong with it.
func readTransfer(data string) (f transferFile, err error) {
	body, ok := strings.CutSuffix(data, "\r\n")
	if !ok {
		return f, fmt.Errorf("it does not end with a line end")
	}
	lines := strings.Split(body, "\r\n")
	for i, l := range lines {
		if len(l) != 160 {
			return f, fmt.Errorf("line %d has %d bytes", i+1, len(l))
		}
	}
	last := len(lines) - 1
	if last < 1 || lines[0][:3] != "H01" || lines[last][0] != 'T' {
		return f, fmt.Errorf("its header or its trailer is missing")
	}
	h, t := lines[0], lines[last]
	f.corporate, f.batch, f.valueDate = cut(h, 4, 10), cut(h, 14, 20), h[47:55]
	hash := new(big.Int)
	for i, l := range lines[1:last] {
		if l[0] != 'D' || number(l[1:9]) != int64(i+1) || !digitsAt(l, 10, 15) || !digitsAt(l, 65, 17) {
			return f, fmt.Errorf("line %d: %q", i+2, l)
		}
		d := transferLine{account: l[9:24], name: cut(l, 25, 40), amount: number(l[64:81]), reference: cut(l, 82, 20)}
		f.lines = append(f.lines, d)
		f.count++
		f.total += d.amount
		hash.Add(hash, big.NewInt(number(d.account)))
	}
	hash.Mod(hash, big.NewInt(1_000_000_000_000_000_000))
	switch {
	case number(h[73:81]) != f.count || number(h[81:98]) != f.total || h[70:73] != "IDR" || cut(h, 99, 10) != "PREMI":
		return f, fmt.Errorf("its header says %q", h)
	case number(t[1:9]) != f.count || number(t[9:26]) != f.total || number(t[26:44]) != hash.Int64():
		return f, fmt.Errorf("its trailer says %q", t)
	}
	return f, nil
}
