package layouts_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestNacha(t *testing.T) {
	for _, name := range []string{"nacha", "nacha-returns", "nacha-corrections", "nacha-iat", "nacha-adv", "nacha-unbroken"} {
		t.Run(name, func(t *testing.T) { prove(t, "nacha", file(t, name)) })
	}
}

// TestNachaForms: lines may end in LF, in CRLF or not at all, and the last one
// may lack its end.
func TestNachaForms(t *testing.T) {
	f := file(t, "nacha")
	crlf := bytes.ReplaceAll(f, []byte("\n"), []byte("\r\n"))
	prove(t, "nacha", crlf)
	prove(t, "nacha", bytes.TrimSuffix(f, []byte("\n")))
	prove(t, "nacha", bytes.TrimSuffix(crlf, []byte("\r\n")))
	if unbroken := bytes.ReplaceAll(f, []byte("\n"), nil); !bytes.Equal(unbroken, file(t, "nacha-unbroken")) {
		t.Error("nacha-unbroken.txt is not nacha.txt without line ends")
	}
}

func TestNachaTolerance(t *testing.T) {
	lines := bytes.SplitAfter(file(t, "nacha"), []byte("\n"))
	proveTolerated(t, "nacha", bytes.Join(lines[:19], nil), 1) // without the line of 9s
	short := slices.Clone(lines)
	short[18] = append(bytes.TrimRight(lines[18], " \n"), '\n')
	proveTolerated(t, "nacha", bytes.Join(short, nil), 1)
	long := slices.Clone(lines)
	long[18] = append(bytes.TrimSuffix(bytes.Clone(lines[18]), []byte("\n")), "  \n"...)
	broken(t, "nacha", bytes.Join(long, nil), "wrong length")
}

func TestNachaValues(t *testing.T) {
	for _, c := range []struct {
		file, record string
		fields       []string
		want         []string
	}{
		{"nacha", "file_header", []string{"immediate_destination", "immediate_origin", "creation_date", "file_id_modifier", "immediate_origin_name", "reference_code"},
			[]string{"999999015|1234567890|2026-11-23|A|ASURANSI CONTOH|CONTOH01"}},
		{"nacha", "batch_header", []string{"service_class", "company_discretionary_data", "company_id", "sec", "entry_description", "descriptive_date", "effective_date", "settlement_date", "odfi", "batch_number"},
			[]string{"220|POLIS CONTOH|1234567890|PPD|CLAIMS|NOV 26|2026-11-25||99999901|0000001", "200||1234567890|POS|PREMIUM||2026-11-25||99999901|0000002"}},
		{"nacha", "entry", []string{"transaction_code", "rdfi", "check_digit", "account", "amount", "individual_name", "trace_odfi", "trace_sequence"}, []string{
			"22|99999902|8|1000000001|1250.00|WARGA CONTOH 001|99999901|0000001",
			"32|99999903|1|2000000002|500.75|WARGA CONTOH 002|99999901|0000002",
			"22|99999904|4|3000-0000-03|999.99|WARGA CONTOH 003|99999901|0000003",
			"23|99999902|8|1000000004|0.00|WARGA CONTOH 004|99999901|0000004",
			"27|99999902|8|1000000005|300.10|WARGA CONTOH 005|99999901|0000005",
			"37|99999903|1|2000000006|200.00|WARGA CONTOH 006|99999901|0000006",
			"22|99999904|4|3000000007|0.01|WARGA CONTOH 007|99999901|0000007",
		}},
		{"nacha", "addenda_05", []string{"payment_information", "entry_sequence"}, []string{
			"SANTUNAN POLIS CONTOH 001|0000001", "SANTUNAN POLIS CONTOH 003, BAGIAN PERTAMA|0000003", "SANTUNAN POLIS CONTOH 003, BAGIAN KEDUA|0000003"}},
		{"nacha", "addenda_02", []string{"reference_1", "terminal_id", "transaction_serial", "transaction_date", "authorization_code", "terminal_state"}, []string{
			"REF0001|TERM01|000017|11-23|A12345|XX", "|TERM01|000018|11-23||XX", "|TERM02|000001|11-24||XX"}},
		{"nacha", "batch_control", []string{"total_debit", "total_credit"}, []string{"0.00|2750.74", "500.10|0.01"}},
		{"nacha", "file_control", []string{"total_debit", "total_credit"}, []string{"500.10|2750.75"}},

		{"nacha-returns", "addenda_99", []string{"return_reason", "original_trace", "date_of_death", "original_rdfi", "addenda_information"}, []string{
			"R03|999999010000001||99999902|NAMA DAN NOMOR TIDAK COCOK", "R15|999999010000008|2026-11-01|99999902|", "R97|999999010000009||99999902|"}},
		{"nacha-returns", "addenda_99_dishonored", []string{"return_reason", "original_trace", "return_trace", "return_settlement_date", "return_code", "addenda_information"}, []string{
			"R68|999999010000006|999999030000031|329|01|TERLAMBAT"}},
		{"nacha-returns", "addenda_99_contested", []string{"return_reason", "original_return_date", "original_settlement_date", "return_trace", "return_code", "dishonored_trace", "dishonored_settlement_date", "dishonored_code"}, []string{
			"R73|2026-11-25|328|999999030000031|01|999999010000020|330|68"}},
		{"nacha-returns", "batch_header", []string{"effective_date", "settlement_date"}, []string{"2026-11-25|329", "|330", "|331"}},

		{"nacha-corrections", "addenda_98", []string{"change_code", "original_trace", "original_rdfi", "corrected_data"}, []string{
			"C01|999999010000002|99999903|2000000022", "C07|999999010000010|99999903|9999990443000000010       32", "C13|999999010000006|99999903|"}},
		{"nacha-corrections", "addenda_98_refused", []string{"refusal_code", "corrected_data", "change_code", "change_trace_sequence"}, []string{"C65|2000000022|C01|0000041"}},

		{"nacha-iat", "iat_batch_header", []string{"iat_indicator", "exchange_indicator", "exchange_reference", "destination_country", "sec", "originating_currency", "destination_currency"}, []string{
			"|FF||ID|IAT|USD|USD", "|FV|1.00000|ID|IAT|USD|IDR", "IATCOR|FF||ID|COR|USD|USD"}},
		{"nacha-iat", "addenda_10", []string{"transaction_type", "foreign_amount", "foreign_trace", "receiver_name"}, []string{
			"MIS|2500.00|CONTOH-0051|WARGA CONTOH 011", "MIS|||WARGA CONTOH 012", "MIS|2500.00|CONTOH-0051|WARGA CONTOH 011", "MIS|1.00||WARGA CONTOH 013", "MIS|1.00||WARGA CONTOH 013"}},
		{"nacha-iat", "addenda_18", []string{"correspondent_name", "correspondent_id_kind", "correspondent_id", "correspondent_country"}, []string{"BANK KORESPONDEN CONTOH|02|CTOHSGSGXXX|SG"}},
		{"nacha-iat", "iat_addenda_98", []string{"change_code", "corrected_data"}, []string{"C01|0000000000000000000000000000000012"}},
		{"nacha-iat", "iat_addenda_99", []string{"return_reason", "original_amount", "addenda_information"}, []string{"R82|2500.00|BANK TIDAK DITEMUKAN"}},
		{"nacha-iat", "iat_addenda_99_dishonored", []string{"return_reason", "return_code"}, []string{"R67|02"}},
		{"nacha-iat", "iat_addenda_99_contested", []string{"return_reason", "original_return_date", "dishonored_code"}, []string{"R75||67"}},
		{"nacha-iat", "iat_batch_control", []string{"originator_id", "total_debit", "total_credit"}, []string{"1234567890|0.00|2501.25", "|2.00|2500.00", "|0.00|0.00"}},

		{"nacha-adv", "adv_entry", []string{"transaction_code", "account", "amount", "advice_routing", "file_identification", "creation_day"}, []string{
			"82|9000000001|2750.74|999999057|E0001|329", "81|9000000001|500.10|999999057|E0001|329", "83|9000000002|1250.00|999999057||329", "84|9000000002|300.10|999999057||329",
			"85|9000000003|0.05|999999057||329", "86|9000000003|0.07|999999057||329", "87|9000000004|0.11|999999057||329", "88|9000000004|0.13|999999057||329", "82|9000000001|1.00|999999057|E0002|329"}},
		{"nacha-adv", "adv_batch_control", []string{"total_debit", "total_credit", "operator_data"}, []string{"3051.04|1750.26|OPERATOR CONTOH", "1.00|0.00|OPERATOR CONTOH"}},
		{"nacha-adv", "adv_file_control", []string{"total_debit", "total_credit"}, []string{"3052.04|1750.26"}},
	} {
		if got := values(t, "nacha", file(t, c.file), c.record, c.fields...); !slices.Equal(got, c.want) {
			t.Errorf("%s, %s:\n got %q\nwant %q", c.file, c.record, got, c.want)
		}
	}
}

// TestNachaBites: each total, copy, running number and check digit finds the
// one thing that is wrong.
func TestNachaBites(t *testing.T) {
	const total = "control total disagrees"
	for _, c := range []struct {
		file         string
		line, column int
		with         string
		want         []string
	}{
		{"nacha", 1, 35, "095", []string{"field record_size"}},
		{"nacha", 1, 24, "261323", []string{"field creation_date", "not a date"}},
		{"nacha", 2, 51, "XXX", []string{"field sec", "not in the code list"}},
		{"nacha", 2, 2, "225", []string{"(batch_control), field service_class"}},
		{"nacha", 2, 41, "9", []string{"(batch_control), field company_id"}},
		{"nacha", 2, 88, "0000007", []string{"(batch_control), field batch_number"}},
		{"nacha", 3, 2, "25", []string{"field transaction_code", "not in the code list"}},
		{"nacha", 3, 2, "27", []string{"field total_debit", "field total_credit", total}},
		{"nacha", 3, 4, "99999903", []string{"check digit", "field entry_hash", total}},
		{"nacha", 3, 12, "9", []string{"field check_digit", "check digit"}},
		{"nacha", 3, 30, "0000125001", []string{"(batch_control), field total_credit", "(file_control), field total_credit", total}},
		{"nacha", 3, 55, "\xa6", []string{"field individual_name", "character not allowed"}},
		{"nacha", 3, 79, "0", []string{"field addenda_indicator"}},
		{"nacha", 3, 80, "99999902", []string{"field trace_odfi"}},
		{"nacha", 4, 84, "0002", []string{"field sequence"}},
		{"nacha", 4, 88, "0000002", []string{"field entry_sequence"}},
		{"nacha", 5, 79, "1", []string{"field addenda_indicator"}},
		{"nacha", 5, 88, "0000001", []string{"field trace_sequence"}},
		{"nacha", 8, 84, "0001", []string{"field sequence"}},
		{"nacha", 10, 2, "200", []string{"field service_class"}},
		{"nacha", 10, 5, "000008", []string{"field entry_count", total}},
		{"nacha", 10, 11, "1", []string{"field entry_hash", total}},
		{"nacha", 10, 44, "5", []string{"field total_credit", total}},
		{"nacha", 10, 45, "2", []string{"field company_id"}},
		{"nacha", 10, 80, "1", []string{"field odfi"}},
		{"nacha", 10, 94, "2", []string{"field batch_number"}},
		{"nacha", 13, 26, "1131", []string{"field transaction_date", "not a date"}},
		{"nacha", 13, 80, "1", []string{"field trace_odfi"}},
		{"nacha", 13, 94, "6", []string{"field trace_sequence"}},
		{"nacha", 18, 32, "1", []string{"field total_debit", total}},
		{"nacha", 19, 2, "000003", []string{"field batch_count", total}},
		{"nacha", 19, 8, "000003", []string{"field block_count", total}},
		{"nacha", 19, 14, "00000012", []string{"field entry_count", total}},
		{"nacha", 19, 22, "1", []string{"field entry_hash", total}},
		{"nacha", 19, 32, "1", []string{"field total_debit", total}},
		{"nacha", 19, 44, "1", []string{"field total_credit", total}},
		{"nacha", 20, 1, "8", nil},

		{"nacha-returns", 4, 94, "9", []string{"(addenda_99), field trace_sequence"}},
		{"nacha-returns", 4, 80, "1", []string{"(addenda_99), field trace_odfi"}},
		{"nacha-returns", 6, 22, "261131", []string{"field date_of_death", "not a date"}},
		{"nacha-returns", 12, 94, "9", []string{"(addenda_99_dishonored), field trace_sequence"}},
		{"nacha-returns", 16, 94, "9", []string{"(addenda_99_contested), field trace_sequence"}},
		{"nacha-returns", 17, 21, "1", []string{"field total_debit", total}},

		{"nacha-corrections", 4, 4, "C15", []string{"field change_code", "not in the code list"}},
		{"nacha-corrections", 12, 65, "C61", []string{"field change_code", "not in the code list"}},

		{"nacha-iat", 3, 12, "1", []string{"field check_digit", "check digit"}},
		{"nacha-iat", 3, 80, "1", []string{"field trace_odfi"}},
		{"nacha-iat", 4, 88, "1", []string{"(addenda_10), field entry_sequence"}},
		{"nacha-iat", 10, 88, "1", []string{"(addenda_16), field entry_sequence"}},
		{"nacha-iat", 12, 84, "0003", []string{"(addenda_17), field sequence"}},
		{"nacha-iat", 13, 84, "0002", []string{"(addenda_18), field sequence"}},
		{"nacha-iat", 14, 88, "0000051", []string{"field trace_sequence"}},
		{"nacha-iat", 22, 5, "000001", []string{"(iat_batch_control), field entry_count", total}},
		{"nacha-iat", 22, 11, "1", []string{"(iat_batch_control), field entry_hash", total}},
		{"nacha-iat", 22, 44, "1", []string{"(iat_batch_control), field total_credit", total}},
		{"nacha-iat", 22, 45, "2", []string{"(iat_batch_control), field originator_id"}},
		{"nacha-iat", 22, 94, "9", []string{"(iat_batch_control), field batch_number"}},

		{"nacha-adv", 3, 2, "22", []string{"field transaction_code", "not in the code list"}},
		{"nacha-adv", 3, 48, "1", []string{"field advice_routing", "check digit"}},
		{"nacha-adv", 4, 91, "0003", []string{"field sequence"}},
		{"nacha-adv", 11, 5, "000007", []string{"field entry_count", total}},
		{"nacha-adv", 11, 20, "1", []string{"field entry_hash", total}},
		{"nacha-adv", 11, 40, "1", []string{"field total_debit", total}},
		{"nacha-adv", 11, 60, "1", []string{"field total_credit", total}},
		{"nacha-adv", 11, 80, "1", []string{"field odfi"}},
		{"nacha-adv", 15, 2, "000001", []string{"(adv_file_control), field batch_count", total}},
		{"nacha-adv", 15, 51, "1", []string{"(adv_file_control), field total_debit", total}},
		{"nacha-adv", 15, 71, "1", []string{"(adv_file_control), field total_credit", total}},
	} {
		t.Run(fmt.Sprintf("%s/%d.%d", c.file, c.line, c.column), func(t *testing.T) {
			broken(t, "nacha", poke(file(t, c.file), c.line, c.column, c.with), c.want...)
		})
	}
}

// TestNachaOpen: a bank's own return reason is no error.
func TestNachaOpen(t *testing.T) {
	prove(t, "nacha", poke(file(t, "nacha-returns"), 4, 4, "R96"))
}

// TestNachaOrder: what stands where is known from the batch around it.
func TestNachaOrder(t *testing.T) {
	lines := func(name string) []string {
		return strings.SplitAfter(strings.ReplaceAll(string(file(t, name)), "\r", ""), "\n")
	}
	without := func(name string, n int) []byte {
		return []byte(strings.Join(slices.Delete(lines(name), n-1, n), ""))
	}
	swapped := func(name string, n int) []byte {
		l := lines(name)
		l[n-1], l[n] = l[n], l[n-1]
		return []byte(strings.Join(l, ""))
	}
	broken(t, "nacha", without("nacha", 1), "record out of place")      // no file header
	broken(t, "nacha", without("nacha", 11), "record out of place")     // no batch header
	broken(t, "nacha", without("nacha", 10), "record out of place")     // no batch control
	broken(t, "nacha", without("nacha", 19))                            // no file control
	broken(t, "nacha", swapped("nacha", 2), "record out of place")      // an entry before its batch
	broken(t, "nacha", swapped("nacha-iat", 4), "record out of place")  // addenda 11 before 10
	broken(t, "nacha", without("nacha-iat", 7), "record out of place")  // no addenda 13
	broken(t, "nacha", without("nacha-adv", 2), "record out of place")  // advices without a header
	broken(t, "nacha", poke(file(t, "nacha-adv"), 12, 51, "PPD"))       // payments behind advices
	broken(t, "nacha", poke(file(t, "nacha"), 4, 2, "10"))              // an international addenda in a domestic batch
	broken(t, "nacha", poke(file(t, "nacha"), 7, 2, "02"))              // two kinds of addenda under one entry
	broken(t, "nacha", poke(file(t, "nacha-iat"), 2, 51, "PPD"))        // an international batch that is not called so
	broken(t, "nacha", poke(file(t, "nacha-returns"), 4, 4, "R61"))     // a return in the form of another
	broken(t, "nacha", poke(file(t, "nacha-corrections"), 4, 4, "C61")) // a correction in the form of a refusal
}

// achRouting is a routing number: eight digits and their check digit.
func achRouting(eight int) string {
	s := fmt.Sprintf("%08d", eight)
	sum := 0
	for i, w := range []int{3, 7, 1, 3, 7, 1, 3, 7} {
		sum += int(s[i]-'0') * w
	}
	return fmt.Sprintf("%s%d", s, (10-sum%10)%10)
}

// TestNachaSpecification builds a file from the columns of the public record
// formats. It has so many entries that the hash loses its eleventh digit.
func TestNachaSpecification(t *testing.T) {
	const entries = 150
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	add("1%2s%10s%10s%6s%4s%1s%3s%2s%1s%-23s%-23s%-8s", "01", " "+achRouting(98765432), "9876543210", "261231", "2359", "Z", "094", "10", "1", "OPERATOR CONTOH", "PERUSAHAAN CONTOH", "")
	var hash, debit, credit int
	for b := 1; b <= 2; b++ {
		var h, d, c int
		add("5%3d%-16s%-20s%-10s%3s%-10s%-6s%6s%3s%1d%08d%07d", 200, "PERUSAHAAN CONTO", "", "9876543210", "CCD", "TAGIHAN", "DES 26", "270104", "", 1, 98765432, b)
		for i := 1; i <= entries; i++ {
			rdfi, code, amount := 99999000+i, []int{22, 27, 32, 37, 42, 47, 52, 55}[i%8], i*100+b
			add("6%02d%9s%-17s%010d%-15s%-22s%-2s%1d%08d%07d", code, achRouting(rdfi), fmt.Sprintf("ACCT%d", i), amount, fmt.Sprintf("INV %d", i), "PENERIMA CONTOH", "", i%2, 98765432, i)
			if i%2 == 1 {
				add("7%02d%-80s%04d%07d", 5, "RMR*IV*"+fmt.Sprint(i)+`\`, 1, i)
			}
			h += rdfi
			if code%10 < 5 {
				c += amount
			} else {
				d += amount
			}
		}
		add("8%03d%06d%010d%012d%012d%-10s%-19s%6s%08d%07d", 200, entries+entries/2, h%1e10, d, c, "9876543210", "", "", 98765432, b)
		hash, debit, credit = hash+h, debit+d, credit+c
	}
	add("9%06d%06d%08d%010d%012d%012d%39s", 2, (len(lines)+10)/10, 2*(entries+entries/2), hash%1e10, debit, credit, "")
	if hash < 1e10 {
		t.Fatal("the hash has no eleventh digit")
	}
	for len(lines)%10 != 0 {
		lines = append(lines, strings.Repeat("9", 94))
	}
	for i, l := range lines {
		if len(l) != 94 {
			t.Fatalf("line %d has %d bytes", i+1, len(l))
		}
	}
	f := []byte(strings.Join(lines, "\r\n") + "\r\n")
	prove(t, "nacha", f)
	want := fmt.Sprintf("2|%d|%d", 2*(entries+entries/2), hash%1e10)
	if got := values(t, "nacha", f, "file_control", "batch_count", "entry_count", "entry_hash"); !slices.Equal(got, []string{want}) {
		t.Errorf("file control: got %q, want %q", got, want)
	}
}

func TestNachaSamples(t *testing.T) {
	tolerated := map[string]int{ // lines without their last blanks
		"FISERV-ZEROFILE-PIMRET825324_032720_110221.ach": 2,
		"return-PPD-custom-reason-code.ach":              2,
	}
	for name, f := range samples(t, "nacha/*.ach") {
		name = filepath.Base(name)
		t.Run(name, func(t *testing.T) {
			if n := tolerated[name]; n > 0 {
				proveTolerated(t, "nacha", f, n)
				return
			}
			prove(t, "nacha", f)
		})
	}
}

func TestNachaInvalidSamples(t *testing.T) {
	want := map[string][]string{
		"20110729A-invalid.ach":                        {"wrong length", "field sec"}, // a header one column short
		"adv-invalidFileControl.ach":                   {"(adv_file_control), field entry_count", "control total disagrees"},
		"iat-invalidBatchControl.ach":                  {"(iat_batch_control), field odfi", "(iat_batch_control), field batch_number"},
		"long-line.ach":                                {"wrong length"},
		"neither_file_record.txt":                      {"record out of place"},
		"no_control.txt":                               {"file cut short"},
		"no_header.txt":                                {"record out of place"},
		"nonascii-utf8.ach":                            {"wrong length"},
		"nonascii.ach":                                 {"character not allowed"},
		"ppd-debit-fixedLengthInvalid.ach":             {}, // one byte too many in front of a file without line ends
		"ppd-debit-invalid-entryDetail-checkDigit.ach": {"field check_digit", "check digit"},
		"return-no-batch-controls.ach":                 {"record out of place"},
		"return-no-batch-header.ach":                   {"record out of place"},
		"return-no-file-header-control.ach":            {"record out of place"},
	}
	want["ppd-mixedDebitCredit-invalid.ach"] = []string{"field immediate_origin", "not a number"} // letters
	want["short-line.ach"] = []string{"wrong length"}                                             // cut off, not trimmed: it ends with a space
	for name, f := range samples(t, "nacha-invalid/*") {
		name = filepath.Base(name)
		t.Run(name, func(t *testing.T) {
			w, known := want[name]
			if !known {
				t.Fatal("nothing is known of this file")
			}
			broken(t, "nacha", f, w...)
		})
	}
}
