package configs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", FileName)
	if err := Write(path, contoh); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	if c, err := Load(path); err != nil || c.Bank().CorporateCode != "LPPWK" {
		t.Fatalf("%+v, %v", c, err)
	}

	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	other := contoh
	other.FacilityName = "Lapas Lain"
	err = Write(path, other)
	var exists *ExistsError
	if !errors.As(err, &exists) || !errors.Is(err, fs.ErrExist) || exists.Hint() == "" {
		t.Errorf("second write: %v", err)
	}
	after, err := os.ReadFile(path)
	if err != nil || string(after) != string(before) {
		t.Errorf("overwritten: %v", err)
	}
}

func TestWriteRefusesWhatItCouldNotLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	in := contoh
	in.DebitAccount, in.Timezone, in.FacilityCode = "1234567890", "WIT", "pwk"
	err := Write(path, in)
	var problems *Problems
	if !errors.As(err, &problems) || len(problems.List) != 3 {
		t.Fatalf("error %v", err)
	}
	if strings.Contains(err.Error(), "1234567890") {
		t.Error("the account number is repeated")
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file is left: %v", err)
	}
}

// Whatever a person answers to `bekal init` comes back as it was, or is refused.
func TestWriteRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := contoh
		in.FacilityName = rapid.OneOf(
			rapid.StringN(1, 20, -1),
			rapid.SampledFrom([]string{"NO", "y", "1e5", "0x1F", "null", "~", "a: b", "a #b", "- a", "{{.}}", "&a", "*a", "!x", "'", `"`, "%", "@", "`", "..", ".inf", "Lapas <Kelas> IIA & Co", "x:1", "12:30", "é", "=", "<<", "..."}),
		).Draw(t, "name")
		in.FacilityCode = rapid.StringMatching(`[A-Z0-9]{2,6}`).Draw(t, "code")
		in.RemoteOutbox = rapid.StringMatching(`/[a-zA-Z0-9 :#_.-]{0,12}`).Draw(t, "outbox")
		data, err := Render(in)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Parse(FileName, data)
		if err != nil {
			var problems *Problems
			if !errors.As(err, &problems) || problems.List[0].Key != "facilities[0].name" {
				t.Fatalf("%+v: %v", in, err)
			}
			return
		}
		if f := c.Facility(); f.Name != in.FacilityName || f.Code != in.FacilityCode || c.Bank().Remote.Outbox != in.RemoteOutbox {
			t.Fatalf("%+v came back as %+v, %q", in, f, c.Bank().Remote.Outbox)
		}
	})
}

func TestFind(t *testing.T) {
	t.Chdir(t.TempDir())
	env := func(v string) func(string) string {
		return func(name string) string {
			if name == Environment {
				return v
			}
			return ""
		}
	}
	_, err := Find("", env(""))
	var nf *NotFound
	if !errors.As(err, &nf) || !strings.Contains(nf.Hint(), "bekal init") {
		t.Errorf("nothing anywhere: %v", err)
	}
	if p, err := Find("", env("/srv/bekal.yaml")); p != "/srv/bekal.yaml" || err != nil {
		t.Errorf("environment: %q, %v", p, err)
	}
	if err := os.WriteFile(FileName, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if p, err := Find("", env("/srv/bekal.yaml")); p != FileName || err != nil {
		t.Errorf("here: %q, %v", p, err)
	}
	if p, err := Find("x.yaml", env("/srv/bekal.yaml")); p != "x.yaml" || err != nil {
		t.Errorf("flag: %q, %v", p, err)
	}
}

func TestReadCalendar(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	c, err := Parse(path, []byte(minimal))
	if err != nil {
		t.Fatal(err)
	}
	name, data, builtIn, err := c.ReadCalendar("")
	if err != nil || !builtIn || name != BuiltInCalendar || !strings.Contains(string(data), "years: [2026]") {
		t.Errorf("built in: %q, %v, %v", name, builtIn, err)
	}
	if _, _, _, err := c.ReadCalendar("none.yaml"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
	own := filepath.Join(filepath.Dir(path), "own.yaml")
	if err := os.WriteFile(own, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if name, data, builtIn, err := c.ReadCalendar("own.yaml"); name != own || string(data) != "x" || builtIn || err != nil {
		t.Errorf("own: %q, %q, %v, %v", name, data, builtIn, err)
	}
}

func TestParseRupiah(t *testing.T) {
	for in, want := range map[string]int64{
		"Rp 1":                         100,
		"Rp 999":                       99_900,
		"Rp 5.000.000":                 500_000_000,
		"Rp 5.000.000,05":              500_000_005,
		"Rp 10.000.000.000":            1_000_000_000_000,
		"Rp 92.233.720.368.547.758,07": 9_223_372_036_854_775_807,
	} {
		if got, err := ParseRupiah(in); got != want || err != nil {
			t.Errorf("%s is %d, %v; want %d", in, got, err, want)
		}
	}
	for _, in := range []string{
		"", "5000000", "Rp5.000", "Rp 5000", "rp 5.000", "Rp 5,000,000", "Rp 5.00", "Rp 5.0000", "Rp 0", "Rp 05", "Rp -5", "Rp 5,0",
		"Rp 5,000", "Rp 5.000 ", " Rp 5.000", "Rp  5.000", "Rp 5.000,", "Rp 5.000\n", "Rp ٥", "Rp 92.233.720.368.547.758,08", "Rp 999.999.999.999.999.999.999",
	} {
		if got, err := ParseRupiah(in); err == nil {
			t.Errorf("%q is accepted as %d sen", in, got)
		} else if hintOf(err) == "" {
			t.Errorf("%q: no hint", in)
		}
	}
}
