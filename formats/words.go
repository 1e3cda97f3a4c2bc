package formats

import (
	"errors"
	"strconv"
	"strings"
)

// words are what [Annotate] and [Document] say, in one language.
type words struct {
	lang string

	// Of both.
	record, columns, field, meaning, bytes, records, lineEnd string

	// Of annotated files.
	line, unknown, empty, value, clean, found, skipped, unverified, whole, more, cut string
	layout, warnings, fillers, blanks, spaces, final, noFinal, dayOfYear, tolerable  string
	months                                                                           [12]string

	// Of specifications.
	length, contents, structure, groups, recordLength, finalEnd, blocking, encoding, currency, tolerated string
	known, stands, absent, inFirst, number, name, codes, code, class, next                               string
	recordsTitle, reading, drawing, toc, legend                                                          string
}

func wordsIn(lang string) *words {
	if lang == "en" {
		return &words{
			lang:   "en",
			record: "record", columns: "columns", field: "field", meaning: "meaning", bytes: "bytes", records: "records", lineEnd: "Line end",

			line: "line", unknown: "unknown", empty: "(empty)", value: "value", clean: "No errors. All totals agree.", found: "errors",
			skipped: "records without errors that are not shown", unverified: "Totals that could not be checked", whole: "The file as a whole",
			more: "errors that are not shown", cut: "the line goes on",
			layout: "layout", warnings: "warnings", fillers: "lines that fill up the last block", blanks: "blank lines", spaces: "spaces",
			final: "the last record has one", noFinal: "the last record has none", dayOfYear: "day of the year", tolerable: "warnings that are not shown",
			months: [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},

			length: "length", contents: "contents", structure: "Structure", groups: "Groups", recordLength: "Length of a record", finalEnd: "Last line end",
			blocking: "Blocks", encoding: "Character set", currency: "Currency", tolerated: "Tolerated when reading",
			known: "known by", stands: "Stands in", absent: "Absent", inFirst: "in the record", number: "no.", name: "name", codes: "Codes", code: "code", class: "class", next: "next step",
			recordsTitle: "Records", reading: "How to read this sheet",
			drawing: "Drawings: `<-name->` is a field from its first to its last column, `|` one of a single column, dots are filler; where there is no room for the name, the number in the table stands in it or below its first column.",
			toc:     "Contents", legend: "In the drawings a box is as wide as its field; where there is no room for the name it bears the number in the table below.",
		}
	}
	return &words{
		lang:   "id",
		record: "rekaman", columns: "kolom", field: "field", meaning: "arti", bytes: "bita", records: "rekaman", lineEnd: "Akhir baris",

		line: "baris", unknown: "tidak dikenal", empty: "(kosong)", value: "nilai", clean: "Tidak ada kesalahan. Semua total cocok.", found: "kesalahan",
		skipped: "rekaman tanpa kesalahan yang tidak ditampilkan", unverified: "Total yang tidak dapat diperiksa", whole: "Berkas secara keseluruhan",
		more: "kesalahan yang tidak ditampilkan", cut: "baris masih berlanjut",
		layout: "tata letak", warnings: "peringatan", fillers: "baris pengisi blok terakhir", blanks: "baris kosong", spaces: "spasi",
		final: "rekaman terakhir memilikinya", noFinal: "rekaman terakhir tanpa akhir baris", dayOfYear: "hari dalam setahun ke", tolerable: "peringatan yang tidak ditampilkan",
		months: [12]string{"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"},

		length: "panjang", contents: "isi", structure: "Susunan", groups: "Kelompok", recordLength: "Panjang rekaman", finalEnd: "Akhir baris terakhir",
		blocking: "Blok", encoding: "Himpunan karakter", currency: "Mata uang", tolerated: "Ditoleransi saat membaca",
		known: "dikenal dari", stands: "Berada dalam", absent: "Tidak ada", inFirst: "dalam rekaman", number: "no.", name: "nama", codes: "Kode", code: "kode", class: "kelas", next: "langkah berikutnya",
		recordsTitle: "Rekaman", reading: "Cara membaca lembar ini",
		drawing: "Gambar: `<-nama->` adalah field dari kolom pertama sampai terakhirnya, `|` field satu kolom, titik-titik adalah pengisi; bila namanya tidak muat, nomor dalam tabel tertulis di dalamnya atau di bawah kolom pertamanya.",
		toc:     "Isi", legend: "Dalam gambar, lebar kotak sesuai dengan panjang field; bila namanya tidak muat, kotak memuat nomor dalam tabel di bawahnya.",
	}
}

// about says what a tolerance accepts.
func (t Tolerance) about() Text {
	switch t {
	case FinalLineEnd:
		return Text{"rekaman terakhir boleh tanpa akhir baris", "the last record may have no line end"}
	case PrintableText:
		return Text{"teks boleh memuat ASCII apa pun yang dapat dicetak", "text may hold any printable ASCII"}
	case LowerCase:
		return Text{"huruf kecil diterima di tempat huruf besar", "lower-case letters in place of upper-case ones"}
	case ShortLines:
		return Text{"baris boleh berakhir lebih awal; bita yang kurang dibaca sebagai spasi", "a line may end early; the missing bytes are read as spaces"}
	case LongLines:
		return Text{"spasi di belakang rekaman diabaikan", "spaces behind the record are ignored"}
	case BlankLines:
		return Text{"baris kosong dilewati", "blank lines are passed over"}
	case EndMark:
		return Text{"bita 1A (Ctrl-Z) di belakang rekaman terakhir dilewati", "a byte 1A (Ctrl-Z) behind the last record is passed over"}
	case Unblocked:
		return Text{"berkas boleh tidak digenapkan menjadi blok penuh", "the file need not be filled up to a whole block"}
	case Unaligned:
		return Text{"teks boleh berada di sisi lain fieldnya", "text may stand on the other side of its field"}
	case Unpadded:
		return Text{"bilangan boleh diawali spasi di tempat nol", "numbers may have spaces in place of leading zeros"}
	}
	return Text{string(t), string(t)}
}

// faultsID are the sentinels in Indonesian.
var faultsID = []struct {
	err  error
	text string
}{
	{ErrLength, "panjang baris salah"}, {ErrLineEnd, "akhir baris salah"}, {ErrCharset, "karakter tidak diizinkan"},
	{ErrNumber, "bukan bilangan"}, {ErrDate, "bukan tanggal"}, {ErrConstant, "bukan nilai tetap tata letak"},
	{ErrCode, "tidak ada dalam daftar kode"}, {ErrAlign, "perataan salah"}, {ErrRequired, "nilai tidak ada"},
	{ErrRecordType, "jenis rekaman tidak dikenal"}, {ErrStructure, "rekaman tidak pada tempatnya"}, {ErrTruncated, "berkas terpotong"},
	{ErrControl, "total tidak cocok"}, {ErrSequence, "nomor urut tidak cocok"}, {ErrOverflow, "nilai tidak muat"},
	{ErrCopy, "berbeda dari yang diulang"}, {ErrTolerated, "ditoleransi"},
	{ErrPicture, "bentuk salah"}, {ErrCheckDigit, "angka pemeriksa salah"},
}

// fault is what is wrong, in the language.
func (t *words) fault(e *Error) string {
	if t.lang == "en" {
		return e.message()
	}
	for _, f := range faultsID {
		if errors.Is(e.Err, f.err) {
			s := f.text
			if e.Detail.ID != "" {
				s += ": " + e.Detail.ID
			}
			if e.Expected != "" && !errors.Is(e.Err, ErrLength) {
				s += ", seharusnya " + quote(e.Expected)
			}
			return s
		}
	}
	return e.message()
}

// amount writes minor units as people do: Rp 1.234.567,00.
func (t *words) amount(v int64, decimals int, currency string) string {
	group, point := ".", ","
	symbol := "Rp"
	if currency != "IDR" {
		symbol = currency
		if t.lang == "en" {
			group, point = ",", "."
		}
	}
	minus := ""
	if v < 0 {
		minus, v = "-", -v
	}
	unit := int64(pow10[decimals])
	s := grouped(v/unit, group)
	if decimals > 0 {
		fraction := strconv.FormatInt(v%unit, 10)
		s += point + strings.Repeat("0", decimals-len(fraction)) + fraction
	}
	s = minus + s
	if symbol != "" {
		s = symbol + " " + s
	}
	return s
}

// grouped writes a number that is not negative with a mark between groups of three digits.
func grouped(v int64, mark string) string {
	s := strconv.FormatInt(v, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + mark + s[i:]
	}
	return s
}

// moment writes the number of a date or time field: 23 November 2026 19:05:00,
// without what its format does not have.
func (t *words) moment(v int64, f *fieldPlan) string {
	format := f.def.Format
	switch {
	case format != "":
	case f.kind == KindDate:
		format = formatDate
	default:
		format = formatTime
	}
	date := strings.ContainsAny(format, "yMdD")
	switch {
	case f.kind == KindDate:
		return t.day(v, format)
	case !date:
		return t.clock(v, format)
	}
	return t.day(v/1e6, format) + " " + t.clock(v%1e6, format)
}

// day writes a date number: 23 November 2026, 23 November, November 2026.
func (t *words) day(v int64, format string) string {
	if strings.Contains(format, "DDD") && !strings.Contains(format, "yy") {
		return t.dayOfYear + " " + strconv.FormatInt(v, 10)
	}
	s := t.months[(v/100%100+11)%12]
	if d := v % 100; d > 0 {
		s = strconv.FormatInt(d, 10) + " " + s
	}
	if y := v / 10000; y > 0 {
		s += " " + strconv.FormatInt(y, 10)
	}
	return s
}

// clock writes a time of day: 19:05:00.
func (t *words) clock(v int64, format string) string {
	point := "."
	if t.lang == "en" {
		point = ":"
	}
	s := digitPair(v / 10000 % 100)
	if strings.Contains(format, "mm") {
		s += point + digitPair(v/100%100)
	}
	if strings.Contains(format, "ss") {
		s += point + digitPair(v%100)
	}
	return s
}

func digitPair(n int64) string { return string([]byte{'0' + byte(n/10), '0' + byte(n%10)}) }
