package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"bekal/configs"
	"bekal/gateway/sftp"
	"bekal/reconcile/ledger"

	"github.com/spf13/cobra"
	"golang.org/x/crypto/ssh"
)

func (p *program) initCommand() *cobra.Command {
	var in configs.Initial
	var dir, hostKey string
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write bekal.yaml and an empty ledger",
		Long: `Writes DIR/bekal.yaml, commented, and an empty ledger beside it. What is missing
is asked for on a terminal. Nothing that exists is overwritten.`,
		Example: `  bekal init --dir /srv/bekal --facility PWK --facility-name "Lapas Contoh" --timezone Asia/Jakarta \
    --corporate-code LPPWK --debit-account 000000000000001 --bank-address sftp.bank.example:22 --bank-user lppwk \
    --identity keys/bank_ed25519 --host-key "ssh-ed25519 AAAA..." --remote-outbox /outbox --remote-inbox /inbox`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.init(cmd, dir, hostKey, in) },
	}
	f := cmd.Flags()
	f.StringVar(&dir, "dir", ".", "folder for the configuration, the ledger and the archive")
	f.StringVar(&in.FacilityCode, "facility", "", "short code of the facility, 2 to 6 of A-Z 0-9; begins every payment reference")
	f.StringVar(&in.FacilityName, "facility-name", "", "name of the facility")
	f.StringVar(&in.Timezone, "timezone", "", "IANA time zone, such as Asia/Jakarta")
	f.StringVar(&in.CorporateCode, "corporate-code", "", "the code by which the bank knows the facility")
	f.StringVar(&in.DebitAccount, "debit-account", "", "the account that pays, 15 digits")
	f.StringVar(&in.BankAddress, "bank-address", "", "HOST:PORT of the bank's SFTP server")
	f.StringVar(&in.BankUser, "bank-user", "", "user name at the bank")
	f.StringVar(&in.Identity, "identity", "", "private key file for the bank")
	f.StringVar(&hostKey, "host-key", "", "the bank's host `KEY`, \"ssh-ed25519 AAAA...\"; without it, bekal bank trust pins it later")
	f.StringVar(&in.RemoteOutbox, "remote-outbox", "", "the bank's folder that takes our files")
	f.StringVar(&in.RemoteInbox, "remote-inbox", "", "the bank's folder that holds its answers")
	f.StringVar(&in.Language, "language", "", "language of reports, id or en (default id)")
	return cmd
}

func (p *program) init(cmd *cobra.Command, dir, hostKey string, in configs.Initial) error {
	if err := p.ask(cmd, &in); err != nil {
		return err
	}
	var key ssh.PublicKey
	if hostKey != "" {
		var err error
		if key, err = sftp.ParseHostKey(hostKey); err != nil {
			return &usageError{fmt.Errorf("--host-key: %w", err)}
		}
	}
	if in.Identity != "" && !filepath.IsAbs(in.Identity) {
		// The flag is relative to where the person stands, the file's own
		// paths are relative to the file.
		abs, err := filepath.Abs(in.Identity)
		if err != nil {
			return err
		}
		absDir, err := filepath.Abs(dir)
		if err != nil {
			return err
		}
		if in.Identity, err = filepath.Rel(absDir, abs); err != nil {
			in.Identity = abs
		}
	}
	path := filepath.Join(dir, configs.FileName)
	if err := configs.Write(path, in); err != nil {
		var exists *configs.ExistsError
		if errors.As(err, &exists) {
			return err
		}
		return &usageError{ofFlags(err)}
	}
	c, err := configs.Load(path)
	if err != nil {
		return err
	}
	l, err := ledger.Create(cmd.Context(), ledgerOptions(c, p.now))
	if err != nil {
		return errors.Join(err, os.Remove(path))
	}
	if err := l.Close(); err != nil {
		return err
	}
	if key != nil {
		if err := sftp.Pin(c.Resolve(c.Bank().KnownHosts), c.Bank().Address, key); err != nil {
			return err
		}
	}
	if err := p.printf("wrote %s and an empty ledger beside it\n", path); err != nil {
		return err
	}
	return p.nextSteps(c, dir, key)
}

// ofFlags says of values that cannot be written which flags gave them: the file
// that the problems would name is not there.
func ofFlags(err error) error {
	var problems *configs.Problems
	if !errors.As(err, &problems) {
		return err
	}
	flags := map[string]string{"facilities[0].code": "facility", "facilities[0].name": "facility-name", "facilities[0].timezone": "timezone", "language": "language",
		"banks[0].address": "bank-address", "banks[0].user": "bank-user", "banks[0].identity": "identity", "banks[0].corporate_code": "corporate-code",
		"banks[0].debit_account": "debit-account", "banks[0].remote.outbox": "remote-outbox", "banks[0].remote.inbox": "remote-inbox"}
	var list []error
	for _, x := range problems.List {
		name := x.Key
		if flag, ok := flags[x.Key]; ok {
			name = "--" + flag
		}
		list = append(list, &hinted{fmt.Errorf("%s: %w", name, x.Err), name + ": " + x.Hint()})
	}
	return errors.Join(list...)
}

func (p *program) nextSteps(c *configs.Config, dir string, key ssh.PublicKey) error {
	if key != nil {
		if err := p.printf("pinned host key %s of %s\n", sftp.Fingerprint(key), c.Bank().Address); err != nil {
			return err
		}
	}
	var next []string
	if _, err := os.Stat(c.Resolve(c.Bank().Identity)); err != nil {
		next = append(next, "bekal bank keygen, which makes the private key (there is none at "+c.Bank().Identity+" yet)")
	}
	if key == nil {
		next = append(next, "bekal bank trust, which pins the bank's host key")
	}
	next = append(next, "bekal bank check")
	where := ""
	if filepath.Clean(dir) != "." {
		where = ", in " + dir // where the configuration is found
	}
	return p.printf("next%s: %s\n", where, strings.Join(next, ", then "))
}

// ask asks for what is missing, on a terminal only.
func (p *program) ask(cmd *cobra.Command, in *configs.Initial) error {
	questions := []struct {
		flag, question string
		answer         *string
	}{
		{"facility", "Facility code (2 to 6 of A-Z 0-9)", &in.FacilityCode},
		{"facility-name", "Facility name", &in.FacilityName},
		{"timezone", "Time zone (Asia/Jakarta, Asia/Makassar, Asia/Jayapura)", &in.Timezone},
		{"corporate-code", "Corporate code at the bank", &in.CorporateCode},
		{"debit-account", "Debit account, 15 digits", &in.DebitAccount},
		{"bank-address", "Bank's SFTP server, HOST:PORT", &in.BankAddress},
		{"bank-user", "User name at the bank", &in.BankUser},
		{"identity", "Private key file", &in.Identity},
		{"remote-outbox", "Bank's folder that takes our files", &in.RemoteOutbox},
		{"remote-inbox", "Bank's folder that holds its answers", &in.RemoteInbox},
	}
	var missing []string
	input := bufio.NewReader(p.stdin)
	for _, q := range questions {
		if *q.answer != "" || cmd.Flags().Changed(q.flag) {
			continue
		}
		if !p.interactive {
			missing = append(missing, "--"+q.flag)
			continue
		}
		fmt.Fprintf(p.stderr, "%s: ", q.question) //nolint:errcheck // a question to a terminal
		line, err := input.ReadString('\n')
		if err != nil {
			return usagef("--%s: no answer: %w", q.flag, err)
		}
		*q.answer = strings.TrimSpace(line)
	}
	if len(missing) > 0 {
		return &hinted{usagef("missing: %s", strings.Join(missing, " ")), "on a terminal, `bekal init` asks for them"}
	}
	return nil
}
