package main

import (
	"fmt"
	"strings"

	"bekal/formats"
)

// fileFault is one thing that is wrong with a file, or was tolerated, in JSON.
type fileFault struct {
	Line  int    `json:"line"`
	Field string `json:"field"`
	From  int    `json:"from"`
	To    int    `json:"to"`
	Error string `json:"error"`
	Hint  string `json:"hint"`
}

func faultsOf(list []*formats.Error, lang string) []fileFault {
	out := []fileFault{}
	for _, e := range list {
		out = append(out, fileFault{Line: e.Line, Field: e.Field, From: e.From, To: e.To, Error: faultIn(e, lang), Hint: e.Hint()})
	}
	return out
}

// faultIn is a fault with its place, in a language.
func faultIn(e *formats.Error, lang string) string {
	if lang != "id" {
		return e.Error()
	}
	var place []string
	if e.Line > 0 {
		place = append(place, fmt.Sprintf("baris %d", e.Line))
	}
	switch {
	case e.Record > 0 && e.RecordType != "":
		place = append(place, fmt.Sprintf("rekaman %d (%s)", e.Record, e.RecordType))
	case e.Record > 0:
		place = append(place, fmt.Sprintf("rekaman %d", e.Record))
	case e.RecordType != "":
		place = append(place, "rekaman "+e.RecordType)
	}
	switch {
	case e.From > 0 && e.To > e.From:
		place = append(place, fmt.Sprintf("kolom %d-%d", e.From, e.To))
	case e.From > 0:
		place = append(place, fmt.Sprintf("kolom %d", e.From))
	}
	return strings.TrimSpace(e.File+" "+strings.Join(place, ", ")) + ": " + e.Message().ID
}

// printFaults lists faults of a file with their places. A hint stands once,
// below those that it is for.
func (p *program) printFaults(file string, list []fileFault) error {
	for i, e := range list {
		if err := p.printf("  %s\n", strings.TrimPrefix(e.Error, file+" ")); err != nil {
			return err
		}
		if e.Hint == "" || i+1 < len(list) && list[i+1].Hint == e.Hint {
			continue
		}
		if err := p.printf("      %s\n", e.Hint); err != nil {
			return err
		}
	}
	return nil
}
