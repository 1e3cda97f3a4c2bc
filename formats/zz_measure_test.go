package formats_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strconv"
	"testing"
	"time"

	"bekal/formats"
)

func TestZZMeasure(t *testing.T) {
	rounds, _ := strconv.Atoi(os.Getenv("ZZ"))
	only, layout := os.Getenv("ZZONLY"), os.Getenv("ZZLAYOUT")
	for _, name := range []string{"nacha", "bri-settlement"} {
		p := plan(t, name)
		if layout != "" && layout != name {
			continue
		}
		n := 20000
		file := benchFile(t, p, n)
		in := bytes.NewReader(file)
		row, set := newBenchWriter(p), newBenchWriter(p)
		row.rows = true
		runs := []struct {
			what string
			f    func() error
		}{
			{"decode", func() error {
				in.Reset(file)
				d := p.NewDecoder(in, formats.DecodeOptions{})
				for d.Next() {
				}
				return d.Err()
			}},
			{"rows", func() error { return row.file(io.Discard, n) }},
			{"setters", func() error { return set.file(io.Discard, n) }},
		}
		best := map[string]time.Duration{}
		for range rounds {
			for _, r := range runs {
				if only != "" && r.what != only {
					continue
				}
				began := time.Now()
				if err := r.f(); err != nil {
					t.Fatal(err)
				}
				if d := time.Since(began); best[r.what] == 0 || d < best[r.what] {
					best[r.what] = d
				}
			}
		}
		for _, r := range runs {
			fmt.Printf("%s %s %.1f ns/record %.0f MB/s, %.2f of decode\n", name, r.what, float64(best[r.what])/float64(n), float64(len(file))/best[r.what].Seconds()/1e6, float64(best[r.what])/float64(best["decode"]))
		}
	}
}
