package banksim_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bekal/formats"
	"bekal/gateway/banksim"
)

// scene is a bank with one batch of 40 deposits, one exact fault, and what the
// client sees after the first pass.
type scene struct {
	b     *banksim.Bank
	o     banksim.Options
	p     plans
	list  map[string]sent
	file  answered
	fault banksim.Fault // the first injected one; zero if none yet
}

func stage(t *testing.T, kind banksim.Kind, n int) scene {
	t.Helper()
	s := scene{o: options(t), p: load(t), list: map[string]sent{}}
	s.o.Faults.Exactly = map[banksim.Kind]int{kind: n}
	s.b = start(t, s.o)
	list := wages("F", 40)
	for _, x := range list {
		s.list[x.reference] = x
	}
	send(t, s.o.Root, "B1.TRF", transfer(t, s.p.transfer, "B1", corporate, list))
	day := work(t, s.b, noon)
	if kind == banksim.RefuseBatch {
		return s
	}
	s.file = settlement(t, s.p.settlement, s.o.Root, "B1-01.STL")
	if f := s.b.Books().Injected(); len(f) > 0 {
		s.fault = f[0]
		if len(f) != n || day.Faults[kind] != n {
			t.Fatalf("%d faults, day says %v; want %d of %s", len(f), day.Faults, n, kind)
		}
		if s.fault.Kind != kind {
			t.Fatalf("fault %+v", s.fault)
		}
	}
	return s
}

// at is the line that the books point to.
func (s scene) at(t *testing.T) line {
	t.Helper()
	for _, l := range s.file.Lines {
		if l.Line == s.fault.Line {
			return l
		}
	}
	t.Fatalf("no line %d for %+v", s.fault.Line, s.fault)
	return line{}
}

func (s scene) clean(t *testing.T, lines int) {
	t.Helper()
	if s.file.Errors != 0 || len(s.file.Lines) != lines {
		t.Errorf("%d errors, %d lines; want none and %d", s.file.Errors, len(s.file.Lines), lines)
	}
}

func (s scene) book(t *testing.T, ref string) banksim.Deposit {
	t.Helper()
	d, ok := s.b.Books().Deposit(ref)
	if !ok {
		t.Fatalf("the books do not know %s", ref)
	}
	return d
}

func TestMissing(t *testing.T) {
	s := stage(t, banksim.Missing, 3)
	s.clean(t, 37)
	for _, f := range s.b.Books().Injected() {
		if len(s.file.find(f.Reference)) != 0 {
			t.Errorf("%s is answered", f.Reference)
		}
		if d := s.book(t, f.Reference); d.Credited != 0 || d.Outcome != banksim.WasLeftOut {
			t.Errorf("%+v", d)
		}
	}
}

func TestUnknown(t *testing.T) {
	s := stage(t, banksim.Unknown, 1)
	s.clean(t, 41)
	l := s.at(t)
	if _, was := s.list[l.Reference]; was || l.Reference != s.fault.Reference || len(l.Reference) != 20 || l.Status != "00" {
		t.Errorf("%+v", l)
	}
	d := s.book(t, l.Reference)
	if d.Received != 0 || d.Credited != 1 || d.Moved != l.Amount || d.Outcome != banksim.NeverSent {
		t.Errorf("%+v", d)
	}
	if got := s.b.Books().Totals().Unknown; got != (banksim.Tally{Count: 1, Amount: l.Amount}) {
		t.Errorf("totals: %+v", got)
	}
}

func TestAmount(t *testing.T) {
	s := stage(t, banksim.Amount, 1)
	s.clean(t, 40)
	l := s.at(t)
	if l.Amount == s.list[l.Reference].amount || l.Amount <= 0 || l.Account != s.list[l.Reference].account {
		t.Errorf("%+v against %+v", l, s.list[l.Reference])
	}
	if d := s.book(t, l.Reference); d.Moved != l.Amount || d.Ordered != s.list[l.Reference].amount {
		t.Errorf("%+v", d)
	}
}

func TestAccount(t *testing.T) {
	s := stage(t, banksim.Account, 1)
	s.clean(t, 40)
	l := s.at(t)
	if l.Account == s.list[l.Reference].account || len(l.Account) != 15 || l.Amount != s.list[l.Reference].amount {
		t.Errorf("%+v against %+v", l, s.list[l.Reference])
	}
}

func TestName(t *testing.T) {
	s := stage(t, banksim.Name, 5)
	s.clean(t, 40)
	differ := 0
	for _, l := range s.file.Lines {
		if l.Name != s.list[l.Reference].name {
			differ++
		}
		if l.Status != "00" {
			t.Errorf("%+v", l)
		}
	}
	if differ != 5 {
		t.Errorf("%d names differ, want 5", differ)
	}
}

func TestDuplicate(t *testing.T) {
	s := stage(t, banksim.Duplicate, 1)
	s.clean(t, 41)
	if two := s.file.find(s.fault.Reference); len(two) != 2 || two[1].Line != s.fault.Line {
		t.Errorf("%+v for %+v", two, s.fault)
	}
	if d := s.book(t, s.fault.Reference); d.Credited != 1 || d.Answered != 2 {
		t.Errorf("%+v", d)
	}
}

func TestRejected(t *testing.T) {
	s := stage(t, banksim.Rejected, 30)
	s.clean(t, 40)
	codes := map[string]int{}
	for _, f := range s.b.Books().Injected() {
		l := s.file.find(f.Reference)[0]
		codes[l.Code]++
		if l.Status != "06" || !l.Posted.IsZero() || l.Line != f.Line || l.Code != f.Note {
			t.Errorf("%+v for %+v", l, f)
		}
		if c, ok := s.p.settlement.Code("response", l.Code); !ok {
			t.Errorf("code %s (%v) is not in the layout's list", l.Code, c)
		}
		if d := s.book(t, f.Reference); d.Credited != 0 || d.Outcome != banksim.WasRejected {
			t.Errorf("%+v", d)
		}
	}
	if len(codes) < 3 {
		t.Errorf("rejections are not spread: %v", codes)
	}
}

func TestReturned(t *testing.T) {
	s := stage(t, banksim.Returned, 2)
	s.clean(t, 40)
	if len(s.b.Books().Injected()) != 0 {
		t.Error("a return shows before it happens")
	}
	day := work(t, s.b, noon.AddDate(0, 0, 1))
	if diff := cmp.Diff([]string{"RET20261124-01.STL"}, day.Answered); diff != "" {
		t.Fatalf("answers (-want +got):\n%s", diff)
	}
	ret := settlement(t, s.p.settlement, s.o.Root, "RET20261124-01.STL")
	if ret.Errors != 0 || ret.Batch != "" || len(ret.Lines) != 2 {
		t.Fatalf("%+v", ret)
	}
	for i, f := range s.b.Books().Injected() {
		l, d := ret.Lines[i], s.book(t, f.Reference)
		if l.Status != "04" || l.Reference != f.Reference || l.Amount != s.list[l.Reference].amount || l.Posted.IsZero() || l.Line != f.Line {
			t.Errorf("%+v for %+v", l, f)
		}
		if first := s.file.find(f.Reference); len(first) != 1 || first[0].Status != "00" {
			t.Errorf("first answer %+v", first)
		}
		if d.Credited != 1 || d.Answered != 2 || d.Outcome != banksim.WasReturned || d.Moved != l.Amount {
			t.Errorf("%+v", d)
		}
	}
	if day := work(t, s.b, noon.AddDate(0, 0, 1)); len(day.Answered) != 0 {
		t.Errorf("returned twice: %v", day.Answered)
	}
}

func TestPending(t *testing.T) {
	s := stage(t, banksim.Pending, 30)
	s.clean(t, 40)
	for _, f := range s.b.Books().Injected() {
		l := s.file.find(f.Reference)[0]
		if l.Status != "03" || l.Code != "2021700" || !l.Posted.IsZero() {
			t.Errorf("%+v", l)
		}
		if d := s.book(t, f.Reference); d.Credited != 0 || d.Outcome != banksim.IsPending {
			t.Errorf("%+v", d)
		}
	}
	if got := s.b.Books().Totals().Pending.Count; got != 30 {
		t.Errorf("%d pending", got)
	}
	day := work(t, s.b, noon.AddDate(0, 0, 1))
	if diff := cmp.Diff([]string{"B1-02.STL"}, day.Answered); diff != "" {
		t.Fatalf("answers (-want +got):\n%s", diff)
	}
	second := settlement(t, s.p.settlement, s.o.Root, "B1-02.STL")
	paid := 0
	for _, l := range second.Lines {
		d := s.book(t, l.Reference)
		switch {
		case l.Status == "00" && d.Credited == 1 && d.Outcome == banksim.WasPaid && d.Moved == l.Amount:
			paid++
		case l.Status == "06" && d.Credited == 0 && d.Outcome == banksim.WasRejected:
		default:
			t.Errorf("%+v, books %+v", l, d)
		}
	}
	if second.Errors != 0 || second.Batch != "B1" || len(second.Lines) != 30 || paid == 0 || paid == 30 {
		t.Errorf("%d lines, %d paid, %d errors", len(second.Lines), paid, second.Errors)
	}
	total := s.b.Books().Totals()
	if total.Pending != (banksim.Tally{}) || total.Credited.Count != int64(10+paid) || day.Credited != int64(paid) {
		t.Errorf("totals %+v", total)
	}
}

func TestLate(t *testing.T) {
	s := stage(t, banksim.Late, 1)
	s.clean(t, 40)
	l := s.at(t)
	if days := l.Posted.Sub(noon).Hours() / 24; l.Status != "00" || days < 6 || days > 13 {
		t.Errorf("posted %v", l.Posted)
	}
}

func TestUnreadable(t *testing.T) {
	s := stage(t, banksim.Unreadable, 2)
	if s.file.Errors != 2 || s.file.Control != 0 || len(s.file.Lines) != 40 {
		t.Errorf("%d errors, %d of control, %d lines", s.file.Errors, s.file.Control, len(s.file.Lines))
	}
	if l := s.at(t); !l.Unreadable || l.Reference != s.fault.Reference {
		t.Errorf("%+v", l)
	}
	if d := s.book(t, s.fault.Reference); d.Credited != 1 {
		t.Errorf("%+v", d)
	}
}

func TestControl(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(12) {
		o, p := options(t), load(t)
		o.Seed = seed
		o.Faults.Control = 10_000
		b := start(t, o)
		send(t, o.Root, "B1.TRF", transfer(t, p.transfer, "B1", corporate, wages("F", 40)))
		work(t, b, noon)
		a := settlement(t, p.settlement, o.Root, "B1-01.STL")
		f := b.Books().Injected()
		if a.Control != 1 || a.Errors != 1 || len(f) != 1 || f[0].Line != 42 || f[0].File != "B1-01.STL" {
			t.Errorf("%d of control, %d errors, %+v", a.Control, a.Errors, f)
			continue
		}
		seen[f[0].Note] = true
	}
	if len(seen) != 3 {
		t.Errorf("falsified: %v", slices.Sorted(maps.Keys(seen)))
	}
}

func TestDuplicateFile(t *testing.T) {
	s := stage(t, banksim.DuplicateFile, 1)
	s.clean(t, 40)
	files := snapshot(t, s.o.Root)
	if s.fault.File != "B1-02.STL" || files["inbox/B1-02.STL"] != files["inbox/B1-01.STL"] {
		t.Errorf("%+v", s.fault)
	}
}

func TestSameNameOtherBytes(t *testing.T) {
	s := stage(t, banksim.SameName, 1)
	s.clean(t, 40)
	before := snapshot(t, s.o.Root)["inbox/B1-01.STL"]
	day := work(t, s.b, noon.AddDate(0, 0, 1))
	if diff := cmp.Diff([]string{"B1-01.STL"}, day.Answered); diff != "" {
		t.Fatalf("answers (-want +got):\n%s", diff)
	}
	if snapshot(t, s.o.Root)["inbox/B1-01.STL"] == before {
		t.Error("the bytes are the same")
	}
	again := settlement(t, s.p.settlement, s.o.Root, "B1-01.STL")
	if diff := cmp.Diff(s.file, again); diff != "" {
		t.Errorf("the lines differ:\n%s", diff)
	}
	if day.Faults[banksim.SameName] != 1 {
		t.Errorf("faults %v", day.Faults)
	}
	if day := work(t, s.b, noon); len(day.Answered) != 0 {
		t.Errorf("written again: %v", day.Answered)
	}
}

func TestRefuseBatch(t *testing.T) {
	s := stage(t, banksim.RefuseBatch, 1)
	if status, code := acknowledgement(t, s.p.ack, s.o.Root, "B1.ACK"); status != "06" || code != "4031714" {
		t.Errorf("acknowledged with %s %s", status, code)
	}
	if n := len(snapshot(t, s.o.Root)); n != 1 {
		t.Errorf("%d files, want the acknowledgement alone", n)
	}
	total := s.b.Books().Totals()
	if total.Received.Count != 40 || total.Rejected != total.Received || total.Refused != 1 || total.Batches != 0 {
		t.Errorf("totals %+v", total)
	}
}

func TestExactNumbers(t *testing.T) {
	want := map[banksim.Kind]int{
		banksim.Missing: 1, banksim.Amount: 1, banksim.Account: 1, banksim.Rejected: 3, banksim.Pending: 2,
		banksim.Name: 2, banksim.Duplicate: 1, banksim.Unknown: 1, banksim.Late: 1, banksim.Unreadable: 1,
	}
	o, p := options(t), load(t)
	o.Faults.Exactly, o.Faults.ExactlyBatches = want, 1
	b := start(t, o)
	list := wages("F", 240)
	send(t, o.Root, "B1.TRF", transfer(t, p.transfer, "B1", corporate, list))
	first := work(t, b, noon)
	if diff := cmp.Diff(want, first.Faults); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	chosen := map[string]banksim.Kind{}
	for _, f := range b.Books().Injected() {
		if f.Kind != banksim.Unknown {
			chosen[f.Reference] = f.Kind
		}
	}
	send(t, o.Root, "B2.TRF", transfer(t, p.transfer, "B2", corporate, wages("G", 240)))
	second := work(t, b, noon)
	delete(second.Faults, banksim.Rejected) // pending ones that were rejected now
	if len(second.Faults) != 0 {
		t.Errorf("the second batch has faults %v", second.Faults)
	}

	t.Run("whatever the order of the deposits", func(t *testing.T) {
		o.Root = t.TempDir()
		b := start(t, o)
		slices.Reverse(list)
		send(t, o.Root, "B1.TRF", transfer(t, p.transfer, "B1", corporate, list))
		work(t, b, noon)
		for _, f := range b.Books().Injected() {
			if f.Kind != banksim.Unknown && chosen[f.Reference] != f.Kind {
				t.Errorf("%s is %s, was %q", f.Reference, f.Kind, chosen[f.Reference])
			}
		}
	})
	t.Run("more faults than deposits", func(t *testing.T) {
		o.Root = t.TempDir()
		o.Faults.Exactly = map[banksim.Kind]int{banksim.Rejected: 9}
		b := start(t, o)
		send(t, o.Root, "B1.TRF", transfer(t, p.transfer, "B1", corporate, wages("F", 4)))
		if day := work(t, b, noon); day.Rejected != 4 {
			t.Errorf("%+v", day)
		}
	})
}

func TestRatesAreNearTheirNumbers(t *testing.T) {
	o, p := options(t), load(t)
	o.Faults = banksim.Faults{Rejected: 500, Late: 100}
	b := start(t, o)
	send(t, o.Root, "B1.TRF", transfer(t, p.transfer, "B1", corporate, wages("F", 20_000)))
	got := work(t, b, noon).Faults
	if r, l := got[banksim.Rejected], got[banksim.Late]; r < 880 || r > 1120 || l < 140 || l > 260 {
		t.Errorf("%d rejected of about 1000, %d late of about 200", r, l)
	}
}

func TestFaultsAreChecked(t *testing.T) {
	for _, f := range []banksim.Faults{
		{Missing: -1}, {Missing: 10_001}, {Missing: 6000, Late: 6000}, {Control: 10_001},
		{Exactly: map[banksim.Kind]int{"nonsense": 1}}, {Exactly: map[banksim.Kind]int{banksim.Late: -1}},
	} {
		o := options(t)
		o.Faults = f
		if b, err := banksim.Start(t.Context(), o); err == nil {
			t.Errorf("%+v is accepted", f)
			_ = b.Close()
		}
	}
}

func TestInvented(t *testing.T) {
	const n = 20_000
	seen := map[string]int{}
	for i := range n {
		w := banksim.Invent(3, i)
		for _, k := range []string{w.BeneficiaryID, w.RegisterNumber, w.Name, w.Account} {
			if j, twice := seen[k]; twice {
				t.Fatalf("%q for %d and %d", k, j, i)
			}
			seen[k] = i
		}
		if len(w.Account) != 15 || w.Account[:4] != "9990" || w.Amount < 50_000_00 || w.Amount > 700_000_00 || w.Amount%500_00 != 0 {
			t.Fatalf("%+v", w)
		}
		if w.Name != formats.Fold(w.Name) || len(w.Name) > 40 || len(w.BeneficiaryID) > 32 {
			t.Fatalf("%+v", w)
		}
	}
	one, same, other := banksim.Invent(3, 17), banksim.Invent(3, 17), banksim.Invent(4, 17)
	if one != same || one.Name != same.Name || one == other {
		t.Errorf("the seed does not decide: %+v, %+v, %+v", one, same, other)
	}
}
