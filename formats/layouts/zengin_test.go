package layouts_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// zenginText is half-width katakana and ASCII as bytes of JIS X 0201, filled
// up with blanks.
func zenginText(s string, width int) string {
	var b strings.Builder
	for _, r := range s {
		if r >= 0xFF61 && r <= 0xFF9F {
			r -= 0xFF61 - 0xA1
		}
		b.WriteByte(byte(r))
	}
	return b.String() + strings.Repeat(" ", width-b.Len())
}

func zenginHeader(service, date string) string {
	return "1" + service + "0" + "0000000777" + zenginText("ｶ)ﾃｽﾄ", 40) + date +
		"9999" + zenginText("ﾃｽﾄｷﾞﾝｺｳ", 15) + "001" + zenginText("", 15) + "2" + "1234567" + zenginText("", 17)
}

// zenginData is a data record; tail are its last 29 bytes.
func zenginData(account, name string, yen int, tail string) string {
	return "2" + "9998" + zenginText("", 15) + "123" + zenginText("ﾐﾎﾝ", 15) + zenginText("", 4) +
		"1" + account + zenginText(name, 30) + fmt.Sprintf("%010d", yen) + "0" + zenginText(tail, 29)
}

func zenginTrailer(count, yen int, rest string) string {
	return fmt.Sprintf("8%06d%012d%-101s", count, yen, rest)
}

var zenginEnd = "9" + strings.Repeat(" ", 119)

func zenginFile(end string, lines ...string) []byte {
	return []byte(strings.Join(lines, end) + end)
}

func TestZengin(t *testing.T) {
	f := file(t, "zengin")
	prove(t, "zengin", f)
	for _, c := range []struct {
		record string
		fields []string
		want   []string
	}{
		{"payroll_header", []string{"service", "transfer_date", "originator_name", "bank_name"}, []string{"11|11-25|ｶ)ﾃｽﾄｺｳｷﾞﾖｳ|ﾃｽﾄｷﾞﾝｺｳ", "12|12-10|ｶ)ﾃｽﾄｺｳｷﾞﾖｳ|ﾃｽﾄｷﾞﾝｺｳ"}},
		{"payroll_transfer", []string{"payee_name", "account", "amount", "employee_number", "department", "clearing_house"}, []string{"ﾐﾎﾝ ﾀﾛｳ|0000001|251300|0000000001|A01|", "ﾐﾎﾝ ﾊﾅｺ|0000002|198000|0000000002|A02|0000", "ﾐﾎﾝ ﾀﾛｳ|0000001|500000|0000000001|A01|"}},
		{"general_transfer", []string{"payee_name", "customer_code_1", "transfer_method"}, []string{"ｶ)ﾐﾎﾝｼﾖｳｼﾞ|0000000017|7"}},
		{"general_edi_transfer", []string{"payee_name", "edi_information", "amount"}, []string{"ﾕ)ﾃｽﾄ|INV-2026-11-17|89000"}},
		{"debit", []string{"payer_name", "amount", "result"}, []string{"ﾐﾎﾝ ｼﾞﾛｳ|3000|0", "ﾐﾎﾝ ｻﾌﾞﾛｳ|4500|0", "ﾐﾎﾝ ｼﾞﾛｳ|3000|0", "ﾐﾎﾝ ｻﾌﾞﾛｳ|4500|1", "ﾐﾎﾝ ｼﾛｳ|800|4"}},
		{"debit_request_trailer", []string{"total", "settled_total", "unsettled_total"}, []string{"7500|000000000000|0"}},
		{"debit_result_trailer", []string{"total", "settled_total", "unsettled_total"}, []string{"8300|3000|5300"}},
	} {
		if got := values(t, "zengin", f, c.record, c.fields...); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.record, got, c.want)
		}
	}
}

func TestZenginLineEnds(t *testing.T) {
	prove(t, "zengin", file(t, "zengin-payroll")) // no line ends
	prove(t, "zengin", file(t, "zengin-result"))  // CR
	crlf := file(t, "zengin")
	prove(t, "zengin", bytes.ReplaceAll(crlf, []byte("\r\n"), []byte("\n")))
	proveTolerated(t, "zengin", append(bytes.Clone(crlf), 0x1A), 1)
}

func TestZenginBySpecification(t *testing.T) {
	prove(t, "zengin", zenginFile("\r\n", zenginHeader("11", "0131"),
		zenginData("7654321", "ﾐﾎﾝ ｲﾁﾛｳ", 1, "0000000009"+"ZZZ"), zenginTrailer(1, 1, ""), zenginEnd))
	prove(t, "zengin", zenginFile("", zenginHeader("21", "1231"),
		zenginData("7654321", "ﾐﾎﾝ(ｶ", 999999999, strings.Repeat(" ", 20)+"8"),
		zenginData("7654322", "ﾐﾎﾝ(ｶ", 1, "EDI 17              "+"7Y"),
		zenginTrailer(2, 1000000000, ""), zenginEnd))
	debit := func(code string) string {
		return zenginData("7654321", "ﾐﾎﾝ", 700, "00000000000000000001"+code)
	}
	request := zenginTrailer(2, 1400, strings.Repeat("0", 36))
	prove(t, "zengin", zenginFile("\r\n", zenginHeader("91", "0227"), debit("0"), debit("0"), request, zenginEnd))
	prove(t, "zengin", zenginFile("\r\n", zenginHeader("91", "0227"), debit("0"), debit("2"),
		zenginTrailer(2, 1400, fmt.Sprintf("%06d%012d%06d%012d", 1, 700, 1, 700)), zenginEnd))
	prove(t, "zengin", zenginFile("\r\n", zenginHeader("91", "0227"), debit("1"), debit("9"),
		zenginTrailer(2, 1400, fmt.Sprintf("%06d%012d%06d%012d", 0, 0, 2, 1400)), zenginEnd))
	// A request does not know of results.
	broken(t, "zengin", zenginFile("\r\n", zenginHeader("91", "0227"), debit("0"), debit("1"), request, zenginEnd),
		"field unsettled_count", "control total disagrees")
	// Other services, and data under the wrong header.
	broken(t, "zengin", zenginFile("\r\n", zenginHeader("99", "0227"), debit("0"), zenginTrailer(1, 700, ""), zenginEnd))
	broken(t, "zengin", zenginFile("\r\n", zenginHeader("91", "0227"), zenginHeader("91", "0227"), zenginEnd), "record out of place")
	broken(t, "zengin", zenginFile("\r\n", zenginEnd), "record out of place")
}

func TestZenginBites(t *testing.T) {
	f := file(t, "zengin")
	for _, c := range []struct {
		name         string
		line, column int
		with         string
		want         []string
	}{
		{"payroll count", 4, 7, "3", []string{"field count", "control total disagrees"}},
		{"payroll total", 4, 19, "1", []string{"field total", "control total disagrees"}},
		{"payroll amount", 2, 90, "1", []string{"field total", "control total disagrees"}},
		{"total of the second payroll", 7, 19, "1", []string{"field total", "control total disagrees"}},
		{"general count", 11, 7, "1", []string{"field count", "control total disagrees"}},
		{"general total", 11, 19, "1", []string{"field total", "control total disagrees"}},
		{"request count", 15, 7, "3", []string{"field count", "control total disagrees"}},
		{"request total", 15, 19, "1", []string{"field total", "control total disagrees"}},
		{"result count", 20, 7, "4", []string{"field count", "control total disagrees"}},
		{"result total", 20, 19, "1", []string{"field total", "control total disagrees"}},
		{"settled count", 20, 25, "2", []string{"field settled_count", "control total disagrees"}},
		{"settled total", 20, 37, "1", []string{"field settled_total", "control total disagrees"}},
		{"unsettled count", 20, 43, "1", []string{"field unsettled_count", "control total disagrees"}},
		{"unsettled total", 20, 55, "1", []string{"field unsettled_total", "control total disagrees"}},
		{"result code settled", 18, 112, "0", []string{"field settled_count", "field unsettled_total"}},
		{"result code", 18, 112, "7", []string{"field result"}},
		{"date", 1, 55, "1131", []string{"field transfer_date"}},
		{"small katakana", 2, 51, "\xA7", []string{"field payee_name"}},
		{"lower case", 2, 51, "a", []string{"field payee_name"}},
		{"account with a blank", 2, 44, " ", []string{"field account"}},
		{"record type", 2, 1, "5", []string{"unknown record type"}},
	} {
		t.Run(c.name, func(t *testing.T) { broken(t, "zengin", poke(f, c.line, c.column, c.with), c.want...) })
	}
}

func TestZenginSamples(t *testing.T) {
	for name, f := range samples(t, "zengin/*.txt") {
		t.Run(name, func(t *testing.T) {
			prove(t, "zengin", f)
			if got := values(t, "zengin", f, "debit", "amount", "customer_number", "result"); !slices.Equal(got, []string{"2000|00000000000000000042|0", "4000|00000000000000000084|0"}) {
				t.Errorf("debits are %q", got)
			}
			if got := values(t, "zengin", f, "debit_result_trailer", "settled_total", "unsettled_total"); !slices.Equal(got, []string{"6000|0"}) {
				t.Errorf("totals are %q", got)
			}
		})
	}
}
