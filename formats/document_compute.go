package formats

import "fmt"

// compute says how a value follows from other records.
func (a *author) compute(c *Computed) phrase {
	out := a.value(c)
	if c.Where != nil {
		out = append(out, a.say(" dengan {}", " where {}", a.where(c.Where))...)
	}
	if c.Minus != nil {
		out = append(out, a.say(", dikurangi yang {}", ", minus those where {}", a.where(c.Minus))...)
	}
	if c.Absolute {
		out = append(out, a.say(", tanpa tanda", ", without its sign")...)
	}
	switch {
	case c.Kind == Hash && c.Modulus > 0:
		out = append(out, a.say(", modulo {}", ", modulo {}", modulusText(c.Modulus))...)
	case c.Kind == Hash:
		out = append(out, a.say(", sebanyak angka yang muat", ", as many digits of it as fit")...)
	case c.Per > 1:
		out = append(out, a.say(", dibagi {} dan dibulatkan ke atas", ", divided by {} and rounded up", c.Per)...)
	}
	return append(out, a.scope(c)...)
}

// value is what is computed, before filters and scope.
func (a *author) value(c *Computed) phrase {
	and := Text{ID: " dan ", EN: " and "}.In(a.words.lang)
	var sources []phrase
	for _, s := range c.Sources {
		if c.Kind == Count && s.Field != "" {
			sources = append(sources, a.say("{} dalam {}", "{} in {}", code(s.Field), code(s.Record)))
			continue
		}
		sources = append(sources, compose("{}", code(s.text())))
	}
	of := enumerated(sources, ", ", and)
	switch c.Kind {
	case Count:
		if c.All {
			return a.say("banyaknya semua rekaman", "count of all records")
		}
		return a.say("banyaknya {}", "count of {}", of)
	case Sum, Hash:
		return a.say("jumlah dari {}", "sum of {}", of)
	case Sequence:
		out := a.say("nomor urut dari {}", "running number from {}", c.First)
		if c.Series != "" {
			out = append(out, a.say(", bersama semua field deret {}", ", one count for all fields of series {}", code(c.Series))...)
		}
		return out
	case Rising:
		out := a.say("lebih besar dari yang sebelumnya", "greater than the one before")
		if c.Series != "" {
			out = append(out, a.say(", bersama semua field deret {}", ", among all fields of series {}", code(c.Series))...)
		}
		return out
	case Copy:
		return a.say("mengulang {}", "repeats {}", of)
	}
	return nil
}

func (s Source) text() string {
	if s.Field == "" {
		return s.Record
	}
	return s.Record + "." + s.Field
}

func (a *author) where(w *Where) phrase {
	if len(w.Codes) > 0 {
		return a.say("{} = {}", "{} is {}", code(w.Field), a.either(w.Codes))
	}
	or := Text{ID: " atau ", EN: " or "}.In(a.words.lang)
	var classes []phrase
	for _, c := range w.Classes {
		classes = append(classes, compose(c))
	}
	return a.say("{} berkelas {}", "{} is of class {}", code(w.Field), enumerated(classes, ", ", or))
}

// scope says over what something is computed, when it is not the file.
func (a *author) scope(c *Computed) phrase {
	switch {
	case c.Scope == ScopeFiles:
		return a.say(", berlanjut dari berkas ke berkas", ", going on from file to file")
	case c.Scope == "" || c.Scope == ScopeFile:
		return nil
	case c.Kind == Sequence || c.Kind == Rising:
		return a.say(", mulai lagi di setiap {}", ", beginning again in each {}", code(string(c.Scope)))
	}
	return a.say(", dalam {} yang sama", ", in the same {}", code(string(c.Scope)))
}

func modulusText(m uint64) string {
	for e, p := range pow10 {
		if p == m {
			return fmt.Sprintf("10^%d", e)
		}
	}
	return fmt.Sprint(m)
}
