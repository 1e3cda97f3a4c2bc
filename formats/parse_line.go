package formats

import (
	"fmt"
	"slices"

	"github.com/goccy/go-yaml/ast"
)

func (r *reader) line(n ast.Node) LineLayout {
	l := LineLayout{at: where(n)}
	r.mapping(n, "line", []key{
		{"length", func(v ast.Node) { l.at = where(v); l.Length = r.integer(v) }},
		{"end", func(v ast.Node) {
			for _, item := range r.listOrOne(v) {
				e := oneOf(r, item, "line end", CRLF, LF, CR, NoEnd)
				if slices.Contains(l.Ends, e) {
					r.say(item, "Name each line end once: the first is written, all are read.", fmt.Sprintf("the line end %s is given twice", e))
					continue
				}
				l.Ends = append(l.Ends, e)
			}
		}},
		{"final", func(v ast.Node) { l.Final = oneOf(r, v, "end of a file", FinalAlways, FinalNever, FinalEither) }},
		{"block", func(v ast.Node) { l.Block = r.block(v) }},
	})
	return l
}

func (r *reader) block(n ast.Node) *Block {
	b := &Block{at: where(n)}
	r.mapping(n, "block", []key{
		{"records", func(v ast.Node) { b.Records = r.number(v, 1, maxNumber) }},
		{"filler", func(v ast.Node) { b.Filler = r.character(v) }},
	}, "records", "filler")
	return b
}
