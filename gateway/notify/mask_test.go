package notify

import (
	"strings"
	"testing"
)

func TestMask(t *testing.T) {
	hash := strings.Repeat("12345678901234567890abcd", 3)[:64]
	for text, want := range map[string]string{
		"": "", "999005719440828": "***********0828", "account 999005719440828, not 999005719440826.": "account ***********0828, not ***********0826.",
		"1234567890": "******7890", "123456789": "123456789",
		// A line of a bank's file has no blanks between its fields.
		"D00000230999008467742590UMPAMA SEMBILAN": "D*******************2590UMPAMA SEMBILAN", "99900846774259O": "**********4259O", "nr_999008467742590": "nr_***********2590", "Nomor999008467742590é": "Nomor***********2590é",
		// As it is printed in a passbook.
		"rekening 0012-01-234567-50-3 tutup": "rekening ****-**-*****7-50-3 tutup", "(0012-01-234567-503)": "(****-**-*****7-503)", "0012-01-2345": "0012-01-2345", "2026-11-23-193000": "2026-11-23-193000",
		"STL-2026-11-23-000001.txt": "STL-2026-11-23-000001.txt",
		// What people need to find a thing again stays.
		"PWK01B26112300013-01.STL": "PWK01B26112300013-01.STL", "PWK010000004VB": "PWK010000004VB", "2026-11-23T19:30:00Z": "2026-11-23T19:30:00Z", "Rp 87.403.000,00": "Rp 87.403.000,00",
		hash: hash, "SHA-256 " + hash + ": gone": "SHA-256 " + hash + ": gone",
	} {
		if got := Mask(text); got != want {
			t.Errorf("%q is masked as %q, want %q", text, got, want)
		}
	}
}
