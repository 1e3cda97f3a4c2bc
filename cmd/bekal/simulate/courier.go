package simulate

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// courier stands between the bank, which writes its answers into a folder of
// its own, and the inbox that the program reads: what goes wrong on that way
// goes wrong here. The bank's books stay the truth.
type courier struct {
	*course
	bag  []parcel
	used map[string]bool   // names that were put into the inbox
	sent map[string][]byte // what was put there last under each name
	// reference is one that was taken off its line before.
	reference string
	misled    map[string]bool // batches of which an answer has named other payments
	// batch is that of the acknowledgement before.
	batch []byte
}

// parcel is a file on its way.
type parcel struct {
	name string
	data []byte
	day  int // on which it arrives
	how  string
}

// answers is the folder into which the bank writes.
const answersFolder = "/answers"

// fetch takes what the bank has answered, and decides what becomes of each.
func (c *courier) fetch() error {
	dir := c.remote(answersFolder)
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		path := filepath.Join(dir, f.Name())
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := os.Remove(path); err != nil {
			return err
		}
		c.send(f.Name(), data)
	}
	return nil
}

// send decides what becomes of one answer.
func (c *courier) send(name string, data []byte) {
	put := func(name string, data []byte, days int, how string) {
		c.bag = append(c.bag, parcel{name, data, c.day + days, how})
	}
	if !c.chance.in(c.weather.courier) {
		put(name, data, 0, "")
		return
	}
	later := c.chance.from(1, 4)
	stem, ext, _ := strings.Cut(name, ".")
	switch how := pick(c.chance, "late", "late", "twice", "truncated", "growing", "altered", "wrong total", "in parts", "stale numbers", "line twice", "wrong reference", "other customer", "empty"); how {
	case "late":
		put(name, data, later, how)
	case "twice":
		put(name, data, 0, "")
		put(stem+"-2."+ext, data, c.chance.from(0, 3), how)
	case "truncated", "altered", "wrong total", "other customer", "empty":
		spoilt, ok := c.spoil(how, data)
		if !ok {
			put(name, data, 0, "")
			return
		}
		put(name, spoilt, 0, how)
		put(stem+"-OK."+ext, data, later, "late") // the bank puts it right, under another name
	case "growing":
		// The night may find the first part; the rest comes under the same name.
		put(name, data[:c.chance.from(1, len(data)-1)], 0, how)
		put(name, data, later, "late")
	case "wrong reference":
		if other, ok := c.mistaken(ext, data); ok {
			put(string(bytes.TrimSpace(other[batchFrom:batchTo]))+"-X."+ext, other, 0, how)
			put(name, data, later, "late")
			return
		}
		wrong, ok := c.readdress(data)
		if !ok {
			put(name, data, 0, "")
			return
		}
		put(name, wrong, 0, how)
		put(stem+"-OK."+ext, data, later, "late")
	case "in parts", "stale numbers", "line twice":
		parts, ok := c.remake(how, data)
		if !ok {
			put(name, data, 0, "")
			return
		}
		for i, part := range parts {
			put(stem+"-P"+string(rune('1'+i))+"."+ext, part, c.chance.from(0, 3), how)
		}
	}
}

// spoil makes a file that does not agree with itself. ok is false when this one
// cannot be spoilt in that way.
func (c *courier) spoil(how string, data []byte) (spoilt []byte, ok bool) {
	spoilt = bytes.Clone(data)
	lines := bytes.Split(bytes.TrimSuffix(spoilt, []byte("\r\n")), []byte("\r\n"))
	digit := func(line []byte, from, to int) bool {
		if len(line) < to {
			return false
		}
		at := c.chance.from(from, to) - 1
		if line[at] < '0' || line[at] > '9' {
			return false
		}
		line[at] = '0' + (line[at]-'0'+byte(c.chance.from(1, 9)))%10
		return true
	}
	last := lines[len(lines)-1]
	switch how {
	case "truncated":
		return spoilt[:c.chance.from(1, len(spoilt)-1)], true
	case "empty":
		return nil, true
	case "altered": // an amount or an account of a detail
		if len(lines) < 3 {
			return nil, false
		}
		line := lines[c.chance.from(1, len(lines)-2)]
		if len(line) < 81 || line[0] != 'D' {
			return nil, false
		}
		field := pick(c.chance, [2]int{10, 24}, [2]int{65, 81})
		return spoilt, digit(line, field[0], field[1])
	case "wrong total":
		return spoilt, len(last) > 26 && last[0] == 'T' && digit(last, 2, 26)
	default: // another customer's file
		at := bytes.Index(lines[0], []byte(corporate))
		if at < 0 {
			return nil, false
		}
		copy(lines[0][at:], "LPLAINNYA")
		return spoilt, true
	}
}

// readdress gives a line the reference of another line, which it may have seen
// in another batch, or one that nobody has. No total speaks of references.
func (c *courier) readdress(data []byte) (wrong []byte, ok bool) {
	const from, to = 81, 101 // columns 82 to 101
	wrong = bytes.Clone(data)
	lines := bytes.Split(wrong, []byte("\r\n"))
	var details [][]byte
	for _, l := range lines {
		if len(l) == 200 && l[0] == 'D' {
			details = append(details, l)
		}
	}
	if len(details) == 0 {
		return nil, false
	}
	line := pick(c.chance, details...)
	c.misled[string(bytes.TrimSpace(data[batchFrom:batchTo]))] = true
	own := string(line[from:to])
	switch {
	case c.reference != "" && c.chance.in(60):
		copy(line[from:to], c.reference)
	default:
		copy(line[from:to], "PWKXXXXXXXXXXXX")
	}
	c.reference = own
	return wrong, true
}

// Where an answer names its batch: columns 14 to 33.
const batchFrom, batchTo = 13, 33

// mistaken is an acknowledgement in which the bank takes the batch for another,
// which it has answered before: what it counts is still that of the right one.
func (c *courier) mistaken(ext string, data []byte) (wrong []byte, ok bool) {
	if ext != "ACK" || len(data) < batchTo {
		return nil, false
	}
	before := c.batch
	c.batch = bytes.Clone(data[batchFrom:batchTo])
	if before == nil || bytes.Equal(before, c.batch) {
		return nil, false
	}
	wrong = bytes.Clone(data)
	copy(wrong[batchFrom:], before)
	return wrong, true
}

// deliver puts what is due today into the inbox, in an order of its own.
func (c *courier) deliver() error {
	var due []parcel
	c.bag = slices.DeleteFunc(c.bag, func(p parcel) bool {
		if p.day > c.day {
			return false
		}
		due = append(due, p)
		return true
	})
	c.chance.r.Shuffle(len(due), func(i, j int) { due[i], due[j] = due[j], due[i] })
	for _, p := range due {
		if err := c.put(p); err != nil {
			return err
		}
	}
	return nil
}

func (c *courier) put(p parcel) error {
	path := filepath.Join(c.remote(inboxFolder), p.name)
	if _, err := os.Lstat(path); err == nil {
		c.auditor.Withdrawn(p.name)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// It appears as a whole: what is still being written has another name.
	hidden := filepath.Join(c.remote(inboxFolder), "."+p.name)
	now := c.clock.Now().Truncate(1e9)
	if err := errors.Join(os.WriteFile(hidden, p.data, 0o600), os.Chtimes(hidden, now, now), os.Rename(hidden, path)); err != nil {
		return err
	}
	what := p.how
	if what == "" {
		what = "in order"
	} else {
		c.count("answer "+what, p.name)
	}
	c.note("inbox: %s, %d bytes, %s", p.name, len(p.data), what)
	c.published(p.name, p.data, now)
	c.used[p.name], c.sent[p.name] = true, p.data
	return nil
}
