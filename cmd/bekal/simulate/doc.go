// Package simulate drives the real night, ledger and transport through months
// of trouble in seconds, and lets an auditor look after every night.
//
// A course is one facility and one bank over many nights. The clock, the line
// to the bank and the durable steps of the books are the simulation's; all else
// is what runs in production: the SSH and SFTP client, SQLite, the archive, the
// layouts, the night. One seed decides everything that happens, and the same
// seed gives the same history, byte for byte, chain included.
//
// It knows nothing of what the books ought to say: that is the auditor's
// business (package audit). It refuses to talk to anything but its own bank.
package simulate
