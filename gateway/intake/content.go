package intake

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
)

// content is the SHA-256 of rows in a form that no file format shows through:
// texts with a unit separator behind them, which no text may contain, and a line
// feed behind each row.
type content struct {
	hash hash.Hash
	buf  []byte
}

func newContent(what string) *content {
	c := &content{hash: sha256.New(), buf: make([]byte, 0, 8<<10)}
	// Names the form, so that another one can follow and a roster is no wage sheet.
	c.text("bekal " + what + " 1")
	c.end()
	return c
}

func (c *content) text(s string) {
	c.buf = append(c.buf, s...)
	c.buf = append(c.buf, 0x1F)
}

func (c *content) int(n int64) {
	c.buf = binary.BigEndian.AppendUint64(c.buf, uint64(n))
	c.buf = append(c.buf, 0x1F)
}

func (c *content) end() {
	c.buf = append(c.buf, '\n')
	if len(c.buf) > 4<<10 {
		c.flush()
	}
}

func (c *content) flush() {
	c.hash.Write(c.buf) // a hash never fails
	c.buf = c.buf[:0]
}

func (c *content) sum() (out [32]byte) {
	c.flush()
	c.hash.Sum(out[:0])
	return out
}
