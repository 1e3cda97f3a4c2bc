package formats

import "strings"

// contents says what a field holds.
func (a *author) contents(f *fieldPlan) phrase {
	d := f.def
	if f.constant != "" {
		return compose("{}", code(strings.TrimRight(f.constant, " ")))
	}
	if f.kind == KindFiller {
		switch d.Pad {
		case "", " ":
			return a.say("spasi", "spaces")
		case "0":
			return a.say("nol", "zeros")
		}
		return a.say("{} seluruhnya", "{} throughout", code(d.Pad))
	}
	parts := []phrase{a.kind(f)}
	if d.Picture != "" {
		parts = append(parts, a.say("bentuk {}", "shape {}", code(d.Picture)))
	}
	if d.Charset != "" && d.Charset != a.plan.layout.Charset {
		parts = append(parts, a.say("himpunan karakter {}", "character set {}", code(d.Charset)))
	}
	if d.Sign != nil {
		parts = append(parts, a.sign(d.Sign))
	}
	if d.Codes != "" {
		parts = append(parts, a.codes(d))
	}
	if p := a.empty(f); p != nil {
		parts = append(parts, p)
	}
	if d.Check != nil {
		parts = append(parts, a.check(d.Check))
	}
	if d.Compute != nil {
		parts = append(parts, a.compute(d.Compute))
	}
	return listed(parts, "; ")
}

// kind says what kind of value a field has, and how it stands in its columns.
func (a *author) kind(f *fieldPlan) phrase {
	d := f.def
	switch f.kind {
	case KindDigits:
		if d.Pad == " " {
			return a.say("angka, rata kanan, spasi di depan", "digits, right-aligned, spaces in front")
		}
		return a.say("angka, nol di depan ikut", "digits, with leading zeros")
	case KindNumber:
		return a.padded(a.say("bilangan", "number"), d)
	case KindAmount:
		return a.padded(a.decimals(d), d)
	case KindDate, KindTime:
		return a.date(f)
	case KindText, KindFiller:
	}
	out := a.say("teks", "text")
	switch d.Align {
	case AlignRight:
		out = a.say("teks rata kanan", "text, right-aligned")
	case AlignFree:
		out = a.say("teks, boleh diawali spasi", "text, may begin with spaces")
	case AlignLeft:
	}
	if d.Pad != "" && d.Pad != " " {
		out = append(out, a.say(", diisi {}", ", padded with {}", code(d.Pad))...)
	}
	return out
}

// padded says how a number is padded, where it is not with zeros.
func (a *author) padded(what phrase, d *FieldLayout) phrase {
	switch d.Pad {
	case "", "0":
		return what
	case " ":
		return append(what, a.say(", spasi di depan", ", spaces in front")...)
	}
	return append(what, a.say(", diisi {}", ", padded with {}", code(d.Pad))...)
}

func (a *author) decimals(d *FieldLayout) phrase {
	switch {
	case d.DecimalsBy != "":
		return a.say("jumlah; banyaknya desimal tersirat menurut {}, paling banyak {}", "amount; {} says how many implied decimals it has, at most {}", code(d.DecimalsBy), d.Decimals)
	case d.Point != "":
		return a.say("jumlah, {} desimal setelah {}", "amount, {} decimals behind {}", d.Decimals, code(d.Point))
	case d.Decimals == 0:
		return a.say("jumlah tanpa desimal", "amount without decimals")
	case d.Decimals == 1:
		return a.say("jumlah, 1 desimal tersirat", "amount, 1 implied decimal")
	}
	return a.say("jumlah, {} desimal tersirat", "amount, {} implied decimals", d.Decimals)
}

func (a *author) date(f *fieldPlan) phrase {
	d := f.def
	format := d.Format
	switch {
	case format != "":
	case f.kind == KindDate:
		format = formatDate
	default:
		format = formatTime
	}
	out := a.say("tanggal {}", "date {}", code(format))
	if f.kind == KindTime {
		out = a.say("waktu {}", "time {}", code(format))
	}
	if len(d.More) > 0 {
		out = append(out, a.say(", dalam {} bagian yang terpisah", ", in {} pieces that stand apart", 1+len(d.More))...)
	}
	if d.Pivot != nil && d.yearOfTwo() {
		out = append(out, a.say(", yy di bawah {} berarti 20yy", ", yy below {} is 20yy", *d.Pivot)...)
	}
	return out
}

func (a *author) sign(s *Sign) phrase {
	switch s.Form {
	case SignOverpunch:
		return a.say("tanda overpunch di bita terakhir", "sign overpunched in the last byte")
	case SignLeading:
		return a.say("tanda {} atau {} di bita pertama", "sign {} or {} in the first byte", code("+"), code("-"))
	case SignTrailing:
		return a.say("tanda {} atau {} di bita terakhir", "sign {} or {} in the last byte", code("+"), code("-"))
	case SignField:
	}
	if s.Plus == "" {
		return a.say("negatif bila {} = {}", "negative when {} = {}", code(s.Field), code(s.Minus))
	}
	return a.say("negatif bila {} = {}, positif bila {}", "negative when {} = {}, positive when {}", code(s.Field), code(s.Minus), code(s.Plus))
}

func (a *author) codes(d *FieldLayout) phrase {
	list := word{Text: d.Codes, Code: true, Link: listAnchor(d.Codes)}
	switch {
	case d.Each > 0 && d.Open:
		return a.say("sampai {} kode dari {} karakter, rapat kiri, biasanya dari {}", "up to {} codes of {} characters each from the left, usually of {}", d.Len/d.Each, d.Each, list)
	case d.Each > 0:
		return a.say("sampai {} kode dari {} karakter, rapat kiri, masing-masing dari {}", "up to {} codes of {} characters each from the left, of {}", d.Len/d.Each, d.Each, list)
	case d.Open:
		return a.say("biasanya dari {}", "usually of {}", list)
	}
	return a.say("salah satu dari {}", "one of {}", list)
}

func (a *author) empty(f *fieldPlan) phrase {
	switch f.def.Empty {
	case EmptyBlank:
		return a.say("boleh kosong", "may be blank")
	case EmptyZeros:
		return a.say("nol bila tidak ada", "zeros when there is none")
	case EmptyEither:
		return a.say("nol atau kosong bila tidak ada", "zeros or blank when there is none")
	case EmptyNever:
	}
	return nil
}

func (a *author) check(c *CheckDigit) phrase {
	method := phrase{word{Text: c.method().In(a.words.lang)}}
	if len(c.Over) == 0 {
		return a.say("diakhiri angka pemeriksa {} atas angka sebelumnya", "ends with a check digit, {}, over the digits before it", method)
	}
	return a.say("angka pemeriksa {} atas {}", "check digit, {}, over {}", method, codesOf(c.Over, ", ", Text{ID: " dan ", EN: " and "}.In(a.words.lang)))
}

// method is how a check digit is computed.
func (c *CheckDigit) method() Text {
	switch c.Digit {
	case "aba-routing":
		return Text{"ABA (bobot 3 7 1, modulo 10)", "ABA routing (weights 3 7 1, modulo 10)"}
	case "luhn":
		return Text{"Luhn (modulo 10)", "Luhn (modulo 10)"}
	case "mod11":
		return Text{"modulo 11 (bobot 2 sampai 9 dari kanan; 10 dan 11 menjadi 0)", "modulo 11 (weights 2 to 9 from the right; 10 and 11 become 0)"}
	case "mod11-x":
		return Text{"modulo 11 (bobot 2 sampai 9 dari kanan; 10 menjadi X, 11 menjadi 0)", "modulo 11 (weights 2 to 9 from the right; 10 becomes X, 11 becomes 0)"}
	case "mod97":
		return Text{"97 dikurangi sisa bagi 97", "97 minus the remainder by 97"}
	case "iban-mod97":
		return Text{"IBAN (ISO 7064, modulo 97)", "IBAN (ISO 7064, modulo 97)"}
	}
	return Text{c.Digit, c.Digit}
}
