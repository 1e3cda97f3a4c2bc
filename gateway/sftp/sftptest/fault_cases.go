package sftptest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"time"

	"bekal/gateway/sftp"
)

// short is a patience that a test can wait for.
const short = 400 * time.Millisecond

// testCutUpload cuts uploads at several places; starting over always heals it.
func testCutUpload(b *bench) {
	content := random(3 << 20)
	proxy, o := b.proxied()
	for i, after := range []int64{0, 100, 40_000, 1 << 20, 3<<20 - 1} {
		conn := b.dialWith(o)
		act := []Act{Cut, Reset}[i%2]
		happened := proxy.Arm(Fault{Direction: ToServer, After: after, Act: act})
		b.soon(func() {
			b.fails(b.upload(b.Context(), conn, "NAME.part", content), true, sftp.ReasonNetwork)
		})
		<-happened
		_, err := conn.Stat(b.Context(), b.at("NAME.part"))
		b.fails(err, true, sftp.ReasonNetwork) // closed, and says so
	}
	if err := b.upload(b.Context(), b.dialWith(o), "NAME.part", content); err != nil {
		b.Fatal(err)
	}
	b.has("NAME.part", content)
}

func testCutDownload(b *bench) {
	content := random(3 << 20)
	b.put("file", content)
	proxy, o := b.proxied()
	for i, after := range []int64{0, 100, 40_000, 1 << 20, 3<<20 - 1} {
		conn := b.dialWith(o)
		act := []Act{Reset, Cut}[i%2]
		happened := proxy.Arm(Fault{Direction: FromServer, After: after, Act: act})
		b.soon(func() {
			_, err := conn.Download(b.Context(), b.at("file"), io.Discard, limit)
			b.fails(err, true, sftp.ReasonNetwork)
		})
		<-happened
	}
	var got bytes.Buffer
	if _, err := b.dialWith(o).Download(b.Context(), b.at("file"), &got, limit); err != nil {
		b.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), content) {
		b.Error("the file came back otherwise")
	}
}

// testCutRename cuts the line at every few bytes of a rename, either way.
// Whatever the error says must be true, the file has one name afterwards, and
// both outcomes of an undecided one are seen.
func testCutRename(b *bench) {
	content := random(1000)
	var undecidedDone, undecidedNot int
	proxy, o := b.proxied()
	for _, way := range []Direction{ToServer, FromServer} {
		for after := int64(0); ; after += 36 {
			if after > 10_000 {
				b.Fatal("the cut never comes too late")
			}
			b.put("NAME.part", content)
			conn := b.dialWith(o)
			proxy.Arm(Fault{Direction: way, After: after, Act: Cut})
			err := conn.Rename(b.Context(), b.at("NAME.part"), b.at("NAME"))
			proxy.Disarm()
			// Another connection's round trip comes after the server saw the end.
			look := b.dial()
			if err := conn.Close(); err != nil {
				b.Error(err)
			}
			done := !b.exists("NAME.part")
			if done != b.exists("NAME") {
				b.Fatalf("cut after %d bytes: old name there %v, new name there %v", after, !done, !done)
			}
			if err != nil {
				e := b.fails(err, true, sftp.ReasonNetwork)
				switch {
				case done && !e.Undecided():
					b.Fatalf("it has happened, and the error is: %v", err)
				case e.Undecided() && done:
					undecidedDone++
				case e.Undecided():
					undecidedNot++
				}
			} else if !done {
				b.Fatal("no error, and not renamed")
			}
			if done {
				if err := look.Remove(b.Context(), b.at("NAME")); err != nil {
					b.Fatal(err)
				}
			}
			if err == nil {
				break
			}
		}
	}
	if undecidedDone == 0 || undecidedNot == 0 {
		b.Errorf("undecided and done: %d, undecided and not done: %d; want some of both", undecidedDone, undecidedNot)
	}
}

// testCutRequest breaks the line at every few bytes of a request that is not a
// rename, either way: the error says that it may be tried again, nothing is
// taken for an answer that is not one, and over another connection it goes well.
func testCutRequest(b *bench) {
	proxy, o := b.proxied()
	for _, c := range []struct {
		what string
		run  func(*sftp.Conn) error
	}{
		{"list", func(c *sftp.Conn) error {
			files, err := c.List(b.Context(), b.remote)
			if err == nil && len(files) != 1 || err != nil && files != nil {
				b.Errorf("listed: %v, %v", files, err)
			}
			return err
		}},
		{"stat", func(c *sftp.Conn) error {
			info, err := c.Stat(b.Context(), b.at("file"))
			if err == nil && info.Size() != 4711 {
				b.Errorf("size %d", info.Size())
			}
			return err
		}},
		{"remove", func(c *sftp.Conn) error { return c.Remove(b.Context(), b.at("file")) }},
	} {
		cuts := 0
		for _, way := range []Direction{ToServer, FromServer} {
			for after := int64(0); ; after += 72 {
				if after > 10_000 {
					b.Fatal("the cut never comes too late")
				}
				b.put("file", make([]byte, 4711))
				conn := b.dialWith(o)
				proxy.Arm(Fault{Direction: way, After: after, Act: []Act{Cut, Reset}[cuts%2]})
				err := c.run(conn)
				proxy.Disarm()
				// Another connection's round trip comes after the server saw the end.
				_, lookErr := b.dial().Stat(b.Context(), b.at("file"))
				gone := errors.Is(lookErr, fs.ErrNotExist)
				if err == nil {
					if gone != (c.what == "remove") {
						b.Errorf("%s: no error, and the file is gone: %v", c.what, gone)
					}
					break
				}
				cuts++
				if e := b.fails(err, true, sftp.ReasonNetwork); gone && !e.Undecided() {
					b.Errorf("%s has happened, and the error is: %v", c.what, err)
				}
			}
		}
		if cuts < 3 {
			b.Errorf("%s was cut %d times", c.what, cuts)
		}
	}
}

func testCutDial(b *bench) {
	proxy, o := b.proxied()
	for after := int64(0); after < 4000; after += 500 {
		for _, way := range []Direction{ToServer, FromServer} {
			happened := proxy.Arm(Fault{Direction: way, After: after, Act: Cut})
			conn, err := sftp.Dial(b.Context(), o)
			if err != nil {
				b.fails(err, true, sftp.ReasonNetwork)
				continue
			}
			proxy.Disarm()
			select {
			case <-happened:
				b.Errorf("cut after %d bytes, and connected", after)
			default: // the whole of it is shorter
			}
			if err := conn.Close(); err != nil {
				b.Error(err)
			}
		}
	}
	proxy.Disarm()
	b.soon(func() {
		proxy.Arm(Fault{Direction: FromServer, After: 700, Act: Stall})
		o.DialTimeout = short
		err := b.refused(o)
		b.fails(err, true, sftp.ReasonTimeout)
	})
}

func testStalledUpload(b *bench) {
	proxy, o := b.proxied()
	o.StallTimeout = short
	for _, after := range []int64{1000, 2 << 20} {
		conn := b.dialWith(o)
		proxy.Arm(Fault{Direction: ToServer, After: after, Act: Stall})
		b.soon(func() {
			b.fails(b.upload(b.Context(), conn, "file", random(16<<20)), true, sftp.ReasonTimeout)
		})
	}
}

func testStalledDownload(b *bench) {
	proxy, o := b.proxied()
	o.StallTimeout = short
	b.put("file", random(8<<20))
	conn := b.dialWith(o)
	proxy.Arm(Fault{Direction: FromServer, After: 1 << 20, Act: Stall})
	b.soon(func() {
		_, err := conn.Download(b.Context(), b.at("file"), io.Discard, limit)
		b.fails(err, true, sftp.ReasonTimeout)
	})
}

func testStalledRequest(b *bench) {
	proxy, o := b.proxied()
	o.RequestTimeout = short
	b.put("file", []byte("x"))
	for _, c := range []struct {
		what string
		run  func(*sftp.Conn) error
	}{
		{"list", func(c *sftp.Conn) error { _, err := c.List(b.Context(), b.remote); return err }},
		{"stat", func(c *sftp.Conn) error { _, err := c.Stat(b.Context(), b.at("file")); return err }},
		{"rename", func(c *sftp.Conn) error { return c.Rename(b.Context(), b.at("file"), b.at("other")) }},
		{"remove", func(c *sftp.Conn) error { return c.Remove(b.Context(), b.at("file")) }},
		{"open", func(c *sftp.Conn) error {
			_, err := c.Download(b.Context(), b.at("file"), io.Discard, limit)
			return err
		}},
	} {
		conn := b.dialWith(o)
		proxy.Arm(Fault{Direction: ToServer, Act: Stall})
		b.soon(func() {
			if err := c.run(conn); err == nil {
				b.Errorf("%s: no error", c.what)
			} else {
				b.fails(err, true, sftp.ReasonTimeout)
			}
		})
	}
	if !b.exists("file") {
		b.Error("the file is gone, though nothing reached the server")
	}
}

// testSlowLine: slow is not stalled, however long it takes in all.
func testSlowLine(b *bench) {
	proxy, o := b.proxied()
	o.StallTimeout, o.RequestTimeout = 4*short, 4*short
	conn := b.dialWith(o)
	proxy.Delay(20 * time.Millisecond)
	content := random(1 << 20)
	if err := b.upload(b.Context(), conn, "file", content); err != nil {
		b.Fatal(err)
	}
	b.has("file", content)
	if _, err := conn.Download(b.Context(), b.at("file"), io.Discard, limit); err != nil {
		b.Error(err)
	}
}

// cancelling cancels when a part of it was read.
type cancelling struct {
	io.Reader
	left   int
	cancel func()
}

func (c *cancelling) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if c.left -= n; c.left <= 0 {
		c.cancel()
	}
	return n, err
}

func testCancelledUpload(b *bench) {
	conn := b.dial()
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	content := random(32 << 20)
	b.soon(func() {
		err := conn.Upload(ctx, b.at("file"), &cancelling{bytes.NewReader(content), 1 << 20, cancel}, int64(len(content)))
		if b.fails(err, true, sftp.ReasonCancelled); !errors.Is(err, context.Canceled) {
			b.Errorf("error is %v", err)
		}
	})
	conn = b.dial()
	deadline, stop := context.WithTimeout(b.Context(), time.Nanosecond)
	defer stop()
	_, err := conn.List(deadline, b.remote)
	b.fails(err, true, sftp.ReasonTimeout)
}
