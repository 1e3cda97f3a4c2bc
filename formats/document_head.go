package formats

import (
	"fmt"
	"slices"
	"strings"
)

// head says how a file is built.
func (a *author) head() []fact {
	l, t := a.plan.layout, a.words
	facts := []fact{{t.structure, []phrase{{word{Text: structureText(l.Structure), Code: true}}}}}
	if len(l.Groups) > 0 {
		var lines []phrase
		for i := range l.Groups {
			g := &l.Groups[i]
			lines = append(lines, compose("{} = {}", code(g.Name), code(structureText(g.Structure))))
		}
		facts = append(facts, fact{t.groups, lines})
	}
	facts = append(facts, fact{t.recordLength, []phrase{a.lengths()}}, fact{t.lineEnd, []phrase{a.lineEnds()}})
	if l.end() != NoEnd || len(l.Line.Ends) > 1 {
		facts = append(facts, fact{t.finalEnd, []phrase{a.finalEnd()}})
	}
	if b := l.Line.Block; b != nil {
		facts = append(facts, fact{t.blocking, []phrase{a.say(
			"berkas digenapkan menjadi kelipatan {} baris dengan baris yang seluruhnya berisi {}",
			"the file is filled up to a multiple of {} lines, with lines that hold {} throughout", b.Records, code(b.Filler))}})
	}
	facts = append(facts, fact{t.encoding, a.charsets()})
	if l.Currency != "" {
		facts = append(facts, fact{t.currency, []phrase{compose(l.Currency)}})
	}
	if len(l.Tolerate) > 0 {
		var lines []phrase
		for _, one := range l.Tolerate {
			lines = append(lines, compose("{}: {}", code(string(one)), one.about().In(t.lang)))
		}
		facts = append(facts, fact{t.tolerated, lines})
	}
	return facts
}

// lengths says how long records are.
func (a *author) lengths() phrase {
	p := a.plan
	if p.shared > 0 {
		return compose("{} {}", p.shared, a.words.bytes)
	}
	least := p.length
	for _, r := range p.records {
		least = min(least, r.length)
	}
	return a.say("{} sampai {} bita, menurut jenis rekaman", "{} to {} bytes, by the type of record", least, p.length)
}

// lineEnds says what ends a line.
func (a *author) lineEnds() phrase {
	ends := a.plan.layout.Line.Ends
	name := func(e LineEnd) string {
		if e == NoEnd {
			return Text{ID: "tidak ada (rekaman bersambung langsung)", EN: "none (the records follow one another directly)"}.In(a.words.lang)
		}
		return e.shown()
	}
	out := compose(name(a.plan.layout.end()))
	if len(ends) < 2 {
		return out
	}
	var also []string
	for _, e := range ends[1:] {
		also = append(also, name(e))
	}
	or := Text{ID: " atau ", EN: " or "}.In(a.words.lang)
	return append(out, a.say("; saat membaca juga {}, satu macam di seluruh berkas", "; when reading also {}, the same throughout a file", strings.Join(also, or))...)
}

// shown is a line end as specifications write it.
func (e LineEnd) shown() string {
	switch e {
	case CRLF:
		return "CR LF"
	case LF:
		return "LF"
	case CR:
		return "CR"
	case NoEnd:
		return "-"
	}
	return string(e)
}

func (a *author) finalEnd() phrase {
	switch a.plan.layout.Line.Final {
	case FinalNever:
		return a.say("rekaman terakhir tanpa akhir baris", "the last record has none")
	case FinalEither:
		return a.say("rekaman terakhir boleh tanpa akhir baris; ditulis dengan akhir baris", "the last record may have one or not; it is written with one")
	case FinalAlways:
	}
	return a.say("rekaman terakhir juga memilikinya", "the last record has one, too")
}

// charsets describes the character sets that the layout uses, the default
// first.
func (a *author) charsets() []phrase {
	l := a.plan.layout
	names := []string{l.Charset}
	for _, r := range a.plan.records {
		for i := range r.fields {
			if name := r.fields[i].def.Charset; name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	var lines []phrase
	for i, name := range names {
		line := compose("{}: {}", code(name), a.charset(name))
		if i == 0 && len(names) > 1 {
			line = append(line, a.say("; berlaku bila field tidak menyebut yang lain", "; where a field names no other")...)
		}
		lines = append(lines, line)
	}
	return lines
}

// charset spells a character set out.
func (a *author) charset(name string) phrase {
	for _, own := range a.plan.layout.Charsets {
		if own.Name == name {
			return a.say("dari {}: {}", "of {}: {}", own.Base, code(own.Allow))
		}
	}
	if c := newCharset(name); c != nil {
		return compose(c.about.In(a.words.lang))
	}
	return nil
}

// overview is the table of the records.
func (a *author) overview() table {
	t := a.words
	out := table{Head: []string{t.length, t.record, t.name, t.known}, Right: 1}
	for _, r := range a.plan.records {
		known := a.known(r)
		all := a.say("lihat di bawah", "see below")
		if len(known) == 1 && known[0].length() <= 70 {
			all = known[0]
		}
		out.Rows = append(out.Rows, []phrase{
			compose(fmt.Sprint(r.length)), {word{Text: r.def.Name, Link: recordAnchor(r)}}, {word{Text: r.def.Title.In(t.lang)}}, all})
	}
	return out
}

// reading explains the marks that the sheet uses, and what goes without saying
// in its tables.
func (a *author) reading() []phrase {
	l := a.plan.layout
	var text strings.Builder
	text.WriteString(structureText(l.Structure))
	for i := range l.Groups {
		text.WriteString(" " + structureText(l.Groups[i].Structure))
	}
	out := []phrase{a.say("Kolom adalah posisi bita, dihitung dari 1.", "Columns are positions of bytes and count from 1.")}
	var marks []phrase
	for _, m := range []struct{ mark, shown, id, en string }{
		{"?", "x?", "paling banyak sekali", "at most once"},
		{"*", "x*", "berapa kali pun, boleh tidak ada", "any number of times, or not at all"},
		{"+", "x+", "sekali atau lebih", "once or more"},
		{"{", "x{n,m}", "n sampai m kali", "n to m times"},
		{"|", "x | y", "salah satu", "one of them"},
	} {
		if strings.Contains(text.String(), m.mark) {
			marks = append(marks, a.say("{} "+m.id, "{} "+m.en, code(m.shown)))
		}
	}
	if len(marks) > 0 {
		out = append(out, append(a.say("Susunan: ", "Structure: "), append(listed(marks, "; "), word{Text: "."})...))
	}
	out = append(out, a.say("Bila tidak disebut lain: teks rata kiri dan diisi spasi, bilangan dan jumlah rata kanan dan diisi nol, dan setiap field harus berisi.",
		"Unless stated otherwise: text stands left and is padded with spaces, numbers and amounts stand right and are padded with zeros, and every field has a value."))
	picture, punched, pivot := false, false, false
	for _, r := range a.plan.records {
		for i := range r.fields {
			d := r.fields[i].def
			picture = picture || d.Picture != ""
			punched = punched || d.Sign != nil && d.Sign.Form == SignOverpunch
			pivot = pivot || d.yearOfTwo()
		}
	}
	if picture {
		out = append(out, a.say("Bentuk: {} satu angka, {} satu huruf besar, {} satu karakter apa pun; yang lain tertulis apa adanya.",
			"Shapes: {} is a digit, {} an upper-case letter, {} any character; anything else is itself.", code("9"), code("A"), code("X")))
	}
	if punched {
		out = append(out, a.say("Tanda overpunch: bita terakhir {} berarti +0 dan {} sampai {} +1 sampai +9; {} berarti -0 dan {} sampai {} -1 sampai -9.",
			"Overpunched sign: the last byte is {} for +0, {} to {} for +1 to +9, {} for -0, and {} to {} for -1 to -9.",
			code("{"), code("A"), code("I"), code("}"), code("J"), code("R")))
	}
	if pivot {
		out = append(out, a.say("Tahun dua angka: di bawah {} berarti 20yy, selainnya 19yy, kecuali disebut lain.",
			"Years of two digits: below {} they are 20yy, others 19yy, unless stated otherwise.", defaultPivot))
	}
	return out
}

// yearOfTwo says whether a date's year has two digits.
func (f *FieldLayout) yearOfTwo() bool {
	return strings.Contains(f.Format, "yy") && !strings.Contains(f.Format, "yyyy")
}
