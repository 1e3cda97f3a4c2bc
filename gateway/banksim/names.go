package banksim

import (
	"cmp"
	"fmt"
	"strings"
)

// Names are how the files are called.
type Names struct {
	Transfer string // {batch} stands for the batch's reference
	// In the answers, * stands for the batch's reference, in returns for a
	// date, with a number behind it where there may be several.
	Acknowledgement, Settlement, Return string
}

// batchInName stands in the name of transfer files.
const batchInName = "{batch}"

func (n Names) complete() (Names, error) {
	n = Names{Transfer: cmp.Or(n.Transfer, batchInName+".TRF"), Acknowledgement: cmp.Or(n.Acknowledgement, "*.ACK"),
		Settlement: cmp.Or(n.Settlement, "*.STL"), Return: cmp.Or(n.Return, "RET*.STL")}
	if strings.Count(n.Transfer, batchInName) != 1 {
		return n, fmt.Errorf("banksim: name of transfer files %q: it must hold %s once", n.Transfer, batchInName)
	}
	for _, pattern := range []string{n.Acknowledgement, n.Settlement, n.Return} {
		if strings.Count(pattern, "*") != 1 {
			return n, fmt.Errorf("banksim: name of answers %q: it must hold * once", pattern)
		}
	}
	return n, nil
}

// isTransfer says whether the bank takes a file of this name.
func (n Names) isTransfer(name string) bool {
	before, after, _ := strings.Cut(n.Transfer, batchInName)
	return len(name) > len(before)+len(after) && strings.HasPrefix(name, before) && strings.HasSuffix(name, after)
}

// stem is the batch reference after which a file is named, as the bank keeps
// it: a second file of one name has a number behind it.
func (n Names) stem(kept string) string {
	before, after, _ := strings.Cut(n.Transfer, batchInName)
	reference := strings.TrimPrefix(kept, before)
	if after == "" {
		after = "." // of that number: a reference has none
	}
	reference, _, _ = strings.Cut(reference, after)
	return reference
}

// acknowledgement is the name of the answer about a file as a whole.
func (n Names) acknowledgement(batch string) string {
	return strings.Replace(n.Acknowledgement, "*", batch, 1)
}

// numbered is the form of names that are told apart by a number.
func numbered(pattern, about string) string { return strings.Replace(pattern, "*", about+"-%02d", 1) }
