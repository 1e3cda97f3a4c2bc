package simulate

import (
	"maps"
	"slices"
)

// Figures are what a course came to, counted as it was played.
type Figures struct {
	Nights     int            `json:"nights"`      // that ran to their end, degraded or not
	Degraded   int            `json:"degraded"`    // of these
	Approved   int            `json:"approved"`    // wages
	Delivered  int            `json:"delivered"`   // deposits that the bank got
	Settled    int            `json:"settled"`     // deposits that the bank credited for good
	Examined   int            `json:"examined"`    // how often the books were examined
	FailPoints int            `json:"fail_points"` // passed
	Events     map[string]int `json:"events"`      // what happened, by kind
	Deaths     map[string]int `json:"deaths"`      // of the program, by fail point
	Bank       map[string]int `json:"bank"`        // what the bank did wrong, by its own books
}

// NewFigures are figures of nothing yet.
func NewFigures() Figures {
	return Figures{Events: map[string]int{}, Deaths: map[string]int{}, Bank: map[string]int{}}
}

// Add adds the figures of another course.
func (f *Figures) Add(o Figures) {
	f.Nights += o.Nights
	f.Degraded += o.Degraded
	f.Approved += o.Approved
	f.Delivered += o.Delivered
	f.Settled += o.Settled
	f.Examined += o.Examined
	f.FailPoints += o.FailPoints
	for _, m := range []struct{ into, from map[string]int }{{f.Events, o.Events}, {f.Deaths, o.Deaths}, {f.Bank, o.Bank}} {
		for k, n := range m.from {
			m.into[k] += n
		}
	}
}

// Crashes is how often the program died.
func (f Figures) Crashes() int {
	n := 0
	for _, d := range f.Deaths {
		n += d
	}
	return n
}

// Sorted are the names of a count, sorted.
func Sorted(m map[string]int) []string { return slices.Sorted(maps.Keys(m)) }
