package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"bekal/formats"
	"bekal/formats/layouts"
	"bekal/gateway"
	"bekal/gateway/banksim"
	"bekal/gateway/sftp"
	"bekal/reconcile/ledger"

	"github.com/google/go-cmp/cmp"
)

// languagePage describes the language of layouts, and how a bank is added.
const languagePage = "formats/README.md"

// newBank is the heading of the part that says how, the last of the page.
const newBank = "\n## A new bank, step by step\n"

// TestNewBankStepByStep does what the page says, with the real program, and
// then pays wages through a bank that speaks the formats which the page has
// made: from delivery to settlement, with one deposit that is rejected and one
// that comes back.
func TestNewBankStepByStep(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	program, err := build()
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(page(t, languagePage), newBank)
	if !found {
		t.Fatalf("%s has no part%s", languagePage, newBank)
	}
	r := &reader{dir: f.dir, path: filepath.Dir(program)}
	if err := r.follow(text); err != nil {
		t.Fatal(err)
	}
	if r.commands < 10 || r.files < 4 {
		t.Fatalf("%d commands and %d files found on the page", r.commands, r.files)
	}
	payThrough(t, f)
}

// TestNewBankNamesTheFields that the gateway looks for.
func TestNewBankNamesTheFields(t *testing.T) {
	t.Parallel()
	text := page(t, languagePage)
	cell := func(fields []string) string {
		if len(fields) == 0 {
			return "|"
		}
		return "| `" + strings.Join(fields, "` `") + "` |"
	}
	for _, l := range []struct{ must, may map[string][]string }{
		{gateway.TransferFields(), gateway.FurtherTransferFields()}, {gateway.AcknowledgementFields(), nil}, {gateway.SettlementFields(), nil},
	} {
		for record, fields := range l.must {
			row := "| `" + record + "` " + cell(fields) + strings.TrimPrefix(cell(l.may[record]), "|")
			if len(l.may[record]) == 0 {
				row += " |"
			}
			if !strings.Contains(text, row+"\n") {
				t.Errorf("%s has no row %s", languagePage, row)
			}
		}
	}
}

// payThrough pays six wages in the formats of the facility's configuration.
func payThrough(t *testing.T, f *facility) {
	t.Helper()
	set, err := layouts.Load(f.path("layouts"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.startBank(func(o *banksim.Options) {
		for name, plan := range map[string]**formats.Plan{"bcn-order": &o.Transfer, "bcn-receipt": &o.Acknowledgement, "bcn-result": &o.Settlement} {
			*plan, _ = set.Plan(name) // the page has made it, or the bank is another one and the test fails
		}
		o.Names = banksim.Names{Transfer: "PAY_{batch}.TXT", Acknowledgement: "RCP_*.TXT", Settlement: "RES_*.TXT", Return: "RTN_*.TXT"}
		o.Faults = banksim.Faults{ExactlyBatches: 1, Exactly: map[banksim.Kind]int{banksim.Rejected: 1, banksim.Returned: 1, banksim.Late: 1}}
	}); err != nil {
		t.Fatal(err)
	}
	const wages = 6
	if err := f.invent(wages); err != nil {
		t.Fatal(err)
	}
	if err := f.configure("sftp.bank.example:22", f.bank.Address()); err != nil {
		t.Fatal(err)
	}
	if err := sftp.Pin(f.path("known_hosts"), f.bank.Address(), f.bank.HostKey()); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"roster", "import", f.path("roster.csv"), "--by", importer},
		{"roster", "approve", "--by", approver},
		{"wages", "import", f.path("wages.csv"), "--period", testPeriod, "--count", fmt.Sprint(wages), "--total", fmt.Sprint(int64(f.paid) / 100), "--by", importer},
		{"wages", "approve", "1", "--by", approver},
	} {
		f.must(t, exitOK, args...)
	}

	f.night(t, "2026-11-23", exitOK)
	if day := f.bankWorks(t, "2026-11-24"); len(day.Taken) != 1 || len(day.Refused) != 0 || !strings.HasPrefix(day.Taken[0], "PAY_PWK") {
		t.Fatalf("the bank took %v, refused %v", day.Taken, day.Refused)
	}
	f.night(t, "2026-11-24", exitOK)
	f.bankWorks(t, "2026-11-25")
	f.night(t, "2026-11-25", exitOK)

	if diff := cmp.Diff(sorted(f.committed("2026-11-25", "2026-11-26")), sorted(f.listed(t))); diff != "" {
		t.Errorf("what the bank did wrong against what Bekal found (-bank +bekal):\n%s", diff)
	}
	if n := len(f.listed(t)); n != 3 {
		t.Errorf("%d mismatches, want one rejected, one returned, one late", n)
	}
	s := f.summary(t)
	if s.Settled.Count != wages-2 || s.Failed.Count != 2 || s.Settled.Plus(s.Failed) != (ledger.Tally{Count: wages, Total: f.paid}) {
		t.Errorf("%+v", s)
	}
	if list := f.must(t, exitOK, "batch", "list").stdout; !strings.Contains(list, "acknowledged") {
		t.Errorf("the batch is not acknowledged:\n%s", list)
	}
	report := f.must(t, exitOK, "report", "--lang", "en").stdout
	for _, says := range []string{"║  PROVEN  ║", "RTN_20261125-01.TXT", "columns 102–109 (posted)"} {
		if !strings.Contains(report, says) {
			t.Errorf("the report does not say %q:\n%s", says, report)
		}
	}
	f.sound(t)
}

// reader is somebody who does what a page says, block after block: files are
// written, added to and changed as the mark above the block says, and commands
// are run, with what they print compared to what the page shows.
type reader struct {
	dir             string // in which the reader works
	path            string // where the program is
	commands, files int
}

// codeBlock is a block of code with the mark that may stand above it.
var codeBlock = regexp.MustCompile("(?m)^(?:<!-- (\\w+): (\\S+) -->\n)?```(\\w+)\n((?s:.*?))^```$")

func (r *reader) follow(text string) error {
	for _, m := range codeBlock.FindAllStringSubmatch(text, -1) {
		mark, file, language, body := m[1], m[2], m[3], m[4]
		err := errors.New("nobody knows what to do with this block")
		switch {
		case mark != "":
			r.files++
			err = r.write(mark, filepath.Join(r.dir, file), body)
		case language == "console":
			err = r.run(body)
		}
		if err != nil {
			return fmt.Errorf("%w\nin the block:\n%s", err, m[0])
		}
	}
	return nil
}

func (r *reader) write(mark, path, body string) error {
	text := ""
	if mark != "file" {
		old, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text = string(old)
	}
	switch mark {
	case "file", "append":
		text += body
	case "change":
		var err error
		if text, err = changed(text, body); err != nil {
			return err
		}
	default:
		return fmt.Errorf("there is no mark %s", mark)
	}
	return os.WriteFile(path, []byte(text), 0o600)
}

// changed applies a change: lines that go begin with -, those that come in
// their place with +.
func changed(text, change string) (string, error) {
	var goes, comes strings.Builder
	flush := func() error {
		if goes.Len() == 0 && comes.Len() > 0 {
			return fmt.Errorf("nothing goes for:\n%s", comes.String())
		}
		if goes.Len() > 0 {
			before, after, found := strings.Cut("\n"+text, "\n"+goes.String())
			if !found || strings.Contains("\n"+after, "\n"+goes.String()) {
				return fmt.Errorf("does not stand in the file exactly once:\n%s", goes.String())
			}
			text = strings.TrimPrefix(before+"\n", "\n") + comes.String() + after
		}
		goes.Reset()
		comes.Reset()
		return nil
	}
	for line := range strings.Lines(change) {
		switch {
		case strings.HasPrefix(line, "+"):
			comes.WriteString(line[1:])
		case strings.HasPrefix(line, "-"):
			if comes.Len() > 0 {
				if err := flush(); err != nil {
					return "", err
				}
			}
			goes.WriteString(line[1:])
		default:
			return "", fmt.Errorf("neither goes nor comes: %s", line)
		}
	}
	return text, flush()
}

// endsWith is how a page says that a command does not end with exit code 0.
var endsWith = regexp.MustCompile(`# exit code (\d+)$`)

// run runs the commands of a block: what stands behind "$ ", with the lines that
// a backslash continues.
func (r *reader) run(body string) error {
	lines := strings.Split(strings.TrimSuffix(body, "\n"), "\n")
	for i := 0; i < len(lines); {
		command, ok := strings.CutPrefix(lines[i], "$ ")
		if !ok {
			return fmt.Errorf("no command: %s", lines[i])
		}
		for i++; strings.HasSuffix(command, "\\") && i < len(lines); i++ {
			command += "\n" + lines[i]
		}
		var shown strings.Builder
		for ; i < len(lines) && !strings.HasPrefix(lines[i], "$ "); i++ {
			shown.WriteString(lines[i] + "\n")
		}
		r.commands++
		if err := r.runOne(command, shown.String()); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) runOne(command, shown string) error {
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "PATH="+r.path+string(os.PathListSeparator)+os.Getenv("PATH"), "BEKAL_CONFIG=")
	printed, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		return err
	}
	want := "0"
	if m := endsWith.FindStringSubmatch(command); m != nil {
		want = m[1]
	}
	if got := fmt.Sprint(cmd.ProcessState.ExitCode()); got != want {
		return fmt.Errorf("%s\nends with exit code %s, want %s:\n%s", command, got, want, printed)
	}
	if err := shows(withoutTrailing(string(printed)), withoutTrailing(shown)); err != nil {
		return fmt.Errorf("%s\n%w\nit prints:\n%s", command, err, printed)
	}
	return nil
}

// withoutTrailing takes the spaces off the ends of lines: no editor keeps them.
func withoutTrailing(s string) string {
	var out strings.Builder
	for line := range strings.Lines(s) {
		out.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	return out.String()
}

// shows says whether a page shows what was printed: all of it, but for what it
// marks as left out.
func shows(printed, shown string) error {
	if !strings.Contains(shown, cutMark) {
		if diff := cmp.Diff(shown, printed); diff != "" {
			return fmt.Errorf("prints something else (-page +printed):\n%s", diff)
		}
		return nil
	}
	from, cutFirst := strings.CutPrefix(shown, cutMark+"\n")
	body, cutLast := strings.CutSuffix(from, cutMark+"\n")
	pieces := strings.Split(body, cutMark+"\n")
	if first := pieces[0]; !cutFirst && !strings.HasPrefix(printed, first) {
		return fmt.Errorf("does not begin with:\n%s", first)
	}
	if last := pieces[len(pieces)-1]; !cutLast && !strings.HasSuffix(printed, last) {
		return fmt.Errorf("does not end with:\n%s", last)
	}
	return excerpt(printed, body)
}

func TestReaderBites(t *testing.T) {
	t.Parallel()
	const console = "```console\n%s```\n"
	for name, c := range map[string]struct {
		text string
		ok   bool
	}{
		"as shown":          {fmt.Sprintf(console, "$ echo one; echo two\none\ntwo\n"), true},
		"two commands":      {fmt.Sprintf(console, "$ echo one\none\n$ true\n"), true},
		"continued":         {fmt.Sprintf(console, "$ echo one \\\n   two\none two\n"), true},
		"left out":          {fmt.Sprintf(console, "$ echo one; echo two; echo three\none\n[…]\n"), true},
		"exit code":         {fmt.Sprintf(console, "$ exit 3    # exit code 3\n"), true},
		"written":           {"<!-- file: a -->\n```text\none\n```\n<!-- append: a -->\n```text\ntwo\n```\n<!-- change: a -->\n```diff\n-two\n+2\n```\n" + fmt.Sprintf(console, "$ cat a\none\n2\n"), true},
		"other output":      {fmt.Sprintf(console, "$ echo one\ntwo\n"), false},
		"more output":       {fmt.Sprintf(console, "$ echo one; echo two\none\n"), false},
		"wrong beginning":   {fmt.Sprintf(console, "$ echo one; echo two; echo three\ntwo\n[…]\n"), false},
		"wrong end":         {fmt.Sprintf(console, "$ echo one; echo two; echo three\n[…]\ntwo\n"), false},
		"fails":             {fmt.Sprintf(console, "$ false\n"), false},
		"does not fail":     {fmt.Sprintf(console, "$ true    # exit code 1\n"), false},
		"unknown language":  {"```yaml\na: 1\n```\n", false},
		"change of nothing": {"<!-- file: a -->\n```text\none\n```\n<!-- change: a -->\n```diff\n-two\n+2\n```\n", false},
		"twice there":       {"<!-- file: a -->\n```text\none\none\n```\n<!-- change: a -->\n```diff\n-one\n+2\n```\n", false},
	} {
		if err := (&reader{dir: t.TempDir()}).follow(c.text); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
