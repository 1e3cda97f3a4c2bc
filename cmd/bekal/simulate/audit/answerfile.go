package audit

import (
	"math/big"
	"strings"
)

// answerFile is a settlement or return file, read by its columns.
type answerFile struct {
	corporate, batch string
	// faults are what is wrong with it as a whole, as many as the night lists;
	// none: it is sound.
	faults []place
	lines  []answerLine
	jump   int64 // the first line whose running number does not follow; 0 for none
}

// listed is how many faults of a file are listed, and kept while it is read.
const listed = 100

// answerLine is a line between the header and the trailer.
type answerLine struct {
	n        int64 // from 1
	raw      string
	readable bool
	first    place // the first thing that cannot be read
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

// reading is a settlement or return file while it is read.
type reading struct {
	*answerFile
	sums sums
	at   byte    // the record that came last in its place
	kept []place // the first faults of all, of one line or of more
	all  int     // how many there were
}

// readAnswers reads a settlement or return file.
func readAnswers(data, corporate string) *answerFile {
	r := &reading{answerFile: &answerFile{}, sums: sums{hash: new(big.Int), hashed: true, next: 1}}
	lines := textLines(data)
	for i, l := range lines {
		// Whoever has a hundred reasons reads no further.
		if len(r.faults) >= listed {
			return r.answerFile
		}
		r.line(l, int64(i+1))
	}
	switch {
	case len(r.faults) >= listed:
	case len(lines) == 0:
		r.ends(1)
	case r.at != 'T':
		r.ends(int64(len(lines)))
	}
	if len(r.faults) == 0 && r.corporate != corporate {
		r.faults = []place{{line: 1, field: "corporate_code"}}
	}
	return r.answerFile
}

// ends: the file ends before it is complete. That is a reason of its own only
// where no line has given one; and only so many things are kept of a file, beyond
// which the last that was kept stands for it.
func (r *reading) ends(line int64) {
	if len(r.faults) > 0 {
		return
	}
	if r.all >= listed {
		r.faults = append(r.faults, r.kept[listed-1])
		return
	}
	r.faults = append(r.faults, place{line: line})
}

// line reads the n-th line.
func (r *reading) line(l textLine, n int64) {
	kind := byte(0)
	if l.text != "" && strings.IndexByte("HDT", l.text[0]) >= 0 {
		kind = l.text[0]
	}
	faults, whole := l.framed(n, 200)
	ended := r.at == 'T'
	switch {
	case kind == 0 && !ended:
		if whole && len(faults) == 0 {
			faults = []fault{{place{line: n, columns: columns{1, 200}}, ofLine}} // no record that there is
		}
		if l.text != "" {
			r.sums.lost++
		}
		r.lines = append(r.lines, answerLine{n: n, raw: l.text, first: faults[0].place})
	case whole && kind != 0:
		faults = append(faults, unread(map[byte][]field{'H': headerFields(), 'D': detailFields(), 'T': trailerFields()}[kind], l.text, n)...)
	}
	switch {
	case ended:
		faults = append(faults, fault{place{line: n}, ofFile}) // something behind the trailer
	case kind == 'H' && r.at != 0:
		if r.sums.lost > 0 {
			r.sums.lost++ // it may be in place behind what was lost
		}
		faults = append(faults, fault{place{line: n}, ofFile})
	case kind != 0:
		if kind != 'H' && r.at == 0 {
			faults = append(faults, fault{place{line: n}, ofFile}) // no header
		}
		r.at = kind
		faults = append(faults, r.inPlace(kind, l.text, n, whole, faults)...)
	}
	for _, x := range faults {
		if r.all++; r.all <= listed {
			r.kept = append(r.kept, x.place)
		}
		// A detail, or a line that is no record, takes nothing else along.
		if (kind == 'D' || kind == 0) && x.reach == ofLine || x.reach == ofNumber {
			continue
		}
		r.faults = append(r.faults, x.place)
	}
}

// inPlace reads a record that stands in its place; before is what was wrong with
// its line and its fields.
func (r *reading) inPlace(kind byte, text string, n int64, whole bool, before []fault) []fault {
	switch kind {
	case 'H':
		if whole && len(before) == 0 {
			r.corporate, r.batch = cut(text, 4, 10), cut(text, 14, 20)
		}
	case 'D':
		return r.detail(text, n, whole, before)
	case 'T':
		if whole {
			return r.trailer(text, n)
		}
	}
	return nil
}

// detail reads what the bank says of one deposit.
func (r *reading) detail(t string, n int64, whole bool, before []fault) (faults []fault) {
	d, s := answerLine{n: n, raw: t}, &r.sums
	if len(before) > 0 {
		d.first = before[0].place
	}
	s.count[0]++
	if !whole {
		// Its columns cannot be trusted, none of them.
		s.unclear++
		s.spoilt[0], s.hashed = true, false
		s.next++
		r.lines = append(r.lines, d)
		return nil
	}
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
	if digitsAt(t, 65, 17) {
		d.amount = number(t[64:81])
		s.total[0] += d.amount
		if class > 0 {
			s.total[class] += d.amount
		}
	} else {
		s.spoilt[0] = true
		s.spoilt[class] = true
	}
	if digitsAt(t, 10, 15) {
		d.account = t[9:24]
		s.hash.Add(s.hash, big.NewInt(number(d.account)))
	} else {
		s.hashed = false
	}
	if !r.number(t) {
		faults = []fault{{place{line: n, field: "sequence", columns: columns{2, 9}}, ofNumber}}
		if r.jump == 0 {
			r.jump = n
		}
	}
	if textAt(t, 82, 20, false) {
		d.reference = cut(t, 82, 20)
	}
	d.name, d.status, d.code = cut(t, 25, 40), status, cut(t, 124, 7)
	if d.posted = t[170:184]; strings.Trim(d.posted, "0") == "" {
		d.posted = ""
	}
	d.readable = len(before) == 0
	r.lines = append(r.lines, d)
	return faults
}

// number follows the running numbers. What was lost before may have been the
// numbers that are missing.
func (r *reading) number(t string) (follows bool) {
	s := &r.sums
	if !digitsAt(t, 2, 8) {
		s.next++
		return true
	}
	found := number(t[1:9])
	missed := s.lost - s.carried
	s.carried = s.lost
	follows = found >= s.next && found <= s.next+missed
	s.next = found + 1
	return follows
}

// trailer holds the totals, those that can be read, against what was read.
func (r *reading) trailer(t string, n int64) (faults []fault) {
	s := &r.sums
	wrong := func(f field) { faults = append(faults, fault{f.place(n), ofTotal}) }
	fields := trailerFields()
	for i, f := range fields[:8] {
		if !digitsAt(t, f.at, f.length) {
			continue
		}
		stated, class := number(t[f.at-1:f.at-1+f.length]), i/2
		if i%2 == 0 {
			may := s.lost
			if class > 0 {
				may += s.unclear
			}
			if stated < s.count[class] || stated > s.count[class]+may {
				wrong(f)
			}
			continue
		}
		// An amount that is missing leaves its sums unknown, and no others; none is
		// less than what can be read.
		known := s.lost == 0 && !s.spoilt[class] && (class == 0 || s.unclear == 0)
		if stated < s.total[class] || known && stated != s.total[class] {
			wrong(f)
		}
	}
	if h := fields[8]; digitsAt(t, h.at, h.length) && s.hashed && s.lost == 0 && number(t[101:119]) != new(big.Int).Mod(s.hash, big.NewInt(1_000_000_000_000_000_000)).Int64() {
		wrong(h)
	}
	return faults
}

// acknowledged is an acknowledgement, read by its columns.
type acknowledged struct {
	faults                              []place // none: it is sound
	corporate, batch, status, code, raw string
	count, total                        int64
}

// readAcknowledgement reads an acknowledgement. Whatever is wrong with it, it is
// not believed.
func readAcknowledgement(data string) (x acknowledged) {
	known := false // its record has been there
	lines := textLines(data)
	for i, l := range lines {
		n, raw, is := int64(i+1), l.text, l.text != "" && l.text[0] == 'A'
		faults, whole := l.framed(n, 160)
		switch {
		case is && whole:
			faults = append(faults, unread(acknowledgementFields(), l.text, n)...)
		case !is && !known && whole && len(faults) == 0:
			faults = []fault{{place{line: n, columns: columns{1, 160}}, ofLine}}
		}
		if known {
			faults = append(faults, fault{place{line: n}, ofFile}) // something behind it
		}
		for _, f := range faults {
			x.faults = append(x.faults, f.place)
		}
		if is && !known && len(faults) == 0 {
			t := l.text
			x.corporate, x.batch, x.status, x.code, x.raw = cut(t, 4, 10), cut(t, 14, 20), t[67:69], cut(t, 70, 7), raw
			x.count, x.total = number(t[116:124]), number(t[124:141])
		}
		known = known || is
	}
	if !known {
		x.faults = append(x.faults, place{line: int64(max(1, len(lines)))})
	}
	return x
}

func (x acknowledged) sound() bool { return len(x.faults) == 0 }
