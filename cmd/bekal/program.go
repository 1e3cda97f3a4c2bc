package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/user"
	"runtime/debug"
	"strings"
	"time"

	"bekal/configs"
	"bekal/gateway/notify"
	"bekal/reconcile/ledger"

	"github.com/spf13/cobra"
)

// The exit codes, as the README documents them.
const (
	exitOK       = 0
	exitFailed   = 1
	exitUsage    = 2 // the command line or the configuration is wrong
	exitDegraded = 3 // a step failed, the rest ran
)

// program is what the commands share: the outside world, and the flags that all
// of them have.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	now            func() time.Time
	interactive    bool // questions may be asked
	colour         bool
	width          int // of the terminal, 0 when there is none
	logToTerminal  bool
	quiet          bool // nothing is logged: the demo shows what happens itself

	unattended bool // what goes wrong is read in a log: no account numbers in it

	configPath string
	code       int // exit code of a command that ended without an error
}

// hinted adds what to do next to an error.
type hinted struct {
	err  error
	hint string
}

func (e *hinted) Error() string { return e.err.Error() }
func (e *hinted) Unwrap() error { return e.err }
func (e *hinted) Hint() string  { return e.hint }

// run runs one command line and returns its exit code.
func (p *program) run(ctx context.Context, args []string) int {
	root := p.root()
	root.SetArgs(args)
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return p.code
	}
	var usage *usageError
	var problems *configs.Problems
	var notFound *configs.NotFound
	wrong := errors.As(err, &usage) || errors.As(err, &problems) || errors.As(err, &notFound)
	if wrong && len(hints(err)) == 0 {
		err = &hinted{err, helpHint(cmd)}
	}
	if h := whereToLook(cmd, err); h != "" && len(ownHints(err)) == 0 {
		err = &hinted{err, h}
	}
	p.printError(err)
	if wrong {
		return exitUsage
	}
	return exitFailed
}

// printError prints each message of an error as "error:", lines that go on from
// it as they are, and every hint that it has, once.
func (p *program) printError(err error) {
	var out bytes.Buffer
	said := err.Error()
	if p.unattended {
		said = notify.Mask(said)
	}
	for line := range strings.Lines(said) {
		line = strings.TrimRight(line, "\n")
		if !strings.HasPrefix(line, " ") {
			line = "error: " + line
		}
		fmt.Fprintf(&out, "%s\n", shown(line))
	}
	for _, h := range hints(err) {
		if p.unattended {
			h = notify.Mask(h)
		}
		fmt.Fprintf(&out, "hint: %s\n", shown(h))
	}
	_, _ = p.stderr.Write(out.Bytes()) // there is nowhere left to report it
}

// hints is what to do about an error: what it says itself, and else what is
// known of errors of its kind.
func hints(err error) []string {
	found := ownHints(err)
	if ledger.NoSpace(err) {
		found = append(found, "make room on the disk, and run it again: nothing is half recorded, and nothing is lost")
	}
	if len(found) == 0 {
		if h := hintFor(err); h != "" {
			found = append(found, h)
		}
	}
	return found
}

// ownHints collects the hints of an error and of all that it wraps. The outermost
// hint of a chain speaks for what is inside it.
func ownHints(err error) []string {
	var found []string
	seen := make(map[string]bool)
	var walk func(error)
	walk = func(err error) {
		if err == nil {
			return
		}
		if h, ok := err.(interface{ Hint() string }); ok && h.Hint() != "" {
			if !seen[h.Hint()] {
				seen[h.Hint()] = true
				found = append(found, h.Hint())
			}
			return
		}
		switch x := err.(type) { //nolint:errorlint // the tree is walked by hand
		case interface{ Unwrap() error }:
			walk(x.Unwrap())
		case interface{ Unwrap() []error }:
			for _, e := range x.Unwrap() {
				walk(e)
			}
		}
	}
	walk(err)
	return found
}

// whereToLook sends a person who named what is not there, or is decided, to the
// list of such things: each group of commands has its own.
func whereToLook(cmd *cobra.Command, err error) string {
	list := ""
	for c := cmd; c != nil && list == ""; c = c.Parent() {
		for _, sub := range c.Commands() {
			if sub.Name() == "list" {
				list = sub.CommandPath()
				if sub.Flags().Lookup("all") != nil {
					list += " --all"
				}
			}
		}
	}
	switch {
	case list == "":
		return ""
	case errors.Is(err, ledger.ErrDecided):
		return "nothing was changed; `" + list + "` shows where things stand"
	case errors.Is(err, ledger.ErrNotFound):
		return "`" + list + "` shows what there is"
	}
	return ""
}

// hintFor knows what to do about the ledger's errors, which say only what is.
func hintFor(err error) string {
	switch {
	case errors.Is(err, ledger.ErrSamePerson):
		return "a second person approves: give that person's name with --by"
	case errors.Is(err, ledger.ErrSameReviewer):
		return "a second person resolves: give that person's name with --by"
	case errors.Is(err, ledger.ErrNotReviewed):
		return "a mismatch is proposed first, then resolved by another person; `bekal mismatch list --all` shows where each stands"
	case errors.Is(err, ledger.ErrNoLedger):
		return "put a backup back with `bekal ledger restore FILE --reason \"...\" --by NAME`; only a facility that has never paid begins with an empty ledger (`bekal init`); or data_dir in bekal.yaml names the wrong folder"
	case errors.Is(err, ledger.ErrEmpty):
		return "something has emptied it: move the file away and put a backup back with `bekal ledger restore FILE --reason \"...\" --by NAME`; only where nothing was ever paid, `bekal init` makes new books"
	case errors.Is(err, ledger.ErrEarlierLedger):
		return "put a backup back with `bekal ledger restore FILE --reason \"...\" --by NAME`: an empty ledger would pay again what the earlier one has paid; where there is no backup, move the archive away, run `bekal init`, put the archive back, and run `bekal hold begin --restored --reason \"...\" --by NAME` before anything else"
	case errors.Is(err, ledger.ErrSameWages):
		return "if these are really further wages for the same period, put them on a sheet that names only what is new"
	case errors.Is(err, ledger.ErrReference):
		return "a payment reference is letters and digits with a check character; look it up in `bekal mismatch list` or the transfer file"
	case errors.Is(err, ledger.ErrSameReleaser):
		return "a second person releases the hold: give that person's name with --by"
	case errors.Is(err, ledger.ErrNotProposed):
		return "one person looks at `bekal hold show` and proposes with `bekal hold propose --reason \"...\" --by NAME`; then another one releases"
	case errors.Is(err, ledger.ErrNoHold):
		return "nothing has to be released: the next night sends what is owed"
	case errors.Is(err, ledger.ErrUndecided):
		return "`bekal hold show` says what each of them is; then `bekal hold adopt BATCH`, or, if nobody can say whose wages it paid, `bekal hold leave BATCH`"
	case errors.Is(err, ledger.ErrUnmatched):
		return "import the wage sheets of that time again, and approve them: the batch is adopted then as a whole; with --partly, what matches is adopted now, and the rest stays unexplained"
	case errors.Is(err, ledger.ErrUnnamed):
		return "ask the bank for a copy of the transfer file, put it into a folder, and run `bekal hold show --from FOLDER`"
	case errors.Is(err, ledger.ErrNeverAgain):
		return "adopt the batch that paid it: `bekal hold show`"
	case errors.Is(err, ledger.ErrOnHold):
		return "`bekal hold show` says why and what to decide"
	case errors.Is(err, ledger.ErrDecided):
		return "nothing was changed; `bekal wages list`, `bekal roster list` and `bekal batch list` show where things stand"
	case errors.Is(err, ledger.ErrNotFound):
		return "`bekal wages list`, `bekal roster list` and `bekal batch list` show what there is"
	case errors.Is(err, ledger.ErrNotFailed):
		return "`bekal deposit show` tells where it stands"
	case errors.Is(err, fs.ErrNotExist):
		return "check the path, and the folder that you are in"
	}
	return ""
}

// root builds the command tree.
func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "bekal",
		Short: "Pays prison wages through the bank, exactly once, and reconciles every rupiah",
		Long: `Bekal turns approved wages into fixed-width transfer files, carries them to the
bank over SFTP exactly once, fetches the bank's settlement files, matches them
against a double-entry ledger, and says in plain words what does not tie.

Exit codes: 0 it worked, 1 it failed, 2 the command line or the configuration
is wrong, 3 a night ran degraded (a step failed, the rest ran).`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version(),
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.PersistentFlags().StringVar(&p.configPath, "config", "", "configuration `FILE` (default ./bekal.yaml, then $BEKAL_CONFIG)")
	root.SetFlagErrorFunc(wrongFlag)
	root.AddCommand(p.initCommand(), p.rosterCommand(), p.wagesCommand(), p.nightCommand(), p.daemonCommand(), p.batchCommand(), p.depositCommand(),
		p.mismatchCommand(), p.reportCommand(), p.proofCommand(), p.ledgerCommand(), p.holdCommand(), p.fileCommand(), p.bankCommand(), p.layoutCommand(), p.demoCommand(), p.simulateCommand())
	wrapUsage(root)
	return root
}

// version is what this program was built from, as far as the build knew it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "of an unknown build"
	}
	known := make(map[string]string)
	for _, s := range info.Settings {
		known[s.Key] = s.Value
	}
	said := "of an unknown revision"
	if known["vcs.revision"] != "" {
		said = "revision " + known["vcs.revision"] + " of " + known["vcs.time"]
	}
	if known["vcs.modified"] == "true" {
		said += ", changed since"
	}
	return said + ", " + info.GoVersion
}

// group is a command that only holds others.
func group(use, short string, subs ...*cobra.Command) *cobra.Command {
	g := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	g.AddCommand(subs...)
	return g
}

// actor is who does something: the person named with --by, or else the
// operating-system user, who is recorded always.
func (p *program) actor(by string) (ledger.Actor, error) {
	u, err := user.Current()
	if err != nil {
		return ledger.Actor{}, fmt.Errorf("who runs this program: %w", err)
	}
	a := ledger.Actor{User: strings.TrimSpace(by), OSUser: u.Username}
	if a.User == "" {
		a.User = u.Username
	}
	return a, nil
}

// itself is the program as an actor, for what no person decides.
func (p *program) itself() (ledger.Actor, error) {
	a, err := p.actor("bekal")
	return a, err
}

func (p *program) printf(format string, args ...any) error {
	_, err := io.WriteString(p.stdout, shown(fmt.Sprintf(format, args...)))
	return err
}

// json prints v as indented JSON.
func (p *program) json(v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := p.stdout.Write(shownJSON(b.Bytes()))
	return err
}

func byFlag(cmd *cobra.Command, by *string) {
	cmd.Flags().StringVar(by, "by", "", "`USER` who decides (default: the operating-system user, who is recorded in any case)")
}

func jsonFlag(cmd *cobra.Command, asJSON *bool) {
	cmd.Flags().BoolVar(asJSON, "json", false, "print JSON")
}
