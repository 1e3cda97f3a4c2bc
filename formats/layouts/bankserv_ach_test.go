package layouts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestBankservACH(t *testing.T) {
	const layout = "bankserv-ach"
	f := file(t, layout)
	prove(t, layout, f)
	if got, want := values(t, layout, f, "eft_header", "record_id", "user_code", "first_sequence_number", "generation_number", "type_of_service", "accepted_report"),
		[]string{"020|A999|7|846|BATCH|Y", "001|A999|12|847|TWO DAY|"}; !slices.Equal(got, want) {
		t.Errorf("headers %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "eft_transaction", "identifier", "sequence_number", "homing_branch", "homing_account", "long_account", "account_type", "amount", "action_date", "user_reference", "homing_name"), []string{
		"10|7|250655|62000000001||1|5000.00|2026-11-27|CONTOH    GAJI_001|WARGA CONTOH 001",
		"10|8|632005||000000999999999999|2|7500.50|2026-11-27|CONTOH    GAJI_002|WARGA CONTOH 002",
		"10|10|051001|00070000003||1|0.01|2026-11-30|CONTOH    GAJI_003|WARGA CONTOH 003",
		"50|12|198765|01051000004||6|1234.00|2026-12-01|CONTOH    IURAN 004|WARGA CONTOH 004",
	}; !slices.Equal(got, want) {
		t.Errorf("transactions %q, want %q", got, want)
	}
	// 62000000001 + 999999999999 + 4099990001 + 70000003 + 4099990001, modulo 10^12
	if got, want := values(t, layout, f, "eft_trailer", "last_sequence_number", "debit_count", "credit_count", "contra_count", "debit_total", "credit_total", "account_hash"),
		[]string{"11|2|3|2|12500.51|12500.51|70269980005", "13|1|1|1|1234.00|1234.00|5150990005"}; !slices.Equal(got, want) {
		t.Errorf("trailers %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "verification_trailer", "count", "account_total"), []string{"2|8199980005", "1|62000000001"}; !slices.Equal(got, want) {
		t.Errorf("trailers of verifications %q, want %q", got, want)
	}

	// Numbers.
	broken(t, layout, poke(f, 9, 41, "0848"), "field generation_number", "running number disagrees")
	broken(t, layout, poke(f, 4, 28, "000009"), "field sequence_number", "running number disagrees")
	broken(t, layout, poke(f, 10, 28, "000013"), "field sequence_number", "running number disagrees")
	broken(t, layout, poke(f, 15, 5, "0000003"), "field sequence_number", "running number disagrees")
	broken(t, layout, poke(f, 17, 5, "0000040"), "field generation_number", "running number disagrees")
	// Totals and copies of a set.
	broken(t, layout, poke(f, 8, 11, "000008"), "field first_sequence_number")
	broken(t, layout, poke(f, 8, 17, "000010"), "field last_sequence_number")
	broken(t, layout, poke(f, 8, 23, "261126"), "field first_action_date")
	broken(t, layout, poke(f, 8, 29, "261126"), "field last_action_date")
	broken(t, layout, poke(f, 8, 35, "000003"), "field debit_count", "control total disagrees")
	broken(t, layout, poke(f, 8, 41, "000002"), "field credit_count", "control total disagrees")
	broken(t, layout, poke(f, 8, 47, "000003"), "field contra_count", "control total disagrees")
	broken(t, layout, poke(f, 8, 64, "2"), "field debit_total", "control total disagrees")
	broken(t, layout, poke(f, 8, 76, "2"), "field credit_total", "control total disagrees")
	broken(t, layout, poke(f, 8, 88, "6"), "field account_hash", "control total disagrees")
	broken(t, layout, poke(f, 3, 50, "2"), "field account_hash", "control total disagrees")
	broken(t, layout, poke(f, 4, 154, "8"), "field account_hash", "control total disagrees")
	broken(t, layout, poke(f, 5, 50, "2"), "field account_hash", "control total disagrees")
	broken(t, layout, poke(f, 3, 62, "1"), "field amount", "control total disagrees") // the contra
	broken(t, layout, poke(f, 3, 1, "001"), "field record_id")
	broken(t, layout, poke(f, 3, 4, "T"), "field record_status")
	broken(t, layout, poke(f, 3, 24, "B999"), "field user_code")
	broken(t, layout, poke(f, 16, 5, "0000003"), "field count", "control total disagrees")
	broken(t, layout, poke(f, 16, 29, "6"), "field account_total", "control total disagrees")
	broken(t, layout, poke(f, 20, 5, "000000021"), "field record_count", "control total disagrees")
	// Structure and values.
	broken(t, layout, poke(f, 7, 5, "10"), "record out of place")
	broken(t, layout, poke(f, 3, 5, "11"), "unknown record type")
	broken(t, layout, poke(f, 3, 171, "22"), "field homing_institution")
	broken(t, layout, poke(f, 3, 51, "5"), "field account_type")

	test := file(t, "bankserv-ach-test")
	prove(t, layout, test)
	if got, want := values(t, layout, test, "test_header", "record_status", "transmission_number", "client_code"), []string{"T|TEST|99001"}; !slices.Equal(got, want) {
		t.Errorf("header of a test %q, want %q", got, want)
	}
}

// TestBankservACHColumns writes a file straight from the record tables.
func TestBankservACHColumns(t *testing.T) {
	const layout = "bankserv-ach"
	lines := []string{
		fmt.Sprintf("000L%s%05d%-30s%07d%05d%119s%-20s", "20270201", 123, "USAHA CONTOH", 9, 0, "", ""),
		fmt.Sprintf("001L04%s%s%s%s%s%06d%04d%-10s%1s%1s%142s", "B001", "270201", "270210", "270203", "270203", 1, 1, "SAMEDAY", "", "Y", ""),
		fmt.Sprintf("001L50%06d%011d%s%06d%06d%011d%d%011d%s%02d%d%3s%-30s%-30s%020d%16s21%26s", 632005, 1, "B001", 1, 1, 99999999999, 1, 12345, "270203", 44, 0, "", "USAHA     IURAN", "WARGA CONTOH 007", 0, "", ""),
		fmt.Sprintf("001L50%06d%011d%s%06d%06d%011d%d%011d%s%02d%d%3s%-30s%-30s%020d%16s21%26s", 632005, 1, "B001", 2, 2, 0, 2, 55, "270203", 44, 0, "", "USAHA     IURAN", "WARGA CONTOH 008", 999999999999, "", ""),
		fmt.Sprintf("001L52%06d%011d%s%06d%06d%011d1%011d%s10%04d%-30s%94s", 632005, 1, "B001", 3, 632005, 1, 12400, "270203", 0, "USAHA     CONTRA", ""),
		fmt.Sprintf("001L92%s%06d%06d%s%s%06d%06d%06d%012d%012d%012d%110s", "B001", 1, 3, "270203", "270203", 2, 1, 1, 12400, 12400, (99999999999+999999999999+1)%1000000000000, ""),
		fmt.Sprintf("999L%09d%185s", 7, ""),
	}
	for i, l := range lines {
		if len(l) != 198 {
			t.Fatalf("line %d has %d columns", i+1, len(l))
		}
	}
	f := []byte(strings.Join(lines, "\r\n") + "\r\n")
	prove(t, layout, f)
	if got, want := values(t, layout, []byte(strings.ReplaceAll(string(f), "\r\n", "\n")), "transmission_trailer", "record_count"), []string{"7"}; !slices.Equal(got, want) {
		t.Errorf("trailer of a file with line feeds %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "eft_contra", "identifier", "sequence_number", "amount"), []string{"52|3|124.00"}; !slices.Equal(got, want) {
		t.Errorf("contra %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "eft_trailer", "account_hash"), []string{"99999999999"}; !slices.Equal(got, want) {
		t.Errorf("hash %q, want %q", got, want)
	}
	// Some write the last record without its blanks and line end.
	proveTolerated(t, layout, []byte(strings.TrimRight(string(f), " \r\n")), 2)
}
