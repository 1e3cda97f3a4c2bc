package configs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // a minimal machine may have no zone database
)

// Load reads and checks the file at path. Whatever is wrong with its content
// comes back as [*Problems], all at once.
func Load(path string) (*Config, error) {
	data, err := readBounded(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &NotFound{Looked: []string{path}, err: err}
	}
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	return Parse(path, data)
}

// readBounded reads a file, and a little more than a configuration may have.
// What is no file is a problem of it.
func readBounded(path string) ([]byte, error) {
	// Not blocking: nobody might ever write into a pipe of that name.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	data, err := readFile(f, path)
	return data, errors.Join(err, f.Close())
}

func readFile(f *os.File, path string) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, collect(path, []*Problem{{File: path, Err: errors.New("is no regular file"), hint: "name a file on disk"}})
	}
	return io.ReadAll(io.LimitReader(f, maxFileSize+1))
}

// Parse is [Load] for a file that was read already. The path is used in
// messages and to resolve the relative paths of the file.
func Parse(path string, data []byte) (*Config, error) {
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	src := &source{file: path, positions: map[string]position{}}
	c := &Config{Path: path, dir: dir, positions: src.positions}
	if top := src.parse(data); top != nil {
		c.read(top)
	}
	if err := collect(path, src.problems); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Config) read(top *object) {
	if !top.has("version") {
		top.missing("version", "begin the file with version: 1")
	}
	if v := top.integer("version", Version, 1, 1<<30); v != Version {
		top.problem("version", fmt.Sprintf("%d is not a version that this program reads", v),
			"write version: 1, or install the program that wrote this file")
	}
	c.DataDir = top.path("data_dir", ".")
	c.Language = top.choice("language", "id", "id", "en")
	c.Facilities = readFacilities(top)
	c.Banks = readBanks(top)
	c.LayoutsDir = top.path("layouts_dir", "")

	s := top.section("schedule")
	c.Schedule = Schedule{
		Cron:             s.text("cron", "30 19 * * *"),
		Calendar:         s.path("calendar", ""),
		OnlyBusinessDays: s.boolean("only_business_days", true),
		CatchUp:          s.boolean("catch_up", true),
	}
	if strings.TrimSpace(c.Schedule.Cron) == "" {
		s.problem("cron", "is empty", `write minute, hour, day, month and weekday, such as "30 19 * * *"`)
	}
	s.done()

	l := top.section("limits")
	c.Limits = Limits{
		DepositSen:          l.sen("deposit"),
		BeneficiaryMonthSen: l.sen("beneficiary_month"),
		BatchSen:            l.sen("batch"),
	}
	if c.Limits.BatchSen > 0 && c.Limits.DepositSen > c.Limits.BatchSen {
		l.problem("batch", "is less than the cap of one deposit", "count the zeros of both")
	}
	l.done()

	c.Notify = readChannels(top)

	g := top.section("log")
	c.Log = Log{
		Level:  g.choice("level", "info", "debug", "info", "warn", "error"),
		Format: g.choice("format", "auto", "auto", "text", "json"),
	}
	g.done()
	top.done()
}

var codeForm = regexp.MustCompile(`^[A-Z0-9]{2,6}$`)

func readCode(o *object) string {
	const hint = "2 to 6 characters of A-Z and 0-9, such as PWK"
	code := o.required("code", hint)
	if code != "" && !codeForm.MatchString(code) {
		o.problem("code", quote(code)+" is not a code", hint)
	}
	return code
}

func readFacilities(top *object) []Facility {
	items := top.list("facilities")
	var facilities []Facility
	for _, item := range items {
		if o := item.object(); o != nil {
			facilities = append(facilities, readFacility(o))
			o.done()
		}
	}
	top.exactlyOne("facilities", "facility", items)
	return facilities
}

func readFacility(o *object) Facility {
	f := Facility{
		Code:     readCode(o),
		Name:     o.required("name", "the facility's name as it stands on reports"),
		Timezone: o.required("timezone", "Asia/Jakarta (WIB), Asia/Makassar (WITA) or Asia/Jayapura (WIT)"),
	}
	if f.Timezone == "" {
		return f
	}
	loc, hint, err := loadZone(f.Timezone)
	if err != nil {
		o.problem("timezone", err.Error(), hint)
	}
	f.Location = loc
	return f
}

// loadZone loads an IANA zone. "Local" is refused as well: it would make the
// hour of a night depend on the machine.
func loadZone(name string) (loc *time.Location, hint string, err error) {
	switch strings.ToUpper(name) {
	case "WIB":
		return nil, "write Asia/Jakarta", fmt.Errorf("%q is an abbreviation", name)
	case "WITA":
		return nil, "write Asia/Makassar", fmt.Errorf("%q is an abbreviation", name)
	case "WIT":
		return nil, "write Asia/Jayapura", fmt.Errorf("%q is an abbreviation", name)
	}
	hint = "write Asia/Jakarta (WIB), Asia/Makassar (WITA) or Asia/Jayapura (WIT)"
	if name == "Local" {
		return nil, hint, fmt.Errorf("%q depends on the machine", name)
	}
	loc, err = time.LoadLocation(name)
	if err != nil {
		return nil, hint, fmt.Errorf("%q is not the IANA name of a time zone", name)
	}
	return loc, "", nil
}

// Locate puts the place of a key in front of an error that was found after
// loading, such as a cron expression that never fires. The key is written as
// in messages: schedule.cron, banks[0].identity. An absent key is located at
// the nearest key around it.
func (c *Config) Locate(key string, err error) error {
	if err == nil {
		return nil
	}
	for k := key; k != ""; k = parent(k) {
		if at, ok := c.positions[k]; ok {
			return &Problem{File: c.Path, Line: at.line, Column: at.column, Key: key, Err: err}
		}
	}
	return &Problem{File: c.Path, Key: key, Err: err}
}

func parent(key string) string { return key[:max(strings.LastIndexAny(key, ".["), 0)] }
