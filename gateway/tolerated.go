package gateway

import "bekal/formats"

// tolerated tells the log how much of a bank's file its layout only tolerates,
// and where that begins. What was tolerated changes no value, so nothing else
// follows from it; what stands there is not logged, for it may be a name.
func (r *run) tolerated(name string, dec *formats.Decoder) {
	n := dec.WarningCount()
	if n == 0 {
		return
	}
	first := dec.Warnings()[0]
	r.log.Warn("the bank's file holds what its layout only tolerates; `bekal file verify` lists it", "file", name, "times", n, "line", first.Line, "field", first.Field)
}
