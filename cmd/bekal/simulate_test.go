package main

import (
	"errors"
	"strings"
	"testing"

	"bekal/cmd/bekal/simulate"
)

// TestSimulateTellsOfBrokenCourses: a course that broke off counts as found, and
// is told of with the command that plays it again.
func TestSimulateTellsOfBrokenCourses(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	p := &program{stdout: &out}
	s := &simulated{Figures: simulate.NewFigures()}
	o := simulate.Options{Seed: 7, Nights: 2, Deposits: 3, Faults: simulate.Light, Restores: true}
	s.add(simulate.Result{Options: o, Figures: simulate.NewFigures()})
	o.Seed++
	s.add(simulate.Result{Options: o, Figures: simulate.NewFigures(), Last: []string{"what came before"}, Broken: errors.New("seed 8, day 1: nobody could sign")})
	if err := p.printSimulated(simulateOptions{Options: o, seeds: 2}, s); err != nil {
		t.Fatal(err)
	}
	printed := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{"what came before", "broke off: seed 8, day 1: nobody could sign", "courses (seeds) 2", "courses that broke off 1", "violations 0"} {
		if !strings.Contains(printed, want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
	found := s.found()
	if found == nil || found.Error() != "0 violations in 0 courses; 1 course broke off" || !strings.Contains(found.Hint(), "--seed 8 ") {
		t.Errorf("%v", found)
	}
}
