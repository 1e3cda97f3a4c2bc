package simulate

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"time"
)

// history is what happened, a line each, in order. Its digest is the same for
// the same seed.
type history struct {
	out  *bufio.Writer // nil for nobody
	sum  hash.Hash
	last []string
}

// remembered is how many of the last lines are shown with a violation.
const remembered = 60

func newHistory(out io.Writer) *history {
	h := &history{sum: sha256.New()}
	if out != nil {
		h.out = bufio.NewWriter(out)
	}
	return h
}

// note enters what happened at a time.
func (h *history) note(at time.Time, format string, args ...any) {
	line := at.Format("2006-01-02 15:04:05 ") + fmt.Sprintf(format, args...)
	h.sum.Write([]byte(line + "\n"))
	if h.out != nil {
		_, _ = h.out.WriteString(line + "\n") // a history that cannot be written is no reason to change it
	}
	h.last = append(h.last, line)
	if len(h.last) > remembered {
		h.last = h.last[1:]
	}
}

// digest is the SHA-256, in hex, of all lines so far.
func (h *history) digest() string { return hex.EncodeToString(h.sum.Sum(nil)) }

func (h *history) flush() error {
	if h.out == nil {
		return nil
	}
	return h.out.Flush()
}
