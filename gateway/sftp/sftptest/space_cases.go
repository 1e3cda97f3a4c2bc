package sftptest

import (
	"strings"

	"bekal/gateway/sftp"
)

// room is how many bytes a server that is short of it has.
const room = 128 << 10

// testFileLimit: a file that is larger than the server takes.
func testFileLimit(b *bench) { b.overflows() }

// testQuotaExceeded: a file for which the user's quota is too small.
func testQuotaExceeded(b *bench) { b.overflows() }

// overflows uploads more than there is room for. No server says that in the
// same way, and some take every byte and remove the file when it is closed:
// it is a failure that a person has to look at, and the connection lives on.
func (b *bench) overflows() {
	conn := b.dial()
	content := random(4 * room)
	if err := b.upload(b.Context(), conn, "NAME.part", content[:room/4]); err != nil {
		b.Fatal(err)
	}
	for range 2 {
		err := b.upload(b.Context(), conn, "NAME.part", content)
		e := b.fails(err, false, sftp.ReasonNoSpace, sftp.ReasonRefused)
		if hint := e.Hint(); !strings.Contains(hint, "space") && !strings.Contains(hint, "quota") {
			b.Errorf("hint %q doesn't speak of space", hint)
		}
	}
	if b.exists("NAME") {
		b.Error("it has got its name")
	}
	if b.wants.Quota == 0 {
		if err := b.upload(b.Context(), conn, "NAME.part", content[:room/4]); err != nil {
			b.Fatal(err)
		}
		b.has("NAME.part", content[:room/4])
	}
	if _, err := conn.List(b.Context(), b.remote); err != nil {
		b.Errorf("the connection is of no more use: %v", err)
	}
}
