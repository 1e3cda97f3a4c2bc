package formats_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"bekal/formats"
)

func TestAnnotate(t *testing.T) {
	s := sample(t, "bri-settlement")
	broken := edit(edit(edit(s, 200, 3, 70, "x"), 200, 4, 30, "\x1bÉ"), 200, 6, 26, "9")
	broken = append(bytes.Clone(broken[:4*202+100]), broken[4*202+103:]...)
	transfer := edit(sample(t, "bri-transfer"), 160, 1, 98, "7")
	cases := []struct {
		name, layout string
		file         []byte
		options      formats.AnnotateOptions
		is           error
	}{
		{"annotate-clean", "bri-settlement", s, formats.AnnotateOptions{File: "PWK2611230001-01.STL", MaxRecords: 2}, nil},
		{"annotate-broken", "bri-settlement", broken, formats.AnnotateOptions{File: "PWK2611230001-01.STL", Lang: "en", Width: 110}, formats.ErrNumber},
		{"annotate-header", "bri-transfer", transfer, formats.AnnotateOptions{Lang: "id", MaxRecords: 1}, formats.ErrControl},
		{"annotate-cut", "bri-settlement", s[:2*202+77], formats.AnnotateOptions{Lang: "id", MaxRecords: 1}, formats.ErrTruncated},
		{"annotate-colour", "bri-ack", edit(sample(t, "bri-ack"), 160, 1, 68, "99"), formats.AnnotateOptions{Colour: true, Lang: "en"}, formats.ErrCode},
		{"annotate-other", "bri-transfer", s, formats.AnnotateOptions{Lang: "en", MaxRecords: 2}, formats.ErrLength},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := formats.Annotate(&out, plan(t, c.layout), bytes.NewReader(c.file), c.options); !errors.Is(err, c.is) {
				t.Errorf("got %v, want %v", err, c.is)
			}
			golden(t, c.name+".golden", out.Bytes())
			if !c.options.Colour && strings.ContainsRune(out.String(), '\x1b') {
				t.Error("bytes of the file reached the terminal")
			}
			for line := range strings.Lines(out.String()) {
				if width := len([]rune(strings.TrimRight(line, "\n"))); !c.options.Colour && c.options.Width > 0 && width > c.options.Width {
					if !strings.Contains(line, "could not be checked") {
						t.Errorf("%d columns: %s", width, line)
					}
				}
			}
		})
	}
}

func TestShowingFailsWithTheWriter(t *testing.T) {
	p := plan(t, "bri-ack")
	if err := formats.Annotate(&full{}, p, bytes.NewReader(sample(t, "bri-ack")), formats.AnnotateOptions{}); !errors.Is(err, errFull) {
		t.Error(err)
	}
	if err := formats.Document(&full{}, p, "id"); !errors.Is(err, errFull) {
		t.Error(err)
	}
	if err := formats.DocumentHTML(&full{}, p, "id"); !errors.Is(err, errFull) {
		t.Error(err)
	}
}
