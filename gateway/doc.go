// Package gateway moves what has to move, at night and unattended.
//
// A Night is one pass over the steps recover, collect, reconcile, compose,
// deliver, report and notify. Every step is durable and may be run again after
// a crash at any point; a bank, a batch or a file that fails does not stop the
// others, and the night then ends degraded.
//
// The package declares the interfaces of what it uses (a transport, a calendar,
// a notifier) and knows no implementation of them: its subpackages do not know
// it, nor one another. It refuses to send a batch again whose fate it does not
// know, to overwrite anything at the bank, and to post anything of a file that
// does not agree with its own totals.
package gateway
