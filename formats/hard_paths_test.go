package formats

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// slow is a plan in which nothing is quick: every record is settled in full.
func slow(p *Plan) *Plan {
	s := *p
	s.moves = slices.Clone(p.moves)
	for i := range s.moves {
		s.moves[i].plain, s.moves[i].quick = false, false
	}
	s.records = make([]*RecordPlan, len(p.records))
	for i, r := range p.records {
		c := *r
		c.light, c.plan = false, &s
		s.records[i] = &c
	}
	return &s
}

// slowly makes the records of a plan heavy as long as a function runs: their
// handles are compared, so they must stay the same.
func slowly(p *Plan, f func(*Plan)) {
	light := make([]bool, len(p.records))
	for i, r := range p.records {
		light[i], r.light = r.light, false
	}
	f(&Plan{
		layout: p.layout, length: p.length, shared: p.shared, filler: p.filler, records: p.records, lists: p.lists,
		leaves: p.leaves, counted: p.counted, moves: slow(p).moves, ends: p.ends, candidates: p.candidates, scopeOf: p.scopeOf,
		scopes: p.scopes, totals: p.totals, cells: p.cells, series: p.series, held: p.held, tolerates: p.tolerates,
	})
	for i, r := range p.records {
		r.light = light[i]
	}
}

// heard is everything that a decoder says.
type heard struct {
	Records    []string
	Errors     []string
	Warnings   []string
	Count      int
	Warned     int
	Unverified []string
	Following  map[string]int64
	Tally      Tally
	Form       Form
}

func hear(p *Plan, file []byte, oneByte bool) heard { return hearFrom(p, file, oneByte, false) }

// hearFrom is hear; with looks, no scope ends without a look at its totals.
func hearFrom(p *Plan, file []byte, oneByte, looks bool) heard {
	in := iotest.DataErrReader(bytes.NewReader(file))
	if oneByte {
		in = iotest.OneByteReader(bytes.NewReader(file))
	}
	d := p.NewDecoder(in, DecodeOptions{})
	d.sums.strays = d.sums.strays || looks
	var h heard
	for d.Next() {
		r := d.Record()
		var errs []string
		for _, e := range append(slices.Clone(r.errs), r.warnings...) {
			errs = append(errs, e.Error())
		}
		h.Records = append(h.Records, fmt.Sprintf("%s %d %q %v", r.Type(), r.line, r.raw, errs))
	}
	for _, e := range d.errs {
		h.Errors = append(h.Errors, e.Error())
	}
	for _, e := range d.warnings {
		h.Warnings = append(h.Warnings, e.Error())
	}
	h.Count, h.Warned, h.Unverified, h.Following, h.Tally, h.Form = d.count, d.warned, d.Unverified(), d.Following(), d.Tally(), d.form
	return h
}

// rewrite encodes the records of a file, those too that are wrong in their
// place: what the encoder says of each, and what it wrote.
func rewrite(p *Plan, file []byte, looks bool) (said []string, wrote string) {
	var out bytes.Buffer
	d := p.NewDecoder(bytes.NewReader(file), DecodeOptions{})
	e := p.NewEncoder(&out, EncodeOptions{})
	e.sums.strays = looks
	for d.Next() {
		if r := d.Record(); r.plan != nil && r.whole == nil && len(r.raw) == r.plan.length {
			w := e.BeginRecord(r.plan)
			w.Copy(r)
			said = append(said, fmt.Sprint(w.End()))
		}
	}
	return append(said, fmt.Sprint(e.Close())), out.String()
}

// plansOfFiles are the files in testdata with their plans.
func plansOfFiles(t *testing.T) map[string]*Plan {
	t.Helper()
	layouts, err := filepath.Glob("layouts/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*Plan{}
	for _, f := range files {
		best := ""
		for _, l := range layouts {
			name := strings.TrimSuffix(filepath.Base(l), ".yaml")
			if strings.HasPrefix(filepath.Base(f), name) && len(name) > len(best) {
				best = name
			}
		}
		if best == "" {
			t.Fatalf("no layout for %s", f)
		}
		out[f] = filePlan(t, best)
	}
	return out
}

// broken changes a file by its lines: some are left out, doubled, exchanged,
// cut, or have another character.
func broken(rng *rand.Rand, file []byte, span int) []byte {
	var lines [][]byte
	if bytes.IndexByte(file, '\n') >= 0 {
		lines = bytes.SplitAfter(file, []byte("\n"))
	} else {
		for rest := file; len(rest) > 0; {
			n := min(span, len(rest))
			lines, rest = append(lines, rest[:n]), rest[n:]
		}
	}
	marks := []byte("0123456789 AZaz?\xe9\r\n\x1a")
	for range 1 + rng.IntN(3) {
		if len(lines) == 0 {
			break
		}
		i, j := rng.IntN(len(lines)), rng.IntN(len(lines))
		switch rng.IntN(6) {
		case 0:
			lines = slices.Delete(slices.Clone(lines), i, i+1)
		case 1:
			lines = slices.Insert(slices.Clone(lines), j, lines[i])
		case 2:
			lines = slices.Clone(lines)
			lines[i], lines[j] = lines[j], lines[i]
		case 3:
			lines = slices.Clone(lines)
			lines[i] = lines[i][:rng.IntN(len(lines[i])+1)]
		default:
			if len(lines[i]) > 0 {
				lines = slices.Clone(lines)
				lines[i] = bytes.Clone(lines[i])
				lines[i][rng.IntN(len(lines[i]))] = marks[rng.IntN(len(marks))]
			}
		}
	}
	return bytes.Join(lines, nil)
}

// TestPathsAgree: whether records are settled at once or in full, and however
// the bytes arrive, the same is said of the same file, and the same is written.
func TestPathsAgree(t *testing.T) {
	const rounds = 40
	for name, p := range plansOfFiles(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			good, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			rng := rand.New(rand.NewPCG(7, 7))
			for i := range rounds {
				file := good
				if i > 0 {
					file = broken(rng, good, p.length)
				}
				quick, bytewise := hear(p, file, false), hear(p, file, true)
				said, wrote := rewrite(p, file, false)
				var full heard
				var saidToo []string
				var wroteToo string
				slowly(p, func(s *Plan) {
					full = hearFrom(s, file, false, true)
					saidToo, wroteToo = rewrite(s, file, true)
				})
				for what, diff := range map[string]string{
					"settled at once and in full": cmp.Diff(full, quick), "byte by byte": cmp.Diff(quick, bytewise),
					"encoder": cmp.Diff(saidToo, said), "written": cmp.Diff(wroteToo, wrote),
				} {
					if diff != "" {
						t.Fatalf("round %d, %s: %s\n%q", i, what, diff, file)
					}
				}
			}
		})
	}
}

// TestRefusalChangesNothing: after each record that was refused the encoder
// writes on as if nobody had tried.
func TestRefusalChangesNothing(t *testing.T) {
	for name, p := range plansOfFiles(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			good, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			rng := rand.New(rand.NewPCG(8, 8))
			var records []*Record
			d := p.NewDecoder(bytes.NewReader(good), DecodeOptions{})
			for d.Next() {
				r := *d.Record()
				r.raw, r.numbers = bytes.Clone(r.raw), slices.Clone(r.numbers)
				records = append(records, &r)
			}
			writes := func(e *Encoder, r *Record) error {
				w := e.BeginRecord(r.plan)
				w.Copy(r)
				return w.End()
			}
			var plain, tried bytes.Buffer
			a, b := p.NewEncoder(&plain, EncodeOptions{AsRead: true}), p.NewEncoder(&tried, EncodeOptions{AsRead: true})
			refusals := 0
			for i, r := range records {
				for range 20 {
					other := *records[rng.IntN(len(records))]
					other.raw = bytes.Clone(other.raw)
					other.raw[rng.IntN(len(other.raw))] = "0123456789 A?"[rng.IntN(13)]
					before := fmt.Sprintf("%+v %+v %d %d %v", b.place, *b.sums, b.count, b.lines, b.errs)
					err := writes(b, &other)
					if err == nil { // it was good, too
						tried.Reset()
						b = p.NewEncoder(&tried, EncodeOptions{AsRead: true})
						for _, r := range records[:i] {
							if err := writes(b, r); err != nil {
								t.Fatal(err)
							}
						}
						continue
					}
					var errs *Errors
					if !errors.As(err, &errs) || len(errs.List) == 0 {
						t.Fatalf("refused without a reason: %v, %q", err, other.raw)
					}
					refusals++
					if after := fmt.Sprintf("%+v %+v %d %d %v", b.place, *b.sums, b.count, b.lines, b.errs); before != after {
						t.Fatalf("a refused record changed the encoder:\n%s\n%s", before, after)
					}
				}
				for _, e := range []*Encoder{a, b} {
					if err := writes(e, r); err != nil {
						t.Fatal(err)
					}
				}
			}
			if errA, errB := a.Close(), b.Close(); errA != nil || errB != nil || plain.String() != tried.String() || refusals == 0 {
				t.Errorf("%v, %v after %d refusals", errA, errB, refusals)
			}
		})
	}
}
