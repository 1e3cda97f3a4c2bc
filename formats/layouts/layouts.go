// Package layouts holds the layouts that come with Bekal, as YAML, and loads
// further ones from a folder. It is for finding layouts by name or by the
// first bytes of a file; what a layout means is the business of package
// formats.
//
// It refuses to let a layout of a folder take the name of one that comes with
// Bekal: the same name never means two formats.
package layouts

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bekal/formats"
)

//go:embed *.yaml
var embedded embed.FS

// ErrTaken is wrapped when two layouts have the same name.
var ErrTaken = errors.New("layout name is taken")

// Set is a set of compiled layouts. It does not change and is safe for
// concurrent use.
type Set struct {
	names  []string
	plans  map[string]*formats.Plan
	source map[string][]byte
	origin map[string]string
}

// Load compiles the layouts that come with Bekal and the *.yaml files of dir;
// "" means no folder. Problems of all files are reported at once.
func Load(dir string) (*Set, error) {
	s := &Set{plans: map[string]*formats.Plan{}, source: map[string][]byte{}, origin: map[string]string{}}
	err := s.load(embedded, "", "bekal:")
	if dir != "" {
		err = errors.Join(err, s.load(os.DirFS(dir), dir, ""))
	}
	if err != nil {
		return nil, err
	}
	slices.Sort(s.names)
	return s, nil
}

// load adds the layouts of one folder.
func (s *Set) load(from fs.FS, dir, scheme string) error {
	entries, err := fs.ReadDir(from, ".")
	if err != nil {
		return fmt.Errorf("read layouts of %s: %w", dir, err)
	}
	var errs []error
	for _, e := range entries {
		if e.IsDir() || filepath.Ext(e.Name()) != ".yaml" || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		src, err := fs.ReadFile(from, e.Name())
		if err != nil {
			errs = append(errs, fmt.Errorf("read layout: %w", err))
			continue
		}
		errs = append(errs, s.add(scheme+filepath.Join(dir, e.Name()), src))
	}
	return errors.Join(errs...)
}

// add compiles one layout.
func (s *Set) add(file string, src []byte) error {
	l, err := formats.Parse(file, src)
	if err != nil {
		return err
	}
	p, err := l.Compile()
	if err != nil {
		return err
	}
	if taken, ok := s.origin[p.Name()]; ok {
		return &takenError{name: p.Name(), file: file, by: taken}
	}
	s.names = append(s.names, p.Name())
	s.plans[p.Name()], s.source[p.Name()], s.origin[p.Name()] = p, src, file
	return nil
}

// takenError says whose name was taken.
type takenError struct{ name, file, by string }

func (e *takenError) Error() string {
	return fmt.Sprintf("%s: %v: %s is already %s", e.file, ErrTaken, e.name, e.by)
}

func (e *takenError) Unwrap() error { return ErrTaken }

// Hint says what to do.
func (e *takenError) Hint() string {
	return "Give the layout another name after `layout:`, and name that one in the bank's configuration."
}

// Plan finds a layout by its name.
func (s *Set) Plan(name string) (*formats.Plan, bool) {
	p, ok := s.plans[name]
	return p, ok
}

// Names are the names of all layouts, sorted.
func (s *Set) Names() []string { return slices.Clone(s.names) }

// Source is a layout as it was written.
func (s *Set) Source(name string) ([]byte, bool) {
	src, ok := s.source[name]
	return slices.Clone(src), ok
}

// Origin is the file that a layout comes from; those that come with Bekal
// begin with "bekal:".
func (s *Set) Origin(name string) string { return s.origin[name] }

// HeadSize is how many first bytes of a file Detect needs at most.
const HeadSize = 64 << 10

// Detect names the layouts that a file with these first bytes may follow,
// sorted: those that its first line fits, and of them those with the fewest
// faults in the lines behind it.
func (s *Set) Detect(head []byte) []string {
	var fit []string
	fewest := 0
	for _, name := range s.names {
		p := s.plans[name]
		if !p.Fits(head) {
			continue
		}
		switch n := p.Faults(head); {
		case len(fit) == 0 || n < fewest:
			fit, fewest = []string{name}, n
		case n == fewest:
			fit = append(fit, name)
		}
	}
	return fit
}
