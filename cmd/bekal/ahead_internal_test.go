package main

import (
	"errors"
	"testing"
	"testing/synctest"
)

func TestReadAhead(t *testing.T) {
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		rows   int
		failAt int // row that add refuses, -1: none
		stopAt int // row after which read fails, -1: none
		want   error
	}{
		"nothing":             {rows: 0, failAt: -1, stopAt: -1},
		"one":                 {rows: 1, failAt: -1, stopAt: -1},
		"a part":              {rows: aheadRows, failAt: -1, stopAt: -1},
		"many parts":          {rows: 20*aheadRows + 7, failAt: -1, stopAt: -1},
		"add fails at once":   {rows: 20 * aheadRows, failAt: 0, stopAt: -1, want: broken},
		"add fails at last":   {rows: 20*aheadRows + 7, failAt: 20*aheadRows + 6, stopAt: -1, want: broken},
		"read fails":          {rows: 20 * aheadRows, failAt: -1, stopAt: 3*aheadRows + 5, want: errRead},
		"both fail":           {rows: 20 * aheadRows, failAt: 2, stopAt: 3 * aheadRows, want: broken},
		"read fails at first": {rows: 1, failAt: -1, stopAt: 0, want: errRead},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				added := 0
				err := readAhead(func(row int) error {
					if row != added {
						t.Errorf("row %d came as number %d", row, added)
					}
					if row == c.failAt {
						return broken
					}
					added++
					return nil
				}, func(put func(int) error) error {
					for row := range c.rows {
						if row == c.stopAt {
							return errRead
						}
						if err := put(row); err != nil {
							return err
						}
					}
					return nil
				})
				if !errors.Is(err, c.want) || c.want == nil && err != nil {
					t.Fatalf("error %v, want %v", err, c.want)
				}
				switch {
				case c.want == nil && added != c.rows:
					t.Fatalf("%d of %d rows were added", added, c.rows)
				case c.failAt >= 0 && added != c.failAt:
					t.Fatalf("%d rows were added before row %d failed", added, c.failAt)
				case c.stopAt >= 0 && added > c.stopAt:
					t.Fatalf("%d rows were added of %d", added, c.stopAt)
				}
			})
		})
	}
}

var errRead = errors.New("the sheet cannot be read")
