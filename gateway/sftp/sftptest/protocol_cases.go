package sftptest

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"bekal/gateway/sftp"
)

// errTaken is an attempt's own complaint: a name is there that must not be.
var errTaken = errors.New("both names are there")

// delivery carries a file to the bank by the steps that "exactly once" rests
// on, as the gateway does. It is a model: it keeps its book in memory.
type delivery struct {
	content []byte
	staged  bool
}

// attempt goes on from wherever the attempts before it have come to.
func (d *delivery) attempt(b *bench, o sftp.Options) error {
	conn, err := sftp.Dial(b.Context(), o)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if !d.staged {
		switch _, err := conn.Stat(b.Context(), b.at("NAME")); {
		case err == nil:
			return errTaken
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
		if err := b.upload(b.Context(), conn, "NAME.part", d.content); err != nil {
			return err
		}
		d.staged = true
	}
	_, part := conn.Stat(b.Context(), b.at("NAME.part"))
	_, final := conn.Stat(b.Context(), b.at("NAME"))
	for _, err := range []error{part, final} {
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	switch {
	case part == nil && final == nil:
		return errTaken
	case part == nil:
		return conn.Rename(b.Context(), b.at("NAME.part"), b.at("NAME"))
	case final == nil:
		return nil // the witness: it has happened
	}
	return errors.New("both names are gone")
}

// check is what must be true after every attempt, however it ended.
func (d *delivery) check(b *bench) {
	got, err := os.ReadFile(filepath.Join(b.local, "NAME"))
	if err == nil && !bytes.Equal(got, d.content) {
		b.Fatalf("half a file under the final name: %d bytes of %d", len(got), len(d.content))
	}
}

// done is what must be true in the end.
func (d *delivery) done(b *bench) {
	b.has("NAME", d.content)
	b.holds("NAME")
	if err := os.Remove(filepath.Join(b.local, "NAME")); err != nil {
		b.Fatal(err)
	}
}

// collection fetches a file of the bank and then moves it out of the way.
type collection struct {
	content []byte
	archive []byte // what was fetched as a whole
}

func (c *collection) attempt(b *bench, o sftp.Options) error {
	conn, err := sftp.Dial(b.Context(), o)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	files, err := conn.List(b.Context(), b.remote)
	if err != nil {
		return err
	}
	if len(files) == 0 && c.archive != nil {
		return nil // moved
	}
	if len(files) != 1 {
		return fmt.Errorf("%d files are listed", len(files))
	}
	var got bytes.Buffer
	if _, err := conn.Download(b.Context(), b.at(files[0].Name()), &got, limit); err != nil {
		return err
	}
	switch info, err := conn.Stat(b.Context(), b.at(files[0].Name())); {
	case err != nil:
		return err
	case info.Size() != files[0].Size() || info.Size() != int64(got.Len()):
		return fmt.Errorf("listed with %d bytes, now %d, got %d", files[0].Size(), info.Size(), got.Len())
	}
	c.archive = got.Bytes()
	return conn.Rename(b.Context(), b.at(files[0].Name()), b.at("done/FILE"))
}

func (c *collection) check(b *bench) {
	if c.archive != nil && !bytes.Equal(c.archive, c.content) {
		b.Fatalf("%d bytes were taken for the file, which has %d", len(c.archive), len(c.content))
	}
}

func (c *collection) done(b *bench) {
	b.holds("done")
	b.has("done/FILE", c.content)
	if c.archive == nil {
		b.Fatal("it was moved, and not fetched")
	}
	if err := os.Rename(filepath.Join(b.local, "done/FILE"), filepath.Join(b.local, "FILE")); err != nil {
		b.Fatal(err)
	}
}

// holds checks which names are in the case's folder, and that there are no
// others.
func (b *bench) holds(want ...string) {
	b.Helper()
	entries, err := os.ReadDir(b.local)
	if err != nil {
		b.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if !slices.Equal(names, want) {
		b.Fatalf("the folder holds %q, want %q", names, want)
	}
}

func testFaultsInDelivery(b *bench) {
	content := random(300_000)
	b.survives(func() protocol { return &delivery{content: content} })
}

func testFaultsInCollection(b *bench) {
	content := random(300_000)
	b.put("FILE", content)
	b.mkdir(filepath.Join(b.local, "done"))
	b.survives(func() protocol { return &collection{content: content} })
}

// protocol is one of the two above.
type protocol interface {
	attempt(b *bench, o sftp.Options) error
	check(b *bench)
	done(b *bench)
}

// survives runs the protocol once undisturbed, to see how long the conversation
// is, and then again and again with one fault each, at places all over it and
// in either direction. After each fault what is promised must hold, the outcome
// must be a failure that may be tried again, and the next attempt must finish.
func (b *bench) survives(begin func() protocol) {
	proxy, o := b.proxied()
	p := begin()
	if err := p.attempt(b, o); err != nil {
		b.Fatal(err)
	}
	p.check(b)
	p.done(b)
	length := map[Direction]int64{ToServer: proxy.Carried(ToServer), FromServer: proxy.Carried(FromServer)}
	acts := []Act{Cut, Reset, Cut, Reset, Pause, Cut, Reset, Stall}
	failed, number := 0, 0
	for _, way := range []Direction{ToServer, FromServer} {
		for i, after := range b.places(length[way]) {
			act := acts[i%len(acts)]
			number++
			p := begin()
			impatient := o
			if act == Stall {
				impatient.DialTimeout, impatient.RequestTimeout, impatient.StallTimeout = short, short, short
			}
			proxy.Arm(Fault{Direction: way, After: after, Act: act})
			var err error
			b.soon(func() { err = p.attempt(b, impatient) })
			proxy.Disarm()
			p.check(b)
			what := fmt.Sprintf("act %d after byte %d of %d, direction %d", act, after, length[way], way)
			if err != nil {
				failed++
				b.fails(err, true, sftp.ReasonNetwork, sftp.ReasonTimeout)
				if act == Pause {
					b.Fatalf("%s: %v", what, err)
				}
				if err := p.attempt(b, o); err != nil {
					b.Fatalf("%s: the attempt after it: %v", what, err)
				}
				p.check(b)
			}
			p.done(b)
			if b.Failed() {
				b.Fatal(what)
			}
		}
	}
	// Every eighth fault is only a pause, and the last bytes of a conversation
	// may not be needed.
	if failed < number*2/3 {
		b.Errorf("of %d faults %d were felt", number, failed)
	}
}

// places chooses places in a conversation: a third of them where it begins (key
// exchange and login), a third over all of it, a third where it ends (the
// rename). Each test has others, and the same ones every time.
func (b *bench) places(length int64) []int64 {
	const each, beginning, end = 6, 5 << 10, 1 << 10
	name := fnv.New32a()
	_, _ = name.Write([]byte(b.Name()))
	phase := int64(name.Sum32() % 1000)
	var places []int64
	for _, part := range []struct{ from, to int64 }{
		{0, min(beginning, length)}, {0, length}, {max(0, length-end), length},
	} {
		step := (part.to - part.from) / each
		for i := range int64(each) {
			places = append(places, part.from+i*step+step*phase/1000)
		}
	}
	slices.Sort(places)
	return slices.Compact(places)
}
