package formats_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"bekal/formats"
)

// TestBrokenFiles shows what is said about each kind of broken file; read the
// golden file aloud.
func TestBrokenFiles(t *testing.T) {
	s := sample(t, "bri-settlement")
	line := func(n int) string { return string(s[(n-1)*202 : (n-1)*202+200]) }
	cut := func(b []byte, line, column, n int) []byte {
		at := (line-1)*202 + column - 1
		return append(bytes.Clone(b[:at]), b[at+n:]...)
	}
	insert := func(b []byte, line, column int, with string) []byte {
		at := (line-1)*202 + column - 1
		return append(append(bytes.Clone(b[:at]), with...), b[at:]...)
	}
	crlf := "\r\n"
	cases := []struct {
		name string
		file []byte
		is   error
	}{
		{"empty file", nil, formats.ErrTruncated},
		{"only a line end", []byte(crlf), formats.ErrLength},
		{"short line", cut(s, 3, 60, 5), formats.ErrLength},
		{"long line", insert(s, 3, 60, "XX"), formats.ErrLength},
		{"blank line", insert(s, 3, 1, crlf), formats.ErrLength},
		{"two wrong lines that end together", edit(s, 200, 3, 100, crlf), formats.ErrLength},
		{"short trailer", cut(s, 6, 100, 20), formats.ErrLength},
		{"UTF-8 in place of two bytes", edit(s, 200, 3, 30, "É"), formats.ErrCharset},
		{"UTF-8 that makes the line longer", append(append(bytes.Clone(s[:2*202+29]), "É"...), s[2*202+30:]...), formats.ErrCharset},
		{"NUL in a name", edit(s, 200, 3, 30, "\x00"), formats.ErrCharset},
		{"tab in a filler", edit(s, 200, 3, 190, "\t"), formats.ErrCharset},
		{"DEL in an amount", edit(s, 200, 3, 70, "\x7f"), formats.ErrCharset},
		{"lower case, tolerated", edit(s, 200, 3, 25, "warga"), nil},
		{"letter in an amount", edit(s, 200, 3, 65, "00000x"), formats.ErrNumber},
		{"amount of spaces", edit(s, 200, 3, 65, strings.Repeat(" ", 17)), formats.ErrRequired},
		{"amount padded with spaces", edit(s, 200, 3, 65, "   "), formats.ErrNumber},
		{"negative amount", edit(s, 200, 3, 65, "-"), formats.ErrNumber},
		{"letter in an account", edit(s, 200, 3, 24, "O"), formats.ErrNumber},
		{"unknown status", edit(s, 200, 3, 122, "99"), formats.ErrCode},
		{"status missing", edit(s, 200, 3, 122, "  "), formats.ErrRequired},
		{"unknown response code", edit(s, 200, 3, 124, "1234567"), nil},
		{"payment reference missing", edit(s, 200, 3, 82, strings.Repeat(" ", 20)), formats.ErrRequired},
		{"name not left", edit(s, 200, 3, 25, " "), formats.ErrAlign},
		{"posted on 31 February", edit(s, 200, 2, 171, "20260231"), formats.ErrDate},
		{"posted at 24:00:00", edit(s, 200, 2, 179, "240000"), formats.ErrDate},
		{"posted at a time of no day", edit(s, 200, 2, 171, "00000000"), formats.ErrDate},
		{"processed is zeros", edit(s, 200, 1, 54, strings.Repeat("0", 14)), formats.ErrRequired},
		{"other version", edit(s, 200, 1, 2, "02"), formats.ErrConstant},
		{"filler in use", edit(s, 200, 3, 190, "X"), formats.ErrConstant},
		{"unknown record", edit(s, 200, 3, 1, "X"), formats.ErrRecordType},
		{"header missing", s[202:], formats.ErrStructure},
		{"two headers", append(bytes.Clone(s[:202]), s...), formats.ErrStructure},
		{"header in the middle", lines(crlf, line(1), line(2), line(1), line(3), line(4), line(5), line(6)), formats.ErrStructure},
		{"trailer missing", s[:5*202], formats.ErrTruncated},
		{"record after the trailer", append(bytes.Clone(s), s[202:404]...), formats.ErrStructure},
		{"garbage after the trailer", append(bytes.Clone(s), "garbage\r\n"...), formats.ErrStructure},
		{"a second file behind", append(bytes.Clone(s), s...), formats.ErrStructure},
		{"cut inside a record", s[:2*202+77], formats.ErrTruncated},
		{"cut inside the trailer", s[:len(s)-50], formats.ErrTruncated},
		{"cut in the last line end", s[:len(s)-1], formats.ErrTruncated},
		{"no last line end, tolerated", s[:len(s)-2], nil},
		{"LF in place of CR LF", bytes.ReplaceAll(s, []byte(crlf), []byte("\n")), formats.ErrLineEnd},
		{"CR in place of CR LF", bytes.ReplaceAll(s, []byte(crlf), []byte("\r")), formats.ErrLength},
		{"no line ends", bytes.ReplaceAll(s, []byte(crlf), nil), formats.ErrLength},
		{"record missing", append(bytes.Clone(s[:2*202]), s[3*202:]...), formats.ErrControl},
		{"record repeated", append(bytes.Clone(s[:3*202]), s[2*202:]...), formats.ErrSequence},
		{"count of the trailer", edit(s, 200, 6, 2, "00000005"), formats.ErrControl},
		{"hash of the trailer", edit(s, 200, 6, 119, "7"), formats.ErrControl},
		{"succeeded total of the trailer", edit(s, 200, 6, 51, "9"), formats.ErrControl},
		{"total of the trailer unreadable", edit(s, 200, 6, 10, "x"), formats.ErrNumber},
		{"bytes of nothing", bytes.Repeat([]byte{0}, 500), formats.ErrLength},
	}
	p := plan(t, "bri-settlement")
	var out strings.Builder
	for _, c := range cases {
		errs, d := decode(t, p, c.file)
		if !errors.Is(d.Err(), c.is) {
			t.Errorf("%s: got %v, want %v", c.name, d.Err(), c.is)
		}
		fmt.Fprintf(&out, "# %s\n", c.name)
		for _, e := range errs {
			fmt.Fprintln(&out, strings.TrimRight(e, " "))
		}
		if u := d.Unverified(); u != nil {
			fmt.Fprintf(&out, "unverified: %s\n", strings.Join(u, " "))
		}
		fmt.Fprintln(&out)
	}
	golden(t, "broken.golden", []byte(out.String()))
}

func TestBrokenTransfers(t *testing.T) {
	p := plan(t, "bri-transfer")
	s := sample(t, "bri-transfer")
	cases := []struct {
		name string
		file []byte
		want []string
	}{
		{"lower case is not tolerated", edit(s, 160, 2, 25, "Warga"), []string{
			`F line 2, record 2 (D), field name, column 26: "a": character not allowed: allowed are upper case, digits, space and . , ' - / ( ) & + :`}},
		{"no last line end is not tolerated", s[:len(s)-2], []string{
			`F line 5, record 5 (T): file cut short: the last line has no line end`}},
		{"count of the header", edit(s, 160, 1, 74, "00000004"), []string{
			`F line 1, record 1 (H), field count, columns 74-81: "4": control total disagrees, expected "3"`}},
		{"total of the header", edit(s, 160, 1, 98, "1"), []string{
			`F line 1, record 1 (H), field total, columns 82-98: "176250001": control total disagrees, expected "176250000"`}},
	}
	for _, c := range cases {
		errs, _ := decode(t, p, c.file)
		if diff := cmp.Diff(c.want, errs); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
}

// TestUnverified: totals are compared only where everything that belongs to
// them could be read; what can be read of a broken record still counts.
func TestUnverified(t *testing.T) {
	p := plan(t, "bri-settlement")
	s := sample(t, "bri-settlement")
	cases := []struct {
		name string
		file []byte
		want []string
		errs int
	}{
		{"amount unreadable", edit(s, 200, 2, 70, "x"), []string{"T.total", "T.succeeded_total"}, 1},
		{"name unreadable", edit(s, 200, 2, 30, "\x00"), nil, 1},
		{"account unreadable", edit(s, 200, 2, 20, "x"), []string{"T.account_hash"}, 1},
		{"status unreadable", edit(s, 200, 2, 122, "??"), []string{"T.succeeded_count", "T.succeeded_total", "T.failed_count", "T.failed_total", "T.pending_count", "T.pending_total"}, 1},
		{"name unreadable and wrong total", edit(edit(s, 200, 2, 30, "\x00"), 200, 6, 26, "9"), nil, 2},
		{"type unreadable", edit(s, 200, 5, 1, "?"), []string{"T.count", "T.total", "T.succeeded_count", "T.succeeded_total", "T.failed_count", "T.failed_total", "T.pending_count", "T.pending_total", "T.account_hash"}, 1},
		{"type unreadable and count far off", edit(edit(s, 200, 5, 1, "?"), 200, 6, 2, "00000009"), []string{"T.total", "T.succeeded_count", "T.succeeded_total", "T.failed_count", "T.failed_total", "T.pending_count", "T.pending_total", "T.account_hash"}, 2},
	}
	for _, c := range cases {
		errs, d := decode(t, p, c.file)
		if diff := cmp.Diff(c.want, d.Unverified()); diff != "" {
			t.Errorf("%s: unverified (-want +got):\n%s", c.name, diff)
		}
		if len(errs) != c.errs {
			t.Errorf("%s: %d errors, want %d: %q", c.name, len(errs), c.errs, errs)
		}
	}
}

func TestRecordErrors(t *testing.T) {
	p := plan(t, "bri-settlement")
	file := edit(edit(sample(t, "bri-settlement"), 200, 3, 70, "x"), 200, 3, 122, "??")
	amount, status, name := p.Field("D", "amount"), p.Field("D", "status"), p.Field("D", "name")
	d := p.NewDecoder(bytes.NewReader(file), formats.DecodeOptions{})
	for d.Next() {
		r := d.Record()
		if r.Line() != 3 {
			if r.Err() != nil || r.Errors() != nil || r.FieldErr(amount) != nil {
				t.Errorf("line %d: %v", r.Line(), r.Err())
			}
			continue
		}
		if err := r.Err(); !errors.Is(err, formats.ErrNumber) || !errors.Is(err, formats.ErrCode) {
			t.Errorf("Err() = %v", err)
		}
		if err := r.FieldErr(amount); !errors.Is(err, formats.ErrNumber) {
			t.Errorf("FieldErr(amount) = %v", err)
		}
		if err := r.FieldErr(status); !errors.Is(err, formats.ErrCode) {
			t.Errorf("FieldErr(status) = %v", err)
		}
		if r.FieldErr(name) != nil || string(r.Text(name)) != "WARGA CONTOH 002" || r.Int(amount) != 0 {
			t.Errorf("name %q, %v; amount %d", r.Text(name), r.FieldErr(name), r.Int(amount))
		}
		var hint interface{ Hint() string }
		if !errors.As(r.Err(), &hint) || hint.Hint() == "" {
			t.Error("no hint")
		}
	}
}

func TestErrorsAreBoundedAndCounted(t *testing.T) {
	p := plan(t, "bri-settlement")
	file := bytes.Repeat([]byte("X\r\n"), 5000)
	d := p.NewDecoder(bytes.NewReader(file), formats.DecodeOptions{MaxErrors: 7})
	n := 0
	for d.Next() {
		n++
		if d.Record().Err() == nil {
			t.Fatal("a broken record has no error")
		}
	}
	var all *formats.Errors
	if !errors.As(d.Err(), &all) || len(all.List) != 7 || all.More != 5001-7 || len(d.Errors()) != 7 || d.ErrorCount() != 5001 || n != 5000 {
		t.Errorf("%d records, %d errors: %v", n, d.ErrorCount(), d.Err())
	}
	if !strings.HasSuffix(all.Error(), "and 4994 more") {
		t.Error(all)
	}
}

// TestLongLine: a line of any length is one error and takes no memory.
func TestLongLine(t *testing.T) {
	p := plan(t, "bri-settlement")
	s := sample(t, "bri-settlement")
	for _, size := range []int{64 << 10, 64<<10 - 1, 128 << 10, 128<<10 + 7, 40 << 20} {
		in := io.MultiReader(bytes.NewReader(s[:202]), io.LimitReader(zeroes{}, int64(size)), strings.NewReader("\r\n"), bytes.NewReader(s[202:]))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		d := p.NewDecoder(in, formats.DecodeOptions{})
		n := 0
		for d.Next() {
			n++
			if r := d.Record(); (r.Line() == 2) != (r.Err() != nil) && r.Type() != "T" {
				t.Errorf("size %d, line %d: %v", size, r.Line(), r.Err())
			}
		}
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
			t.Errorf("size %d: %d bytes of memory", size, got)
		}
		if n != 7 || !errors.Is(d.Err(), formats.ErrLength) || d.ErrorCount() != 1 {
			t.Errorf("size %d: %d records, %v", size, n, d.Err())
		}
		if got, want := d.Tally().Bytes, int64(len(s)+size+2); got != want {
			t.Errorf("size %d: %d bytes read, want %d", size, got, want)
		}
	}
}

type zeroes struct{}

func (zeroes) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestReaderErrors(t *testing.T) {
	p := plan(t, "bri-settlement")
	s := sample(t, "bri-settlement")
	broken := errors.New("connection lost")
	for _, at := range []int{0, 100, 202, 505, len(s) - 1, len(s)} {
		d := p.NewDecoder(io.MultiReader(bytes.NewReader(s[:at]), iotest.ErrReader(broken)), formats.DecodeOptions{File: "F"})
		n := 0
		for d.Next() {
			n++
		}
		if !errors.Is(d.Err(), broken) || errors.Is(d.Err(), formats.ErrTruncated) || n != at/202 || d.Next() {
			t.Errorf("after %d bytes: %d records, %v", at, n, d.Err())
		}
	}
	d := p.NewDecoder(idle{}, formats.DecodeOptions{})
	if d.Next() || !errors.Is(d.Err(), io.ErrNoProgress) {
		t.Errorf("idle reader: %v", d.Err())
	}
}

// idle never reads anything.
type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

// TestReadersGiveTheSame: however the bytes arrive, the result is the same.
func TestReadersGiveTheSame(t *testing.T) {
	p := plan(t, "bri-settlement")
	file := edit(benchFile(t, p, 2000), 200, 700, 30, "\n")
	file = append(file, bytes.Repeat([]byte("Z"), 150<<10)...)
	whole, _ := decode(t, p, file)
	for name, r := range map[string]io.Reader{
		"one byte":   iotest.OneByteReader(bytes.NewReader(file)),
		"half":       iotest.HalfReader(bytes.NewReader(file)),
		"data + EOF": iotest.DataErrReader(bytes.NewReader(file)),
	} {
		d := p.NewDecoder(r, formats.DecodeOptions{File: "F"})
		for d.Next() {
		}
		var got []string
		for _, e := range d.Errors() {
			got = append(got, e.Error())
		}
		if diff := cmp.Diff(whole, got); diff != "" || len(got) == 0 {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
