package simulate

import "fmt"

// Result is how a course ended.
type Result struct {
	Options    Options
	Figures    Figures
	Violations []Violation
	Digest     string   // SHA-256 of the history
	Head       string   // of the chain in the end
	Last       []string // the history before the first violation, or its last lines
	Broken     error    // why it could not be played to its end; nil: it was
}

// Command plays the course again.
func (r Result) Command() string {
	also := ""
	if !r.Options.Restores {
		also = " --restores=false"
	}
	if !r.Options.Slips {
		also += " --slips=false"
	}
	return fmt.Sprintf("bekal simulate --seed %d --nights %d --deposits %d --faults %s%s --history", r.Options.Seed, r.Options.Nights, r.Options.Deposits, r.Options.Faults, also)
}
