package formats

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
)

var (
	yamlNumber = regexp.MustCompile(`[0-9]+`)
	yamlWord   = regexp.MustCompile(`[A-Za-z_*][A-Za-z_0-9.-]*`)
	yamlFlow   = regexp.MustCompile(`, [a-z]+: (?:\{[^{}]*\}|\[[^\[\]]*\]|[^,{}\[\]]+)`)
)

// mutateYAML changes one thing of a layout's text, or a few: a number, a word,
// a kind, a line.
func mutateYAML(rng *rand.Rand, src []byte) []byte {
	for range 1 + rng.IntN(3) {
		src = mutateOnce(rng, src)
	}
	return src
}

func mutateOnce(rng *rand.Rand, src []byte) []byte {
	lines := bytes.SplitAfter(src, []byte("\n"))
	at := rng.IntN(len(lines))
	replace := func(what *regexp.Regexp, with func(old string) string) {
		for try := range len(lines) {
			i := (at + try) % len(lines)
			found := what.FindAllIndex(lines[i], -1)
			if len(found) == 0 {
				continue
			}
			w := found[rng.IntN(len(found))]
			lines[i] = slices.Concat(lines[i][:w[0]], []byte(with(string(lines[i][w[0]:w[1]]))), lines[i][w[1]:])
			return
		}
	}
	switch rng.IntN(9) {
	case 0, 1:
		replace(yamlNumber, func(old string) string {
			n, _ := strconv.Atoi(old)
			of := []int{n + 1, n - 1, 0, 1, 2 * n, n + 10, 18, 19, 99999, 1 << 20, rng.IntN(100)}
			return strconv.Itoa(of[rng.IntN(len(of))])
		})
	case 2:
		words := yamlWord.FindAll(src, -1)
		replace(yamlWord, func(string) string { return string(words[rng.IntN(len(words))]) })
	case 3:
		kinds := []string{"text", "digits", "number", "amount", "date", "time", "filler"}
		replace(regexp.MustCompile(`kind: "?[a-z]+"?`), func(string) string { return "kind: " + kinds[rng.IntN(len(kinds))] })
	case 4:
		lines[at] = nil
	case 5:
		lines[at] = slices.Concat(lines[at], lines[at])
	case 6:
		other := rng.IntN(len(lines))
		lines[at], lines[other] = lines[other], lines[at]
	case 7:
		replace(yamlFlow, func(string) string { return "" })
	case 8:
		all := yamlFlow.FindAll(src, -1)
		if len(all) > 0 {
			replace(regexp.MustCompile(`\}\r?\n`), func(old string) string { return string(all[rng.IntN(len(all))]) + old })
		}
	}
	return bytes.Join(lines, nil)
}

// TestMutatedLayouts: whatever is changed in a layout, it is refused with
// problems that have a place, or compiles, and then reads and writes files: its
// own, as they were, and some of those that it allows.
func TestMutatedLayouts(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("layouts", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, filepath.Join("testdata", "whole.yaml"))
	const times = 30
	compiled := 0
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		golden, err := os.ReadFile(filepath.Join("testdata", filepath.Base(file[:len(file)-len(".yaml")])+".txt"))
		if err != nil && filepath.Base(file) != "whole.yaml" {
			t.Fatal(err)
		}
		for seed := range times * 2000 / (2000 + len(src)/20) {
			rng := rand.New(rand.NewPCG(uint64(seed), 3))
			mutant := mutateYAML(rng, src)
			p, wrong := placedProblems(string(mutant))
			if wrong != "" {
				t.Fatalf("%s, seed %d: %s", file, seed, wrong)
			}
			if p == nil {
				continue
			}
			compiled++
			for _, b := range [][]byte{golden, mutant} {
				d := p.NewDecoder(bytes.NewReader(b), DecodeOptions{})
				for d.Next() {
				}
				_, again := p.Recode(&bytes.Buffer{}, bytes.NewReader(b), RecodeOptions{AsRead: true})
				if d.Err() == nil && again != nil {
					t.Fatalf("%s, seed %d: its file decodes, but does not encode: %v", file, seed, again)
				}
			}
			f, err := newWholeFile(p, uint64(seed), rng.IntN)
			var refused *Errors
			if err != nil && !errors.As(err, &refused) && !errors.Is(err, errNotKnown) {
				t.Fatalf("%s, seed %d: %v", file, seed, err)
			}
			if err == nil {
				f.comesBack(t)
				f.flips(t, map[string]int{})
			}
		}
	}
	t.Logf("%d compiled", compiled)
	if compiled < 2*len(files) {
		t.Errorf("only %d mutants compiled", compiled)
	}
}
