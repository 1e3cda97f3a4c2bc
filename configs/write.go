package configs

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"
)

// Example is the commented file as [Write] writes it, for an invented facility.
//
//go:embed bekal.example.yaml
var Example string

//go:embed bekal.yaml.tmpl
var fileTemplate string

// Initial holds what a new configuration file needs to be told. Everything else
// in the file gets its default.
type Initial struct {
	DataDir        string // "" is "."
	Language       string // "" is "id"
	FacilityCode   string
	FacilityName   string
	Timezone       string // "" is "Asia/Jakarta"
	BankCode       string // "" is "BRI"
	BankAddress    string
	BankUser       string
	Identity       string
	PassphraseFile string
	PasswordFile   string
	KnownHosts     string // "" is "known_hosts"
	CorporateCode  string
	DebitAccount   string
	RemoteOutbox   string // "" is "/outbox"
	RemoteInbox    string // "" is "/inbox"
	LayoutsDir     string
	Layouts        Layouts // what is "" is a layout that comes with Bekal
	Files          Files   // what is "" is as these layouts are used
}

func (in Initial) withDefaults() Initial {
	for _, d := range []struct {
		field *string
		value string
	}{
		{&in.DataDir, "."},
		{&in.Language, "id"},
		{&in.Timezone, "Asia/Jakarta"},
		{&in.BankCode, "BRI"},
		{&in.KnownHosts, "known_hosts"},
		{&in.RemoteOutbox, "/outbox"},
		{&in.RemoteInbox, "/inbox"},
		{&in.Layouts.Transfer, "bri-transfer"},
		{&in.Layouts.Acknowledgement, "bri-ack"},
		{&in.Layouts.Settlement, "bri-settlement"},
		{&in.Files.Transfer, "{batch}.TRF"},
		{&in.Files.Acknowledgement, "*.ACK"},
		{&in.Files.Settlement, "*.STL"},
		{&in.Files.Returns, "RET*.STL"},
	} {
		if *d.field == "" {
			*d.field = d.value
		}
	}
	return in
}

// ExistsError says that a configuration file is there already.
type ExistsError struct {
	Path string
	err  error
}

func (e *ExistsError) Error() string { return e.Path + " exists already; it is never overwritten" }

// Hint says what to do next.
func (e *ExistsError) Hint() string {
	return "edit that file, or choose another folder with --dir"
}

// Unwrap makes errors.Is(err, fs.ErrExist) true.
func (e *ExistsError) Unwrap() error { return e.err }

// Write writes a commented configuration file with mode 0600, and the folder
// around it when there is none. It never overwrites: an existing file is an
// [*ExistsError]. Values that could not be loaded again are [*Problems], and
// then nothing is written.
func Write(path string, in Initial) error {
	data, err := Render(in)
	if err != nil {
		return err
	}
	if _, err := Parse(path, data); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return &ExistsError{path, err}
	}
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		// Half a file would stop the next attempt.
		return fmt.Errorf("configuration: %w", errors.Join(err, os.Remove(path)))
	}
	return nil
}

// Render returns the bytes that [Write] writes.
func Render(in Initial) ([]byte, error) {
	t, err := template.New(FileName).Funcs(template.FuncMap{"scalar": scalar, "quoted": quoted}).Parse(fileTemplate)
	if err != nil {
		return nil, fmt.Errorf("configuration template: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, in.withDefaults()); err != nil {
		return nil, fmt.Errorf("configuration template: %w", err)
	}
	return b.Bytes(), nil
}

var (
	// plainForm holds what YAML can't take for anything but text; a colon is
	// followed by a digit, so that host:22 stays readable.
	plainForm = regexp.MustCompile(`^[A-Za-z./_][A-Za-z0-9 ./_-]*(?::[0-9]+)?$`)
	wordForm  = regexp.MustCompile(`^(?i:y|n|yes|no|on|off|true|false|null|nan|inf|[0-9.e_]+|\.(?:inf|nan))$`)
)

// scalar writes a value bare where nobody can misread it, else in quotes.
func scalar(s string) (string, error) {
	if plainForm.MatchString(s) && !wordForm.MatchString(s) && s == strings.TrimSpace(s) {
		return s, nil
	}
	return quoted(s)
}

// quoted writes a value in double quotes; JSON's strings are YAML's.
func quoted(s string) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}
