package intake

import (
	"errors"
	"strings"
	"testing"
)

func text(s string) cell   { return cell{text: s} }
func stored(s string) cell { return cell{text: s, kind: kindNumber} }

func TestAccountNumber(t *testing.T) {
	for _, tt := range []struct {
		in   cell
		want string
		kind error
	}{
		{text("000101000123456"), "000101000123456", nil},
		{text(" 000101000123456 "), "000101000123456", nil},
		{text("0001-01-000123-45-6"), "000101000123456", nil},
		{text("0001 01 000123 45 6"), "000101000123456", nil},
		{text("1234567890"), "000001234567890", nil},
		{text("123456789"), "", ErrValue},
		{text("1"), "", ErrValue},
		{text("1234567890123456"), "", ErrValue},
		{text("000000000000000"), "", ErrValue},
		{text(""), "", ErrRequired},
		{text("  "), "", ErrRequired},
		{text("-1234567890"), "", ErrValue},
		{text("1234567890-"), "", ErrValue},
		{text("0001.01.000123456"), "", ErrValue},
		{text("'000101000123456"), "", ErrValue},
		{text("00010100012345X"), "", ErrValue},
		{text("٠٠٠١٠١٠٠٠١٢٣٤٥٦"), "", ErrValue},
		{text("1.23457E+14"), "", ErrShortened},
		{text("1,23457E+14"), "", ErrShortened},
		{text("1E14"), "", ErrShortened},
		{stored("101000123456"), "000101000123456", nil},
		{stored("1.01000123456E+11"), "000101000123456", nil},
		{stored("123456789012345"), "123456789012345", nil},
		{stored("1234567890123450"), "", ErrShortened},
		{stored("1.23456789012345E+17"), "", ErrShortened},
		{stored("123456789"), "", ErrValue},
		{stored("1234567890.5"), "", ErrValue},
		{stored("-1234567890"), "", ErrValue},
		{stored("0"), "", ErrValue},
		{stored("?"), "", ErrCell},
		{cell{text: "#N/A", kind: kindError}, "", ErrCell},
		{cell{text: "1", kind: kindBoolean}, "", ErrCell},
		{cell{kind: kindPending}, "", ErrCell},
	} {
		got, err := accountNumber(tt.in, false)
		if got != tt.want || !errors.Is(err, tt.kind) {
			t.Errorf("accountNumber(%q, kind %d) = %q, %v; want %q, %v", tt.in.text, tt.in.kind, got, err, tt.want, tt.kind)
		}
	}
}

func TestBeneficiaryID(t *testing.T) {
	for _, tt := range []struct {
		in   cell
		want string
		kind error
	}{
		{text("WBP-001"), "WBP-001", nil},
		{text(" pwk/2026.17_a "), "pwk/2026.17_a", nil},
		{text(strings.Repeat("x", 32)), strings.Repeat("x", 32), nil},
		{text(strings.Repeat("x", 33)), "", ErrValue},
		{text(""), "", ErrRequired},
		{text("WBP 001"), "", ErrValue},
		{text("WBP\u00a0001"), "", ErrValue},
		{text("WBP\u200b001"), "", ErrControl},
		{text("WBP\x00001"), "", ErrControl},
		{text("WBP\u202e001"), "", ErrControl},
		{text("WBP;001"), "", ErrValue},
		{text("É1"), "", ErrValue},
		{stored("17"), "17", nil},
		{stored("1.7E+1"), "17", nil},
		{stored("1.5"), "", ErrValue},
		{stored("-5"), "", ErrValue},
		{stored("1234567890123456"), "", ErrShortened},
	} {
		got, err := beneficiaryID(tt.in, false)
		if got != tt.want || !errors.Is(err, tt.kind) {
			t.Errorf("beneficiaryID(%q) = %q, %v; want %q, %v", tt.in.text, got, err, tt.want, tt.kind)
		}
	}
}

func TestPersonName(t *testing.T) {
	for _, tt := range []struct {
		in, want string
		kind     error
	}{
		{"CONTOH SATU", "CONTOH SATU", nil},
		{"  contoh\u00a0  satu ", "contoh satu", nil},
		{"CONTOH\tSATU", "", ErrControl},
		{"CONTOH\nSATU", "", ErrControl},
		{"CONTOH\uFFFDSATU", "", ErrEncoding},
		{"CONTOH\xE9", "", ErrEncoding},
		{"Conto\u0301h", "Contóh", nil},
		{"D'CONTOH, S.Pd.", "D'CONTOH, S.Pd.", nil},
		{"", "", ErrRequired},
		{"000101000123456", "", ErrValue},
		{strings.Repeat("é", 100), strings.Repeat("é", 100), nil},
		{strings.Repeat("é", 101), "", ErrValue},
		{"李明", "", ErrValue}, // nothing of it would be left in the bank's file
		{"Ли Contoh", "Ли Contoh", nil},
	} {
		got, err := personName(text(tt.in), false)
		if got != tt.want || !errors.Is(err, tt.kind) {
			t.Errorf("personName(%q) = %q, %v; want %q, %v", tt.in, got, err, tt.want, tt.kind)
		}
	}
}

func TestSameName(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"CONTOH SATU", "CONTOH SATU", true},
		{"CONTOH SATU", " contoh   Satu ", true},
		{"CONTÓH", "conto\u0301h", true},
		{"CONTOH SATU", "CONTOHSATU", false},
		{"CONTOH SATU", "CONTOH SATU.", false},
		{"CONTOH", "CONTÓH", false},
		{"CONTOH SATU", "CONTOH SAT", false},
	} {
		if got := SameName(tt.a, tt.b); got != tt.want {
			t.Errorf("SameName(%q, %q) = %v", tt.a, tt.b, got)
		}
		if got := FoldName(tt.a) == FoldName(tt.b); got != tt.want {
			t.Errorf("FoldName(%q) == FoldName(%q) is %v", tt.a, tt.b, got)
		}
	}
}

func TestRegisterAndRemark(t *testing.T) {
	if got, err := registerNumber(text(" B.I/12/2026 "), true); got != "B.I/12/2026" || err != nil {
		t.Errorf("registerNumber = %q, %v", got, err)
	}
	if got, err := registerNumber(stored("12.5"), true); got != "12.5" || err != nil {
		t.Errorf("registerNumber of a number = %q, %v", got, err)
	}
	if _, err := registerNumber(text(strings.Repeat("x", 41)), true); !errors.Is(err, ErrValue) {
		t.Errorf("register number of 41 characters: %v", err)
	}
	if got, err := remark(text(strings.Repeat("é", 100)), false); got != strings.Repeat("é", 100) || err != nil {
		t.Errorf("remark of 100 characters = %q, %v", got, err)
	}
	if _, err := remark(text(strings.Repeat("é", 101)), false); !errors.Is(err, ErrValue) {
		t.Errorf("remark of 101 characters: %v", err)
	}
}
