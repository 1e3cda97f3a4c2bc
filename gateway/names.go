package gateway

import (
	"cmp"
	"path"
	"strings"

	"bekal/reconcile/ledger"
)

// BatchInName stands in the name of transfer files for the batch's reference.
const BatchInName = "{batch}"

// Names are how the files of a bank are called. What is empty is as in
// DefaultNames.
type Names struct {
	// Transfer holds BatchInName once: the reference makes the name one that is
	// never used for anything else.
	Transfer string
	// Patterns of path.Match for what the bank puts into its folder; capitals
	// and small letters are the same. A name that fits Return is no settlement.
	Acknowledgement, Settlement, Return string
}

// DefaultNames are the names in which the layouts that come with Bekal are
// used.
func DefaultNames() Names {
	return Names{Transfer: BatchInName + ".TRF", Acknowledgement: "*.ACK", Settlement: "*.STL", Return: "RET*.STL"}
}

func (n Names) complete() Names {
	d := DefaultNames()
	return Names{Transfer: cmp.Or(n.Transfer, d.Transfer), Acknowledgement: cmp.Or(n.Acknowledgement, d.Acknowledgement),
		Settlement: cmp.Or(n.Settlement, d.Settlement), Return: cmp.Or(n.Return, d.Return)}
}

// transfer is the name of a batch's transfer file.
func (n Names) transfer(reference string) string {
	return strings.Replace(n.complete().Transfer, BatchInName, reference, 1)
}

// batchOf is the batch of whose transfer file that is the name; ok is false for
// other names.
func (n Names) batchOf(name string) (reference string, ok bool) {
	before, after, _ := strings.Cut(n.complete().Transfer, BatchInName)
	if len(name) <= len(before)+len(after) || !strings.HasPrefix(name, before) || !strings.HasSuffix(name, after) {
		return "", false
	}
	return name[len(before) : len(name)-len(after)], true
}

// kindOf says what a file of the bank is, by its name; ok is false for a name
// that is none of ours.
func (n Names) kindOf(name string) (kind ledger.FileKind, ok bool) {
	if strings.HasPrefix(name, ".") || strings.HasSuffix(name, partSuffix) {
		return "", false // whoever writes it has not finished
	}
	n = n.complete()
	for _, k := range []struct {
		pattern string
		kind    ledger.FileKind
	}{{n.Acknowledgement, ledger.AcknowledgementFile}, {n.Return, ledger.ReturnFile}, {n.Settlement, ledger.SettlementFile}} {
		// The configuration takes no pattern that path.Match does not.
		if fits, err := path.Match(strings.ToUpper(k.pattern), strings.ToUpper(name)); err == nil && fits {
			return k.kind, true
		}
	}
	return "", false
}
