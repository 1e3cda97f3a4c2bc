package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"bekal/configs"
	"bekal/gateway/schedule"
	"bekal/reconcile/ledger"

	"github.com/spf13/cobra"
)

// backupLock is the file that only one backup may hold: each has its own copy
// of the database to write meanwhile.
const backupLock = "backup.lock"

func (p *program) ledgerBackup() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Write the whole ledger, with its archive, into one new file",
		Long: `Writes the books as they are at this moment, and every archived file that they
name, into one new file, which only its owner may read. Nights may run meanwhile.
The copy is verified as ` + "`bekal ledger verify`" + ` verifies the books, and the file is read
back from the disk, before it gets its name. Nothing is ever overwritten.

The file holds names, account numbers and wages. It does not hold bekal.yaml and
the keys: keep those apart, and keep backups on another machine.`,
		Example: "  bekal ledger backup /mnt/backup/bekal-2026-11-23.tar",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			c, err := p.load()
			if err != nil {
				return err
			}
			l, err := ledger.Open(cmd.Context(), ledgerOptions(c, p.now))
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, l.Close()) }()
			lock, err := lockIn(c, backupLock, "bekal ledger backup")
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, lock.Release()) }()
			m, size, err := l.Backup(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return p.json(struct {
					File string `json:"file"`
					Size int64  `json:"size"`
					ledger.Manifest
					Database storedJSON `json:"database"`
				}{args[0], size, m, storedJSON(m.Database)})
			}
			if err := p.printf("wrote and verified %s: %s\n%s", args[0], bytesWord(size), holdsWhat(m)); err != nil {
				return err
			}
			return p.besideLedger(c, args[0])
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// storedJSON is a stored file under the names that JSON of ours has elsewhere.
type storedJSON struct {
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// besideLedger says of a backup in the data folder that it helps little there.
func (p *program) besideLedger(c *configs.Config, path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	dir, err := filepath.Abs(c.Resolve(c.DataDir))
	if err != nil || !strings.HasPrefix(path, dir+string(filepath.Separator)) {
		return err
	}
	return p.printf("note: it lies in the data folder, and is lost with it: copy it to another machine\n")
}

// holdsWhat says what a backup holds.
func holdsWhat(m ledger.Manifest) string {
	night := "no night has run yet"
	if m.Night != "" {
		night = "last night " + m.Night
	}
	return fmt.Sprintf("it holds %s, %s (%s); %s\nhead of the chain: %s\n", chainSize(m.Links, m.Rows), counted(m.Files, "archived file"), bytesWord(m.FileBytes), night, m.Head)
}

// chainSize is how long a chain is.
func chainSize(links, rows int64) string {
	return counted(links, "link") + " of the chain, " + counted(rows, "row")
}

// bytesWord is a size for people.
func bytesWord(n int64) string {
	for _, u := range []struct {
		size int64
		name string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if n >= u.size {
			return fmt.Sprintf("%.1f %s", float64(n)/float64(u.size), u.name)
		}
	}
	return counted(n, "byte")
}

// lockIn takes a lock in the data folder of a configuration.
func lockIn(c *configs.Config, name, what string) (*schedule.Lock, error) {
	return (&books{config: c}).lock(name, what)
}
