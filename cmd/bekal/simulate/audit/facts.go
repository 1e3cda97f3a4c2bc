package audit

import (
	"path"
	"strings"
	"time"

	"bekal/gateway/banksim"
)

// facts are what the auditor was told.
type facts struct {
	approved    map[Wage]int
	disputed    bool               // the wages of both sides have not been compared, or differed
	corrected   map[string][]payee // by beneficiary
	repay       map[string]int     // payment references of which people approved that they are paid again
	repaidWhile map[string]banksim.Outcome
	published   []*publication
	bySHA       map[string][]*publication
	inbox       map[string]*publication // what lies there now
	foreign     map[string]string       // by SHA-256, names of files in the outbox that are not ours
	decisions   map[decision]int
}

type payee struct{ name, account string }

type decision struct {
	batch     string
	delivered bool
}

// publication is a file as it lay in the inbox.
type publication struct {
	name, bytes, sha string
	modified         string // as the ledger writes times
	at               time.Time
}

func newFacts() facts {
	return facts{approved: map[Wage]int{}, corrected: map[string][]payee{}, repay: map[string]int{}, repaidWhile: map[string]banksim.Outcome{},
		bySHA: map[string][]*publication{}, inbox: map[string]*publication{}, foreign: map[string]string{}, decisions: map[decision]int{}}
}

// timeFormat is how the ledger writes times: UTC, to the second.
const timeFormat = "2006-01-02T15:04:05Z"

// The kinds of files that a bank puts into its inbox.
const (
	acknowledgement = "acknowledgement"
	settlement      = "settlement"
	returns         = "return"
)

// kindOf says what a file in the inbox is by its name; empty for a name that is
// none of ours.
func kindOf(name string) string {
	upper := strings.ToUpper(name)
	switch {
	case strings.HasPrefix(name, "."), strings.HasSuffix(name, ".part"):
		return ""
	case path.Ext(upper) == ".ACK":
		return acknowledgement
	case path.Ext(upper) == ".STL" && strings.HasPrefix(upper, "RET"):
		return returns
	case path.Ext(upper) == ".STL":
		return settlement
	}
	return ""
}
