package audit

import "unicode/utf8"

// field is one field of a record of the bank's answers.
type field struct {
	name       string
	at, length int
	reads      func(line string, at, length int) bool
}

func digitsField(line string, at, length int) bool { return digitsAt(line, at, length) }
func textField(line string, at, length int) bool   { return textAt(line, at, length, false) }
func maybeText(line string, at, length int) bool   { return textAt(line, at, length, true) }
func dateField(line string, at, length int) bool   { return dateAt(line, at, length, false) }
func maybeDate(line string, at, length int) bool   { return dateAt(line, at, length, true) }
func fileStatus(line string, at, length int) bool  { return oneOf(line[at-1:at-1+length], "00", "06") }
func versionOne(line string, at, length int) bool  { return line[at-1:at-1+length] == "01" }

func depositStatus(line string, at, length int) bool {
	s := line[at-1 : at-1+length]
	return isPaid(s) || isPending(s) || isReturn(s) || isFailed(s)
}

// headerFields are those of the header of a settlement or return file.
func headerFields() []field {
	return []field{{"version", 2, 2, versionOne}, {"corporate_code", 4, 10, textField}, {"batch_reference", 14, 20, maybeText}, {"bank_batch_id", 34, 20, maybeText}, {"processed", 54, 14, dateField},
		{"value_date", 68, 8, maybeDate}, {"debit_account", 76, 15, digitsField}, {"file_status", 91, 2, fileStatus}, {"code", 93, 7, maybeText}, {"message", 100, 40, maybeText}, {"filler", 140, 61, blankAt}}
}

// detailFields are those of an answer about one deposit.
func detailFields() []field {
	return []field{{"sequence", 2, 8, digitsField}, {"account", 10, 15, digitsField}, {"name", 25, 40, maybeText}, {"amount", 65, 17, digitsField}, {"payment_reference", 82, 20, textField},
		{"bank_reference", 102, 20, maybeText}, {"status", 122, 2, depositStatus}, {"code", 124, 7, maybeText}, {"message", 131, 40, maybeText}, {"posted", 171, 14, maybeDate}, {"filler", 185, 16, blankAt}}
}

// trailerFields are those of the totals of a settlement or return file.
func trailerFields() []field {
	return []field{{"count", 2, 8, digitsField}, {"total", 10, 17, digitsField}, {"succeeded_count", 27, 8, digitsField}, {"succeeded_total", 35, 17, digitsField}, {"failed_count", 52, 8, digitsField},
		{"failed_total", 60, 17, digitsField}, {"pending_count", 77, 8, digitsField}, {"pending_total", 85, 17, digitsField}, {"account_hash", 102, 18, digitsField}, {"filler", 120, 81, blankAt}}
}

// acknowledgementFields are those of the one record of an acknowledgement.
func acknowledgementFields() []field {
	return []field{{"version", 2, 2, maybeText}, {"corporate_code", 4, 10, textField}, {"batch_reference", 14, 20, textField}, {"bank_batch_id", 34, 20, maybeText}, {"received", 54, 14, dateField},
		{"file_status", 68, 2, fileStatus}, {"code", 70, 7, maybeText}, {"message", 77, 40, maybeText}, {"count", 117, 8, digitsField}, {"total", 125, 17, digitsField}, {"filler", 142, 19, blankAt}}
}

// reach is how far a fault reaches.
type reach int

const (
	ofLine   reach = iota // the line, or a field of it, cannot be read; the others can be
	ofFile                // the file is cut, or its records are not in their order
	ofTotal               // a total disagrees
	ofNumber              // a running number does not follow
)

// fault is one thing that is wrong with a file, and where that shows.
type fault struct {
	place
	reach reach
}

// place is where something is wrong. Of a field that cannot be read the books may
// point at some of its columns: which is for people (inside).
type place struct {
	line    int64
	field   string
	columns columns
	inside  bool
}

func (p field) place(line int64) place {
	return place{line: line, field: p.name, columns: columns{int64(p.at), int64(p.at + p.length - 1)}}
}

// unread are the fields of a line that cannot be read.
func unread(fields []field, text string, line int64) (faults []fault) {
	for _, p := range fields {
		if p.reads(text, p.at, p.length) {
			continue
		}
		at := p.place(line)
		at.inside = true
		faults = append(faults, fault{at, ofLine})
	}
	return faults
}

// framed looks at the length and the end of the n-th line, which is to have so
// many bytes. whole is false when its columns cannot be trusted, none of them.
func (l *textLine) framed(n, length int64) (faults []fault, whole bool) {
	has := int64(len(l.text))
	switch {
	case l.open && has == length+1 && l.text[length] == '\r': // cut between CR and LF
		l.text = l.text[:length]
		return []fault{{place{line: n}, ofFile}}, true
	case l.open && has < length:
		return []fault{{place{line: n, columns: columns{has + 1, length}}, ofFile}}, false
	case has == length && l.bare:
		return []fault{{place{line: n}, ofLine}}, true
	case has == length:
		return nil, true
	}
	p := place{line: n, columns: columns{has + 1, length}}
	if has > length {
		p.columns = columns{length + 1, has}
	}
	faults = []fault{{p, ofLine}}
	// As many characters as there should be bytes: it is in another writing.
	if int64(utf8.RuneCountInString(l.text)) == length {
		if i, to := foreignAt(l.text); to > 0 {
			faults = append(faults, fault{place{line: n, columns: columns{int64(i + 1), int64(to)}}, ofLine})
		}
	}
	return faults, false
}

// foreignAt finds the first character that is not printable ASCII: from which
// byte to which.
func foreignAt(s string) (from, to int) {
	for i, c := range []byte(s) {
		if c >= ' ' && c <= '~' {
			continue
		}
		to = i + 1
		for c >= 0xC0 && to < len(s) && s[to]&0xC0 == 0x80 {
			to++
		}
		return i, to
	}
	return 0, 0
}
