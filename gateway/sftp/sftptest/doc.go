// Package sftptest checks that the transport of gateway/sftp and a server get
// on with one another, in good times and bad.
//
// Run is the conformance suite, and a Kind a kind of server that it runs
// against: OpenSSH and ProFTPD, which are started here as the real programs that
// they are, and others that tests bring along. Each case says what it wants of
// a server (no posix-rename, a quota, a password beside the key, nothing but
// outdated algorithms), and each kind says which cases it can't be made to take
// part in, and why. RunAll runs several kinds and makes sure that no case was
// left out unnoticed.
//
// Proxy stands between client and server and cuts, pauses, stalls, delays and
// resets the connection at byte offsets. Two small models of what the gateway
// does, a delivery and a collection, are put through such faults at places all
// over the conversation. OverSlowLine puts a proxy before a kind of server, and
// with it the whole suite.
//
// It is for tests only and listens on loopback only. Servers run in folders of
// their own and touch neither the machine's users nor its configuration.
package sftptest
