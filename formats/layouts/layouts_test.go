package layouts_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"bekal/formats"
	"bekal/formats/layouts"
)

func load(t *testing.T, dir string) *layouts.Set {
	t.Helper()
	s, err := layouts.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// shipped are the names of the layouts that come with Bekal.
var shipped = []string{
	"aba", "aba-returns", "bankserv-ach", "bankserv-ach-output", "bankserv-ach-reply", "bca-payroll", "bri-ack", "bri-settlement", "bri-transfer",
	"cfonb120", "cfonb240", "cnab240-payment", "cnab240-return", "cnab400", "cnab400-return", "cpa005", "n43", "nacha", "zengin",
}

func TestEmbedded(t *testing.T) {
	s := load(t, "")
	if diff := cmp.Diff(shipped, s.Names()); diff != "" {
		t.Error(diff)
	}
	for _, name := range s.Names() {
		p, ok := s.Plan(name)
		if !ok || p.Name() != name {
			t.Errorf("Plan(%s) is %v", name, ok)
		}
		src, ok := s.Source(name)
		if !ok || !strings.Contains(string(src), "\nlayout: "+name+"\n") {
			t.Errorf("Source(%s): %v", name, ok)
		}
		if s.Origin(name) != "bekal:"+name+".yaml" {
			t.Errorf("Origin(%s) is %s", name, s.Origin(name))
		}
		for _, r := range p.Records() {
			for _, f := range r.Fields() {
				if f.Kind() != formats.KindFiller && (f.Title().ID == "" || f.Title().EN == "") {
					t.Errorf("%s: %s.%s has no title", name, r.Name(), f.Name())
				}
			}
		}
	}
	if _, ok := s.Plan("nothing"); ok {
		t.Error("there is a plan for nothing")
	}
	if _, ok := s.Source("nothing"); ok {
		t.Error("there is a source of nothing")
	}
}

// TestPositions holds the embedded layouts to the positions that were agreed
// with the bank, written down a second time.
func TestPositions(t *testing.T) {
	want := map[string]string{
		"bri-transfer H":   "type 1/1 version 2/2 corporate_code 4/10 batch_reference 14/20 created 34/14 value_date 48/8 debit_account 56/15 currency 71/3 count 74/8 total 82/17 purpose 99/10 filler 109/52",
		"bri-transfer D":   "type 1/1 sequence 2/8 account 10/15 name 25/40 amount 65/17 payment_reference 82/20 remark 102/40 payee_id 142/10 filler 152/9",
		"bri-transfer T":   "type 1/1 count 2/8 total 10/17 account_hash 27/18 filler 45/116",
		"bri-ack A":        "type 1/1 version 2/2 corporate_code 4/10 batch_reference 14/20 bank_batch_id 34/20 received 54/14 file_status 68/2 code 70/7 message 77/40 count 117/8 total 125/17 filler 142/19",
		"bri-settlement H": "type 1/1 version 2/2 corporate_code 4/10 batch_reference 14/20 bank_batch_id 34/20 processed 54/14 value_date 68/8 debit_account 76/15 file_status 91/2 code 93/7 message 100/40 filler 140/61",
		"bri-settlement D": "type 1/1 sequence 2/8 account 10/15 name 25/40 amount 65/17 payment_reference 82/20 bank_reference 102/20 status 122/2 code 124/7 message 131/40 posted 171/14 filler 185/16",
		"bri-settlement T": "type 1/1 count 2/8 total 10/17 succeeded_count 27/8 succeeded_total 35/17 failed_count 52/8 failed_total 60/17 pending_count 77/8 pending_total 85/17 account_hash 102/18 filler 120/81",
	}
	s := load(t, "")
	got := map[string]string{}
	for _, name := range s.Names() {
		if !strings.HasPrefix(name, "bri-") {
			continue // each has a test of its own against its specification
		}
		p, _ := s.Plan(name)
		for _, r := range p.Records() {
			var b strings.Builder
			for _, f := range r.Fields() {
				if b.Len() > 0 {
					b.WriteByte(' ')
				}
				b.WriteString(f.Name() + " " + strconv.Itoa(f.From()) + "/" + strconv.Itoa(f.Len()))
			}
			got[name+" "+r.Name()] = b.String()
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

const own = `layout: contoh
charset: printable
line: {length: 3, end: lf}
structure: A
records:
  A: {match: {type: A}, fields: {type: {at: 1, len: 1}, x: {at: 2, len: 2}}}
`

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "contoh.yaml", own)
	write(t, dir, "notes.txt", "not a layout")
	write(t, dir, ".hidden.yaml", "not: a layout")
	s := load(t, dir)
	with := append([]string{"contoh"}, shipped...)
	slices.Sort(with)
	if diff := cmp.Diff(with, s.Names()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"contoh"}, s.Detect([]byte("Axx\n"))); diff != "" {
		t.Error(diff)
	}

	write(t, dir, "other.yaml", strings.Replace(own, "contoh", "bri-ack", 1))
	write(t, dir, "wrong.yaml", strings.Replace(own, "len: 2", "len: 3", 1))
	_, err := layouts.Load(dir)
	var hint interface{ Hint() string }
	if !errors.Is(err, layouts.ErrTaken) || !errors.Is(err, formats.ErrLayout) || !errors.As(err, &hint) || hint.Hint() == "" {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(err.Error(), filepath.Join(dir, "wrong.yaml")+":6:") || !strings.Contains(err.Error(), "other.yaml: layout name is taken: bri-ack is already bekal:bri-ack.yaml") {
		t.Errorf("no place: %v", err)
	}
	if _, err := layouts.Load(filepath.Join(dir, "nothing")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing folder: %v", err)
	}
}

func TestDetect(t *testing.T) {
	s := load(t, "")
	for _, name := range s.Names() {
		file, err := os.ReadFile(filepath.Join("..", "testdata", name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{name}, s.Detect(file)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if got := s.Detect(file[10:]); slices.Contains(got, name) {
			t.Errorf("%s, moved: %v", name, got)
		}
	}
	for _, odd := range []string{"", "H", strings.Repeat("H", 162), strings.Repeat("\x00", 1000)} {
		if got := s.Detect([]byte(odd)); got != nil {
			t.Errorf("%.10q: %v", odd, got)
		}
	}
}

// What is no file is refused before it is read, and of one that is too large no
// more is read than shows that; also where a whole folder is read.
func TestWhatIsNoFileIsNotRead(t *testing.T) {
	dir := t.TempDir()
	pipe, large, folder := filepath.Join(dir, "pipe.yaml"), filepath.Join(dir, "large.yaml"), filepath.Join(dir, "folder")
	if err := errors.Join(unix.Mkfifo(pipe, 0o600), os.WriteFile(large, nil, 0o600), os.Truncate(large, 64<<30), os.Mkdir(folder, 0o700)); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{pipe: "is no regular file", folder: "is no regular file", "/dev/zero": "is no regular file", large: "is larger than 1024 KiB"} {
		_, err := layouts.ReadFile(path)
		var h interface{ Hint() string }
		if !errors.As(err, &h) || h.Hint() == "" || !strings.Contains(err.Error(), path+" "+want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	_, err := layouts.Load(dir)
	if err == nil || !strings.Contains(err.Error(), "pipe.yaml is no regular file") || !strings.Contains(err.Error(), "large.yaml is larger than") {
		t.Error(err)
	}
}
