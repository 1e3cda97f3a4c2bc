// Package sftptest checks that the transport of gateway/sftp and a server get
// on with one another, in good times and bad.
//
// Run is the conformance suite: every server that Bekal means to talk to (a
// real OpenSSH, the simulated bank, others later) passes it. StartOpenSSH
// starts a real sshd on loopback, and Proxy stands between client and server
// and cuts, stalls, delays and resets the connection at byte offsets.
//
// It is for tests only and listens on loopback only.
package sftptest
