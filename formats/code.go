package formats

import "bytes"

// examineCode finds the code of a field that holds one.
func (f *fieldPlan) examineCode(b []byte, strict bool) (int64, *fault) {
	if i, ok := f.coded[string(b)]; ok {
		return int64(i), nil
	}
	if !strict && (f.unaligned || f.unpadded) {
		if i, ok := f.coded[f.placed(string(bytes.Trim(b, " ")))]; ok {
			return int64(i), nil
		}
	}
	return noCode, &fault{err: ErrCode, detail: Text{f.codes.def.Name, f.codes.def.Name}}
}

// examineCodes looks at several codes in one field. Those that are used stand
// first, without gaps.
func (f *fieldPlan) examineCodes(b []byte) *fault {
	last := len(trimRight(b))
	for at := 0; at < last; at += f.each {
		unit := trimRight(b[at : at+f.each])
		switch {
		case len(unit) == 0 || unit[0] == ' ':
			return &fault{err: ErrAlign, from: at, to: at + f.each, detail: Text{"kode berurutan dari kiri tanpa sela", "codes stand left, without gaps"}}
		case bytes.IndexByte(unit, ' ') >= 0:
			return &fault{err: ErrCode, from: at, to: at + f.each, detail: Text{"kode tidak berisi spasi", "a code has no spaces in it"}}
		}
		if _, ok := f.codes.index[string(unit)]; !ok && !f.def.Open {
			return &fault{err: ErrCode, from: at, to: at + f.each, detail: Text{f.codes.def.Name, f.codes.def.Name}}
		}
	}
	return nil
}

// codeOf finds the code that the bytes of a field are.
func (f *fieldPlan) codeOf(b []byte) (Code, bool) {
	i, ok := f.coded[string(b)]
	if !ok && (f.unaligned || f.unpadded) && f.codes != nil {
		i, ok = f.coded[f.placed(string(bytes.Trim(b, " ")))]
	}
	if !ok {
		return Code{}, false
	}
	return f.codes.codes[i], true
}

// Codes are the codes of a field that holds several, in order; of any other
// field with a code list, its one code. A code that is not in the list has
// only its value.
func (r *Record) Codes(f Field) []Code {
	if f.p == nil || f.p.record != r.plan || f.p.codes == nil || f.p.off+f.p.n > len(r.raw) {
		return nil
	}
	b := r.raw[f.p.off : f.p.off+f.p.n]
	if f.p.each == 0 {
		switch c, ok := f.p.codeOf(b); {
		case ok:
			return []Code{c}
		case f.p.vacant(b) || allBytes(b, ' '):
			return nil
		}
		return []Code{{Value: f.p.show(b)}}
	}
	var out []Code
	for at := 0; at+f.p.each <= len(b); at += f.p.each {
		unit := bytes.Trim(b[at:at+f.p.each], " ")
		if len(unit) == 0 {
			continue
		}
		if i, ok := f.p.codes.index[string(unit)]; ok {
			out = append(out, f.p.codes.codes[i])
		} else {
			out = append(out, Code{Value: f.p.writing.decode(unit)})
		}
	}
	return out
}
