package report

// paint colours text for a terminal, or leaves it alone. The table package has
// colours too, but switches them by the environment; here the caller decides.
type paint bool

func (p paint) with(sgr, s string) string {
	if !p || s == "" {
		return s
	}
	return "\x1b[" + sgr + "m" + s + "\x1b[0m"
}

func (p paint) bold(s string) string  { return p.with("1", s) }
func (p paint) faint(s string) string { return p.with("2", s) }
func (p paint) good(s string) string  { return p.with("1;32", s) }
func (p paint) bad(s string) string   { return p.with("1;31", s) }
func (p paint) warn(s string) string  { return p.with("33", s) }
