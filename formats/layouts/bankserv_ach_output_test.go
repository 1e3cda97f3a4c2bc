package layouts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestBankservACHOutput(t *testing.T) {
	const layout = "bankserv-ach-output"
	f := file(t, layout)
	prove(t, layout, f)
	if got, want := values(t, layout, f, "unpaid", "transaction_type", "transmission_date", "sequence_number", "homing_account", "amount", "user_reference", "reason", "qualifier", "homing_name"), []string{
		"10|2026-11-27|000007|0000062000000001|5000.00|CONTOH    GAJI_001|026|00000|WARGA CONTOH 001",
		"50|2026-11-27|000012|0000001051000004|1234.00|CONTOH    IURAN 004|002|00016|",
	}; !slices.Equal(got, want) {
		t.Errorf("unpaids %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "redirect", "homing_account", "amount", "new_branch", "new_account", "new_account_type"),
		[]string{"0000000070000003|0.01|632005|0000004099990009|02"}; !slices.Equal(got, want) {
		t.Errorf("redirects %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "output_trailer", "debit_count", "credit_count", "debit_total", "credit_total"), []string{"1|2|1234.00|5000.01"}; !slices.Equal(got, want) {
		t.Errorf("trailer %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "internal_verification", "account", "return_code_2", "return_code_3", "return_code_4"),
		[]string{"000000004099990002|00|00|00", "000000004099990003|02|03|04"}; !slices.Equal(got, want) {
		t.Errorf("verifications %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "external_verification", "branch", "return_code_5", "return_code_6", "return_code_7"), []string{"250655|01|02|03"}; !slices.Equal(got, want) {
		t.Errorf("verifications elsewhere %q, want %q", got, want)
	}
	// Line 5 ends the redirects, line 9 the unpaids, line 10 both.
	for _, line := range []int{5, 9, 10} {
		broken(t, layout, poke(f, line, 5, "000000009"), "field debit_count", "control total disagrees")
		broken(t, layout, poke(f, line, 14, "000000009"), "field credit_count", "control total disagrees")
		broken(t, layout, poke(f, line, 54, "9"), "field debit_total", "control total disagrees")
		broken(t, layout, poke(f, line, 68, "9"), "field credit_total", "control total disagrees")
	}
	broken(t, layout, poke(f, 5, 40, "9"), "field account_hash", "control total disagrees")
	broken(t, layout, poke(f, 9, 40, "9"), "field account_hash", "control total disagrees")
	broken(t, layout, poke(f, 15, 5, "0000004"), "field count", "control total disagrees")
	broken(t, layout, poke(f, 15, 29, "9"), "field account_total", "control total disagrees")
	broken(t, layout, poke(f, 16, 5, "000000015"), "field record_count", "control total disagrees")
	broken(t, layout, poke(f, 14, 5, "0000004"), "field sequence_number", "running number disagrees")
	broken(t, layout, poke(f, 7, 1, "017"), "record out of place")
	broken(t, layout, poke(f, 7, 5, "60"), "field transaction_type")
	broken(t, layout, poke(f, 7, 7, "20261131"), "field transmission_date")
}

// TestBankservACHOutputColumns writes files straight from the record tables.
func TestBankservACHOutputColumns(t *testing.T) {
	const layout = "bankserv-ach-output"
	header := fmt.Sprintf("000L%s%05d%-30s%07d%05d%119s%-20s", "20270201", 123, "USAHA CONTOH", 9, 123, "", "")
	empty := []byte(header + "\r\n" + fmt.Sprintf("999L%09d%185s", 2, "") + "\r\n")
	prove(t, layout, empty)
	lines := []string{
		header,
		fmt.Sprintf("010L%s%07d%02d%181s", "B001", 77, 1, ""),
		fmt.Sprintf("011L%s%06d%016d%02d%s%158s", "B001", 632005, 1, 1, "20270203", ""),
		fmt.Sprintf("013L50%s%06d%06d%016d%011d%-30s%03d%05d%06d%16s%-30s%55s", "20270201", 1, 1, 99999999999, 12345, "USAHA     IURAN", 30, 0, 4, "", "WARGA CONTOH 007", ""),
		fmt.Sprintf("014L%09d%09d%018d%014d%014d%130s", 1, 0, 99999999999, 12345, 0, ""),
		fmt.Sprintf("019L%09d%09d%018d%014d%014d%130s", 1, 0, 99999999999, 12345, 0, ""),
		fmt.Sprintf("999L%09d%185s", 7, ""),
	}
	f := []byte(strings.Join(lines, "\r\n") + "\r\n")
	prove(t, layout, f)
	if got, want := values(t, layout, f, "unpaid", "amount", "reason", "distribution_number"), []string{"123.45|030|000004"}; !slices.Equal(got, want) {
		t.Errorf("unpaid %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "output_header", "user_code", "generation_number", "service"), []string{"B001|77|01"}; !slices.Equal(got, want) {
		t.Errorf("header %q, want %q", got, want)
	}
}
