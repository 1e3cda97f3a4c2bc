package banksim

import (
	"errors"
	"os"
	"sync/atomic"
)

// handle is an open file of a client. Reads and writes come with offsets and
// from several goroutines.
type handle struct {
	session *session
	remote  string
	file    *os.File
	written bool         // opened for writing
	passed  atomic.Int64 // bytes read or written
}

// ReadAt reads, unless trouble is armed for it.
func (h *handle) ReadAt(p []byte, offset int64) (int, error) {
	return h.move(OpRead, h.file.ReadAt, p, offset)
}

// WriteAt writes, unless trouble is armed for it.
func (h *handle) WriteAt(p []byte, offset int64) (int, error) {
	return h.move(OpWrite, h.file.WriteAt, p, offset)
}

// move carries bytes. Trouble after so many bytes lets exactly so many
// through.
func (h *handle) move(op Op, do func([]byte, int64) (int, error), p []byte, offset int64) (int, error) {
	size := int64(len(p))
	passed := h.passed.Add(size) - size
	if t, ok := h.session.bank.wire.next(op, Before, h.remote, passed, size); ok {
		part := int64(0)
		if t.Bytes > 0 {
			part = min(max(t.Bytes-passed, 0), size)
		}
		n := 0
		if part > 0 {
			var err error
			if n, err = do(p[:part], offset); err != nil {
				return n, err
			}
		}
		return n, h.session.suffer(t)
	}
	n, err := do(p, offset)
	if err != nil {
		return n, err
	}
	if t, ok := h.session.bank.wire.next(op, After, h.remote, passed, size); ok {
		return n, h.session.suffer(t)
	}
	return n, nil
}

// Close closes the file. It runs in any case when the connection ends, so
// trouble here keeps the answer back and never the file open.
func (h *handle) Close() error {
	trouble := h.trouble(Before)
	err := h.file.Close()
	if h.written && err == nil {
		err = h.session.bank.appeared(h.remote)
	}
	return errors.Join(trouble, err, h.trouble(After))
}

func (h *handle) trouble(when When) error {
	select {
	case <-h.session.gone:
		return nil
	default:
		return h.session.meet(OpClose, when, h.remote)
	}
}
