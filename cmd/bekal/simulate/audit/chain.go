package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// link is one transaction of the ledger: its row of the chain, and the rows
// that it says it has added.
type link struct {
	row
	night string
	date  string // of the night, empty outside one
	rows  map[string][]row
}

// of are the rows that the link added to a table.
func (k *link) of(table string) []row { return k.rows[table] }

// about names the link in a violation.
func (k *link) about() string { return fmt.Sprintf("link %d (%s)", k.id, k.text("action")) }

// sealed reads the new links of the chain, holds each against the one before
// and the rows that it sealed, and returns them in order.
func (a *Auditor) sealed() []*link {
	next := map[string]int{} // by table, how many of its new rows were taken
	var links []*link
	for _, r := range a.fresh("chain") {
		k := &link{row: r, night: r.text("night"), rows: map[string][]row{}}
		if r.id != a.links+1 {
			a.say(Chain, k.about(), "the link before it is %d", a.links)
		}
		if r.text("prev") != a.head {
			a.say(Chain, k.about(), "it does not continue the link before it")
		}
		words := []string{"bekal chain 1", fmt.Sprint(r.id)}
		for _, c := range []string{"at", "actor", "os_user", "night", "action", "content", "prev"} {
			words = append(words, r.text(c))
		}
		if digest(strings.Join(words, between)) != r.text("hash") {
			a.say(Chain, k.about(), "its words do not give its hash")
		}
		a.links, a.head = r.id, r.text("hash")
		for line := range strings.Lines(r.text("content")) {
			a.sealedRows(k, strings.TrimSuffix(line, "\n"), next)
		}
		links = append(links, k)
	}
	for name, t := range a.tables {
		if name != "chain" && next[name] < len(t.fresh) {
			first, last := t.fresh[next[name]].id, t.fresh[len(t.fresh)-1].id
			a.say(Chain, name, "rows %d to %d are sealed by no link", first, last)
			a.covered[name] = t.last
		}
	}
	return links
}

// sealedRows reads what a link says of one table.
func (a *Auditor) sealedRows(k *link, line string, next map[string]int) {
	var name, want string
	var first, last int64
	if _, err := fmt.Sscanf(line, "%s %d %d %s", &name, &first, &last, &want); err != nil {
		a.say(Chain, k.about(), "its content %q cannot be read", line)
		return
	}
	if first != a.covered[name]+1 || last < first {
		a.say(Chain, k.about(), "it seals rows %d to %d of %s, where %d comes next", first, last, name, a.covered[name]+1)
	}
	a.covered[name] = last
	rows := a.fresh(name)
	from := next[name]
	for from < len(rows) && rows[from].id < first {
		a.say(Chain, name, "row %d is sealed by no link", rows[from].id)
		from++
	}
	to := from
	sum := sha256.New()
	for to < len(rows) && rows[to].id <= last {
		sum.Write([]byte(rows[to].raw + rowEnd))
		to++
	}
	next[name] = to
	k.rows[name] = rows[from:to]
	switch {
	case int64(to-from) != last-first+1:
		a.say(Chain, k.about(), "%d rows of %s are there, %d were sealed", to-from, name, last-first+1)
	case hex.EncodeToString(sum.Sum(nil)) != want:
		a.say(Chain, k.about(), "rows %d to %d of %s are not those that were sealed", first, last, name)
	}
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
