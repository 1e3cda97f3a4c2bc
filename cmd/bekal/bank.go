package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"bekal/gateway"
	"bekal/gateway/credentials"
	"bekal/gateway/sftp"

	"github.com/spf13/cobra"
	"golang.org/x/crypto/ssh"
)

func (p *program) bankCommand() *cobra.Command {
	return group("bank", "The connection to the bank", p.bankCheck(), p.bankTrust(), p.bankKeygen())
}

func (p *program) bankCheck() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Prove that the connection works: dial, log in, list, put, rename and remove a probe file",
		Long: `Connects to the bank with the configured key, lists both folders, and puts,
renames, lists and removes a probe file whose name the bank ignores. Says what
failed and what to do about it.`,
		Example: "  bekal bank check\n  bekal bank check --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withBooks(cmd.Context(), func(b *books) error {
				if legacy := b.config.Bank().AllowLegacy; len(legacy) > 0 {
					if _, err := fmt.Fprintf(p.stderr, "warning: allow_legacy: [%s] allows outdated algorithms; the log says whether the bank's server needs them\n", strings.Join(legacy, ", ")); err != nil {
						return err
					}
				}
				probe := gateway.Probe{Bank: b.bank, Now: b.now, Log: b.log}
				checks := probe.Run(cmd.Context())
				if asJSON {
					if err := p.json(checksJSON(checks)); err != nil {
						return err
					}
				}
				var failed error
				for _, c := range checks {
					if c.Err != nil {
						failed = c.Err
					}
					if asJSON {
						continue
					}
					if err := p.printf("%-7s %s\n", c.Mark(), c.What); err != nil {
						return err
					}
				}
				if failed != nil {
					return failed
				}
				if asJSON {
					return nil
				}
				return p.printf("the connection to %s works\n", b.config.Bank().Address)
			})
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

func checksJSON(checks []gateway.Check) any {
	type row struct {
		What  string `json:"what"`
		State string `json:"state"`
		Error string `json:"error,omitempty"`
	}
	rows := []row{}
	for _, c := range checks {
		r := row{What: c.What, State: c.Mark()}
		if c.Err != nil {
			r.Error = c.Err.Error()
		}
		rows = append(rows, r)
	}
	return rows
}

func (p *program) bankTrust() *cobra.Command {
	var expect string
	var next, replace bool
	cmd := &cobra.Command{
		Use:   "trust",
		Short: "Show the bank's host key and pin it",
		Long: `Fetches the host key of the bank's server, shows its fingerprint, and pins it once
you have said that it is the one in the bank's letter. Without a terminal, give
the fingerprint that you expect with --fingerprint. When another key is pinned
already, it is refused: with --next, the key that the bank changes to is pinned
beside the present one, and with --replace, in place of every other.`,
		Example: "  bekal bank trust\n  bekal bank trust --fingerprint SHA256:...\n  bekal bank trust --next --fingerprint SHA256:...",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if next && replace {
				return usagef("say either --next or --replace")
			}
			c, err := p.load()
			if err != nil {
				return err
			}
			address, file := c.Bank().Address, c.Resolve(c.Bank().KnownHosts)
			ctx, cancel := context.WithTimeout(cmd.Context(), c.Bank().Timeouts.Dial)
			defer cancel()
			key, err := sftp.FetchHostKey(ctx, address, c.Bank().AllowLegacy)
			if err != nil {
				return err
			}
			shown := sftp.Fingerprint(key)
			if err := p.printf("%s offers the host key\n  %s %s\n", address, key.Type(), shown); err != nil {
				return err
			}
			if err := p.confirmKey(shown, expect); err != nil {
				return err
			}
			pinned, err := sftp.Pinned(file, address)
			if err != nil {
				return err
			}
			known := slices.ContainsFunc(pinned, func(k ssh.PublicKey) bool { return sftp.Fingerprint(k) == shown })
			pin, how := sftp.Pin, ""
			switch {
			case replace:
				pin, how = sftp.Replace, ", and no other"
			case known:
				return p.printf("it is pinned in %s already: nothing was changed\n", c.Bank().KnownHosts)
			case next:
				pin, how = sftp.PinNext, ", beside the present one"
			}
			if err := pin(file, address, key); err != nil {
				return err
			}
			return p.printf("pinned in %s%s\n", c.Bank().KnownHosts, how)
		},
	}
	cmd.Flags().StringVar(&expect, "fingerprint", "", "pin without asking if the key has this `FINGERPRINT`, SHA256:...")
	cmd.Flags().BoolVar(&next, "next", false, "pin the key beside the one that is pinned")
	cmd.Flags().BoolVar(&replace, "replace", false, "pin the key, and no other any more")
	return cmd
}

func (p *program) confirmKey(shown, expect string) error {
	if expect != "" {
		if expect != shown {
			return &hinted{fmt.Errorf("the key has the fingerprint %s, not %s: nothing was pinned", shown, expect), "compare with the bank's letter; if it differs there too, ask the bank before connecting"}
		}
		return nil
	}
	if !p.interactive {
		return &hinted{usagef("nobody is there to confirm the key"), "give the fingerprint of the bank's letter with --fingerprint"}
	}
	if _, err := fmt.Fprint(p.stderr, "Is this the fingerprint in the bank's letter? Type yes to pin it: "); err != nil {
		return err
	}
	answer, err := bufio.NewReader(p.stdin).ReadString('\n')
	if err != nil || strings.TrimSpace(answer) != "yes" {
		return errors.New("nothing was pinned")
	}
	return nil
}

func (p *program) bankKeygen() *cobra.Command {
	return &cobra.Command{
		Use:   "keygen",
		Short: "Make the private key of the configuration and print the public one for the bank",
		Long: `Makes the private key in the file that the configuration names under identity,
readable by its owner only, and prints the public half, which goes to the bank. A
file that is there is never overwritten: ssh-keygen -y -f FILE prints its public
half again.`,
		Example: "  bekal bank keygen",
		Args:    cobra.NoArgs,
		RunE: func(_ *cobra.Command, _ []string) error {
			c, err := p.load()
			if err != nil {
				return err
			}
			line, err := credentials.GenerateIdentity(c.Resolve(c.Bank().Identity), "bekal "+c.Facility().Code)
			if err != nil {
				return err
			}
			return p.printf("made %s; give the bank this public key:\n%s\n", c.Bank().Identity, strings.TrimSpace(line))
		},
	}
}
