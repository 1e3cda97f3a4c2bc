package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bekal/configs"
	"bekal/formats"
	"bekal/formats/layouts"
	"bekal/gateway"
	"bekal/gateway/banksim"
	"bekal/gateway/credentials"
	"bekal/gateway/sftp"
	"bekal/reconcile/ledger"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
)

const (
	demoWages = 240
	demoSeed  = 2026
	// demoMark is in a folder that a demo made, and so may be replaced by the
	// next one.
	demoMark = ".bekal-demo"
)

func (p *program) demoCommand() *cobra.Command {
	var o demoOptions
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run three nights against a simulated bank, in seconds",
		Long: `Starts a simulated bank inside the program, imports a sheet of 240 invented wages,
and runs three nights: one that sends, one that finds what the bank did wrong,
and one with returns. Nothing leaves this machine.

With --formats, the simulated bank speaks the formats of the bank that a
configuration names, under its file names: a rehearsal for layouts that are new.
Nothing else of that configuration is used, and its ledger is not touched.`,
		Example: "  bekal demo --once\n  bekal demo --formats bekal.yaml",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.demo(cmd.Context(), o) },
	}
	cmd.Flags().BoolVar(&o.once, "once", false, "end after the report, without asking anything")
	cmd.Flags().StringVar(&o.dir, "dir", "", "folder to work in; replaced if an earlier demo made it (default: a new one)")
	cmd.Flags().StringVar(&o.lang, "lang", "en", "language of the report, id or en")
	cmd.Flags().StringVar(&o.formats, "formats", "", "configuration `FILE` whose bank's formats are rehearsed (default: the layouts that come with Bekal)")
	return cmd
}

// demoOptions are what a person may choose.
type demoOptions struct {
	dir, lang, formats string
	once               bool
}

// demo is a running demonstration.
type demo struct {
	*program
	dir   string
	clock time.Time
	bank  *banksim.Bank
}

func (p *program) demo(ctx context.Context, o demoOptions) (err error) {
	if o.lang != "id" && o.lang != "en" {
		return usagef("--lang %q is neither id nor en", o.lang)
	}
	// Before the folder is made, and an earlier demo replaced.
	initial, err := demoBank(o.formats)
	if err != nil {
		return err
	}
	initial.Language = o.lang
	dir, err := demoFolder(o.dir)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation("Asia/Jakarta")
	if err != nil {
		return err
	}
	d := &demo{dir: dir, clock: time.Date(2026, 11, 23, 9, 0, 0, 0, zone)}
	inner := *p
	inner.now = func() time.Time { return d.clock }
	inner.configPath = filepath.Join(dir, configs.FileName)
	inner.quiet = true
	d.program = &inner
	if err := d.start(ctx, zone, initial); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.bank.Close()) }()
	return d.withBooks(ctx, func(b *books) error {
		if err := d.play(ctx, b); err != nil {
			return err
		}
		if o.once || !p.interactive {
			return nil
		}
		return d.menu(ctx)
	})
}

// demoBank is the bank of the demo: of a configuration, whose formats it then
// has.
func demoBank(path string) (configs.Initial, error) {
	in := configs.Initial{FacilityCode: "PWK", FacilityName: "Lapas Contoh", BankUser: "lppwk", Identity: "bank_ed25519", CorporateCode: "LPPWK", DebitAccount: "999000000000001"}
	if path == "" {
		return in, nil
	}
	c, err := configs.Load(path)
	if err != nil {
		return in, &usageError{err}
	}
	bank := c.Bank()
	in.BankCode, in.CorporateCode, in.LayoutsDir, in.Layouts, in.Files = bank.Code, bank.CorporateCode, c.Resolve(c.LayoutsDir), bank.Layouts, bank.Files
	return in, nil
}

// demoFolder makes the folder of a demo.
func demoFolder(dir string) (string, error) {
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "bekal-demo-"); err != nil {
			return "", err
		}
	} else if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		if _, err := os.Stat(filepath.Join(dir, demoMark)); err != nil {
			return "", usagef("--dir %s is not empty, and no demo made it: it is left alone", dir)
		}
		if err := os.RemoveAll(dir); err != nil {
			return "", err
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	return dir, os.WriteFile(filepath.Join(dir, demoMark), nil, 0o600)
}

// start starts the bank and sets the facility up as IT would.
func (d *demo) start(ctx context.Context, zone *time.Location, in configs.Initial) error {
	identity := filepath.Join(d.dir, "bank_ed25519")
	if _, err := credentials.GenerateIdentity(identity, "bekal demo"); err != nil {
		return err
	}
	signer, err := credentials.Signer(identity, "")
	if err != nil {
		return err
	}
	o := banksim.Options{Seed: demoSeed, Now: d.now, Location: zone, Root: filepath.Join(d.dir, "bank"), User: in.BankUser, AuthorizedKey: signer.PublicKey(), CorporateCode: in.CorporateCode,
		Names: banksim.Names{Transfer: in.Files.Transfer, Acknowledgement: in.Files.Acknowledgement, Settlement: in.Files.Settlement, Return: in.Files.Returns},
		Faults: banksim.Faults{ExactlyBatches: 1, Exactly: map[banksim.Kind]int{banksim.Missing: 1, banksim.Unknown: 1, banksim.Amount: 1, banksim.Account: 1,
			banksim.Name: 2, banksim.Duplicate: 1, banksim.Rejected: 5, banksim.Returned: 2, banksim.Pending: 3, banksim.Late: 1, banksim.Unreadable: 1}}}
	if err := speaks(&o, in); err != nil {
		return err
	}
	if d.bank, err = banksim.Start(ctx, o); err != nil {
		return err
	}
	in.Timezone, in.BankAddress = zone.String(), d.bank.Address()
	err = configs.Write(d.configPath, in)
	if err == nil {
		err = sftp.Pin(filepath.Join(d.dir, "known_hosts"), d.bank.Address(), d.bank.HostKey())
	}
	if err == nil {
		var l *ledger.Ledger
		if l, err = ledger.Create(ctx, ledger.Options{Path: filepath.Join(d.dir, "bekal.db"), Archive: filepath.Join(d.dir, "archive"), Now: d.now}); err == nil {
			err = l.Close()
		}
	}
	if err != nil {
		return errors.Join(err, d.bank.Close())
	}
	return nil
}

// speaks lets the simulated bank use the layouts that the configuration is to
// name.
func speaks(o *banksim.Options, in configs.Initial) error {
	set, err := layouts.Load(in.LayoutsDir)
	if err != nil {
		return &usageError{err}
	}
	for _, l := range []struct {
		name string
		plan **formats.Plan
	}{{in.Layouts.Transfer, &o.Transfer}, {in.Layouts.Acknowledgement, &o.Acknowledgement}, {in.Layouts.Settlement, &o.Settlement}} {
		if l.name == "" {
			continue // the bank has one of its own
		}
		plan, ok := set.Plan(l.name)
		if !ok {
			return noLayout(l.name)
		}
		*l.plan = plan
	}
	return nil
}

// play is the story: import, approve, and three nights.
func (d *demo) play(ctx context.Context, b *books) error {
	roster, sheet, total, err := d.sheets()
	if err != nil {
		return err
	}
	if err := d.printf("A simulated bank answers at %s; everything is in %s\n\n", d.bank.Address(), d.dir); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"bank", "check"},
		{"roster", "import", roster, "--by", "sari"},
		{"roster", "approve", "--by", "budi"},
		{"wages", "import", sheet, "--period", "2026-10", "--count", fmt.Sprint(demoWages), "--total", fmt.Sprint(int64(total) / 100), "--by", "sari"},
		{"wages", "approve", "1", "--by", "budi"},
	} {
		if err := d.show(ctx, args); err != nil {
			return err
		}
	}
	var last gateway.Result
	for _, night := range demoNights() {
		if last, err = d.night(ctx, b, night.day, night.what); err != nil {
			return err
		}
	}
	if err := d.show(ctx, []string{"report"}); err != nil {
		return err
	}
	if err := d.show(ctx, []string{"ledger", "verify"}); err != nil {
		return err
	}
	if err := d.printf("The same report, to print and to sort:\n"); err != nil {
		return err
	}
	for _, path := range last.Reports {
		if err := d.printf("  %s\n", path); err != nil {
			return err
		}
	}
	return d.printf("Try it yourself while the folder is there: bekal --config %s mismatch list\n", d.configPath)
}

type demoNight struct{ day, what string }

func demoNights() []demoNight {
	return []demoNight{
		{"2026-11-23", "the wages go out"},
		{"2026-11-24", "the bank has answered, with faults"},
		{"2026-11-27", "returns, and what was pending"},
	}
}

// sheets writes the invented roster and wage sheet.
func (d *demo) sheets() (roster, sheet string, total ledger.Money, err error) {
	roster, sheet = filepath.Join(d.dir, "roster.csv"), filepath.Join(d.dir, "premi-2026-10.csv")
	people := [][]string{{"beneficiary_id", "register_number", "name", "account"}}
	wages := [][]string{{"beneficiary_id", "name", "account", "amount", "remark"}}
	for i := range demoWages {
		v := banksim.Invent(demoSeed, i)
		people = append(people, []string{v.BeneficiaryID, v.RegisterNumber, v.Name, v.Account})
		wages = append(wages, []string{v.BeneficiaryID, v.Name, v.Account, fmt.Sprint(int64(v.Amount) / 100), "PREMI OKTOBER"})
		total += v.Amount
	}
	for path, rows := range map[string][][]string{roster: people, sheet: wages} {
		if err := writeFile(path, func(w io.Writer) error { return csv.NewWriter(w).WriteAll(rows) }); err != nil {
			return "", "", 0, err
		}
	}
	return roster, sheet, total, nil
}

// show runs a command as a person would, and shows that it does.
func (d *demo) show(ctx context.Context, args []string) error {
	if err := d.printf("$ bekal %s\n", strings.Join(args, " ")); err != nil {
		return err
	}
	again := *d.program
	if code := again.run(ctx, append([]string{"--config", d.configPath}, args...)); code != exitOK {
		return fmt.Errorf("bekal %s ended with exit code %d", strings.Join(args, " "), code)
	}
	return d.printf("\n")
}

// night runs one night with a progress display, and then a working day of the
// bank.
func (d *demo) night(ctx context.Context, b *books, day, what string) (gateway.Result, error) {
	date, err := time.ParseInLocation(time.DateOnly, day, d.clock.Location())
	if err != nil {
		return gateway.Result{}, err
	}
	d.clock = date.Add(19*time.Hour + 30*time.Minute)
	n, err := b.night(d.program)
	if err != nil {
		return gateway.Result{}, err
	}
	bar := progressbar.NewOptions(len(gateway.Steps()), progressbar.OptionSetWriter(d.stderr), progressbar.OptionSetVisibility(d.logToTerminal), progressbar.OptionSetWidth(20),
		progressbar.OptionSetDescription("night of "+day), progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(false), progressbar.OptionShowCount())
	var lines []string
	n.Watch = func(s gateway.StepResult) {
		if s.Outcome == "" {
			bar.Describe("night of " + day + ": " + s.Step)
			return
		}
		if s.Err != nil || len(s.Counts) > 0 {
			lines = append(lines, fmt.Sprintf("  %-10s %-9s%s", s.Step, s.Outcome, describeCounts(s.Counts)))
		}
		_ = bar.Add(1) // a display
	}
	r, err := n.Run(ctx, day, "")
	_ = bar.Finish() // a display
	if err != nil {
		return r, err
	}
	if err := d.printf("Night of %s: %s\n%s\n", day, what, strings.Join(lines, "\n")); err != nil {
		return r, err
	}
	if err := r.Err(); err != nil {
		return r, err
	}
	if day == demoNights()[len(demoNights())-1].day {
		return r, d.printf("\n")
	}
	worked, err := d.workday(ctx, date)
	if err != nil {
		return r, err
	}
	return r, d.printf("  the bank   %s\n\n", worked)
}

// workday is the bank's next working day.
func (d *demo) workday(ctx context.Context, date time.Time) (string, error) {
	d.clock = date.AddDate(0, 0, 1).Add(10 * time.Hour)
	day, err := d.bank.Work(ctx, d.clock)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("took %s, wrote %s", counted(len(day.Taken), "file"), counted(len(day.Answered), "answer")), nil
}

// menu lets a person look around while the bank is still there.
func (d *demo) menu(ctx context.Context) error {
	in := bufio.NewReader(d.stdin)
	for {
		if err := d.printf("\n[r] report in Indonesian  [m] mismatches  [p] proof  [j] journal  [b] batches  [q] quit: "); err != nil {
			return err
		}
		line, err := in.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		args, ok := map[string][]string{"r": {"report", "--lang", "id"}, "m": {"mismatch", "list"}, "p": {"proof"}, "j": {"ledger", "journal"}, "b": {"batch", "list"}}[strings.TrimSpace(line)]
		if !ok {
			return nil
		}
		if err := d.show(ctx, args); err != nil {
			return err
		}
	}
}
