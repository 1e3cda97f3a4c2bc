package main

import (
	"os"
	"strings"
	"testing"
)

// TestWageThatNoFileCarries has a bank whose files have neither sen nor room for
// a large amount. Such a wage is refused when it is imported: approved, it would
// keep everybody else's from being sent, for ever.
func TestWageThatNoFileCarries(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	if err := f.ready(3, nil); err != nil {
		t.Fatal(err)
	}
	layout := strings.NewReplacer("layout: bri-transfer", "layout: rupiah-transfer", "decimals: 2", "decimals: 0",
		"amount:            {at: 65,  len: 17,", "amount:            {at: 65,  len: 7,").Replace(page(t, "formats/layouts/bri-transfer.yaml"))
	layout = strings.Replace(layout, "payment_reference:", "room: {at: 72, len: 10, kind: filler}\n      payment_reference:", 1)
	if err := os.MkdirAll(f.path("layouts"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(f.path("layouts/rupiah-transfer.yaml"), []byte(layout), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.configure("transfer: bri-transfer", "transfer: rupiah-transfer", `layouts_dir: ""`, "layouts_dir: layouts"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(f.path("wages.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(text)), "\n")
	imports := func(name string, code int, first, second string) string {
		list := append([]string(nil), rows[:3]...)
		for i, amount := range []string{first, second} {
			cells := strings.Split(list[i+1], ",")
			cells[3] = `"` + amount + `"`
			list[i+1] = strings.Join(cells, ",")
		}
		path := f.path(name + ".csv")
		if err := os.WriteFile(path, []byte(strings.Join(list, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		total := map[string]string{"bad": "10025000,50", "good": "50000"}[name]
		r := f.must(t, code, "wages", "import", path, "--period", "2026-11", "--count", "2", "--total", total, "--by", importer)
		return r.stdout + r.stderr
	}
	said := imports("bad", exitFailed, "25000,50", "10000000")
	for _, want := range []string{"row 2, column amount: \"25000,50\": the bank's transfer file cannot carry it: Rp 25.000,50 has sen", "row 3, column amount: \"10000000\": the bank's transfer file cannot carry it: ", "hint: "} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	said = imports("good", exitOK, "25000", "25000")
	f.must(t, exitOK, "wages", "approve", strings.TrimSuffix(strings.Fields(said)[2], ":"), "--by", approver)
	f.night(t, "2026-11-23", exitOK)
	if s := f.summary(t); s.InTransit.Count != 5 || s.Owed.Count != 0 {
		t.Errorf("%+v", s)
	}
	f.must(t, exitOK, "ledger", "verify")
}
