package audit

import (
	"math/big"
	"strings"
)

// answerFile is a settlement or return file, read by its columns.
type answerFile struct {
	corporate, batch string
	// why says what is wrong with it as a whole; empty: it is sound. faults are
	// the places at which that shows, where they can be told exactly.
	why    string
	faults []place
	exact  bool
	lines  []answerLine
	jump   int64 // the first line whose running number does not follow; 0 for none
}

// place is where something is wrong.
type place struct {
	line  int64
	field string
}

// answerLine is a line between the header and the trailer.
type answerLine struct {
	n        int64 // from 1
	raw      string
	readable bool
	// reference is set, of a line that cannot be read, when that much of it can.
	reference, account, name, status, code, posted string
	amount                                         int64
}

// The statuses of a deposit.
func isPaid(status string) bool    { return status == "00" }
func isPending(status string) bool { return oneOf(status, "01", "02", "03") }
func isReturn(status string) bool  { return status == "04" }
func isFailed(status string) bool  { return oneOf(status, "05", "06", "07") }

// isConflict says whether a code means that the bank has had it before.
func isConflict(code string) bool { return oneOf(code, "4091700", "4091701") }

// textLine is a line of a file, without its end.
type textLine struct {
	text string
	bare bool // it ends with LF alone
	open bool // nothing ends it
}

func textLines(data string) []textLine {
	var list []textLine
	for data != "" {
		text, rest, ended := strings.Cut(data, "\n")
		data = rest
		l := textLine{text: text, open: !ended}
		if ended {
			var cr bool
			l.text, cr = strings.CutSuffix(text, "\r")
			l.bare = !cr
		}
		list = append(list, l)
	}
	return list
}

// sums is what the details add up to, as far as they can be read.
type sums struct {
	count, total  [4]int64 // all, paid, failed or returned, pending
	lost          int64    // lines that may have been details
	unclear       int64    // details whose status cannot be read
	spoilt        [4]bool  // an amount of these cannot be read
	hash          *big.Int
	hashed        bool
	next, carried int64
}

// readAnswers reads a settlement or return file.
func readAnswers(data, corporate string) *answerFile {
	f := &answerFile{exact: true}
	if data == "" {
		f.broken(1, "it is empty")
		return f
	}
	s := sums{hash: new(big.Int), hashed: true, next: 1}
	at := byte(0) // the record that came last in its place
	lines := textLines(data)
	for i, l := range lines {
		n := int64(i + 1)
		kind := byte(0)
		if l.text != "" && strings.IndexByte("HDT", l.text[0]) >= 0 {
			kind = l.text[0]
		}
		if l.open && len(l.text) != 200 {
			f.broken(n, "its last line is cut")
		}
		switch {
		case at == 'T':
			f.broken(n, "something stands behind the trailer")
		case kind == 0:
			if l.text != "" {
				s.lost++
			}
			f.lines = append(f.lines, answerLine{n: n, raw: l.text})
		case kind == 'H' && at != 0:
			f.broken(n, "a second header")
		case kind != 'H' && at == 0:
			f.broken(n, "no header")
			at = kind
		case kind == 'H':
			at = kind
			if l.bare || !headerReads(l.text) {
				f.broken(n, "the header cannot be read")
			} else {
				f.corporate, f.batch = cut(l.text, 4, 10), cut(l.text, 14, 20)
			}
		case kind == 'D':
			at = kind
			f.detail(l, n, &s)
		case kind == 'T':
			at = kind
			f.trailer(l, n, &s)
		}
	}
	if at != 'T' {
		f.broken(int64(len(lines)), "no trailer")
	}
	if f.why == "" && f.corporate != corporate {
		f.why, f.faults = "it is for "+f.corporate, []place{{1, "corporate_code"}}
	}
	return f
}

// broken notes that the file as a whole cannot be believed; how often and where
// that shows is nothing to rely on.
func (f *answerFile) broken(line int64, why string) {
	if f.why == "" {
		f.why = why
	}
	f.exact = false
	f.faults = append(f.faults, place{line: line})
}

func headerReads(l string) bool {
	return len(l) == 200 && l[1:3] == "01" && textAt(l, 4, 10, false) && textAt(l, 14, 20, true) && textAt(l, 34, 20, true) && dateAt(l, 54, 14, false) &&
		dateAt(l, 68, 8, true) && digitsAt(l, 76, 15) && oneOf(l[90:92], "00", "06") && textAt(l, 93, 7, true) && textAt(l, 100, 40, true) && blankAt(l, 140, 61)
}

func (f *answerFile) detail(l textLine, n int64, s *sums) {
	d := answerLine{n: n, raw: l.text}
	s.count[0]++
	if len(l.text) != 200 {
		// Its columns cannot be trusted, none of them.
		s.unclear++
		s.spoilt[0], s.hashed = true, false
		s.next++
		f.lines = append(f.lines, d)
		return
	}
	t := l.text
	numbered, account, amount := digitsAt(t, 2, 8), digitsAt(t, 10, 15), digitsAt(t, 65, 17)
	status := t[121:123]
	class := 0
	switch {
	case isPaid(status):
		class = 1
	case isFailed(status), isReturn(status):
		class = 2
	case isPending(status):
		class = 3
	}
	if class > 0 {
		s.count[class]++
	} else {
		s.unclear++
	}
	if amount {
		d.amount = number(t[64:81])
		s.total[0] += d.amount
		if class > 0 {
			s.total[class] += d.amount
		}
	} else {
		s.spoilt[0] = true
		s.spoilt[class] = true
	}
	if account {
		d.account = t[9:24]
		s.hash.Add(s.hash, big.NewInt(number(d.account)))
	} else {
		s.hashed = false
	}
	f.number(t, numbered, n, s)
	if textAt(t, 82, 20, false) {
		d.reference = cut(t, 82, 20)
	}
	d.name, d.status, d.code = cut(t, 25, 40), status, cut(t, 124, 7)
	if d.posted = t[170:184]; strings.Trim(d.posted, "0") == "" {
		d.posted = ""
	}
	d.readable = !l.bare && numbered && account && amount && class > 0 && d.reference != "" && textAt(t, 25, 40, true) && textAt(t, 102, 20, true) &&
		textAt(t, 124, 7, true) && textAt(t, 131, 40, true) && dateAt(t, 171, 14, true) && blankAt(t, 185, 16)
	f.lines = append(f.lines, d)
}

// number follows the running numbers. What was lost before may have been the
// numbers that are missing.
func (f *answerFile) number(t string, readable bool, n int64, s *sums) {
	if !readable {
		s.next++
		return
	}
	found := number(t[1:9])
	missed := s.lost - s.carried
	s.carried = s.lost
	if (found < s.next || found > s.next+missed) && f.jump == 0 {
		f.jump = n
	}
	s.next = found + 1
}

// trailer holds the totals against what was read.
func (f *answerFile) trailer(l textLine, n int64, s *sums) {
	t := l.text
	if len(t) != 200 || l.bare || !digitsAt(t, 2, 118) || !blankAt(t, 120, 81) {
		f.broken(n, "the trailer cannot be read")
		return
	}
	wrong := func(field string) {
		f.why = "its totals disagree"
		f.faults = append(f.faults, place{n, field})
	}
	for i, name := range []string{"", "succeeded_", "failed_", "pending_"} {
		at := 2 + 25*i
		count, total := number(t[at-1:at+7]), number(t[at+7:at+24])
		may := s.lost
		if i > 0 {
			may += s.unclear
		}
		if count < s.count[i] || count > s.count[i]+may {
			if i == 0 {
				wrong("count")
			} else {
				wrong(name + "count")
			}
		}
		// An amount that is missing leaves its sums unknown, and no others; none is
		// less than what can be read.
		known := s.lost == 0 && !s.spoilt[i] && (i == 0 || s.unclear == 0)
		if total < s.total[i] || known && total != s.total[i] {
			wrong(name + "total")
		}
	}
	if s.hashed && s.lost == 0 && number(t[101:119]) != new(big.Int).Mod(s.hash, big.NewInt(1_000_000_000_000_000_000)).Int64() {
		wrong("account_hash")
	}
}

// acknowledged is an acknowledgement, read by its columns.
type acknowledged struct {
	sound                               bool
	corporate, batch, status, code, raw string
	count, total                        int64
}

func readAcknowledgement(data string) acknowledged {
	l := strings.TrimSuffix(data, "\r\n")
	if len(l) != 160 || l[0] != 'A' || !textAt(l, 2, 2, true) || !textAt(l, 4, 10, false) || !textAt(l, 14, 20, false) || !textAt(l, 34, 20, true) || !dateAt(l, 54, 14, false) ||
		!oneOf(l[67:69], "00", "06") || !textAt(l, 70, 7, true) || !textAt(l, 77, 40, true) || !digitsAt(l, 117, 25) || !blankAt(l, 142, 19) {
		return acknowledged{}
	}
	return acknowledged{sound: true, corporate: cut(l, 4, 10), batch: cut(l, 14, 20), status: l[67:69], code: cut(l, 70, 7), raw: l,
		count: number(l[116:124]), total: number(l[124:141])}
}
