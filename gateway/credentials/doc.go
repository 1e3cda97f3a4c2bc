// Package credentials says where secrets come from: SSH keys, their
// passphrases, and passwords, each in a file of its own that only its owner
// may read.
//
// It is write-only from outside. IT puts a key or a password in place and has
// the program prove that it works; nothing here shows one again. A [Secret]
// prints as a placeholder whatever it is printed with, even deep inside
// another value, and its text is only lent to a function that hands it on to a
// login.
//
// The package refuses files that others can read, keys that are too weak, and
// to guess: a public key, a PuTTY key or an encrypted key without its
// passphrase is named as what it is, with what to do about it.
package credentials
