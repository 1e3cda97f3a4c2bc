package simulate

import "fmt"

// Violation is something that must never be, found after a night.
type Violation struct {
	Seed  uint64 `json:"seed"`
	Night string `json:"night"` // date of the night after which it was found
	Rule  string `json:"rule"`
	About string `json:"about"`
	Text  string `json:"text"`
}

// String is the violation in a line.
func (v Violation) String() string {
	return fmt.Sprintf("seed %d, %s: %s: %s: %s", v.Seed, v.Night, v.Rule, v.About, v.Text)
}
