package layouts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestBankservACHReply(t *testing.T) {
	const layout = "bankserv-ach-reply"
	f := file(t, layout)
	prove(t, layout, f)
	if got, want := values(t, layout, f, "transmission_status", "client_code", "transmission_number", "outcome"), []string{"99001|0000846|ACCEPTED"}; !slices.Equal(got, want) {
		t.Errorf("transmission %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "eft_status", "service", "user_code", "generation_number", "last_sequence_number", "outcome"),
		[]string{"020|A999|0000846|000011|ACCEPTED", "001|A999|0000847|000000|REJECTED"}; !slices.Equal(got, want) {
		t.Errorf("sets %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "eft_message", "generation_number", "sequence_number", "error", "message"), []string{
		"0000846|000008|00080|*** WARNING ONLY ***", "0000847|000000|00006|*** USER GEN NUMBER NOT NEXT ***", "0000847|000012|00999|*** KODE LAIN ***",
	}; !slices.Equal(got, want) {
		t.Errorf("messages %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "verification_status", "department", "generation_number", "outcome"), []string{"AHVINT|0000031|ACCEPTED"}; !slices.Equal(got, want) {
		t.Errorf("verifications %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "accepted_transaction", "set_id", "identifier", "sequence_number", "homing_account", "amount", "action_date", "homing_name"), []string{
		"020|10|7|62000000001|5000.00|2026-11-27|WARGA CONTOH 001",
		"020|10|8||7500.50|2026-11-27|WARGA CONTOH 002",
		"020|10|10|00070000003|0.01|2026-11-30|WARGA CONTOH 003",
	}; !slices.Equal(got, want) {
		t.Errorf("transactions %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "accepted_contra", "identifier", "sequence_number", "amount"), []string{"12|9|12500.50", "12|11|0.01"}; !slices.Equal(got, want) {
		t.Errorf("contras %q, want %q", got, want)
	}
	broken(t, layout, poke(f, 16, 5, "000000015"), "field record_count", "control total disagrees")
	broken(t, layout, poke(f, 2, 36, "PENDING "), "field outcome")
	broken(t, layout, poke(f, 4, 9, "XXX USER SET"), "field label")
	broken(t, layout, poke(f, 2, 1, "904"), "unknown record type")
	broken(t, layout, poke(f, 4, 1, "903"))
}

// TestBankservACHReplyColumns writes a file straight from the record tables.
func TestBankservACHReplyColumns(t *testing.T) {
	const layout = "bankserv-ach-reply"
	lines := []string{
		fmt.Sprintf("000T%s%05d%-30s%-7s%05d%119s%-20s", "20270201", 123, "USAHA CONTOH", "TEST", 123, "", "1"),
		fmt.Sprintf("%-198s", fmt.Sprintf("900T000 TRANSMISSION %05d-%07d-%-8s", 123, 9, "REJECTED")),
		fmt.Sprintf("%-198s", fmt.Sprintf("901T000-%05d-%-50s", 6, "PESAN CONTOH")),
		fmt.Sprintf("%-198s", fmt.Sprintf("900T001 ACB USER SET %-4s-%07d-%06d-%-8s", "B001", 1, 0, "REJECTED")),
		fmt.Sprintf("%-198s", fmt.Sprintf("901T001 %-4s/%07d/%06d-%05d-%-60s", "B001", 1, 2, 23, "PESAN CONTOH")),
		fmt.Sprintf("999T%09d%185s", 6, ""),
	}
	f := []byte(strings.Join(lines, "\r\n") + "\r\n")
	prove(t, layout, f)
	if got, want := values(t, layout, f, "transmission_message", "error", "message"), []string{"00006|PESAN CONTOH"}; !slices.Equal(got, want) {
		t.Errorf("message %q, want %q", got, want)
	}
}
