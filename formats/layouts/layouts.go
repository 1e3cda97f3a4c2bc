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
	"sync"

	"bekal/formats"
)

//go:embed *.yaml
var embedded embed.FS

// ErrTaken is wrapped when two layouts have the same name.
var ErrTaken = errors.New("layout name is taken")

// Set is a set of layouts. Those of a folder are compiled when they are loaded,
// so that what is wrong with them is said then; those that come with Bekal are
// tested, and compiled when they are first asked for. It is safe for concurrent
// use.
type Set struct {
	names   []string
	entries map[string]*entry
}

// entry is one layout of a set.
type entry struct {
	source  []byte
	origin  string
	compile func() *formats.Plan
}

// Load takes the layouts that come with Bekal, and compiles the *.yaml files
// of dir; "" means no folder. Problems of all files are reported at once.
func Load(dir string) (*Set, error) {
	s := &Set{entries: map[string]*entry{}}
	err := s.embedded()
	if dir != "" {
		err = errors.Join(err, s.folder(dir))
	}
	if err != nil {
		return nil, err
	}
	slices.Sort(s.names)
	return s, nil
}

// embedded adds the layouts that come with Bekal. Their files have their names.
func (s *Set) embedded() error {
	files, err := fs.Glob(embedded, "*.yaml")
	if err != nil {
		return fmt.Errorf("list the layouts that come with Bekal: %w", err)
	}
	for _, file := range files {
		src, err := fs.ReadFile(embedded, file)
		if err != nil {
			return fmt.Errorf("read a layout that comes with Bekal: %w", err)
		}
		origin := "bekal:" + file
		s.put(strings.TrimSuffix(file, ".yaml"), &entry{source: src, origin: origin, compile: sync.OnceValue(func() *formats.Plan {
			p, err := Compile(origin, src)
			if err != nil {
				panic(err) // the tests compile all of them
			}
			return p
		})})
	}
	return nil
}

// folder adds the layouts of a folder.
func (s *Set) folder(dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("read layouts of %s: %w", dir, err)
	}
	var errs []error
	for _, f := range files {
		if f.IsDir() || filepath.Ext(f.Name()) != ".yaml" || strings.HasPrefix(f.Name(), ".") {
			continue
		}
		path := filepath.Join(dir, f.Name())
		src, err := ReadFile(path)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		p, err := Compile(path, src)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if taken, ok := s.entries[p.Name()]; ok {
			errs = append(errs, &takenError{name: p.Name(), file: path, by: taken.origin})
			continue
		}
		s.put(p.Name(), &entry{source: src, origin: path, compile: func() *formats.Plan { return p }})
	}
	return errors.Join(errs...)
}

func (s *Set) put(name string, e *entry) {
	s.names = append(s.names, name)
	s.entries[name] = e
}

// Compile reads a layout and makes its plan; file is its name, for messages.
func Compile(file string, src []byte) (*formats.Plan, error) {
	l, err := formats.Parse(file, src)
	if err != nil {
		return nil, err
	}
	return l.Compile()
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
	e, ok := s.entries[name]
	if !ok {
		return nil, false
	}
	return e.compile(), true
}

// Names are the names of all layouts, sorted.
func (s *Set) Names() []string { return slices.Clone(s.names) }

// Source is a layout as it was written.
func (s *Set) Source(name string) ([]byte, bool) {
	e, ok := s.entries[name]
	if !ok {
		return nil, false
	}
	return slices.Clone(e.source), true
}

// Origin is the file that a layout comes from; those that come with Bekal
// begin with "bekal:".
func (s *Set) Origin(name string) string {
	if e, ok := s.entries[name]; ok {
		return e.origin
	}
	return ""
}

// HeadSize is how many first bytes of a file Detect needs at most.
const HeadSize = 64 << 10

// Detect names the layouts that a file with these first bytes may follow,
// sorted: those that its first line fits, and of them those with the fewest
// faults in the lines behind it.
func (s *Set) Detect(head []byte) []string {
	var fit []string
	fewest := 0
	for _, name := range s.names {
		p, _ := s.Plan(name)
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
