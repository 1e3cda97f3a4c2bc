package formats

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/ast"
)

// The bounds of one structure: far beyond any format, and small enough for
// whatever walks it.
const (
	maxBrackets = 20   // within one another
	maxParts    = 1000 // words and brackets
	maxTimes    = 1_000_000_000
)

// structureHint shows the forms of a structure.
const structureHint = "Write records and groups with ?, *, +, {n}, {n,m} or {n,} directly behind them, ( ) around a sequence, | between alternatives: H (D E*)+ T."

// structure reads `H (D E?)* (T | U)`: records and groups in order, brackets
// around what repeats together, | between alternatives, and how often each
// stands there: once, ? at most once, * any number, + at least once, {n}
// exactly, {n,m} from n to m, {n,} at least n times.
func (r *reader) structure(n ast.Node) Part {
	g := &grammar{reader: r, node: n, rest: r.scalar(n)}
	return g.whole()
}

// grammar reads one structure. What it does not understand it says and leaves
// out, so that several mistakes are found at once.
type grammar struct {
	*reader
	node  ast.Node
	rest  string
	depth int
	parts int
	over  bool // a bound is broken: the rest is not read
}

func (g *grammar) fault(hint, format string, args ...any) {
	g.say(g.node, hint, fmt.Sprintf(format, args...))
}

// whole reads to the end of the text.
func (g *grammar) whole() Part {
	all := g.alternatives()
	for g.rest != "" && !g.over {
		// Only a closing bracket ends alternatives before the end.
		g.rest = g.rest[1:]
		g.fault("Remove it, or open a bracket before.", "the structure closes a bracket \")\" that it did not open, before %s", g.ahead())
		more := g.alternatives()
		all.Parts = append(all.Parts, more.Parts...)
	}
	return all
}

// ahead is what comes next, for a message.
func (g *grammar) ahead() string {
	s := strings.TrimSpace(g.rest)
	if s == "" {
		return "its end"
	}
	for i, c := range s {
		if i > 0 && ends(c) {
			return quote(s[:i])
		}
	}
	return quote(s)
}

// ends says whether a character ends a word with its repetition.
func ends(c rune) bool { return unicode.IsSpace(c) || c == '(' || c == ')' || c == '|' }

// alternatives reads up to the end or a closing bracket, which it leaves.
func (g *grammar) alternatives() Part {
	var all []Part
	for {
		one := g.sequence()
		switch {
		case len(one) == 1:
			all = append(all, one[0])
		default:
			all = append(all, Part{Parts: one, Min: 1, Max: 1})
		}
		if !strings.HasPrefix(g.rest, "|") {
			if len(all) == 1 {
				return Part{Parts: one, Min: 1, Max: 1}
			}
			if len(one) == 0 {
				g.empty()
			}
			return Part{Parts: all, Choice: true, Min: 1, Max: 1}
		}
		g.rest = g.rest[1:]
		if len(one) == 0 {
			g.empty()
		}
	}
}

func (g *grammar) empty() {
	if !g.over {
		g.fault("Write a record or group on both sides of `|`; what may be missing has a `?`.", "an alternative of the structure is empty, before %s", g.ahead())
	}
}

// sequence reads parts up to the end, a closing bracket or `|`.
func (g *grammar) sequence() []Part {
	var out []Part
	for {
		g.rest = strings.TrimLeftFunc(g.rest, unicode.IsSpace)
		if g.over || g.rest == "" || g.rest[0] == ')' || g.rest[0] == '|' {
			return out
		}
		if g.parts++; g.parts > maxParts {
			g.stop("Put parts of it into `groups`.", "the structure has more than %d parts", maxParts)
			return out
		}
		var p Part
		var ok bool
		if g.rest[0] == '(' {
			p, ok = g.bracket()
		} else {
			p, ok = g.name()
		}
		if ok {
			out = append(out, p)
		}
	}
}

// stop says that a bound is broken and reads no further.
func (g *grammar) stop(hint, format string, args ...any) {
	g.fault(hint, format, args...)
	g.over, g.rest = true, ""
}

func (g *grammar) bracket() (Part, bool) {
	if g.depth++; g.depth > maxBrackets {
		g.stop("Put parts of it into `groups`.", "the structure has brackets more than %d deep", maxBrackets)
		return Part{}, false
	}
	g.rest = g.rest[1:]
	first := g.ahead()
	p := g.alternatives()
	g.depth--
	if g.over {
		return Part{}, false
	}
	if g.rest == "" {
		g.fault("Close it with `)`.", "the structure does not close the bracket before %s", first)
		return p, true
	}
	g.rest = g.rest[1:]
	times := g.word()
	least, most, why := repetition(times)
	switch {
	case why != "":
		g.fault(structureHint, "%s behind the bracket that begins with %s: %s", quote(times), first, why)
		return Part{}, false
	case len(p.Parts) == 0:
		g.fault("Write what stands in it, or remove it.", "the structure has an empty bracket, before %s", g.ahead())
		return Part{}, false
	}
	p.Min, p.Max = least, most
	return p, true
}

// word takes what stands up to a space, a bracket or `|`.
func (g *grammar) word() string {
	end := strings.IndexFunc(g.rest, ends)
	if end < 0 {
		end = len(g.rest)
	}
	w := g.rest[:end]
	g.rest = g.rest[end:]
	return w
}

func (g *grammar) name() (Part, bool) {
	word := g.word()
	name, times := word, ""
	if i := strings.IndexAny(word, "?*+{"); i >= 0 {
		name, times = word[:i], word[i:]
	}
	if name == "" {
		g.fault(structureHint, "%s in the structure repeats nothing", quote(word))
		return Part{}, false
	}
	if strings.ContainsFunc(name, func(c rune) bool { return c != '_' && c != '-' && !unicode.IsLetter(c) && !unicode.IsDigit(c) }) {
		g.fault(structureHint, "%s in the structure is no name of a record or group", quote(word))
		return Part{}, false
	}
	least, most, why := repetition(times)
	if why != "" {
		g.fault(structureHint, "%s in the structure: %s", quote(word), why)
		return Part{}, false
	}
	return Part{Name: name, Min: least, Max: most}, true
}

// repetition reads how often a part stands; why says what is wrong.
func repetition(s string) (least, most int, why string) {
	switch s {
	case "":
		return 1, 1, ""
	case "?":
		return 0, 1, ""
	case "*":
		return 0, Unbounded, ""
	case "+":
		return 1, Unbounded, ""
	}
	inner, ok := strings.CutSuffix(strings.TrimPrefix(s, "{"), "}")
	if !ok || s[0] != '{' {
		return 0, 0, quote(s) + " does not say how often"
	}
	low, high, ranged := strings.Cut(inner, ",")
	least, ok = times(low)
	most = least
	switch {
	case !ok:
	case ranged && high == "":
		most = Unbounded
	case ranged:
		most, ok = times(high)
	}
	switch {
	case !ok:
		return 0, 0, fmt.Sprintf("%s does not say how often; a number is from 0 to %d", quote(s), maxTimes)
	case most == 0:
		return 0, 0, "it would never stand there"
	case most < least:
		return 0, 0, fmt.Sprintf("from %d to %d times is impossible", least, most)
	}
	return least, most, ""
}

// times reads a number of times: digits and nothing else.
func times(s string) (int, bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n <= maxTimes
}
