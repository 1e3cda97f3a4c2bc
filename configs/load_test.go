package configs

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var update = flag.Bool("update", false, "write the golden files anew")

// contoh is the invented facility of the example file.
var contoh = Initial{
	FacilityCode:  "PWK",
	FacilityName:  "Lapas Contoh",
	BankAddress:   "sftp.bank.example:22",
	BankUser:      "lppwk",
	Identity:      "keys/bank_ed25519",
	CorporateCode: "LPPWK",
	DebitAccount:  "000000000000000",
}

func TestExampleIsWhatWriteWrites(t *testing.T) {
	got, err := Render(contoh)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("bekal.example.yaml", got, 0o644); err != nil {
			t.Fatal(err)
		}
		Example = string(got)
	}
	if diff := cmp.Diff(Example, string(got)); diff != "" {
		t.Errorf("bekal.example.yaml differs (-file +rendered); run go test -update:\n%s", diff)
	}
}

func TestExampleLoads(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, FileName)
	if err := os.WriteFile(path, []byte(Example), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{
		Path: path, DataDir: ".", Language: "id",
		Facilities: []Facility{{Code: "PWK", Name: "Lapas Contoh", Timezone: "Asia/Jakarta"}},
		Banks: []Bank{{
			Code: "BRI", Address: "sftp.bank.example:22", User: "lppwk", Identity: "keys/bank_ed25519",
			KnownHosts: "known_hosts", CorporateCode: "LPPWK", DebitAccount: "000000000000000",
			Remote:   Remote{Outbox: "/outbox", Inbox: "/inbox", AfterCollect: "keep"},
			Layouts:  Layouts{Transfer: "bri-transfer", Acknowledgement: "bri-ack", Settlement: "bri-settlement"},
			Files:    Files{Transfer: "{batch}.TRF", Acknowledgement: "*.ACK", Settlement: "*.STL", Returns: "RET*.STL"},
			Timeouts: Timeouts{Dial: 15 * time.Second, Request: 30 * time.Second, Stall: time.Minute},
			Retries:  4, SettlementWindowDays: 2, MaxDepositsPerBatch: 50_000,
		}},
		Schedule: Schedule{Cron: "30 19 * * *", OnlyBusinessDays: true, CatchUp: true},
		Limits:   Limits{DepositSen: 500_000_000, BeneficiaryMonthSen: 500_000_000, BatchSen: 1_000_000_000_000},
		Log:      Log{Level: "info", Format: "auto"},
	}
	opts := cmp.Options{cmpopts.IgnoreUnexported(Config{}), cmpopts.IgnoreFields(Facility{}, "Location")}
	if diff := cmp.Diff(want, got, opts); diff != "" {
		t.Errorf("example (-want +got):\n%s", diff)
	}
	if loc := got.Facility().Location; loc == nil || loc.String() != "Asia/Jakarta" {
		t.Errorf("location %v", loc)
	}
	if got.Bank().Code != "BRI" {
		t.Errorf("bank %q", got.Bank().Code)
	}
	for rel, want := range map[string]string{
		"": "", ".": dir, "keys/bank": filepath.Join(dir, "keys/bank"), "/etc/../srv": "/srv",
	} {
		if p := got.Resolve(rel); p != want {
			t.Errorf("Resolve(%q) = %q, want %q", rel, p, want)
		}
	}
}

// The shortest file: whatever is left out has the value that the example writes.
func TestDefaultsAreThoseOfTheExample(t *testing.T) {
	short, err := Parse(FileName, []byte(minimal))
	if err != nil {
		t.Fatal(err)
	}
	full, err := Parse(FileName, []byte(Example))
	if err != nil {
		t.Fatal(err)
	}
	// No cap is the default of a cap; the example shows some.
	if short.Limits != (Limits{}) {
		t.Errorf("limits %+v", short.Limits)
	}
	if diff := cmp.Diff(full, short, cmpopts.IgnoreUnexported(Config{}), cmpopts.IgnoreFields(Config{}, "Limits"), cmpopts.IgnoreFields(Facility{}, "Location")); diff != "" {
		t.Errorf("defaults (-example +defaults):\n%s", diff)
	}
}

const minimal = `version: 1
facilities: [{ code: PWK, name: Lapas Contoh, timezone: Asia/Jakarta }]
banks:
- code: BRI
  address: sftp.bank.example
  user: lppwk
  identity: keys/bank_ed25519
  corporate_code: LPPWK
  debit_account: "000000000000000"
  remote: { outbox: /outbox, inbox: /inbox }
`

func TestChannels(t *testing.T) {
	c, err := Parse(FileName, []byte(minimal+`
notify:
- type: log
- type: command
  command: [/usr/local/bin/alarm, --quiet]
  on: [failed]
- type: email
  host: mail.example.go.id
  from: Bekal <bekal@example.go.id>
  to: [keuangan@example.go.id, "Operator <operator@example.go.id>"]
  username: bekal
  password_file: keys/mail
- { type: email, host: 127.0.0.1, tls: none-on-loopback, from: a@example.go.id, to: [b@example.go.id] }
- { type: email, host: m.example, tls: implicit, port: 2465, from: a@example.go.id, to: [b@example.go.id], on: [] }
`))
	if err != nil {
		t.Fatal(err)
	}
	alert := []string{"failed", "degraded", "mismatch"}
	want := []Channel{
		{Type: "log", On: append(alert[:3:3], "ran")},
		{Type: "command", Command: []string{"/usr/local/bin/alarm", "--quiet"}, On: []string{"failed"}},
		{Type: "email", Host: "mail.example.go.id", Port: 587, TLS: "starttls", From: "Bekal <bekal@example.go.id>",
			To: []string{"keuangan@example.go.id", "Operator <operator@example.go.id>"}, Username: "bekal", PasswordFile: "keys/mail", On: alert},
		{Type: "email", Host: "127.0.0.1", Port: 25, TLS: "none-on-loopback", From: "a@example.go.id", To: []string{"b@example.go.id"}, On: alert},
		{Type: "email", Host: "m.example", Port: 2465, TLS: "implicit", From: "a@example.go.id", To: []string{"b@example.go.id"}},
	}
	if diff := cmp.Diff(want, c.Notify); diff != "" {
		t.Errorf("channels (-want +got):\n%s", diff)
	}
	if !c.Notify[1].Wants("failed") || c.Notify[1].Wants("ran") {
		t.Error("Wants does not follow on")
	}
}

func TestAddress(t *testing.T) {
	for in, want := range map[string]string{
		"bank.example":       "bank.example:22",
		"bank.example:2022":  "bank.example:2022",
		`"10.0.0.7"`:         "10.0.0.7:22",
		`"[2001:db8::1]:22"`: "[2001:db8::1]:22",
		`"2001:db8::1"`:      "[2001:db8::1]:22",
		`"[2001:db8::1]"`:    "[2001:db8::1]:22",
	} {
		c, err := Parse(FileName, []byte(strings.Replace(minimal, "sftp.bank.example", in, 1)))
		if err != nil {
			t.Errorf("%s: %v", in, err)
		} else if got := c.Bank().Address; got != want {
			t.Errorf("%s is %q, want %q", in, got, want)
		}
	}
	for _, in := range []string{"bank:0", "bank:x", "bank:65536", "a:b:c", `":22"`, "user@bank", "sftp://bank", `"bank host"`} {
		if c, err := Parse(FileName, []byte(strings.Replace(minimal, "sftp.bank.example", in, 1))); err == nil {
			t.Errorf("%s is accepted as %q", in, c.Bank().Address)
		} else if !strings.Contains(err.Error(), "bekal.yaml:5:12: banks[0].address: ") {
			t.Errorf("%s: no place in %v", in, err)
		}
	}
}

// Golden listings: testdata/NAME.yaml is what somebody wrote, NAME.txt what the
// command line answers.
func TestListings(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Parse(FileName, data)
			var problems *Problems
			if !errors.As(err, &problems) {
				t.Fatalf("error %T: %v", err, err)
			}
			got := "error: " + err.Error() + "\n"
			if h := problems.Hint(); h != "" {
				got += "hint: " + h + "\n"
			}
			golden := strings.TrimSuffix(file, ".yaml") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("listing (-want +got):\n%s", diff)
			}
			if strings.Contains(got, "1234567890") {
				t.Error("the listing repeats an account number")
			}
		})
	}
}

func TestLocate(t *testing.T) {
	c, err := Parse(FileName, []byte(Example))
	if err != nil {
		t.Fatal(err)
	}
	line := func(text string) int { return 1 + strings.Count(Example[:strings.Index(Example, text)], "\n") }
	cause := errRupiah{"x", "is odd"}
	for key, want := range map[string]int{
		"schedule.cron":     line("cron:"),
		"banks[0].identity": line("identity:"),
		"banks[0].nothing":  line("- code: BRI"),
		"banks[7].identity": line("banks:"),
		"schedule.nothing":  line("schedule:"),
		"nothing":           0,
	} {
		err := c.Locate(key, cause)
		var p *Problem
		if !errors.As(err, &p) || p.Line != want || p.Key != key {
			t.Errorf("%s: %v, want line %d", key, err, want)
			continue
		}
		if !errors.Is(err, cause) || p.Hint() != rupiahHint {
			t.Errorf("%s: the cause or its hint is lost", key)
		}
	}
	if c.Locate("schedule.cron", nil) != nil {
		t.Error("no error becomes one")
	}
}

func TestParseOddBytes(t *testing.T) {
	for name, data := range map[string]string{
		"large":    strings.Repeat("# comment\n", 30_000),
		"brackets": strings.Repeat("[", 100_000),
		"nested":   strings.Repeat("[", 4_000),
		"braces":   "a: " + strings.Repeat("{a: ", 2_000),
		"deep":     strings.Repeat("- ", 20_000),
		"nul":      "version: \x00",
		"tab":      "\tversion: 1",
		"utf16":    "\xff\xfev\x00e\x00",
		"bom":      "\ufeff",
		"comment":  "# nothing\n",
		"docs":     "version: 1\n---\nversion: 1\n",
		"list":     "- 1\n- 2\n",
		"text":     "hello",
		"alias":    "version: *a",
		"anchor":   "version: &a 1",
		"merge":    "<<: {version: 1}",
		"key list": "? [a, b]\n: 1",
		"tag":      "version: !!int \"1\"",
	} {
		c, err := Parse(FileName, []byte(data))
		if err == nil {
			t.Errorf("%s: accepted as %+v", name, c)
		} else if !strings.HasPrefix(err.Error(), FileName) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParseByteOrderMarkAndCRLF(t *testing.T) {
	data := "\ufeff" + strings.ReplaceAll(Example, "\n", "\r\n")
	c, err := Parse(FileName, []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	if c.Facility().Name != "Lapas Contoh" {
		t.Errorf("name %q", c.Facility().Name)
	}
}

func TestLoadMissing(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "none.yaml"))
	var nf *NotFound
	if !errors.As(err, &nf) || !errors.Is(err, fs.ErrNotExist) || !strings.Contains(nf.Hint(), "bekal init") {
		t.Errorf("error %v", err)
	}
	if _, err := Load(t.TempDir()); err == nil || errors.As(err, &nf) {
		t.Errorf("a folder: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(Example))
	f.Add([]byte(minimal))
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("facilities: [{code: NO}]\nbanks: {a: 1}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse(FileName, data)
		if err != nil {
			var problems *Problems
			if !errors.As(err, &problems) || len(problems.List) == 0 {
				t.Fatalf("error without problems: %v", err)
			}
			return
		}
		if len(c.Facilities) != 1 || len(c.Banks) != 1 || c.Facility().Location == nil || len(c.Bank().DebitAccount) != 15 {
			t.Fatalf("accepted: %+v", c)
		}
	})
}
