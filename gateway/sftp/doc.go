// Package sftp carries files to and from one bank: one SFTP connection over
// SSH, dialled, used for one night's work, and closed.
//
// What it promises:
//
//   - Every wait ends. A request has RequestTimeout, a listing 20 times that, a
//     transfer has StallTimeout without progress, dialling has DialTimeout, and the
//     caller's context stands above them all. When one of them runs out the
//     connection is closed, since SFTP has no way to take a request back, and
//     the error is temporary.
//   - Permanent and temporary failures are told apart ([Error.Temporary]), and
//     an authentication failure can be told from both ([Error.Authentication]):
//     repeating it would lock the account at the bank. A password is sent at
//     most once for each Dial, and one that the server doesn't answer counts as
//     refused.
//   - The server is known. Its host key must be pinned in a known_hosts file
//     ([Pin]); two pinned keys, the present one and a staged next one, are both
//     accepted.
//   - Nothing outdated is used, for the line, the host key or our own key, but
//     what [Options].AllowLegacy names; and that is warned about.
//   - Sizes are checked, counts are not trusted. An upload is measured on the
//     server afterwards, a download is compared with the size before and
//     after, so a file that is still growing is an error and not half a file.
//   - A rename never overwrites, as far as SFTP can promise it.
//   - Whatever the server says is bounded: listings, packets, downloads.
//
// What it refuses: to connect to a server whose host key is not pinned (no
// option turns that off), to follow symbolic links or names with a slash out of
// a listed folder, to say whether a rename happened when its answer was lost
// (see [Error.Undecided]), to resume a transfer in the middle, and to try
// anything twice: one call is one attempt, and trying again is its caller's
// decision.
//
// The conformance suite that every server must pass is gateway/sftp/sftptest.
package sftp
