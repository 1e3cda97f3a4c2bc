package formats

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// phrase is a text of which some parts are words of the layout: names, values,
// characters. The faces of a document show those in their own way.
type phrase []word

// word is a part of a phrase.
type word struct {
	Text string
	Code bool   // a word of the layout, to be shown letter by letter
	Link string // the anchor of what it names, or ""
}

// code is a word of the layout.
type code string

// compose fills values into the places marked {} of a text: a string or number
// as it is, a code as a word of the layout, a word or a phrase as they are.
func compose(text string, values ...any) phrase {
	var out phrase
	parts := strings.Split(text, "{}")
	for i, part := range parts {
		if part != "" {
			out = append(out, word{Text: part})
		}
		if i == len(parts)-1 || i >= len(values) {
			continue
		}
		switch v := values[i].(type) {
		case phrase:
			out = append(out, v...)
		case word:
			out = append(out, v)
		case code:
			out = append(out, word{Text: string(v), Code: true})
		default:
			out = append(out, word{Text: fmt.Sprint(v)})
		}
	}
	return out
}

// listed joins phrases.
func listed(phrases []phrase, between string) phrase {
	var out phrase
	for i, p := range phrases {
		if i > 0 {
			out = append(out, word{Text: between})
		}
		out = append(out, p...)
	}
	return out
}

// enumerated joins phrases, the last two by another word.
func enumerated(phrases []phrase, between, last string) phrase {
	if n := len(phrases); n > 1 {
		return append(listed(phrases[:n-1], between), compose("{}{}", last, phrases[n-1])...)
	}
	return listed(phrases, between)
}

// codesOf joins words of the layout, the last two by another word.
func codesOf(values []string, between, last string) phrase {
	phrases := make([]phrase, len(values))
	for i, v := range values {
		phrases[i] = phrase{{Text: v, Code: true}}
	}
	return enumerated(phrases, between, last)
}

// length is how many characters a phrase has.
func (p phrase) length() int {
	n := 0
	for _, w := range p {
		n += utf8.RuneCountInString(w.Text)
	}
	return n
}

// lowerFirst is a label inside a sentence.
func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}

// upperFirst begins a label.
func upperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
