// Package ledger keeps the books: rosters, wage sheets, deposits, batches,
// the bank's answers, mismatches, decisions and the journal. It is the only
// durable state of Bekal.
//
// Every table is append-only: triggers refuse to change or delete a row, and a
// correction is a new row with a reason. One transaction holds a state change,
// its journal entries and its event, and extends a SHA-256 chain over all that
// it added; Verify recomputes the chain, the balances and the control totals.
//
// The package refuses to judge (package reconcile does), to read a bank's
// bytes (package formats does), to take an amount that is not integer sen, and
// to let SQL out: all of it stays here.
package ledger
