// Package banksim is a simulated bank behind a real SSH and SFTP server, for
// the demo, the tests and the benchmark.
//
// Start opens a server on a loopback address and a seeded bank behind it. The
// client uploads transfer files to the outbox; at Work (one working pass of
// the bank) the bank takes them, checks them fully, credits the deposits in
// books of its own, and writes acknowledgement, settlement and return files to
// the inbox, with as many faults of each kind as Options.Faults asks for.
// Books tells what the bank really did, so that a test can hold what Bekal
// reports against the truth.
//
// The same seed, the same files and the same clock give the same bytes: every
// decision about a deposit depends on the seed and on its payment reference
// alone, not on the order in which deposits arrive. The bank's memory is a
// journal in the folder .bank below Root, which the server never shows; a bank
// started again on the same Root goes on where the last one stopped, also
// after a crash in the middle of a pass.
//
// It speaks the layouts that it is given, under the names of files that it is
// given: it finds fields by the names that Bekal uses, leaves out those that
// only some banks have, and says what it has to say by the codes of the layout
// that mean it.
//
// Troubles of the connection (hanging, dropping, refusing, a full disk) are
// armed with Arm.
//
// It refuses to listen on anything but a loopback address, reads no
// configuration, and is started by code alone, so that nobody can take it for
// a bank by mistake. It refuses to be lenient: a transfer file with one fault
// is refused whole.
package banksim
