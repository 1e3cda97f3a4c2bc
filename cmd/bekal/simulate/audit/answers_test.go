package audit_test

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"bekal/gateway"
	"bekal/gateway/banksim"
)

// order is a deposit as it was sent: the test reads it from the transfer file.
type order struct {
	account, name, reference string
	amount                   int64
}

// sent returns what the n-th batch (from 1) orders.
func (o *office) sent(n int) (reference string, orders []order) {
	o.Helper()
	b := o.batches()[n-1]
	f, err := o.books.Archive().Open(b.SHA256)
	if err != nil {
		o.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // read only
	data := make([]byte, b.Size)
	if _, err := f.Read(data); err != nil {
		o.Fatal(err)
	}
	for _, l := range strings.Split(string(data), "\r\n") {
		if !strings.HasPrefix(l, "D") {
			continue
		}
		amount, err := strconv.ParseInt(l[64:81], 10, 64)
		if err != nil {
			o.Fatal(err)
		}
		orders = append(orders, order{l[9:24], strings.TrimRight(l[24:64], " "), strings.TrimRight(l[81:101], " "), amount})
	}
	return b.Reference, orders
}

// says is one line of an answer.
type says struct {
	order
	status, code, posted string
}

const noTime = "00000000000000"

func (d order) paid() says { return says{d, "00", "2001700", "20261124100000"} }
func (d order) with(status, code string) says {
	return says{d, status, code, noTime}
}
func (d order) rejected() says { return d.with("06", "4031709") }
func (d order) pending() says  { return d.with("03", "2021700") }
func (d order) returned() says { return says{d, "04", "4031718", "20261124100000"} }

func (s says) to(account string) says  { s.account = account; return s }
func (s says) of(amount int64) says    { s.amount = amount; return s }
func (s says) called(name string) says { s.name = name; return s }
func (s says) at(posted string) says   { s.posted = posted; return s }

// stl is a settlement file; without a batch it is a return file.
func stl(batch string, lines ...says) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "H01%-10s%-20s%-20s%14s%8s%15s00%-7s%-40s%61s\r\n", corporate, batch, "SIM000001", "20261124100000", "20261124", debit, "2001700", "SUCCESS", "")
	var count, total [4]int64
	hash := new(big.Int)
	for i, a := range lines {
		fmt.Fprintf(&b, "D%08d%15s%-40s%017d%-20s%-20s%2s%-7s%-40s%14s%16s\r\n", i+1, a.account, a.name, a.amount, a.reference, fmt.Sprintf("S%014d", i+1), a.status, a.code, "", a.posted, "")
		class := map[string]int{"00": 1, "01": 3, "02": 3, "03": 3}[a.status]
		if class == 0 {
			class = 2
		}
		for _, c := range []int{0, class} {
			count[c]++
			total[c] += a.amount
		}
		account, _ := new(big.Int).SetString(a.account, 10)
		hash.Add(hash, account)
	}
	hash.Mod(hash, big.NewInt(1_000_000_000_000_000_000))
	fmt.Fprintf(&b, "T%08d%017d%08d%017d%08d%017d%08d%017d%018d%81s\r\n", count[0], total[0], count[1], total[1], count[2], total[2], count[3], total[3], hash, "")
	return []byte(b.String())
}

func ack(batch, status, code string, count int, total int64) []byte {
	return fmt.Appendf(nil, "A01%-10s%-20s%-20s%14s%2s%-7s%-40s%08d%017d%19s\r\n", corporate, batch, "SIM000001", "20261124090000", status, code, "PESAN", count, total, "")
}

// over overwrites columns (from 1) of a line (from 1) of a settlement file.
func over(data []byte, line, column int, text string) []byte {
	copy(data[(line-1)*202+column-1:], text)
	return data
}

// TestAnswersByHand: the test plays the bank, and says what a bank should not.
func TestAnswersByHand(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		// says returns the files of one morning after the other, by their names.
		says func(ref string, d []order) []map[string][]byte
	}{
		{"everything at once", func(ref string, d []order) []map[string][]byte {
			return []map[string][]byte{{ref + ".ACK": ack(ref, "00", "2001700", 6, 2100000), ref + "-01.STL": stl(ref, d[0].paid(), d[1].rejected(), d[2].pending(), d[3].returned(), d[4].paid().to("999000000000555"), d[5].paid().of(7))}}
		}},
		{"twice, in one file and in two", func(ref string, d []order) []map[string][]byte {
			return []map[string][]byte{
				{ref + "-01.STL": stl(ref, d[0].paid(), d[0].paid(), d[1].rejected(), d[1].paid(), d[2].returned(), d[2].rejected())},
				{ref + "-02.STL": stl(ref, d[0].rejected(), d[0].pending(), d[1].returned(), d[2].paid())}}
		}},
		{"to another account, and what may follow", func(ref string, d []order) []map[string][]byte {
			const other = "999000000000555"
			return []map[string][]byte{
				{ref + "-01.STL": stl(ref, d[0].paid().to(other), d[1].paid().to(other).of(5), d[2].paid().to(other), d[3].paid().to(other), d[4].paid().to(other), d[5].paid().to(other))},
				{ref + "-02.STL": stl(ref, d[0].paid(), d[1].returned().of(5), d[2].rejected(), d[3].paid().to(other), d[4].pending(), d[5].returned())}}
		}},
		{"returns", func(ref string, d []order) []map[string][]byte {
			return []map[string][]byte{
				{ref + "-01.STL": stl(ref, d[0].paid(), d[1].paid().of(700), d[2].paid(), d[3].rejected())},
				{"RET20261125-01.STL": stl("", d[0].returned(), d[1].returned().of(700), d[2].returned().of(1), d[3].returned(), d[4].returned())},
				{"RET20261126-01.STL": stl("", d[0].returned(), d[0].paid(), d[4].paid(), order{"999000000000777", "SIAPA", "ZZZ01000000000", 5000}.returned(), order{"999000000000777", "SIAPA", "ZZZ01000000000", 900}.paid())}}
		}},
		{"a return before the settlement", func(ref string, d []order) []map[string][]byte {
			return []map[string][]byte{{"RET20261124-01.STL": stl("", d[0].returned())}, {ref + "-01.STL": stl(ref, d[0].paid(), d[1].paid())}}
		}},
		{"what was never sent", func(ref string, d []order) []map[string][]byte {
			stranger := order{"999000000000777", "SIAPA", "ZZZ01000000000", 5000}
			return []map[string][]byte{{ref + "-01.STL": stl(ref, stranger.paid(), stranger.rejected(), stranger.pending(), stranger.returned(), d[0].paid()),
				"PWK01B2611230009X-01.STL": stl("PWK01B2611230009X", d[1].paid(), d[2].returned()), "OTHER.ACK": ack("OTHER", "00", "2001700", 1, 5)}}
		}},
		{"late, and under other names", func(ref string, d []order) []map[string][]byte {
			return []map[string][]byte{{ref + "-01.STL": stl(ref, d[0].paid().at("20261126235959"), d[1].paid().at("20261127000000"), d[2].paid().called("REKA D'ANEH 003"), d[3].paid().called("SIAPA"), d[4].paid().called(""))}}
		}},
		{"pending, again and again", func(ref string, d []order) []map[string][]byte {
			return []map[string][]byte{
				{ref + "-01.STL": stl(ref, d[0].pending(), d[1].pending(), d[2].pending(), d[3].with("01", "2021700"), d[4].with("02", "5041700"))},
				{ref + "-02.STL": stl(ref, d[0].pending(), d[1].paid(), d[2].rejected(), d[3].returned())},
				{ref + "-03.STL": stl(ref, d[0].paid(), d[1].pending())}}
		}},
		{"conflict", func(ref string, d []order) []map[string][]byte {
			return []map[string][]byte{{ref + "-01.STL": stl(ref, d[0].with("06", "4091701"), d[1].with("07", "4091700"), d[2].with("05", "4041711"))}, {ref + "-02.STL": stl(ref, d[0].paid())}}
		}},
		{"acknowledged in many ways", func(ref string, _ []order) []map[string][]byte {
			return []map[string][]byte{
				{ref + ".ACK": ack(ref, "00", "2001700", 5, 2100000), ref + "-X.ACK": ack(ref, "06", "4091701", 6, 2100000)},
				{ref + "-A.ACK": ack(ref, "00", "2001700", 6, 2100000), ref + "-B.ACK": ack(ref, "00", "2001700", 6, 2100000)[:120]},
				{ref + "-C.ACK": ack(ref, "06", "4031714", 6, 2100000), ref + "-D.ACK": append(ack(ref, "00", "2001700", 6, 2100000), " \r\n"...)}}
		}},
		{"refused, before and after answers", func(ref string, d []order) []map[string][]byte {
			return []map[string][]byte{
				{ref + "-01.STL": stl(ref, d[0].paid(), d[1].pending(), d[2].paid().to("999000000000555"))},
				{ref + ".ACK": ack(ref, "06", "4031714", 6, 2100000), ref + "-02.STL": stl(ref, d[3].paid())}}
		}},
		{"lines that cannot be read", func(ref string, d []order) []map[string][]byte {
			bad := stl(ref, d[0].paid(), d[1].paid(), d[2].paid(), d[3].paid())
			over(over(over(over(bad, 2, 70, "X"), 3, 82, " "), 4, 1, "X"), 5, 171, "20261340")
			return []map[string][]byte{{ref + "-01.STL": bad}, {}, {}, {ref + "-02.STL": stl(ref, d[0].paid(), d[1].pending(), d[3].rejected())}, {}}
		}},
		{"totals below what can be read, and above", func(ref string, d []order) []map[string][]byte {
			file := func(spoilt, column int, by string, total int64) []byte {
				bad := over(stl(ref, d[0].paid(), d[1].paid(), d[2].paid()), spoilt, column, by)
				return over(over(bad, 5, 10, fmt.Sprintf("%017d", total)), 5, 35, fmt.Sprintf("%017d", total))
			}
			rest := d[1].amount + d[2].amount
			return []map[string][]byte{
				{ref + "-01.STL": file(2, 70, "X", rest-1)},
				{ref + "-02.STL": file(2, 1, "?", rest-1)},
				{ref + "-03.STL": file(2, 122, "??", rest-1)},
				{ref + "-04.STL": file(2, 70, "X", rest)},
				{ref + "-05.STL": file(2, 1, "?", rest+9)}}
		}},
		{"an unreadable line before the one that can be read", func(ref string, d []order) []map[string][]byte {
			bad := stl(ref, d[0].paid(), d[1].paid(), d[0].paid())
			return []map[string][]byte{{ref + "-01.STL": over(bad, 2, 70, "X")}}
		}},
		{"numbers that jump", func(ref string, d []order) []map[string][]byte {
			bad := stl(ref, d[0].paid(), d[1].paid(), d[2].paid(), d[3].paid())
			return []map[string][]byte{{ref + "-01.STL": over(over(bad, 3, 2, "00000009"), 5, 2, "00000001")}}
		}},
		{"the same name with other bytes, the same bytes under other names", func(ref string, d []order) []map[string][]byte {
			one, two := stl(ref, d[0].paid()), stl(ref, d[0].paid(), d[1].paid())
			return []map[string][]byte{{ref + "-01.STL": one, ref + "-02.STL": one, "RET20261124-01.STL": one}, {ref + "-01.STL": two, ref + "-03.STL": one}, {ref + "-01.STL": one}}
		}},
		{"for somebody else, in pieces, and nothing at all", func(ref string, d []order) []map[string][]byte {
			foreign := over(stl(ref, d[0].paid()), 1, 4, "LPLAIN    ")
			return []map[string][]byte{{ref + "-01.STL": foreign, ref + "-02.STL": stl(ref, d[0].paid())[:303], ref + "-03.STL": {}, "readme.txt": []byte("hello"), ref + "-04.STL.part": []byte("H"), ref + ".ACK": ack("X", "00", "", 0, 0)[:20]}}
		}},
		{"nothing is said", func(string, []order) []map[string][]byte {
			return []map[string][]byte{{}, {}, {}, {}, {}, {}, {}}
		}},
		{"late answers to what was missing", func(ref string, d []order) []map[string][]byte {
			return []map[string][]byte{{}, {}, {}, {}, {ref + "-01.STL": stl(ref, d[0].paid().at("20261201100000"), d[1].pending(), d[2].rejected())}, {}, {ref + "-02.STL": stl(ref, d[1].paid())}}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := open(t, banksim.Faults{})
			o.wages(6)
			o.night("ran")
			ref, orders := o.sent(1)
			for _, files := range c.says(ref, orders) {
				o.tomorrow()
				o.at(9, 0)
				for name, data := range files {
					o.put(name, data)
				}
				o.night("ran")
			}
		})
	}
}

// TestTidied: the auditor follows a night that clears the inbox up.
func TestTidied(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"move", "delete"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			o := open(t, banksim.Faults{DuplicateFile: 5000, Rejected: 1000, SameNameOtherBytes: 5000}, func(b *gateway.Bank) { b.AfterCollect, b.Done = how, "/done" })
			for range 6 {
				o.wages(7)
				o.night("ran")
				o.tomorrow()
				o.work()
			}
			o.night("ran")
		})
	}
}
