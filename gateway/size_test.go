package gateway_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"testing"

	"bekal/gateway"
	"bekal/gateway/banksim"
)

// far is how much two sizes differ by whose lower 32 bits are the same.
const far = 1 << 32

// grow makes a file longer by far, with a hole, and leaves its time as it was.
func (o *office) grow(path string) {
	o.Helper()
	info, err := os.Stat(path)
	if err != nil {
		o.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()+far); err != nil {
		o.Fatal(err)
	}
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
		o.Fatal(err)
	}
}

// hasIt fails unless the bank has the bytes of the first batch under its name.
func (o *office) hasIt() {
	o.Helper()
	o.ls("outbox", "b1.TRF")
	if got, want := o.read(o.outbox(o.batch(1).FileName)), o.archived(o.batch(1).SHA256); !bytes.Equal(got, want) {
		o.Errorf("the bank has %d bytes, %d were to be sent", len(got), len(want))
	}
}

// TestFarOffSizes: a size is the same when all of its bits are.
func TestFarOffSizes(t *testing.T) {
	t.Parallel()
	t.Run("of a staged file", func(t *testing.T) {
		t.Parallel()
		o := open(t)
		o.wages(2)
		o.bank.Arm(banksim.Trouble{Op: banksim.OpRename, Act: banksim.Drop})
		o.night("2026-11-23", gateway.Degraded)
		o.states("staged")
		o.grow(o.outbox(o.batch(1).FileName + ".part"))
		o.night("2026-11-24", gateway.Ran)
		o.events(1, "sealed", "staged", "delivered")
		o.hasIt()
	})
	t.Run("of a file under the batch's name", func(t *testing.T) {
		t.Parallel()
		o := open(t)
		o.wages(2)
		o.bank.Arm(banksim.Trouble{Op: banksim.OpRename, When: banksim.After, Act: banksim.Drop})
		o.night("2026-11-23", gateway.Degraded)
		o.states("staged")
		o.grow(o.outbox(o.batch(1).FileName))
		o.night("2026-11-24", gateway.Degraded)
		o.states("uncertain")
	})
	t.Run("of an upload", func(t *testing.T) {
		t.Parallel()
		o := open(t)
		o.wages(2)
		dial := o.gate.Dial
		o.gate.Dial = func(ctx context.Context, log *slog.Logger) (gateway.Transport, error) {
			conn, err := dial(ctx, log)
			return &swollen{conn, func() { o.grow(o.outbox(o.batch(1).FileName + ".part")) }}, err
		}
		r := o.night("2026-11-23", gateway.Degraded)
		says(t, r.Err(), "bytes at the bank")
		o.states("sealed")
		o.gate.Dial = dial
		o.night("2026-11-24", gateway.Ran)
		o.hasIt()
	})
	t.Run("of a file that is collected", func(t *testing.T) {
		t.Parallel()
		o := open(t)
		whole := stl("", stranger(5), stranger(6))
		o.put(ret, whole)
		dial := o.gate.Dial
		o.wrap(&hooked{downloaded: func(string) { o.grow(o.inbox(ret)) }})
		r := o.night("2026-11-23", gateway.Ran)
		if n := count(step(t, r, "collect"), "files still growing"); n != 1 {
			t.Errorf("%d files still growing", n)
		}
		o.mismatches()
		// It is beyond the limit, too, and not a byte of it is fetched.
		o.gate.Dial = dial
		o.wrap(&hooked{downloading: func(string) { t.Error("it is fetched") }})
		r = o.night("2026-11-24", gateway.Degraded)
		says(t, r.Err(), "the limit is")
		o.put(ret, whole)
		o.gate.Dial = dial
		o.night("2026-11-25", gateway.Ran)
		o.suspense(11)
	})
}

// swollen is a connection whose server has more of an upload than was sent.
type swollen struct {
	gateway.Transport
	uploaded func()
}

func (s *swollen) Upload(ctx context.Context, path string, src io.Reader, size int64) error {
	err := s.Transport.Upload(ctx, path, src, size)
	s.uploaded()
	return err
}
