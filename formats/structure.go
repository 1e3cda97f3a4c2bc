package formats

import (
	"fmt"
	"strings"
)

// String writes a part as the structure does.
func (s Part) String() string {
	word := s.Name
	if word == "" {
		between := " "
		if s.Choice {
			between = " | "
		}
		word = "(" + partsText(s.Parts, between) + ")"
	}
	switch {
	case s.Min == 1 && s.Max == 1:
		return word
	case s.Min == 0 && s.Max == 1:
		return word + "?"
	case s.Min == 0 && s.Max == Unbounded:
		return word + "*"
	case s.Min == 1 && s.Max == Unbounded:
		return word + "+"
	case s.Max == Unbounded:
		return fmt.Sprintf("%s{%d,}", word, s.Min)
	case s.Min == s.Max:
		return fmt.Sprintf("%s{%d}", word, s.Min)
	}
	return fmt.Sprintf("%s{%d,%d}", word, s.Min, s.Max)
}

func partsText(parts []Part, between string) string {
	words := make([]string, len(parts))
	for i, p := range parts {
		words[i] = p.String()
	}
	return strings.Join(words, between)
}

// structureText writes a structure as it is written in YAML.
func structureText(p Part) string {
	if p.Name == "" && p.Min == 1 && p.Max == 1 {
		s := p.String()
		return s[1 : len(s)-1]
	}
	return p.String()
}
