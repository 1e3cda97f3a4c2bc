package gateway_test

import (
	"bytes"
	"io"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"testing"

	"bekal/gateway/notify"
)

// notes is a log that is shown when a test fails.
type notes struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (n *notes) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.Write(p)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.String()
}

// logTo logs as the program does: whatever could be an account is masked, also
// where an error quotes a file of the bank.
func logTo(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if kind := a.Value.Kind(); kind == slog.KindString || kind == slog.KindAny {
			a.Value = slog.StringValue(notify.Mask(a.Value.String()))
		}
		return a
	}}))
}

var (
	// accountForm fits every account number of the tests' data in full.
	accountForm = regexp.MustCompile(`999[0-9]{12}`)
	// hashForm fits the hash of a file, which may hold as many digits.
	hashForm = regexp.MustCompile(`\b[0-9a-f]{64}\b`)
)

// tellsNoAccount fails for each line of a log that holds an account in full.
func tellsNoAccount(t tb, log string) {
	t.Helper()
	for line := range strings.Lines(log) {
		if n := accountForm.FindString(hashForm.ReplaceAllString(line, "")); n != "" {
			t.Errorf("account %s stands in full in the log: %s", n, line)
		}
	}
}

// TestTheLogTellsNoAccount: a settlement file of one line has a total of accounts
// that is an account. When it is wrong the log says so, and doesn't say which.
func TestTheLogTellsNoAccount(t *testing.T) {
	t.Parallel()
	o := sent(t, 2)
	o.answer(1, "01", o.paid(2))
	name := o.batch(1).Reference + "-01.STL"
	account := wage(2).Account
	whole := o.read(o.inbox(name))
	if n := bytes.Count(whole, []byte(account)); n != 2 {
		t.Fatalf("the account stands %d times in %q", n, whole)
	}
	// The total says the account, and the line has another.
	other := bytes.Replace(whole, []byte(account), []byte(wage(3).Account), 1)
	o.put(name, other)
	r := o.night("2026-11-24", "ran")
	if n := count(step(t, r, "reconcile"), "files quarantined"); n != 1 {
		t.Fatalf("%d files quarantined: %+v", n, r)
	}
	said := o.log.String()
	if !strings.Contains(said, "file quarantined") || !strings.Contains(said, "***"+account[len(account)-4:]) {
		t.Errorf("the log doesn't say what is wrong:\n%s", said)
	}
}
