package report

import "bekal/reconcile/ledger"

// printedDigits is how much of the chain's head a person has to type: 80 bits,
// in five groups of four. The whole head stands beside it.
const printedDigits = 20

// short is the beginning of a head as it is read and typed: 9f2c 7a10 b4e8 ...
func short(head string) string {
	return visible(ledger.GroupHead(head[:min(len(head), printedDigits)]))
}

// check is the command that tells whether the books still are the ones of this
// report.
func check(head string) string {
	if head == "" {
		return ""
	}
	return "bekal ledger verify --head " + short(head)
}
