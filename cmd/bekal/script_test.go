package main

import (
	"cmp"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bekal/gateway/banksim"
	"bekal/gateway/sftp"

	_ "github.com/mattn/go-sqlite3" // the command sql of the scripts
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"
)

// programInScripts is the name of the program on the scripts' PATH. They run
// it by the command bekal, which checks what it writes to standard error.
const programInScripts = "bekal-program"

// TestScripts runs the command line's behaviour as it is written down in
// testdata/script. Beside testscript's own commands, a script has:
//
//	bekal ARGS...            must end with exit code 0, with ! in front of it with 1
//	exits N bekal ARGS...    must end with exit code N
//	bank start|stop|work|put|arm|ls|once
//	                         controls the simulated bank of the script
//	facility N               init, a roster of N people in force, N wages approved
//	invent N                 writes roster.csv and wages.csv of N people; sets $TOTAL
//	set NAME REGEXP          sets NAME to what the first group of REGEXP finds in the output
//	keys NAME...             the output is a JSON array of objects that begin with these keys
//	length N                 the output is a JSON array of N
//	mode PATH OCTAL          permissions of a file or folder
//	replace FILE OLD NEW     changes a text in a file
//	xlsx FILE CSV            makes a workbook out of a CSV file
//	sheets FILE              prints the names of a workbook's sheets and how many rows they have
//	sql FILE STATEMENT       tampers with a database
//	tamper DIR               changes one byte of the first file that is below DIR
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			f, err := newFacility(e.WorkDir)
			if err != nil {
				return err
			}
			e.Values[facilityKey{}] = f
			e.Defer(func() {
				if err := f.close(); err != nil {
					e.T().Log("close the bank: ", err)
				}
			})
			// An address that nobody listens at.
			e.Setenv("NOBODY", "127.0.0.1:9")
			// The race detector would let every process sleep for a second at
			// its end.
			e.Setenv("GORACE", "atexit_sleep_ms=0")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"bekal": scriptBekal, "exits": scriptExits, "bank": scriptBank, "facility": scriptFacility, "invent": scriptInvent, "set": scriptSet,
			"keys": scriptKeys, "length": scriptLength, "mode": scriptMode, "replace": scriptReplace, "xlsx": scriptXLSX,
			"sheets": scriptSheets, "sql": scriptSQL, "tamper": scriptTamper,
		},
	})
}

type facilityKey struct{}

func facilityOf(ts *testscript.TestScript) *facility {
	return ts.Value(facilityKey{}).(*facility) //nolint:forcetypeassert // Setup has put it there
}

// usage ends a script that calls a command wrongly.
func usage(ts *testscript.TestScript, ok bool, how string) {
	if !ok {
		ts.Fatalf("usage: %s", how)
	}
}

func number64(ts *testscript.TestScript, s string) int {
	n, err := strconv.Atoi(s)
	ts.Check(err)
	return n
}

func scriptBekal(ts *testscript.TestScript, neg bool, args []string) {
	want := exitOK
	if neg {
		want = exitFailed
	}
	execute(ts, want, args)
}

func scriptExits(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) >= 2 && args[1] == "bekal", "exits CODE bekal ARGS...")
	execute(ts, number64(ts, args[0]), args[2:])
}

// execute runs the program and checks how it ended, and the form of all that
// it says.
func execute(ts *testscript.TestScript, want int, args []string) {
	err := ts.Exec(programInScripts, args...)
	got := 0
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		got = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	said := ts.ReadFile("stderr")
	log := logLines(said)
	if unattended(args) {
		log = said // nobody sits there: what it says goes where the log goes
	}
	ts.Check(cmp.Or(logForm(said), tellsNoAccount(log)))
	if got != want {
		ts.Fatalf("bekal %s: exit code %d, want %d", strings.Join(args, " "), got, want)
	}
	if got == exitUsage && !strings.Contains(said, "error: ") {
		ts.Fatalf("exit code %d without an error: line", got)
	}
}

// unattended says whether a command line is run by a timer.
func unattended(args []string) bool {
	return slices.Contains(args, "night") || slices.Contains(args, "daemon")
}

func scriptBank(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) > 0, "bank start|stop|work|put|arm|ls|once")
	f := facilityOf(ts)
	verb, args := args[0], args[1:]
	switch verb {
	case "start":
		ts.Check(f.startBank(func(o *banksim.Options) { bankOptions(ts, o, args) }))
		ts.Setenv("BANK_ADDR", f.bank.Address())
		ts.Setenv("BANK_HOSTKEY", authorizedLine(f.bank.HostKey()))
		ts.Setenv("BANK_FINGERPRINT", sftp.Fingerprint(f.bank.HostKey()))
		ts.Setenv("BANK_KEY", "bank_ed25519")
	case "stop":
		ts.Check(f.bank.Close())
	case "work":
		usage(ts, len(args) == 1, "bank work DATE")
		day, err := f.work(args[0])
		ts.Check(err)
		say(ts, "took %v, refused %v, answered %v\n", day.Taken, day.Refused, day.Answered)
	case "put":
		usage(ts, len(args) == 2, "bank put NAME FILE")
		// Under a hidden name first, as a bank does it.
		inbox := f.path("bank/inbox")
		hidden := filepath.Join(inbox, "."+args[0])
		ts.Check(os.WriteFile(hidden, []byte(ts.ReadFile(args[1])), 0o600))
		ts.Check(os.Rename(hidden, filepath.Join(inbox, args[0])))
	case "arm":
		f.bank.Arm(trouble(ts, args))
	case "ls":
		usage(ts, len(args) == 1, "bank ls outbox|inbox")
		entries, err := os.ReadDir(filepath.Join(f.path("bank"), args[0]))
		ts.Check(err)
		for _, e := range entries {
			say(ts, "%s\n", e.Name())
		}
		if len(entries) == 0 {
			say(ts, "empty\n")
		}
	case "once":
		ts.Check(f.bank.Books().CheckOnce())
		if v := f.bank.Books().Violations(); len(v) > 0 {
			ts.Fatalf("the bank met what a correct client never does: %+v", v)
		}
	default:
		usage(ts, false, "bank start|stop|work|put|arm|ls|once")
	}
}

func say(ts *testscript.TestScript, format string, args ...any) {
	_, err := fmt.Fprintf(ts.Stdout(), format, args...)
	ts.Check(err)
}

// bankOptions reads FAULT=N, pickup, and seed=N, on which the bank's host key
// depends too.
func bankOptions(ts *testscript.TestScript, o *banksim.Options, args []string) {
	o.Faults.ExactlyBatches = 1
	o.Faults.Exactly = map[banksim.Kind]int{}
	for _, a := range args {
		name, value, _ := strings.Cut(a, "=")
		switch name {
		case "pickup":
			o.PickUpAtOnce = true
		case "seed":
			o.Seed = uint64(number64(ts, value))
		default:
			o.Faults.Exactly[banksim.Kind(name)] = number64(ts, value)
		}
	}
}

// trouble reads OP before|after ACT [match=TEXT] [bytes=N] [times=N].
func trouble(ts *testscript.TestScript, args []string) banksim.Trouble {
	const how = "bank arm OP before|after hang|drop|refuse|full [match=TEXT] [bytes=N] [times=N]"
	usage(ts, len(args) >= 3, how)
	acts := map[string]banksim.Act{"hang": banksim.Hang, "drop": banksim.Drop, "refuse": banksim.Refuse, "full": banksim.Full}
	act, ok := acts[args[2]]
	usage(ts, ok, how)
	t := banksim.Trouble{Op: banksim.Op(args[0]), Act: act}
	if args[1] == "after" {
		t.When = banksim.After
	}
	for _, a := range args[3:] {
		name, value, _ := strings.Cut(a, "=")
		switch name {
		case "match":
			t.Match = value
		case "bytes":
			t.Bytes = int64(number64(ts, value))
		case "times":
			t.Times = number64(ts, value)
		default:
			usage(ts, false, how)
		}
	}
	return t
}

func scriptInvent(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) == 1, "invent N")
	f := facilityOf(ts)
	ts.Check(f.invent(number64(ts, args[0])))
	ts.Setenv("TOTAL", fmt.Sprint(int64(f.paid)/100))
}

func scriptFacility(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) == 1, "facility N")
	f := facilityOf(ts)
	n := number64(ts, args[0])
	if f.bank == nil {
		_, err := f.identity()
		ts.Check(err)
		ts.Check(f.approved(n, ts.Getenv("NOBODY"), ""))
	} else {
		ts.Check(f.approved(n, f.bank.Address(), authorizedLine(f.bank.HostKey())))
	}
	ts.Setenv("TOTAL", fmt.Sprint(int64(f.paid)/100))
}

func scriptSet(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) == 2, "set NAME REGEXP")
	re, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	m := re.FindStringSubmatch(ts.ReadFile("stdout"))
	if len(m) < 2 {
		ts.Fatalf("%s finds nothing in the output", args[1])
	}
	ts.Setenv(args[0], m[1])
}

// objects reads the output as a JSON array of objects, with the keys of each
// in order.
func objects(ts *testscript.TestScript) [][]string {
	d := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	token := func() json.Token {
		t, err := d.Token()
		ts.Check(err)
		return t
	}
	if token() != json.Delim('[') {
		ts.Fatalf("the output is no JSON array")
	}
	list := [][]string{}
	for d.More() {
		if token() != json.Delim('{') {
			ts.Fatalf("the array holds something else than objects")
		}
		keys := []string{}
		for d.More() {
			key, ok := token().(string)
			if !ok {
				ts.Fatalf("an object without keys")
			}
			keys = append(keys, key)
			var value json.RawMessage
			ts.Check(d.Decode(&value))
		}
		token()
		list = append(list, keys)
	}
	token()
	return list
}

func scriptKeys(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) > 0, "keys NAME...")
	list := objects(ts)
	if len(list) == 0 {
		ts.Fatalf("the array is empty")
	}
	for _, keys := range list {
		if len(keys) < len(args) || !slices.Equal(keys[:len(args)], args) {
			ts.Fatalf("keys %v, want them to begin with %v", keys, args)
		}
	}
}

func scriptLength(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) == 1, "length N")
	if got, want := len(objects(ts)), number64(ts, args[0]); got != want {
		ts.Fatalf("%d objects, want %d", got, want)
	}
}

func scriptMode(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) == 2, "mode PATH OCTAL")
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != args[1] {
		ts.Fatalf("%s has mode %s, want %s", args[0], got, args[1])
	}
}

func scriptReplace(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) == 3, "replace FILE OLD NEW")
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not say %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], args[2], 1)), 0o600))
}

func scriptXLSX(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) == 2, "xlsx FILE CSV")
	r := csv.NewReader(strings.NewReader(ts.ReadFile(args[1])))
	r.Comma = ';'
	rows, err := r.ReadAll()
	ts.Check(err)
	book := excelize.NewFile()
	for i, row := range rows {
		for j, cell := range row {
			name, err := excelize.CoordinatesToCellName(j+1, i+1)
			ts.Check(err)
			ts.Check(book.SetCellStr("Sheet1", name, cell))
		}
	}
	ts.Check(book.SaveAs(ts.MkAbs(args[0])))
	ts.Check(book.Close())
}

func scriptSheets(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) == 1, "sheets FILE")
	book, err := excelize.OpenFile(ts.MkAbs(args[0]))
	ts.Check(err)
	for _, name := range book.GetSheetList() {
		rows, err := book.GetRows(name)
		ts.Check(err)
		if len(rows) == 0 {
			ts.Fatalf("sheet %s is empty", name)
		}
		say(ts, "%s: %d rows\n", name, len(rows))
	}
	ts.Check(book.Close())
}

func scriptTamper(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) == 1, "tamper DIR")
	first := ""
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err == nil && first == "" && d.Type().IsRegular() {
			first = path
		}
		return err
	}))
	data, err := os.ReadFile(first)
	ts.Check(err)
	data[len(data)/2] ^= 1
	ts.Check(os.Chmod(first, 0o600))
	ts.Check(os.WriteFile(first, data, 0o600))
}

func scriptSQL(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, len(args) == 2, "sql FILE STATEMENT")
	db, err := sql.Open("sqlite3", "file:"+ts.MkAbs(args[0])+"?_busy_timeout=5000")
	ts.Check(err)
	_, err = db.Exec(args[1])
	ts.Check(db.Close())
	if neg == (err == nil) {
		ts.Fatalf("%s: %v", args[1], err)
	}
	if err != nil {
		say(ts, "%v\n", err)
	}
}
