package intake

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"testing"

	"bekal/reconcile/ledger"
	"github.com/google/go-cmp/cmp"
)

// Whatever the bytes: an answer, every error with its place and hint, and what
// is accepted reads the same after it has been written as plain CSV.
func FuzzRoster(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		lines, read, err := fuzzRoster(data)
		if err != nil {
			checkErrors(t, err, read)
			return
		}
		if int64(len(lines)) != read.Count || len(lines) == 0 {
			t.Fatalf("%d lines of %d rows", len(lines), read.Count)
		}
		ids, accounts := map[string]bool{}, map[string]bool{}
		rows := [][]string{{"account", "name", "register_number", "beneficiary_id"}}
		for i, l := range lines {
			if ids[l.BeneficiaryID] || accounts[l.Account] {
				t.Fatalf("twice: %+v", l)
			}
			ids[l.BeneficiaryID], accounts[l.Account] = true, true
			checkLine(t, l.BeneficiaryID, l.Name, l.Account)
			if i > 0 && l.Line <= lines[i-1].Line {
				t.Fatalf("line %d behind line %d", l.Line, lines[i-1].Line)
			}
			rows = append(rows, []string{l.Account, l.Name, l.RegisterNumber, l.BeneficiaryID})
		}
		again, readAgain, err := fuzzRoster(plainCSV(t, rows))
		if err != nil || readAgain.Content != read.Content {
			t.Fatalf("again: %v\n%q", err, plainCSV(t, rows))
		}
		for i := range lines {
			lines[i].Line, again[i].Line = 0, 0
		}
		if diff := cmp.Diff(lines, again); diff != "" {
			t.Fatalf("again (-first +again):\n%s", diff)
		}
	})
}

func FuzzWages(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		// What is declared has to be what is there, so the first reading is only for that.
		_, read, err := fuzzWages(data, Declared{})
		if err == nil {
			t.Fatal("a declaration of nothing agreed")
		}
		lines, read, err := fuzzWages(data, Declared{read.Count, read.Total})
		if err != nil {
			checkErrors(t, err, read)
			return
		}
		var total ledger.Money
		rows := [][]string{{"remark", "amount", "account", "name", "beneficiary_id"}}
		for _, l := range lines {
			checkLine(t, l.BeneficiaryID, l.Name, l.Account)
			name, account, ok := contoh.Lookup(l.BeneficiaryID)
			if !ok || account != l.Account || !SameName(name, l.Name) || l.Amount <= 0 || l.Amount > maxAmount {
				t.Fatalf("%+v", l)
			}
			total += l.Amount
			rows = append(rows, []string{l.Remark, l.Amount.String(), l.Account, l.Name, l.BeneficiaryID})
		}
		if int64(len(lines)) != read.Count || total != read.Total || len(lines) == 0 {
			t.Fatalf("%d lines, %v; %+v", len(lines), total, read)
		}
		again, readAgain, err := fuzzWages(plainCSV(t, rows), Declared{read.Count, read.Total})
		if err != nil || readAgain.Content != read.Content || len(again) != len(lines) {
			t.Fatalf("again: %v", err)
		}
	})
}

func fuzzRoster(data []byte) (lines []RosterLine, read Read, err error) {
	o := Options{}.withDefaults("roster.csv")
	src, read, err := openCSV(bytes.NewReader(data), io.NopCloser(nil), o)
	if err != nil {
		return nil, read, err
	}
	read, err = readRoster(src, read, o, func(l RosterLine) error { lines = append(lines, l); return nil })
	return lines, read, err
}

func fuzzWages(data []byte, d Declared) (lines []WageLine, read Read, err error) {
	o := Options{}.withDefaults("premi.csv")
	src, read, err := openCSV(bytes.NewReader(data), io.NopCloser(nil), o)
	if err != nil {
		return nil, read, err
	}
	read, err = readWages(src, read, o, d, contoh, func(l WageLine) error { lines = append(lines, l); return nil })
	return lines, read, err
}

func plainCSV(t *testing.T, rows [][]string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func checkErrors(t *testing.T, err error, read Read) {
	t.Helper()
	var all *Errors
	if !errors.As(err, &all) {
		t.Fatalf("%T: %v", err, err)
	}
	if len(all.List) == 0 || len(all.List) > defaultMaxErrors+2 || read.Content != [32]byte{} {
		t.Fatalf("%d errors, %+v", len(all.List), read)
	}
	for _, e := range all.List {
		if e.Err == nil || e.Hint() == "" || e.Row < 0 || e.Error() == "" {
			t.Fatalf("%#v", e)
		}
	}
	if all.Error() == "" || all.Hint() == "" {
		t.Fatal("no message")
	}
}

func checkLine(t *testing.T, id, name, account string) {
	t.Helper()
	if _, err := strconv.ParseUint(account, 10, 64); err != nil || len(account) != accountSize {
		t.Fatalf("account %q", account)
	}
	if id == "" || len(id) > maxID || name == "" || name != tidy(name) {
		t.Fatalf("id %q, name %q", id, name)
	}
}
