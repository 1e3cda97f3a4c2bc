package layouts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestCNAB240Return(t *testing.T) {
	const layout = "cnab240-return"
	f := file(t, layout)
	prove(t, layout, f)
	if got, want := values(t, layout, f, "segment_a", "payee_name", "company_document", "amount", "bank_document", "real_date", "real_amount"), []string{
		"WARGA CONTOH 001|FOLHA-0001|1500.00|BX0000001|2026-11-27|1500.00",
		"JOÃO CONTOH 002|FOLHA-0002|2345.67|||",
		"WARGA CONTOH 003|FORN-0001|0.99|||",
	}; !slices.Equal(got, want) {
		t.Errorf("segments A %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "segment_z", "record_number", "legal_authentication", "bank_authentication"), []string{
		"4|AUTENTICACAO CONTOH 0001|BANCO-0001", "3|AUTENTICACAO CONTOH 0001|BANCO-0001",
	}; !slices.Equal(got, want) {
		t.Errorf("segments Z %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "lot_trailer", "lot", "record_count", "total"), []string{"1|7|3845.67", "2|4|0.99", "3|5|340.00", "4|2|0.00"}; !slices.Equal(got, want) {
		t.Errorf("lot trailers %q, want %q", got, want)
	}

	// Occurrences: up to five codes of two characters, from the left.
	prove(t, layout, poke(f, 3, 231, "00BDZAZBZC"))
	prove(t, layout, poke(f, 3, 231, "BN        ")) // not in the list, which is open

	broken(t, layout, poke(f, 1, 143, "1"), "unknown record type")
	broken(t, layout, poke(f, 3, 4, "0009"), "field lot")
	broken(t, layout, poke(f, 6, 9, "00009"), "field record_number", "running number disagrees")
	broken(t, layout, poke(f, 8, 18, "000006"), "field record_count", "control total disagrees")
	broken(t, layout, poke(f, 8, 41, "8"), "field total", "control total disagrees")
	broken(t, layout, poke(f, 20, 18, "000003"), "field lot_count", "control total disagrees")
	broken(t, layout, poke(f, 20, 24, "000019"), "field record_count", "control total disagrees")
	broken(t, layout, poke(f, 3, 155, "30022027"), "field real_date")
}

// TestCNAB240ReturnColumns writes a file straight from FEBRABAN's columns.
func TestCNAB240ReturnColumns(t *testing.T) {
	const layout = "cnab240-return"
	company := fmt.Sprintf("%s%014d%-20s%05d%-1s%012d%-1s%-1s%-30s", "2", 44555666000172, "0001", 77, "", 12345, "6", "", "COMPANHIA CONTOH SA")
	header := fmt.Sprintf("%03d0000%s%9s%s%-30s%-10s%s%s%s%06d%s%05d%-20s%20s%29s", 998, "0", "", company, "BANCO CONTOH", "", "2", "03022027", "000001", 7, "103", 1600, "USO DO BANCO", "", "")
	lot := fmt.Sprintf("%03d%04d%s%s%s%s%s%1s%s%-40s%-30s%05d%-15s%-20s%05d%-3s%-2s%02d%6s%-10s", 998, 1, "1", "C", "20", "30", "030", "", company, "", "", 0, "", "", 0, "", "", 1, "", "00")
	title := fmt.Sprintf("%03d%04d%s%05d%s%s%s%s%-30s%s%015d%015d%015d%s%015d%015d%-20s%-20s%s%6s%-10s",
		998, 1, "3", 1, "J", "0", "00", "99796101600000300001234567890123456789012345", "FORNECEDOR CONTOH", "10022027", 30000, 0, 150, "03022027", 30150, 0, "T-1", "NN-1", "09", "", "CDZK")
	trailer := fmt.Sprintf("%03d%04d%s%9s%06d%018d%018d%06d%165s%-10s", 998, 1, "5", "", 3, 30150, 0, 123, "", "00")
	end := fmt.Sprintf("%03d9999%s%9s%06d%06d%06d%205s", 998, "9", "", 1, 5, 0, "")
	f := []byte(strings.Join([]string{header, lot, title, trailer, end, ""}, "\r\n"))
	for i, l := range strings.Split(string(f), "\r\n")[:5] {
		if len(l) != 240 {
			t.Fatalf("line %d has %d columns", i+1, len(l))
		}
	}
	prove(t, layout, f)
	if got, want := values(t, layout, f, "segment_j", "barcode", "due_date", "addition", "payment_amount", "company_document", "bank_document", "title_currency"),
		[]string{"99796101600000300001234567890123456789012345|2027-02-10|1.50|301.50|T-1|NN-1|09"}; !slices.Equal(got, want) {
		t.Errorf("segment J %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "lot_trailer", "debit_notice"), []string{"000123"}; !slices.Equal(got, want) {
		t.Errorf("lot trailer %q, want %q", got, want)
	}
}
