package formats

import (
	"fmt"
	"slices"
	"strings"
)

// dateFormat is a compiled format of a date or time.
type dateFormat struct {
	text   string
	tokens []dateToken
	pivot  int // two-digit years below it are 20yy, the others 19yy
	has    [tokenKinds]bool
	zero   []byte      // the format with zeros for digits
	iso    *dateFormat // how people and programs write the same
}

// dateToken is a part of a format: digits that mean something, or a literal.
type dateToken struct {
	kind    tokenKind
	n       int
	literal byte
}

type tokenKind uint8

const (
	tokenLiteral tokenKind = iota
	tokenYear
	tokenMonth
	tokenDay
	tokenOrdinal // day of the year
	tokenHour
	tokenMinute
	tokenSecond
	tokenKinds
)

// defaultPivot is the pivot of a format that names none.
const defaultPivot = 70

// dateWords are the tokens as they are written; longer ones come first.
func dateWords() []struct {
	word string
	kind tokenKind
} {
	return []struct {
		word string
		kind tokenKind
	}{
		{"yyyy", tokenYear}, {"yy", tokenYear}, {"MM", tokenMonth}, {"dd", tokenDay}, {"DDD", tokenOrdinal},
		{"HH", tokenHour}, {"mm", tokenMinute}, {"ss", tokenSecond},
	}
}

// newDateFormat compiles a format; the error says in plain words why it cannot.
func newDateFormat(text string, kind Kind, pivot int) (*dateFormat, error) {
	f := &dateFormat{text: text, pivot: pivot}
next:
	for rest := text; rest != ""; {
		for _, w := range dateWords() {
			if !strings.HasPrefix(rest, w.word) {
				continue
			}
			if f.has[w.kind] {
				return nil, fmt.Errorf("%s stands twice in it", w.word)
			}
			f.has[w.kind] = true
			f.tokens = append(f.tokens, dateToken{kind: w.kind, n: len(w.word)})
			f.zero = append(f.zero, zeros[:len(w.word)]...)
			rest = rest[len(w.word):]
			continue next
		}
		c := rest[0]
		if c < ' ' || c > '~' || strings.IndexByte("yMdDHhms", c) >= 0 {
			return nil, fmt.Errorf("%q begins no token", rest)
		}
		f.tokens = append(f.tokens, dateToken{n: 1, literal: c})
		f.zero = append(f.zero, c)
		rest = rest[1:]
	}
	if err := f.sense(kind); err != nil {
		return nil, err
	}
	if iso := f.isoText(); iso != text {
		f.iso, _ = newDateFormat(iso, kind, pivot)
	} else {
		f.iso = f
	}
	return f, nil
}

// sense checks that the tokens make a date or time together.
func (f *dateFormat) sense(kind Kind) error {
	h := f.has
	date := h[tokenYear] || h[tokenMonth] || h[tokenDay] || h[tokenOrdinal]
	clock := h[tokenHour] || h[tokenMinute] || h[tokenSecond]
	switch {
	case !date && !clock:
		return fmt.Errorf("it has no tokens")
	case h[tokenMinute] && !h[tokenHour]:
		return fmt.Errorf("mm is minutes and needs HH; months are MM")
	case h[tokenOrdinal] && (h[tokenMonth] || h[tokenDay]):
		return fmt.Errorf("DDD is the day of the year, so MM and dd have no place beside it")
	case h[tokenDay] && !h[tokenMonth]:
		return fmt.Errorf("dd needs MM")
	case h[tokenMonth] && !h[tokenDay] && (!h[tokenYear] || clock):
		return fmt.Errorf("MM needs dd")
	case h[tokenYear] && !h[tokenMonth] && !h[tokenOrdinal]:
		return fmt.Errorf("a year needs MM and dd, or DDD")
	case h[tokenSecond] && !h[tokenMinute]:
		return fmt.Errorf("ss needs mm")
	case kind == KindDate && clock:
		return fmt.Errorf("a date has no HH, mm and ss; use kind time")
	case kind == KindTime && !clock:
		return fmt.Errorf("a time has at least HH; use kind date")
	}
	return nil
}

// isoText is the format in which values are shown and taken.
func (f *dateFormat) isoText() string {
	var parts []string
	add := func(kind tokenKind, word, before string) {
		if !f.has[kind] {
			return
		}
		if len(parts) > 0 {
			parts = append(parts, before)
		}
		parts = append(parts, word)
	}
	month := f.has[tokenMonth] || f.has[tokenOrdinal] && f.has[tokenYear]
	add(tokenYear, "yyyy", "")
	switch {
	case month:
		if f.has[tokenYear] {
			parts = append(parts, "-")
		}
		parts = append(parts, "MM")
		if f.has[tokenDay] || f.has[tokenOrdinal] {
			parts = append(parts, "-dd")
		}
	default:
		add(tokenOrdinal, "DDD", "-")
	}
	add(tokenHour, "HH", "T")
	add(tokenMinute, "mm", ":")
	add(tokenSecond, "ss", ":")
	return strings.Join(parts, "")
}

// clockOnly formats have no date; their zero is midnight.
func (f *dateFormat) clockOnly() bool {
	return !f.has[tokenYear] && !f.has[tokenMonth] && !f.has[tokenOrdinal]
}

// dated formats name one day.
func (f *dateFormat) dated() bool {
	return f.has[tokenYear] && (f.has[tokenDay] || f.has[tokenOrdinal])
}

// moment is a date or time in its parts; those that a format does not have are
// zero.
type moment [tokenKinds]uint64

// number joins the parts: yyyyMMdd, MMdd or DDD, and HHmmss behind it.
func (m *moment) number(f *dateFormat) int64 {
	date := m[tokenYear]*10000 + m[tokenMonth]*100 + m[tokenDay] + m[tokenOrdinal]
	clock := m[tokenHour]*10000 + m[tokenMinute]*100 + m[tokenSecond]
	switch {
	case f.clockOnly():
		return int64(clock)
	case f.has[tokenHour]:
		return int64(date*1e6 + clock)
	}
	return int64(date)
}

// momentOf takes a number apart.
func (f *dateFormat) momentOf(v int64) (m moment) {
	date, clock := uint64(v), uint64(0)
	switch {
	case f.clockOnly():
		date, clock = 0, date
	case f.has[tokenHour]:
		date, clock = date/1e6, date%1e6
	}
	m[tokenHour], m[tokenMinute], m[tokenSecond] = clock/10000, clock/100%100, clock%100
	if f.has[tokenOrdinal] && !f.has[tokenYear] {
		m[tokenOrdinal] = date
	} else {
		m[tokenYear], m[tokenMonth], m[tokenDay] = date/10000, date/100%100, date%100
	}
	return m
}

// valid says whether there is such a moment; the texts say why not.
func (m *moment) valid(f *dateFormat) (why Text, ok bool) {
	year := m[tokenYear]
	noDay := Text{"hari itu tidak ada", "no such day"}
	if f.has[tokenYear] && (year < firstYear || year > lastYear) {
		return noDay, false
	}
	if !f.has[tokenYear] {
		year = 2000 // any leap year: 29 February may be meant
	}
	switch {
	case m[tokenOrdinal] > 0:
		if m[tokenOrdinal] > daysInYear(year) {
			return noDay, false
		}
	case f.clockOnly():
	default:
		if m[tokenMonth] < 1 || m[tokenMonth] > 12 {
			return noDay, false
		}
		if f.has[tokenMonth] && !f.has[tokenDay] {
			if m[tokenDay] != 0 {
				return noDay, false
			}
		} else if m[tokenDay] < 1 || m[tokenDay] > daysIn(year, m[tokenMonth]) {
			return noDay, false
		}
	}
	if m[tokenHour] > 23 || m[tokenMinute] > 59 || m[tokenSecond] > 59 {
		return Text{"jam itu tidak ada", "no such time of day"}, false
	}
	return Text{}, true
}

// read reads the bytes of a date or time.
func (f *dateFormat) read(b []byte) (int64, *fault) {
	if len(b) != len(f.zero) {
		return 0, &fault{err: ErrDate, detail: f.shape()}
	}
	var m moment
	at := 0
	for _, t := range f.tokens {
		part := b[at : at+t.n]
		if t.kind == tokenLiteral {
			if part[0] != t.literal {
				return 0, f.odd(b, &fault{err: ErrDate, from: at, to: at + 1, detail: f.shape()})
			}
			at++
			continue
		}
		v, ok := readDigits(part)
		if !ok {
			return 0, f.odd(b, &fault{err: ErrNumber})
		}
		m[t.kind] = uint64(v)
		at += t.n
		if t.kind == tokenYear && t.n == 2 {
			m[tokenYear] += 1900
			if int(v) < f.pivot {
				m[tokenYear] += 100
			}
		}
	}
	if f.has[tokenOrdinal] && m[tokenOrdinal] == 0 {
		return 0, &fault{err: ErrDate, detail: Text{"hari itu tidak ada", "no such day"}}
	}
	if why, ok := m.valid(f); !ok {
		return 0, &fault{err: ErrDate, detail: why}
	}
	if f.has[tokenOrdinal] && f.has[tokenYear] {
		m[tokenMonth], m[tokenDay] = ofYear(m[tokenYear], m[tokenOrdinal])
		m[tokenOrdinal] = 0
	}
	return m.number(f), nil
}

// odd prefers to speak of bytes that belong into no field.
func (f *dateFormat) odd(b []byte, wrong *fault) *fault {
	if odd := notPrintable(b); odd != nil {
		return odd
	}
	return wrong
}

func (f *dateFormat) shape() Text {
	return textf("ditulis %s", "it is written %s", f.text)
}

// write writes a number into b, which has the length of the format. The fault
// says why it cannot.
func (f *dateFormat) write(b []byte, v int64) *fault {
	if v < 0 {
		return &fault{err: ErrDate}
	}
	m := f.momentOf(v)
	if f.has[tokenOrdinal] && !f.has[tokenYear] && m[tokenOrdinal] == 0 {
		return &fault{err: ErrDate, detail: Text{"hari itu tidak ada", "no such day"}}
	}
	if why, ok := m.valid(f); !ok {
		return &fault{err: ErrDate, detail: why}
	}
	if !f.has[tokenYear] && m[tokenYear] != 0 || !f.has[tokenMinute] && m[tokenMinute] != 0 || !f.has[tokenSecond] && m[tokenSecond] != 0 {
		return &fault{err: ErrDate, detail: f.shape()}
	}
	if f.has[tokenOrdinal] && f.has[tokenYear] {
		m[tokenOrdinal] = dayOfYear(m[tokenYear], m[tokenMonth], m[tokenDay])
	}
	at := 0
	for _, t := range f.tokens {
		part := b[at : at+t.n]
		at += t.n
		switch {
		case t.kind == tokenLiteral:
			part[0] = t.literal
		case t.kind == tokenYear && t.n == 2:
			short := m[tokenYear] % 100
			if first := uint64(1900 + f.pivot); m[tokenYear] < first || m[tokenYear] > first+99 {
				return &fault{err: ErrDate, detail: textf("tahun dua angka hanya %d sampai %d", "two digits hold the years %d to %d only", first, first+99)}
			}
			writeDigits(part, short)
		default:
			writeDigits(part, m[t.kind])
		}
	}
	return nil
}

// fromClock is the number, in this format, of a time written yyyyMMddHHmmss;
// what the format does not have is left out.
func (f *dateFormat) fromClock(v uint64) int64 {
	date, clock := v/1e6, v%1e6
	m := moment{
		tokenYear: date / 10000, tokenMonth: date / 100 % 100, tokenDay: date % 100,
		tokenHour: clock / 10000, tokenMinute: clock / 100 % 100, tokenSecond: clock % 100,
	}
	if f.has[tokenOrdinal] && !f.has[tokenYear] {
		m[tokenOrdinal] = dayOfYear(m[tokenYear], m[tokenMonth], m[tokenDay])
		m[tokenMonth], m[tokenDay] = 0, 0
	}
	for kind := range m {
		inDate := kind == int(tokenMonth) || kind == int(tokenDay)
		if !f.has[kind] && (!inDate || !f.has[tokenOrdinal] || !f.has[tokenYear]) {
			m[kind] = 0
		}
	}
	return m.number(f)
}

// show writes a number as people and programs write it.
func (f *dateFormat) show(v int64) string {
	b := slices.Clone(f.iso.zero)
	if wrong := f.iso.write(b, v); wrong != nil {
		return ""
	}
	return string(b)
}
