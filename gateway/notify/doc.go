// Package notify tells people how a night went, through as many channels as
// are configured: the log, a program, electronic mail. A new channel is a file
// here and a line in the wiring.
//
// A channel is given a finished [Message] and carries it; it decides nothing
// and composes nothing. Each has a deadline, so that a dead mail server cannot
// hold up the night, and one that fails does not stop the others ([All]).
//
// The package refuses to carry account numbers: what looks like one is masked
// on the way out, since messages travel further than the books do. It refuses
// to send mail unencrypted, except to a server on this machine.
package notify
