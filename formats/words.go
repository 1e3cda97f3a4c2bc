package formats

import (
	"errors"
	"strconv"
	"strings"
)

// words are what [Annotate] and [Document] say, in one language.
type words struct {
	lang                                                         string
	line, record, unknown, empty, columns, field, value, meaning string
	length, contents, structure, encoding, lineEnd, tolerated    string
	codes, code, class, next, name, bytes, records, clean, found string
	skipped, unverified, whole, more, cut                        string
	months                                                       [12]string
}

func wordsIn(lang string) *words {
	if lang == "en" {
		return &words{
			lang: "en", line: "line", record: "record", unknown: "unknown", empty: "(empty)",
			columns: "columns", field: "field", value: "value", meaning: "meaning",
			length: "length", contents: "contents", structure: "Structure", encoding: "Character set", lineEnd: "Line", tolerated: "Tolerated when reading",
			codes: "Codes", code: "code", class: "class", next: "next step", name: "name", bytes: "bytes", records: "records",
			clean: "No errors. All totals agree.", found: "errors", skipped: "records without errors that are not shown",
			unverified: "Totals that could not be checked", whole: "The file as a whole", more: "errors that are not shown", cut: "the line goes on",
			months: [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
		}
	}
	return &words{
		lang: "id", line: "baris", record: "rekaman", unknown: "tidak dikenal", empty: "(kosong)",
		columns: "kolom", field: "field", value: "nilai", meaning: "arti",
		length: "panjang", contents: "isi", structure: "Susunan", encoding: "Himpunan karakter", lineEnd: "Baris", tolerated: "Ditoleransi saat membaca",
		codes: "Kode", code: "kode", class: "kelas", next: "langkah berikutnya", name: "nama", bytes: "bita", records: "rekaman",
		clean: "Tidak ada kesalahan. Semua total cocok.", found: "kesalahan", skipped: "rekaman tanpa kesalahan yang tidak ditampilkan",
		unverified: "Total yang tidak dapat diperiksa", whole: "Berkas secara keseluruhan", more: "kesalahan yang tidak ditampilkan", cut: "baris masih berlanjut",
		months: [12]string{"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"},
	}
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

// grouped writes a number with a mark between groups of three digits.
func grouped(v int64, mark string) string {
	s := strconv.FormatInt(v, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + mark + s[i:]
	}
	return s
}

// day writes a date number: 23 November 2026.
func (t *words) day(v int64) string {
	return strconv.FormatInt(v%100, 10) + " " + t.months[(v/100%100+11)%12] + " " + strconv.FormatInt(v/10000, 10)
}

// clock writes a time number: 23 November 2026 19:05:00.
func (t *words) clock(v int64) string {
	point := "."
	if t.lang == "en" {
		point = ":"
	}
	two := func(n int64) string { return digitPair(n % 100) }
	return t.day(v/1e6) + " " + two(v/10000) + point + two(v/100) + point + two(v)
}

func digitPair(n int64) string { return string([]byte{'0' + byte(n/10), '0' + byte(n%10)}) }
