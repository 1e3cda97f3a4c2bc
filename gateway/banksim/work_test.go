package banksim_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bekal/gateway/banksim"
	"bekal/reconcile/ledger"
)

var update = flag.Bool("update", false, "write the golden files")

func TestCleanBatch(t *testing.T) {
	o, p := options(t), load(t)
	b := start(t, o)
	list := wages("CLEAN", 5)
	send(t, o.Root, "LPCONTOH2611230001.TRF", transfer(t, p.transfer, "LPCONTOH2611230001", corporate, list))
	day := work(t, b, noon)
	want := banksim.Day{
		Date: noon, Taken: []string{"LPCONTOH2611230001.TRF"},
		Answered: []string{"LPCONTOH2611230001.ACK", "LPCONTOH2611230001-01.STL"},
		Deposits: 5, Credited: 5, Faults: map[banksim.Kind]int{},
	}
	for _, s := range list {
		want.Total += s.amount
	}
	if diff := cmp.Diff(want, day); diff != "" {
		t.Errorf("day (-want +got):\n%s", diff)
	}
	files := snapshot(t, o.Root)
	if len(files) != 2 {
		t.Errorf("tree holds %d files, want the two answers: the outbox is emptied", len(files))
	}
	for name, got := range files {
		golden := filepath.Join("testdata", filepath.Base(name)+".golden")
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	a := settlement(t, p.settlement, o.Root, "LPCONTOH2611230001-01.STL")
	if a.Errors != 0 || len(a.Lines) != 5 {
		t.Fatalf("%d errors, %d lines", a.Errors, len(a.Lines))
	}
	for i, l := range a.Lines {
		if l.Account != list[i].account || l.Name != list[i].name || l.Amount != list[i].amount || l.Reference != list[i].reference || l.Status != "00" || !l.Posted.Equal(noon) {
			t.Errorf("line %+v does not answer %+v", l, list[i])
		}
	}
	if err := b.Books().CheckOnce(); err != nil {
		t.Error(err)
	}
	d, ok := b.Books().Deposit(list[2].reference)
	wantDeposit := banksim.Deposit{
		Reference: list[2].reference, Received: 1, Credited: 1, Answered: 1,
		Ordered: list[2].amount, Moved: list[2].amount, Outcome: banksim.WasPaid,
	}
	if diff := cmp.Diff(wantDeposit, d); !ok || diff != "" {
		t.Errorf("deposit (-want +got):\n%s", diff)
	}
	if again := work(t, b, noon.AddDate(0, 0, 1)); len(again.Taken)+len(again.Answered) != 0 {
		t.Errorf("a second pass without files did %+v", again)
	}
}

func TestRefusals(t *testing.T) {
	p := load(t)
	good := func() []byte { return transfer(t, p.transfer, "B1", corporate, wages("REFUSE", 3)) }
	for _, test := range []struct {
		name, file, code string
		bytes            func() []byte
	}{
		{"truncated", "B1.TRF", "4001701", func() []byte { return good()[:300] }},
		{"empty", "B1.TRF", "4001701", func() []byte { return nil }},
		{"wrong total", "B1.TRF", "4001701", func() []byte {
			b := good()
			b[97] = '0' + (b[97]-'0'+1)%10 // last digit of the header's total
			return b
		}},
		{"wrong hash", "B1.TRF", "4001701", func() []byte {
			b := good()
			b[4*162+43] = '0' + (b[4*162+43]-'0'+1)%10
			return b
		}},
		{"letter in an amount", "B1.TRF", "4001701", func() []byte {
			b := good()
			b[162+70] = 'O'
			return b
		}},
		{"another corporate code", "B1.TRF", "4011700", func() []byte {
			return transfer(t, p.transfer, "B1", "STRANGER", wages("REFUSE", 3))
		}},
		{"another batch reference", "B2.TRF", "4001701", good},
		{"a name without bank letters", "\u2603.TRF", "4001701", good},
		{"a long, odd name", "lower case and far too long.TRF", "4001701", func() []byte { return []byte{0xff} }},
		{"no transfer file at all", "B1.TRF", "4001701", func() []byte { return []byte("hello\n") }},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := options(t)
			b := start(t, o)
			send(t, o.Root, test.file, test.bytes())
			day := work(t, b, noon)
			ack := strings.TrimSuffix(test.file, ".TRF") + ".ACK"
			if diff := cmp.Diff([]string{ack}, day.Answered); diff != "" {
				t.Fatalf("answers (-want +got):\n%s", diff)
			}
			status, code := acknowledgement(t, p.ack, o.Root, ack)
			if status != "06" || code != test.code {
				t.Errorf("acknowledged with %s %s, want 06 %s", status, code, test.code)
			}
			if got := b.Books().Totals(); got != (banksim.Totals{Refused: 1}) {
				t.Errorf("totals %+v: a refused file must leave no trace in the deposits", got)
			}
			if why := b.Books().Batches()[0].Why; why == "" {
				t.Error("the books do not say why")
			}
		})
	}
}

func TestBatchSentTwice(t *testing.T) {
	o, p := options(t), load(t)
	b := start(t, o)
	raw := transfer(t, p.transfer, "B1", corporate, wages("TWICE", 3))
	send(t, o.Root, "B1.TRF", raw)
	work(t, b, noon)
	send(t, o.Root, "B1.TRF", raw)
	day := work(t, b, noon)
	if diff := cmp.Diff([]string{"B1-02.ACK"}, day.Answered); diff != "" {
		t.Fatalf("answers (-want +got):\n%s", diff)
	}
	if status, code := acknowledgement(t, p.ack, o.Root, "B1-02.ACK"); status != "06" || code != "4091701" {
		t.Errorf("acknowledged with %s %s", status, code)
	}
	var once *banksim.OnceError
	if err := b.Books().CheckOnce(); !errors.As(err, &once) || len(once.Twice) != 3 || len(once.Files) != 1 {
		t.Errorf("CheckOnce: %v", err)
	}
	for d := range b.Books().Deposits() {
		if d.Received != 2 || d.Credited != 1 {
			t.Errorf("%s: received %d, credited %d", d.Reference, d.Received, d.Credited)
		}
	}
	if v := b.Books().Violations(); len(v) != 1 || v[0].What != "batch sent twice" || v[0].Batch != "B1" {
		t.Errorf("violations %+v", v)
	}
}

func TestReferenceSentTwice(t *testing.T) {
	o, p := options(t), load(t)
	b := start(t, o)
	list := wages("REFTWICE", 4)
	send(t, o.Root, "B1.TRF", transfer(t, p.transfer, "B1", corporate, append(list[:3:3], list[0])))
	work(t, b, noon)
	send(t, o.Root, "B2.TRF", transfer(t, p.transfer, "B2", corporate, list[2:]))
	work(t, b, noon)
	first := settlement(t, p.settlement, o.Root, "B1-01.STL").find(list[0].reference)
	if len(first) != 2 || first[0].Status != "00" || first[1].Status != "06" || first[1].Code != "4091701" || !first[1].Posted.IsZero() {
		t.Errorf("within a batch: %+v", first)
	}
	second := settlement(t, p.settlement, o.Root, "B2-01.STL").find(list[2].reference)
	if len(second) != 1 || second[0].Status != "06" || second[0].Code != "4091701" {
		t.Errorf("across batches: %+v", second)
	}
	for _, i := range []int{0, 2} {
		if d, _ := b.Books().Deposit(list[i].reference); d.Received != 2 || d.Credited != 1 || d.Answered != 2 {
			t.Errorf("%+v", d)
		}
	}
	if v := b.Books().Violations(); len(v) != 2 || v[0].Line != 5 || v[1].Line != 2 {
		t.Errorf("violations %+v", v)
	}
	if err := b.Books().CheckOnce(); err == nil {
		t.Error("CheckOnce is content")
	}
}

func TestOtherNamesAreLeftAlone(t *testing.T) {
	o := options(t)
	b := start(t, o)
	for _, name := range []string{"B1.TRF.part", "probe.txt", ".TRF"} {
		send(t, o.Root, name, []byte("x"))
	}
	if err := os.Mkdir(filepath.Join(o.Root, "outbox", "D.TRF"), 0o750); err != nil {
		t.Fatal(err)
	}
	if day := work(t, b, noon); len(day.Taken) != 0 {
		t.Errorf("taken: %v", day.Taken)
	}
	if n := len(snapshot(t, o.Root)); n != 3 {
		t.Errorf("%d files left, want 3", n)
	}
}

// everyFault is a bank that errs in every way at once.
func everyFault(o banksim.Options) banksim.Options {
	o.Faults = banksim.Faults{
		Missing: 400, Unknown: 400, Amount: 400, Account: 400, Name: 400, Duplicate: 400, Rejected: 400,
		Returned: 400, Pending: 400, Late: 400, Unreadable: 400,
		Control: 3000, DuplicateFile: 3000, SameNameOtherBytes: 3000, RefuseBatch: 1000,
	}
	return o
}

// threeDays sends three batches and works three days.
func threeDays(t *testing.T, o banksim.Options, between func(*banksim.Bank) *banksim.Bank) (*banksim.Bank, map[string]string) {
	t.Helper()
	p := load(t)
	b := start(t, o)
	for day := range 3 {
		for _, batch := range []string{"X", "Y"} {
			ref := fmt.Sprintf("%s%d", batch, day)
			send(t, o.Root, ref+".TRF", transfer(t, p.transfer, ref, corporate, wages(ref, 100)))
		}
		work(t, b, noon.AddDate(0, 0, day))
		b = between(b)
	}
	return b, snapshot(t, o.Root)
}

func TestSameSeedSameBytes(t *testing.T) {
	stay := func(b *banksim.Bank) *banksim.Bank { return b }
	one, first := threeDays(t, everyFault(options(t)), stay)
	two, second := threeDays(t, everyFault(options(t)), stay)
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("same seed, other bytes:\n%s", diff)
	}
	if diff := cmp.Diff(one.Books().Injected(), two.Books().Injected()); diff != "" {
		t.Errorf("same seed, other faults:\n%s", diff)
	}
	o := everyFault(options(t))
	o.Seed++
	if _, third := threeDays(t, o, stay); cmp.Equal(first, third) {
		t.Error("another seed makes no difference")
	}
}

func TestRestartGoesOn(t *testing.T) {
	stay := func(b *banksim.Bank) *banksim.Bank { return b }
	for _, light := range []bool{false, true} {
		t.Run(fmt.Sprintf("light=%v", light), func(t *testing.T) {
			plain := everyFault(options(t))
			plain.Light = light
			whole, want := threeDays(t, plain, stay)
			o := everyFault(options(t))
			o.Light = light
			again, got := threeDays(t, o, func(b *banksim.Bank) *banksim.Bank {
				if err := b.Close(); err != nil {
					t.Fatal(err)
				}
				return start(t, o)
			})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("a restart changes the files:\n%s", diff)
			}
			compareBooks(t, whole.Books(), again.Books())
		})
	}
}

// TestBooksAgreeWithFiles holds what the books say against what the client can
// read.
func TestBooksAgreeWithFiles(t *testing.T) {
	o := everyFault(options(t))
	b, files := threeDays(t, o, func(b *banksim.Bank) *banksim.Bank { return b })
	p := load(t)
	copies, damaged := map[string]bool{}, map[string]bool{}
	for _, f := range b.Books().Injected() {
		switch f.Kind {
		case banksim.DuplicateFile:
			copies[f.File] = true
		case banksim.Unreadable:
			damaged[f.Reference] = true
		}
	}
	answered, paid := map[string]int{}, map[string]ledger.Money{}
	for name := range files {
		base := filepath.Base(name)
		if filepath.Ext(base) != ".STL" || copies[base] {
			continue
		}
		for _, l := range settlement(t, p.settlement, o.Root, base).Lines {
			answered[l.Reference]++
			if l.Status == "00" {
				paid[l.Reference] = l.Amount
			}
		}
	}
	var total banksim.Totals
	for d := range b.Books().Deposits() {
		if answered[d.Reference] != d.Answered {
			t.Errorf("%+v is answered %d times", d, answered[d.Reference])
		}
		amount, credited := paid[d.Reference]
		if credited != (d.Credited == 1) || credited && amount != d.Moved && !damaged[d.Reference] {
			t.Errorf("%+v, the files say %v", d, amount)
		}
		if d.Received > 0 {
			total.Received.Count++
			total.Received.Amount += d.Ordered
			if d.Credited > 0 {
				total.Credited.Count++
				total.Credited.Amount += d.Moved
			}
		}
	}
	got := b.Books().Totals()
	if got.Received != total.Received || got.Credited != total.Credited {
		t.Errorf("totals %+v, deposits %+v", got, total)
	}
	if err := b.Books().CheckOnce(); err != nil {
		t.Error(err)
	}
}

func compareBooks(t *testing.T, want, got *banksim.Books) {
	t.Helper()
	for _, pair := range [][2]any{
		{want.Totals(), got.Totals()},
		{want.Batches(), got.Batches()},
		{want.Injected(), got.Injected()},
		{want.Violations(), got.Violations()},
		{want.Published(), got.Published()},
		{slices.Collect(want.Deposits()), slices.Collect(got.Deposits())},
	} {
		if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
			t.Errorf("books (-want +got):\n%s", diff)
		}
	}
}

func TestCrashInTheMiddle(t *testing.T) {
	p := load(t)
	run := func(crash bool) (map[string]string, *banksim.Bank) {
		o := everyFault(options(t))
		o.Faults.RefuseBatch = 0
		b := start(t, o)
		send(t, o.Root, "B1.TRF", transfer(t, p.transfer, "B1", corporate, wages("ONE", 50)))
		work(t, b, noon)
		raw := transfer(t, p.transfer, "B2", corporate, wages("TWO", 50))
		if crash {
			if err := b.Close(); err != nil {
				t.Fatal(err)
			}
			// The bank took B2, wrote some of its answer and of its journal, and died.
			write(t, filepath.Join(o.Root, ".bank", "taken", "B2.TRF"), raw)
			write(t, filepath.Join(o.Root, ".bank", "ready", "B2.ACK"), []byte("half"))
			write(t, filepath.Join(o.Root, ".bank", "later", "B2-01.STL"), []byte("half"))
			appendTo(t, filepath.Join(o.Root, ".bank", "journal"), "k B2.TRF\nd TWO00000000000000000 0 1 1 1 0\nB {\"Refer")
			b = start(t, o)
		} else {
			send(t, o.Root, "B2.TRF", raw)
		}
		work(t, b, noon)
		work(t, b, noon)
		return snapshot(t, o.Root), b
	}
	want, whole := run(false)
	got, crashed := run(true)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files after the crash (-want +got):\n%s", diff)
	}
	compareBooks(t, whole.Books(), crashed.Books())
}

func TestCrashBeforePublication(t *testing.T) {
	o, p := options(t), load(t)
	b := start(t, o)
	send(t, o.Root, "B1.TRF", transfer(t, p.transfer, "B1", corporate, wages("ONE", 3)))
	work(t, b, noon)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	want := snapshot(t, o.Root)
	ready := filepath.Join(o.Root, ".bank", "ready", "B1-01.STL")
	if err := os.Rename(filepath.Join(o.Root, "inbox", "B1-01.STL"), ready); err != nil {
		t.Fatal(err)
	}
	start(t, o)
	if diff := cmp.Diff(want, snapshot(t, o.Root)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestInterruptedPassLeavesNothing(t *testing.T) {
	o, p := options(t), load(t)
	b := start(t, o)
	send(t, o.Root, "B1.TRF", transfer(t, p.transfer, "B1", corporate, wages("ONE", 3)))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	day, err := b.Work(ctx, noon)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	if len(day.Taken)+len(day.Answered) != 0 || len(snapshot(t, o.Root)) != 0 || b.Books().Totals() != (banksim.Totals{}) {
		t.Errorf("traces of an interrupted pass: %+v", day)
	}
	if day := work(t, b, noon); day.Credited != 3 || len(day.Answered) != 2 {
		t.Errorf("the next pass: %+v", day)
	}
}

func TestLightModeTotals(t *testing.T) {
	full, light := everyFault(options(t)), everyFault(options(t))
	light.Light = true
	stay := func(b *banksim.Bank) *banksim.Bank { return b }
	a, filesA := threeDays(t, full, stay)
	b, filesB := threeDays(t, light, stay)
	if diff := cmp.Diff(filesA, filesB); diff != "" {
		t.Errorf("files (-full +light):\n%s", diff)
	}
	if diff := cmp.Diff(a.Books().Totals(), b.Books().Totals()); diff != "" {
		t.Errorf("totals (-full +light):\n%s", diff)
	}
	for range b.Books().Deposits() {
		t.Fatal("light books remember deposits")
	}
	sum := a.Books().Totals()
	if sum.Received.Count != sum.Credited.Count+sum.Rejected.Count+sum.Pending.Count+sum.LeftOut.Count {
		t.Errorf("totals do not add up: %+v", sum)
	}
}

func write(t *testing.T, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func appendTo(t *testing.T, name, s string) {
	t.Helper()
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(s); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
