package gateway_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"bekal/gateway"
	"bekal/reconcile"
)

// set overwrites columns (from 1) of a line (from 1) of a file with lines of
// 200 characters.
func set(data []byte, line, column int, text string) []byte {
	data = bytes.Clone(data)
	copy(data[(line-1)*202+column-1:], text)
	return data
}

// TestBadFile: nothing of a file that does not agree with itself is posted; it
// is quarantined, and the mismatch names the place. A correct file under a new
// name settles what it was about.
func TestBadFile(t *testing.T) {
	t.Parallel()
	line := func(n int) int { return (n - 1) * 202 }
	garbage := make([]byte, 3000)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(garbage) // it never fails
	for _, c := range []struct {
		name string
		make func(good []byte) []byte // header, d1, d2, d3 rejected, trailer
		want []string
	}{
		{"no trailer", func(b []byte) []byte { return b[:line(5)] }, []string{"4"}},
		{"cut off in a line", func(b []byte) []byte { return b[:line(4)+77] }, []string{"4[78-200]"}},
		{"cut off in the header", func(b []byte) []byte { return b[:50] }, []string{"1[51-200]"}},
		{"header only", func(b []byte) []byte { return b[:line(2)] }, []string{"1"}},
		{"wrong count", func(b []byte) []byte { return set(b, 5, 2, "00000004") }, []string{"5 count[2-9]"}},
		{"wrong sum", func(b []byte) []byte { return set(b, 5, 26, "9") }, []string{"5 total[10-26]"}},
		{"wrong succeeded count", func(b []byte) []byte { return set(b, 5, 27, "00000001") }, []string{"5 succeeded_count[27-34]"}},
		{"wrong failed sum", func(b []byte) []byte { return set(b, 5, 60, "00000000000000001") }, []string{"5 failed_total[60-76]"}},
		{"wrong pending count", func(b []byte) []byte { return set(b, 5, 77, "00000001") }, []string{"5 pending_count[77-84]"}},
		{"wrong hash", func(b []byte) []byte { return set(b, 5, 119, "9") }, []string{"5 account_hash[102-119]"}},
		{"an amount was changed", func(b []byte) []byte { return set(b, 2, 65, "00000000009900000") }, []string{"5 succeeded_total[35-51]", "5 total[10-26]"}},
		{"an account was changed", func(b []byte) []byte { return set(b, 2, 10, "998") }, []string{"5 account_hash[102-119]"}},
		{"a line was taken out", func(b []byte) []byte { return append(bytes.Clone(b[:line(3)]), b[line(4):]...) }, nil},
		{"a line is there twice", func(b []byte) []byte { return append(bytes.Clone(b[:line(3)]), b[line(2):]...) }, nil},
		{"no header", func(b []byte) []byte { return b[line(2):] }, nil},
		{"two headers", func(b []byte) []byte { return append(bytes.Clone(b[:line(2)]), b...) }, nil},
		{"two files in one", func(b []byte) []byte { return append(bytes.Clone(b), b...) }, nil},
		{"something after the trailer", func(b []byte) []byte { return append(bytes.Clone(b), "x\r\n"...) }, nil},
		{"the header cannot be read", func(b []byte) []byte { return set(b, 1, 68, "2026X1") }, []string{"1 value_date[68-75]"}},
		{"of another version", func(b []byte) []byte { return set(b, 1, 2, "02") }, []string{"1 version[2-3]"}},
		{"for another customer", func(b []byte) []byte { return set(b, 1, 4, "LPLAIN    ") }, []string{"1 corporate_code"}},
		{"binary garbage", func([]byte) []byte { return garbage }, nil},
		{"NUL bytes", func([]byte) []byte { return make([]byte, 1010) }, nil},
		{"line ends of Unix", func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) }, nil},
		{"one line end of Unix", func(b []byte) []byte { return bytes.Replace(b, []byte("\r\n"), []byte("\n"), 1) }, nil},
		{"HTML", func([]byte) []byte { return []byte("<html><body>503 Service Unavailable</body></html>\n") }, nil},
		{"a byte order mark", func(b []byte) []byte { return append([]byte("\xef\xbb\xbf"), b...) }, nil},
		{"an acknowledgement in its place", func([]byte) []byte { return ack("X", "00", "2001700", 3, 600000) }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := sent(t, 3)
			ref := o.batch(1).Reference
			good := stl(ref, o.paid(1), o.paid(2), o.rejected(3))
			o.put(ref+"-01.STL", c.make(good))
			r := o.night("2026-11-24", gateway.Ran)
			rec := step(t, r, "reconcile")
			if count(rec, "files quarantined") != 1 || count(rec, "files posted") != 0 || count(rec, "deposits answered") != 0 {
				t.Fatalf("reconcile: %v", rec.Counts)
			}
			for n := 1; n <= 3; n++ {
				o.deposit(n, "delivered")
			}
			list, err := o.run.Mismatches(t.Context(), "2026-11-24", false)
			if err != nil || len(list) == 0 {
				t.Fatal(list, err)
			}
			var got []string
			for _, m := range list {
				if m.Kind != reconcile.Control || m.File != ref+"-01.STL" || m.Reference != ref+"-01.STL" || m.Reason.ID == "" || m.Reason.EN == "" || m.NextStep.EN == "" {
					t.Errorf("%+v", m)
				}
				got = append(got, strings.TrimPrefix(o.line(m), "control b1-01.STL b1-01.STL:"))
			}
			if c.want != nil {
				var want []string
				for _, w := range c.want {
					want = append(want, "control b1-01.STL b1-01.STL:"+w)
				}
				o.mismatches(want...)
			}
			t.Logf("%s: %q: %s", c.name, got, list[0].Reason.EN)
			// The bank sends the right file under a new name.
			o.put(ref+"-02.STL", good)
			r = o.night("2026-11-25", gateway.Ran)
			if count(step(t, r, "reconcile"), "files posted") != 1 {
				t.Fatalf("reconcile: %v", step(t, r, "reconcile").Counts)
			}
			o.deposit(1, "settled")
			o.deposit(2, "settled")
			o.deposit(3, "rejected")
		})
	}
}

// TestRunningNumbersJump: a bank may number its answers otherwise than we
// expect. As long as count, sum and hash agree, every line is posted; that the
// numbers jump is one mismatch of the file.
func TestRunningNumbersJump(t *testing.T) {
	t.Parallel()
	line := func(n int) int { return (n - 1) * 202 }
	for _, c := range []struct {
		name string
		make func(good []byte) []byte
		want string
	}{
		{"wrong sequence", func(b []byte) []byte { return set(b, 3, 2, "00000003") }, "3 sequence[2-9]"},
		{"numbers of the transfer file", func(b []byte) []byte { return set(set(set(b, 2, 2, "00000117"), 3, 2, "00000118"), 4, 2, "00000240") }, "2 sequence[2-9]"},
		{"lines were swapped", func(b []byte) []byte {
			return bytes.Join([][]byte{b[:line(2)], b[line(3):line(4)], b[line(2):line(3)], b[line(4):]}, nil)
		}, "2 sequence[2-9]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := sent(t, 3)
			ref := o.batch(1).Reference
			o.put(ref+"-01.STL", c.make(stl(ref, o.paid(1), o.paid(2), o.rejected(3))))
			r := o.night("2026-11-24", gateway.Ran)
			if rec := step(t, r, "reconcile"); count(rec, "files posted") != 1 || count(rec, "files quarantined") != 0 {
				t.Fatalf("reconcile: %v", rec.Counts)
			}
			o.deposit(1, "settled")
			o.deposit(2, "settled")
			o.deposit(3, "rejected")
			for _, m := range o.mismatches("control b1-01.STL b1-01.STL:"+c.want, "rejected d3 b1-01.STL:4 status[122-123]") {
				if m.Kind == reconcile.Control && (!strings.Contains(m.NextStep.EN, "were posted") || m.Reason.ID == "") {
					t.Errorf("%+v", m)
				}
			}
		})
	}
}

// TestNumberOfFaultsIsBounded: a file of a hundred thousand broken lines does
// not bury the finance officer.
func TestNumberOfFaultsIsBounded(t *testing.T) {
	t.Parallel()
	o := sent(t, 1)
	o.put(ret, bytes.Repeat([]byte("nonsense\n"), 100_000))
	o.night("2026-11-24", gateway.Ran)
	list, err := o.run.Mismatches(t.Context(), "2026-11-24", false)
	if err != nil || len(list) == 0 || len(list) > 100 {
		t.Errorf("%d mismatches, %v", len(list), err)
	}
}

// TestOneOfTwoIsBad: the other is posted.
func TestOneOfTwoIsBad(t *testing.T) {
	t.Parallel()
	for bad := 1; bad <= 2; bad++ {
		t.Run(fmt.Sprintf("file %d", bad), func(t *testing.T) {
			t.Parallel()
			o := sent(t, 2)
			for n := 1; n <= 2; n++ {
				ref := o.batch(1).Reference
				data := stl(ref, o.paid(n))
				if n == bad {
					data = set(data, 3, 119, "9")
				}
				o.put(fmt.Sprintf("%s-%02d.STL", ref, n), data)
			}
			o.night("2026-11-24", gateway.Ran)
			o.deposit(bad, "delivered")
			o.deposit(3-bad, "settled")
			o.mismatches(fmt.Sprintf("control b1-%02d.STL b1-%02[1]d.STL:3 account_hash[102-119]", bad))
		})
	}
}

// TestBadAcknowledgement is quarantined, whatever is wrong with it; the
// settlement file beside it is posted.
func TestBadAcknowledgement(t *testing.T) {
	t.Parallel()
	for name, ack := range map[string]func([]byte) []byte{
		"empty line":           func([]byte) []byte { return []byte("\r\n") },
		"cut off":              func(b []byte) []byte { return b[:80] },
		"two of them":          func(b []byte) []byte { return append(bytes.Clone(b), b...) },
		"for another customer": func(b []byte) []byte { return set(b, 1, 4, "LPLAIN    ") },
		"unknown status":       func(b []byte) []byte { return set(b, 1, 68, "99") },
		"count is no number":   func(b []byte) []byte { return set(b, 1, 117, "0000000X") },
		"no batch":             func(b []byte) []byte { return set(b, 1, 14, strings.Repeat(" ", 20)) },
		"line end of Unix":     func(b []byte) []byte { return append(bytes.Clone(b[:160]), '\n') },
		"a settlement file":    func([]byte) []byte { return stl("X", stranger(5)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := sent(t, 1)
			o.put(o.batch(1).Reference+".ACK", ack(o.ackOf(1, "06", "4031714")))
			o.answer(1, "01", o.paid(1))
			r := o.night("2026-11-24", gateway.Ran)
			if n := count(step(t, r, "reconcile"), "files quarantined"); n != 1 {
				t.Errorf("%d files quarantined", n)
			}
			o.states("delivered")
			o.deposit(1, "settled")
			list, err := o.run.Mismatches(t.Context(), "2026-11-24", false)
			if err != nil || len(list) == 0 {
				t.Fatal(list, err)
			}
			for _, m := range list {
				if m.Kind != reconcile.Control || !strings.HasSuffix(m.File, ".ACK") {
					t.Errorf("%+v", m)
				}
			}
		})
	}
}

// TestOneUnreadableLine: only that line is set aside, the rest is posted.
func TestOneUnreadableLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		column int
		text   string
		want   string
	}{
		{"a letter in the amount", 70, "X", "unreadable d2 b1-01.STL:3 amount[65-81]"},
		{"a letter in the account", 12, "X", "unreadable d2 b1-01.STL:3 account[10-24]"},
		{"an unknown status", 122, "99", "unreadable d2 b1-01.STL:3 status[122-123]"},
		{"no reference", 82, strings.Repeat(" ", 20), "unreadable b1-01.STL b1-01.STL:3 payment_reference[82-101]"},
		{"a control character in the reference", 84, "\x07", "unreadable b1-01.STL b1-01.STL:3 payment_reference[84-84]"},
		{"a date that there is not", 171, "20261340", "unreadable d2 b1-01.STL:3 posted[171-184]"},
		{"the filler is used", 185, "X", "unreadable d2 b1-01.STL:3 filler[185-200]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := sent(t, 4)
			ref := o.batch(1).Reference
			good := stl(ref, o.paid(1), o.paid(2), o.paid(3), o.rejected(4))
			o.put(ref+"-01.STL", set(good, 3, c.column, c.text))
			r := o.night("2026-11-24", gateway.Ran)
			if n := count(step(t, r, "reconcile"), "files posted"); n != 1 {
				t.Fatalf("reconcile: %v", step(t, r, "reconcile").Counts)
			}
			o.deposit(1, "settled")
			o.deposit(2, "delivered")
			o.deposit(3, "settled")
			list := o.mismatches(c.want, "rejected d4 b1-01.STL:5 status[122-123]")
			for _, m := range list {
				if m.Kind == reconcile.Unreadable && (m.Reason.EN == "" || m.NextStep.EN == "" || len(m.Raw) < 200) {
					t.Errorf("%+v", m)
				}
			}
			// The window passes, and the line stays the one thing to ask for.
			o.night("2026-11-27", gateway.Ran)
			if strings.HasPrefix(c.want, "unreadable d2") {
				o.mismatches(c.want, "rejected d4 b1-01.STL:5 status[122-123]")
			} else {
				o.mismatches(c.want, "rejected d4 b1-01.STL:5 status[122-123]", "missing d2")
			}
			// The bank answers the line again.
			o.answer(1, "02", o.paid(2))
			o.night("2026-11-30", gateway.Ran)
			o.deposit(2, "settled")
			if strings.HasPrefix(c.want, "unreadable d2") {
				o.mismatches("rejected d4 b1-01.STL:5 status[122-123]")
			} else {
				o.mismatches(c.want, "rejected d4 b1-01.STL:5 status[122-123]")
			}
		})
	}
	for name, more := range map[string]string{"a blank line": "\r\n", "a line of another length": "x\r\n", "a line of another type": "X" + strings.Repeat(" ", 199) + "\r\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := sent(t, 2)
			ref := o.batch(1).Reference
			good := stl(ref, o.paid(1), o.paid(2))
			o.put(ref+"-01.STL", bytes.Join([][]byte{good[:404], []byte(more), good[404:]}, nil))
			o.night("2026-11-24", gateway.Ran)
			o.deposit(1, "settled")
			o.deposit(2, "settled")
			list, err := o.run.Mismatches(t.Context(), "2026-11-24", false)
			if err != nil || len(list) != 1 || list[0].Kind != reconcile.Unreadable || list[0].Line != 3 {
				t.Errorf("%+v %v", list, err)
			}
		})
	}
	t.Run("its type is damaged", func(t *testing.T) {
		t.Parallel()
		// It may have been the detail that the trailer's count misses.
		o := sent(t, 2)
		ref := o.batch(1).Reference
		o.put(ref+"-01.STL", set(stl(ref, o.paid(1), o.paid(2)), 3, 1, "X"))
		o.night("2026-11-24", gateway.Ran)
		o.deposit(1, "settled")
		o.deposit(2, "delivered")
		o.mismatches("unreadable b1-01.STL b1-01.STL:3[1-200]")
	})
	t.Run("more are missing than cannot be read", func(t *testing.T) {
		t.Parallel()
		o := sent(t, 3)
		ref := o.batch(1).Reference
		bad := stl(ref, o.paid(1), o.paid(2), o.paid(3))
		bad = append(bad[:606], bad[808:]...)
		o.put(ref+"-01.STL", set(bad, 3, 1, "X"))
		o.night("2026-11-24", gateway.Ran)
		o.deposit(1, "delivered")
	})
	t.Run("the totals are checked all the same", func(t *testing.T) {
		t.Parallel()
		o := sent(t, 3)
		ref := o.batch(1).Reference
		bad := set(stl(ref, o.paid(1), o.paid(2), o.paid(3)), 3, 185, "X")
		o.put(ref+"-01.STL", set(bad, 5, 119, "9"))
		r := o.night("2026-11-24", gateway.Ran)
		if n := count(step(t, r, "reconcile"), "files quarantined"); n != 1 {
			t.Fatalf("reconcile: %v", step(t, r, "reconcile").Counts)
		}
		o.deposit(1, "delivered")
	})
}

// TestLastLineEnd: some banks leave it out, and the layout lets them.
func TestLastLineEnd(t *testing.T) {
	t.Parallel()
	o := sent(t, 2)
	ref := o.batch(1).Reference
	o.put(ref+"-01.STL", bytes.TrimSuffix(stl(ref, o.paid(1), o.paid(2)), []byte("\r\n")))
	o.night("2026-11-24", gateway.Ran)
	o.deposit(2, "settled")
	o.mismatches()
}
