package configs

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Bounds of a file that a person wrote. The parser recurses with the nesting,
// also with that of lists on one line, and takes quadratic time for many lines.
const (
	maxFileSize = 256 << 10
	maxBrackets = 4096
	maxLine     = 2000 // bytes
	maxLines    = 3000
)

// position is a place in the file; columns count characters from 1.
type position struct{ line, column int }

func positionOf(tk *token.Token) position {
	if tk == nil || tk.Position == nil {
		return position{1, 1}
	}
	return position{tk.Position.Line, tk.Position.Column}
}

// source is a file being read: it gathers the problems found on the way and
// the place of every key that was seen.
type source struct {
	file      string
	problems  []*Problem
	positions map[string]position
}

func (s *source) add(at position, key, hint string, err error) {
	s.problems = append(s.problems, &Problem{File: s.file, Line: at.line, Column: at.column, Key: key, Err: err, hint: hint})
}

// parse returns the file's outermost mapping. A file that is no YAML at all has
// one problem, since nothing after it can be trusted.
func (s *source) parse(data []byte) (top *object) {
	whole := func(hint, format string, args ...any) *object {
		s.add(position{}, "", hint, fmt.Errorf(format, args...))
		return nil
	}
	if len(data) > maxFileSize {
		return whole("", "is larger than %d KiB: this is not a configuration file", maxFileSize>>10)
	}
	if bytes.Count(data, []byte("["))+bytes.Count(data, []byte("{")) > maxBrackets {
		return whole("", "has more than %d brackets: this is not a configuration file", maxBrackets)
	}
	lines := 0
	for line := range bytes.Lines(data) {
		if lines++; len(line) > maxLine || lines > maxLines {
			return whole("", "has a line of more than %d bytes, or more than %d lines: this is not a configuration file", maxLine, maxLines)
		}
	}
	if at := invalidUTF8(data); at != (position{}) {
		s.add(at, "", "save the file as UTF-8", errors.New("is not UTF-8 text"))
		return nil
	}
	defer func() {
		// The parser is not ours and the file is: whatever it trips over is an
		// error of the file and not of the program.
		if r := recover(); r != nil {
			top = whole("", "cannot be read as YAML: %v", r)
		}
	}()
	file, err := parser.ParseBytes(bytes.TrimPrefix(data, []byte("\ufeff")), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		var ye yaml.Error
		if errors.As(err, &ye) {
			s.add(positionOf(ye.GetToken()), "", "look at the indentation, the colons and the quotes of this line and the one above it",
				fmt.Errorf("is not valid YAML: %s", ye.GetMessage()))
			return nil
		}
		return whole("", "is not valid YAML: %w", err)
	}
	var body ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case body == nil:
			body = doc.Body
		default:
			s.add(positionOf(doc.Start), "", "keep one document and delete the line ---", errors.New("has more than one YAML document"))
			return nil
		}
	}
	if body == nil {
		return whole("`bekal init` writes a commented file to start from", "is empty")
	}
	return value{s, "", body, startOf(body)}.object()
}

// invalidUTF8 returns the place of the first byte that is not UTF-8.
func invalidUTF8(data []byte) position {
	at := position{1, 1}
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && n == 1:
			return at
		case r == '\n':
			at = position{at.line + 1, 1}
		default:
			at.column++
		}
		data = data[n:]
	}
	return position{}
}
