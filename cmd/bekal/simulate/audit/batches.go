package audit

import (
	"os"
	"path/filepath"
)

// examineBatches looks whether any batch is somewhere where it need not be.
func (a *Auditor) examineBatches(n Night) error {
	for _, b := range a.order {
		if b.file == nil {
			continue
		}
		if b.state == "uncertain" && !b.again {
			a.undecided(b)
		}
		if n.Reached && n.Outcome == Ran && !b.delivered {
			a.say(Batches, b.reference, "it is %s after a night that ran", b.state)
		}
		if !b.delivered && b.state == "sealed" && a.reached[b.file.sha] != "" {
			a.say(Once, b.reference, "it is sealed, and would be sent again: the bank has it as %s", a.reached[b.file.sha])
		}
		if b.shown && !a.everGot(b.reference) {
			a.say(Once, b.reference, "it was adopted as delivered, and the bank has never got it")
		}
		if b.bytes && a.reached[b.file.sha] == "" {
			a.say(Once, b.reference, "it is said to be delivered, and the bank has never got it")
		}
	}
	return nil
}

// undecided looks whether an uncertain batch could have been decided.
func (a *Auditor) undecided(b *batch) {
	for _, name := range []string{b.file.name, b.file.name + ".part"} {
		if info, err := os.Stat(filepath.Join(a.o.Outbox, name)); err == nil && info.Size() == b.file.size {
			a.say(Batches, b.reference, "it is uncertain, and %s lies in the outbox as it was sent", name)
		}
	}
	if b.delivered {
		a.say(Batches, b.reference, "it is uncertain, and the bank has answered it")
	}
}
