package report

// Options says in which way a report is rendered. The zero value is
// Indonesian, without colour, 120 columns wide.
type Options struct {
	Lang   string // "id" or "en"; anything else is read as "id"
	Colour bool   // terminal text only: paint with ANSI colours
	Width  int    // terminal text only: columns; 0 means 120, the least is 80
}

const (
	defaultWidth = 120
	leastWidth   = 80
)

// words returns the catalogue of the language asked for.
func (o Options) words() *words {
	if o.Lang == "en" {
		return english()
	}
	return indonesian()
}

// width returns the number of terminal columns to fill.
func (o Options) width() int {
	switch {
	case o.Width == 0:
		return defaultWidth
	case o.Width < leastWidth:
		return leastWidth
	default:
		return o.Width
	}
}
