package gateway_test

import (
	"context"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"bekal/reconcile"
	"bekal/reconcile/ledger"
)

// shadow is a second, independent model of the books. It knows the wages that
// were approved, and reads the files that went out and came in by columns of
// its own; from these it works out every account and where every deposit is.
type shadow struct {
	proposed int
	approved ledger.Money
	batches  []*shadowBatch
	byRef    map[string]*shadowDeposit
	followed map[int64]bool // files that are worked in
	astray   ledger.Money   // what the suspense account holds
	moved    ledger.Money   // what the bank moved out, less what came back
}

type shadowBatch struct {
	reference          string
	total              ledger.Money
	delivered, answers bool
	deposits           []*shadowDeposit
}

type shadowDeposit struct {
	number             int // of the wage, from 1
	reference, account string
	name               string
	amount             ledger.Money
	batch              *shadowBatch
	final              string // settled, rejected, returned
	back               bool   // came back after it settled
	strayBack          bool   // what had gone to another account came back after it settled
	pending            bool   // the bank has said so
	wrong              *ledger.Money
}

func newShadow() *shadow {
	return &shadow{byRef: map[string]*shadowDeposit{}, followed: map[int64]bool{}}
}

func (s *shadow) deposit(t tb, n int) *shadowDeposit {
	t.Helper()
	for _, b := range s.batches {
		for _, d := range b.deposits {
			if d.number == n {
				return d
			}
		}
	}
	t.Fatalf("deposit %d is in no batch", n)
	return nil
}

// follow reads the batches and the files that are new in the books.
func (o *office) follow() {
	o.Helper()
	ctx := context.Background()
	for i, b := range o.batches() {
		if i == len(o.shadow.batches) {
			o.shadow.batches = append(o.shadow.batches, o.compose(b))
		}
		if b.Delivered != "" {
			o.shadow.batches[i].delivered = true
		}
	}
	posted, err := o.books.Files(ctx, o.gate.Bank.ID, "posted")
	if err != nil {
		o.Fatal(err)
	}
	for _, acks := range []bool{true, false} {
		for _, f := range posted {
			if o.shadow.followed[f.ID] || (f.Kind == ledger.AcknowledgementFile) != acks {
				continue
			}
			o.shadow.followed[f.ID] = true
			data := string(o.archived(f.SHA256))
			if acks {
				o.shadow.acknowledge(data)
			} else if !o.shadow.settle(data) {
				o.Fatalf("%s was posted, and does not agree with its totals", f.Name)
			}
		}
	}
	quarantined, err := o.books.Files(ctx, o.gate.Bank.ID, "quarantined")
	if err != nil {
		o.Fatal(err)
	}
	for _, f := range quarantined {
		if f.Kind != ledger.AcknowledgementFile && sound(string(o.archived(f.SHA256))) {
			o.Fatalf("%s was quarantined, and there is nothing wrong with it", f.Name)
		}
	}
}

// compose reads the transfer file of a batch.
func (o *office) compose(b ledger.Batch) *shadowBatch {
	o.Helper()
	x := &shadowBatch{reference: b.Reference}
	for _, line := range strings.Split(string(o.archived(b.SHA256)), "\r\n") {
		if !strings.HasPrefix(line, "D") {
			continue
		}
		d := &shadowDeposit{account: line[9:24], name: cut(line[24:64]), amount: ledger.Money(number(line[64:81])), reference: cut(line[81:101]), batch: x}
		d.number = int(number(d.account[4:]))
		if w := wage(d.number); w.Account != d.account || w.Amount != d.amount || w.Name != d.name {
			o.Fatalf("batch %s pays %s to %s (%s), the wage is %s to %s (%s)", b.Reference, d.amount, d.account, d.name, w.Amount, w.Account, w.Name)
		}
		if o.shadow.byRef[d.reference] != nil {
			o.Fatalf("reference %s is in two batches", d.reference)
		}
		o.shadow.byRef[d.reference] = d
		x.deposits = append(x.deposits, d)
		x.total += d.amount
	}
	if int64(len(x.deposits)) != b.Count || x.total != b.Total {
		o.Fatalf("batch %s holds %d deposits, %s; its file has %d, %s", b.Reference, b.Count, b.Total, len(x.deposits), x.total)
	}
	return x
}

func cut(s string) string { return strings.TrimRight(s, " ") }

func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (s *shadow) batch(reference string) *shadowBatch {
	for _, b := range s.batches {
		if b.reference == reference {
			return b
		}
	}
	return nil
}

func (s *shadow) acknowledge(data string) {
	b := s.batch(cut(data[13:33]))
	if b == nil {
		return
	}
	accepted := data[67:69] == "00"
	count, total := number(data[116:124]), ledger.Money(number(data[124:141]))
	ours := count == int64(len(b.deposits)) && total == b.total
	uncounted := !accepted && count == 0 && total == 0
	if !ours && !uncounted || b.answers {
		return
	}
	for _, d := range b.deposits {
		if !accepted && (d.final == "settled" || d.final == "returned" || d.wrong != nil || d.pending) {
			return // the bank took the file
		}
	}
	b.answers = true
	for _, d := range b.deposits {
		if !accepted && d.final == "" {
			d.final = "rejected"
		}
	}
}

// answerLine is a line of a settlement or return file that can be read.
var answerLine = regexp.MustCompile(`^D\d{8}\d{15}[ -~]{40}\d{17}[A-Z0-9]+ *[ -~]{20}0[0-7][ -~]{7}[ -~]{40}\d{14} {16}$`)

// settle enters a settlement or return file. It returns false when the file
// does not agree with itself.
func (s *shadow) settle(data string) bool {
	if !sound(data) {
		return false
	}
	header := cut(data[13:33])
	in := s.batch(header)
	for _, line := range strings.Split(data, "\r\n") {
		if !answerLine.MatchString(line) || !dated(line[170:184]) {
			continue
		}
		d := s.byRef[cut(line[81:101])]
		known := d != nil && (header == "" || d.batch == in)
		s.answer(known, header == "", d, line)
	}
	return true
}

func (s *shadow) answer(known, returns bool, d *shadowDeposit, line string) {
	amount, status := ledger.Money(number(line[64:81])), line[121:123]
	book := func(out, ordered ledger.Money) {
		s.moved += out
		s.astray += out - ordered
	}
	switch {
	case known && d.final == "" && d.wrong == nil && line[9:24] == d.account && (status == "01" || status == "02" || status == "03"):
		d.pending = true
	case !known && status == "00":
		book(amount, 0)
	case !known && status == "04" && returns:
		book(-amount, 0)
	case !known:
	case status == "00" && d.final == "" && line[9:24] == d.account:
		d.final = "settled"
		book(amount, d.amount)
	case status == "00" && d.final == "" && d.wrong == nil:
		d.wrong = &amount
		book(amount, 0)
	case status != "00" && line[9:24] != d.account && d.wrong == nil && d.final != "rejected" && d.final != "returned" && !d.back:
		if status == "04" && returns {
			book(-amount, 0)
		}
	case (status == "05" || status == "06" || status == "07") && d.final == "" && d.wrong == nil:
		d.final = "rejected"
	case status == "04" && d.final == "":
		d.final = "returned"
		if d.wrong != nil {
			book(-amount, 0)
		}
	case status == "04" && d.final == "settled" && d.wrong != nil && line[9:24] != d.account:
		if !d.strayBack {
			d.strayBack = true
			book(-amount, 0)
		}
	case status == "04" && d.final == "settled" && !d.back:
		d.back = true
		book(-amount, -d.amount)
	}
}

// header is a header that can be read.
var header = regexp.MustCompile(`^H01` + corporate + ` *[ -~]{40}\d{14}\d{8}\d{15}0[06][ -~]{7}[ -~]{40} {61}$`)

// sound says whether a settlement file agrees with its own totals, by
// arithmetic that shares nothing with the layout's. A line that cannot be read
// is no fault of the file, as long as what can be read of it adds up.
func sound(data string) bool {
	lines := strings.Split(strings.TrimSuffix(data, "\r\n"), "\r\n")
	last := lines[len(lines)-1]
	if len(lines) < 2 || len(last) != 200 || last[0] != 'T' || !header.MatchString(lines[0]) || !dated(lines[0][67:75]) {
		return false
	}
	var count, total [4]int64 // of all, of those paid, failed, pending
	hash := new(big.Int)
	added, hashed, sorted := true, true, true
	lost := int64(0)
	for _, d := range lines[1 : len(lines)-1] {
		if len(d) == 200 && (d[0] == 'H' || d[0] == 'T') {
			return false
		}
		if len(d) != 200 || d[0] != 'D' {
			lost++ // it may have been a detail
			continue
		}
		count[0]++
		amount, account := number(d[64:81]), number(d[9:24])
		added, hashed = added && amount >= 0, hashed && account >= 0
		total[0] += amount
		hash.Add(hash, big.NewInt(account))
		switch class := d[121:123]; class {
		case "00":
			count[1]++
			total[1] += amount
		case "04", "05", "06", "07":
			count[2]++
			total[2] += amount
		case "01", "02", "03":
			count[3]++
			total[3] += amount
		default:
			sorted = false
		}
	}
	hash.Mod(hash, big.NewInt(1_000_000_000_000_000_000))
	if stated := number(last[1:9]); lost > 0 && (stated < count[0] || stated > count[0]+lost) {
		return false
	} else if lost > 0 {
		return true
	}
	if hashed && number(last[101:119]) != hash.Int64() {
		return false
	}
	at := 1
	for i := range count {
		if i > 0 && !sorted {
			break
		}
		if number(last[at:at+8]) != count[i] || added && number(last[at+8:at+25]) != total[i] {
			return false
		}
		at += 25
	}
	return true
}

// dated says whether a text is a date, or zeros.
func dated(s string) bool {
	_, err := time.Parse("20060102150405"[:len(s)], s)
	return err == nil || strings.Trim(s, "0") == ""
}

// balances are the debits less the credits of every account.
func (s *shadow) balances() map[ledger.Account]ledger.Money {
	m := map[ledger.Account]ledger.Money{ledger.WagesExpense: s.approved, ledger.WagesPayable: -s.approved, ledger.BankAccount: -s.moved, ledger.Suspense: s.astray}
	for _, b := range s.batches {
		for _, d := range b.deposits {
			owed := !b.delivered || d.final == "rejected" || d.final == "returned" || d.back
			if !owed {
				m[ledger.WagesPayable] += d.amount
			}
			if b.delivered && d.final == "" {
				m[ledger.InTransit] -= d.amount
			}
		}
	}
	for a, v := range m {
		if v == 0 {
			delete(m, a)
		}
	}
	return m
}

// standing counts the deposits by where they are: owed, batched, in transit,
// settled, failed.
func (s *shadow) standing() map[string]ledger.Tally {
	m := map[string]ledger.Tally{}
	rest := s.approved
	for _, b := range s.batches {
		for _, d := range b.deposits {
			where := "settled"
			switch {
			case !b.delivered:
				where = "batched"
			case d.final == "":
				where = "in transit"
			case d.final != "settled" || d.back:
				where = "failed"
			}
			m[where] = m[where].Plus(ledger.Tally{Count: 1, Total: d.amount})
			rest -= d.amount
		}
	}
	if rest != 0 {
		m["owed"] = ledger.Tally{Total: rest}
	}
	return m
}

func standing(x reconcile.Summary) map[string]ledger.Tally {
	m := map[string]ledger.Tally{"batched": x.Batched, "in transit": x.InTransit, "settled": x.Settled, "failed": x.Failed, "owed": {Total: x.Owed.Total}}
	for k, v := range m {
		if v == (ledger.Tally{}) {
			delete(m, k)
		}
	}
	return m
}

// numbers are the deposits of a batch, sorted.
func (b *shadowBatch) numbers() []int {
	var list []int
	for _, d := range b.deposits {
		list = append(list, d.number)
	}
	slices.Sort(list)
	return list
}
