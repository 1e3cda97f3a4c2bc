// Package reconcile says what does not tie.
//
// It holds the rules by which an answer of the bank is matched to the deposit
// that it answers, the kinds of mismatch with their words, the proof, and the
// report as a value. It reads the books through package ledger's types.
//
// It refuses to do I/O of its own, to guess (a suggestion is for people and is
// never posted), and to render: that is what package report is for.
package reconcile
