package formats_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bekal/formats"
)

// small is a layout of records of eight bytes, known by their first; a record is
// written `H: rest of its fields`, and what is left is filler.
func small(head, structure string, records ...string) string {
	var b strings.Builder
	b.WriteString("layout: tiny\ncharset: bank-upper\n")
	if !strings.Contains(head, "line:") {
		b.WriteString("line: {length: 8, end: lf}\n")
	}
	fmt.Fprintf(&b, "%s\nstructure: %s\nrecords:\n", head, structure)
	for _, r := range records {
		name, fields, _ := strings.Cut(r, ":")
		next := 2
		for part := range strings.SplitSeq(fields, "at: ") {
			var at, n int
			if _, err := fmt.Sscanf(part, "%d, len: %d", &at, &n); err == nil {
				next = max(next, at+n)
			}
		}
		if fields != "" {
			fields = ", " + strings.TrimSpace(fields)
		}
		if next <= 8 {
			fields += fmt.Sprintf(", rest: {at: %d, len: %d, kind: filler}", next, 9-next)
		}
		fmt.Fprintf(&b, "  %s: {match: {type: \"%s\"}, fields: {type: {at: 1, len: 1}%s}}\n", name, name[:1], fields)
	}
	return b.String()
}

// hard is a file of a layout, and what must be said about it. A file without
// errors must also come out as it was when it is written again.
type hard struct {
	name, layout, file string
	errs, unverified   []string
}

func (h hard) run(t *testing.T) {
	t.Run(h.name, func(t *testing.T) {
		p := compile(t, h.layout)
		errs, d := decode(t, p, []byte(h.file))
		for i := range errs {
			errs[i] = strings.TrimPrefix(errs[i], "F ")
		}
		if diff := cmp.Diff(h.errs, errs); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(h.unverified, d.Unverified()); diff != "" {
			t.Error("unverified", diff)
		}
		var out bytes.Buffer
		if _, err := p.Recode(&out, strings.NewReader(h.file), formats.RecodeOptions{AsRead: true}); (err == nil) != (h.errs == nil) {
			t.Errorf("recode: %v", err)
		}
		if h.errs == nil && out.String() != h.file {
			t.Errorf("written again it is\n%q, not\n%q", out.String(), h.file)
		}
	})
}

// refused is a layout that must not compile, and why.
type refused struct{ name, layout, problem string }

func (r refused) run(t *testing.T) {
	t.Run(r.name, func(t *testing.T) {
		l, err := formats.Parse("tiny.yaml", []byte(r.layout))
		if err == nil {
			_, err = l.Compile()
		}
		if err == nil || !strings.Contains(err.Error(), r.problem) {
			t.Errorf("got %v\nwant %s", err, r.problem)
		}
	})
}

// file joins records, filled up to eight bytes.
func file(records ...string) string {
	var b strings.Builder
	for _, r := range records {
		fmt.Fprintf(&b, "%-8s\n", r)
	}
	return b.String()
}
