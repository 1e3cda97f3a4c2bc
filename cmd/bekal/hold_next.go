package main

import (
	"fmt"
	"strings"
)

// nextStep is what a person can do now: a command to copy, with a reason and a
// name to put in, or something that no command does; and why.
type nextStep struct{ do, why string }

// holdStep is a command of the hold that a person decides.
func holdStep(verb, batch, why string) nextStep {
	if batch != "" {
		verb += " " + batch
	}
	return nextStep{"bekal hold " + verb + ` --reason "..." --by NAME`, why}
}

// askForList is what ends the waiting for the bank's answers.
const askForList = "ask the bank for a list of all files that it has had since the backup, and say --all-known when none is missing in `bekal hold show`"

// nextOfHold is what a person can do now.
func nextOfHold(s holdPage) []nextStep {
	var next []nextStep
	undecided := false
	for _, f := range s.Forgotten {
		if f.Decision != "" {
			// What was decided holds, and more may have come to light.
			if f.Matched > 0 {
				next = append(next, holdStep("adopt", f.Batch, fmt.Sprintf("%d of its payments that nobody could explain are wages that are owed here now", f.Matched)))
			}
			continue
		}
		undecided = true
		next = append(next, nextOfForgotten(f))
	}
	if len(s.Returned) > 0 {
		next = append(next, nextStep{do: returnedHint(s.Returned)})
	}
	if len(s.Uncertain) > 0 {
		next = append(next, nextStep{"ask the bank about the uncertain batches " + strings.Join(s.Uncertain, ", "), "unless it answers them by itself, say with bekal batch decide whether it has them"})
	}
	switch {
	case s.Hold == nil || undecided:
	case s.Hold.Proposed != "":
		next = append(next, releaseStep(s.Hold.Proposed, s.waits))
	case s.waits:
		next = append(next, holdStep("propose", "", "when you miss nothing in this list. Until "+s.Earliest+" the bank may still answer what it took before the hold: wait for that day to pass, or "+askForList))
	default:
		next = append(next, holdStep("propose", "", "when you miss nothing in this list"))
	}
	return next
}

// releaseStep is what another person does, who has to vouch for the list, too,
// while the bank may still answer.
func releaseStep(proposer string, waits bool) nextStep {
	step := holdStep("release", "", "a person other than "+proposer+" looks at bekal hold show, and does it")
	if waits {
		step.do += " --all-known"
		step.why += "; --all-known says that this person knows of every file that the bank has had since the backup, too"
	}
	return step
}

// nextOfForgotten is what a person can do about a batch that nobody has decided
// about.
func nextOfForgotten(f shownBatch) nextStep {
	switch {
	case f.Elsewhere && f.AtBank:
		return holdStep("leave", f.Batch, "it cannot be adopted (see the notes): first ask the bank whom it paid by it, and have returned what was paid twice")
	case f.Elsewhere:
		return nextStep{"ask the bank whether it has " + f.Batch + ", which cannot be adopted (see the notes)", "if it has not: " + holdStep("leave", f.Batch, "").do}
	case !f.Complete():
		return nextStep{"ask the bank for a copy of the transfer file of " + f.Batch + ", put it into a folder, and run bekal hold show --from FOLDER", "nobody knows yet all whom it paid"}
	case f.Matched == f.Named:
		return holdStep("adopt", f.Batch, "all of its payments are wages that are owed here")
	}
	return nextStep{"import again the wage sheets of the time of " + f.Batch + ", and have them approved; propose its repayments again (bekal deposit repay); then bekal hold show",
		fmt.Sprintf("%d of its %d payments are on no approved sheet. A sheet may be here already, and only not approved: bekal wages list", f.Named-f.Matched, f.Named)}
}

// returnedHint says what to do about payments that came back and that no batch is
// known to have made.
func returnedHint(list []string) string {
	return "ask the bank for a copy of the transfer file that paid " + list[0] + ", put it into a folder, and run bekal hold show --from FOLDER: others were paid by the same file"
}

// notesShown is how many lines of an error a person is shown as notes.
const notesShown = 3

// notesOf are the lines of an error, as notes: the first ones, and that there are
// more.
func notesOf(err error) []string {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	if len(lines) > notesShown {
		lines = append(lines[:notesShown:notesShown], "and more like these")
	}
	return lines
}
