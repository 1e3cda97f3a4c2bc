package ledger

// FailPoint is asked right before and right after each durable step, by the
// step's name. Nobody is asked unless Options name one, as only simulations do.
// It may return an error, which the step then fails with as it would with a
// full disk; or not return at all (it panics), which leaves the books as the
// death of the process does: what was committed stands, the rest never was.
//
// The names are "archive write", "archive sync", "archive rename", "archive
// renamed", "archive kept", and for each transaction "commit: ACTION" before it
// is committed and "committed: ACTION" after. At "archive renamed", "archive
// kept" and "committed" the step has been carried out: an error there says
// that nobody knows. A restore has "restore: unpacked", "restore: file placed"
// for each file of the archive, and "restore: place" and "restore: placed"
// around the moment in which the ledger appears.
type FailPoint func(name string) error

// at asks the fail point, if there is one.
func (f FailPoint) at(name string) error {
	if f == nil {
		return nil
	}
	return f(name)
}
