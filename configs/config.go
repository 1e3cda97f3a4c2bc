package configs

import (
	"path/filepath"
	"time"
)

// FileName is the name of the configuration file.
const FileName = "bekal.yaml"

// Version is the version of the file's structure that this program reads.
const Version = 1

// Config is one loaded bekal.yaml: complete, with defaults filled in, and
// valid in itself. Paths are as written; [Config.Resolve] makes them usable.
type Config struct {
	// Path is the file that was loaded, as it was named.
	Path string

	DataDir    string // holds the ledger, the archive and the lock
	Language   string // "id" or "en": the language of reports
	Facilities []Facility
	Banks      []Bank
	LayoutsDir string // folder of further layouts; empty: only the embedded ones
	Schedule   Schedule
	Limits     Limits
	Notify     []Channel
	Log        Log

	dir       string // absolute folder of Path
	positions map[string]position
}

// Facility is a prison whose wages are paid.
type Facility struct {
	Code     string // 2 to 6 characters of A-Z and 0-9
	Name     string
	Timezone string         // IANA name
	Location *time.Location // Timezone, loaded
}

// Schedule says when nights run.
type Schedule struct {
	Cron             string // five fields, in the facility's time zone; not parsed here
	Calendar         string // the office's calendar file; empty: the embedded one
	OnlyBusinessDays bool
	CatchUp          bool
}

// Limits are caps in sen; 0 means that there is none.
type Limits struct {
	DepositSen          int64
	BeneficiaryMonthSen int64
	BatchSen            int64
}

// Log says what is logged, and how.
type Log struct {
	Level  string // "debug", "info", "warn" or "error"
	Format string // "auto" (text on a terminal, JSON otherwise), "text" or "json"
}

// Facility returns the facility. A loaded configuration has exactly one.
func (c *Config) Facility() Facility { return c.Facilities[0] }

// Bank returns the bank. A loaded configuration has exactly one.
func (c *Config) Bank() Bank { return c.Banks[0] }

// Resolve returns the absolute form of a path of the configuration, which is
// relative to the folder of the file itself. An empty path stays empty.
func (c *Config) Resolve(rel string) string {
	if rel == "" {
		return ""
	}
	if filepath.IsAbs(rel) {
		return filepath.Clean(rel)
	}
	return filepath.Join(c.dir, rel)
}
