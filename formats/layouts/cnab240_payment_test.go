package layouts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestCNAB240Payment(t *testing.T) {
	const layout = "cnab240-payment"
	f := file(t, layout)
	prove(t, layout, f)
	if got, want := values(t, layout, f, "file_header", "bank_code", "company_registration", "agreement", "account", "company_name", "file_number", "layout_version"),
		[]string{"999|11222333000181|CONVENIO0001|000000987654|EMPRESA CONTOH LTDA|42|103"}; !slices.Equal(got, want) {
		t.Errorf("file header %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "lot_header", "lot", "operation", "service", "payment_form", "city"),
		[]string{"1|C|30|01|SAO PAULO", "2|C|20|45|SAO PAULO", "3|C|20|31|SAO PAULO"}; !slices.Equal(got, want) {
		t.Errorf("lot headers %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "segment_a", "lot", "record_number", "clearing", "payee_account", "payee_name", "company_document", "payment_date", "amount", "real_date", "real_amount"), []string{
		"1|1|000|000000555001|WARGA CONTOH 001|FOLHA-0001|2026-11-27|1500.00||",
		"1|4|018|000000555002|WARGA CONTOH 002|FOLHA-0002|2026-11-27|2345.67||",
		"2|1|009||WARGA CONTOH 003|FORN-0001|2026-11-27|0.99||",
	}; !slices.Equal(got, want) {
		t.Errorf("segments A %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "segment_b", "payee_registration", "street", "document_amount", "discount", "fine"),
		[]string{"00011144477735|RUA DOS EXEMPLOS|1500.00|10.00|"}; !slices.Equal(got, want) {
		t.Errorf("segment B %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "segment_b_pix", "initiation", "key"), []string{"02|contoh@example.com"}; !slices.Equal(got, want) {
		t.Errorf("segment B of a Pix %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "segment_c", "income_tax", "social_security"), []string{"123.45|50.00"}; !slices.Equal(got, want) {
		t.Errorf("segment C %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "segment_j", "due_date", "title_amount", "discount", "payment_amount", "company_document"),
		[]string{"2026-11-30|350.00|10.00|340.00|TIT-0001"}; !slices.Equal(got, want) {
		t.Errorf("segment J %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "segment_j52", "payer_registration", "beneficiary_name", "guarantor_name"),
		[]string{"011222333000181|FORNECEDOR CONTOH SA|"}; !slices.Equal(got, want) {
		t.Errorf("segment J-52 %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "lot_trailer", "record_count", "total"), []string{"6|3845.67", "4|0.99", "4|340.00"}; !slices.Equal(got, want) {
		t.Errorf("lot trailers %q, want %q", got, want)
	}
	if got, want := values(t, layout, f, "file_trailer", "lot_count", "record_count"), []string{"3|16"}; !slices.Equal(got, want) {
		t.Errorf("file trailer %q, want %q", got, want)
	}

	// Lots and record numbers.
	broken(t, layout, poke(f, 2, 4, "0002"), "field lot", "running number disagrees")
	broken(t, layout, poke(f, 3, 4, "0002"), "field lot")
	broken(t, layout, poke(f, 7, 4, "0002"), "field lot")
	broken(t, layout, poke(f, 4, 9, "00003"), "field record_number", "running number disagrees")
	broken(t, layout, poke(f, 13, 9, "00002"), "field record_number", "running number disagrees")
	broken(t, layout, poke(f, 3, 1, "998"), "field bank_code")
	broken(t, layout, poke(f, 16, 1, "998"), "field bank_code")
	// Totals.
	broken(t, layout, poke(f, 7, 18, "000004"), "field record_count", "control total disagrees")
	broken(t, layout, poke(f, 7, 41, "8"), "field total", "control total disagrees")
	broken(t, layout, poke(f, 6, 134, "8"), "field total", "control total disagrees")
	broken(t, layout, poke(f, 13, 167, "1"), "field total", "control total disagrees")
	broken(t, layout, poke(f, 15, 59, "1"), "field currency_total", "control total disagrees")
	broken(t, layout, poke(f, 16, 18, "000002"), "field lot_count", "control total disagrees")
	broken(t, layout, poke(f, 16, 24, "000015"), "field record_count", "control total disagrees")
	// Structure.
	broken(t, layout, poke(f, 1, 143, "2"), "unknown record type")
	broken(t, layout, poke(f, 3, 14, "Q"), "unknown record type")
	broken(t, layout, poke(f, 3, 14, "C"), "record out of place")
	broken(t, layout, poke(f, 13, 18, "52"), "record out of place")
	// Values.
	broken(t, layout, poke(f, 3, 94, "31112026"), "field payment_date")
	broken(t, layout, poke(f, 3, 74, strings.Repeat(" ", 20)), "field company_document")
	broken(t, layout, poke(f, 3, 15, "8"), "field movement")
	broken(t, layout, poke(f, 16, 4, "9998"), "field lot")
	broken(t, layout, poke(f, 3, 133, " 0"), "field amount")
}

// TestCNAB240PaymentColumns writes a file straight from FEBRABAN's columns.
func TestCNAB240PaymentColumns(t *testing.T) {
	const layout = "cnab240-payment"
	company := fmt.Sprintf("%s%014d%-20s%05d%-1s%012d%-1s%-1s%-30s", "2", 44555666000172, "0001", 77, "", 12345, "6", "", "COMPANHIA CONTOH SA")
	header := fmt.Sprintf("%03d0000%s%9s%s%-30s%-10s%s%s%s%06d%s%05d%20s%20s%29s", 998, "0", "", company, "BANCO CONTOH", "", "1", "01022027", "235959", 1, "089", 0, "", "", "")
	lot := fmt.Sprintf("%03d%04d%s%s%s%s%s%1s%s%-40s%-30s%05d%-15s%-20s%05d%-3s%-2s%02d%6s%10s", 998, 1, "1", "C", "20", "03", "031", "", company, "", "AV CONTOH", 1, "", "RECIFE", 50000, "000", "PE", 0, "", "")
	credit := func(n, cents int, document string) string {
		return fmt.Sprintf("%03d%04d%s%05d%s%s%s%03d%03d%05d%1s%012d%-1s%1s%-30s%-20s%s%s%015d%015d%-20s%08d%015d%-40s%-2s%-5s%-2s%3s%d%10s",
			998, 1, "3", n, "A", "0", "09", 18, 997, 1, "", 20+n, "9", "", "WARGA CONTOH 004", document, "03022027", "BRL", 0, cents, "", 0, 0, "PESAN CONTOH", "", "00005", "", "", 0, "")
	}
	trailer := fmt.Sprintf("%03d%04d%s%9s%06d%018d%018d%06d%165s%10s", 998, 1, "5", "", 4, 300, 0, 0, "", "")
	end := fmt.Sprintf("%03d9999%s%9s%06d%06d%06d%205s", 998, "9", "", 1, 6, 0, "")
	lines := []string{header, lot, credit(1, 100, "A1"), credit(2, 200, "A2"), trailer, end}
	for i, l := range lines {
		if len(l) != 240 {
			t.Fatalf("line %d has %d columns", i+1, len(l))
		}
	}
	crlf, lf := []byte(strings.Join(lines, "\r\n")+"\r\n"), []byte(strings.Join(lines, "\n")+"\n")
	prove(t, layout, crlf)
	if got, want := values(t, layout, lf, "lot_trailer", "record_count", "total"), []string{"4|3.00"}; !slices.Equal(got, want) {
		t.Errorf("lot trailer of a file with line feeds %q, want %q", got, want)
	}
	if got, want := values(t, layout, crlf, "segment_a", "record_number", "instruction", "payee_bank", "payee_branch", "payee_account", "payee_account_digit", "company_document", "payment_date", "amount", "information", "ted_purpose"), []string{
		"1|09|997|00001|000000000021|9|A1|2027-02-03|1.00|PESAN CONTOH|00005",
		"2|09|997|00001|000000000022|9|A2|2027-02-03|2.00|PESAN CONTOH|00005",
	}; !slices.Equal(got, want) {
		t.Errorf("segments A %q, want %q", got, want)
	}
	proveTolerated(t, layout, crlf[:len(crlf)-2], 1)
	proveTolerated(t, layout, append(slices.Clone(crlf), 0x1a), 1)
	broken(t, layout, []byte(strings.Join(append(slices.Clone(lines[:4]), lines[5]), "\r\n")+"\r\n"), "record out of place")
}
