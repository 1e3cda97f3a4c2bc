package banksim_test

import (
	"os"
	"path/filepath"
	"testing"

	"bekal/gateway/banksim"
)

// TestTroubleInAPacket cuts a rename off at every byte of its request and of its
// answer: without its last byte a request is never carried out, and one whose
// answer is cut has been.
func TestTroubleInAPacket(t *testing.T) {
	for _, test := range []struct {
		name    string
		side    banksim.Side
		renamed bool
	}{{"request", banksim.Request, false}, {"answer", banksim.Answer, true}} {
		t.Run(test.name, func(t *testing.T) {
			for _, bytes := range []int{0, 1, 3, 4, 5, 9, 20, 1 << 20} {
				o := options(t)
				b := start(t, o)
				send(t, o.Root, "b.part", []byte("x"))
				c := dial(t, b)
				if _, err := c.Stat("/outbox"); err != nil {
					t.Fatal(err)
				}
				fired := b.ArmPacket(banksim.PacketTrouble{Side: test.side, After: 1, Bytes: bytes, Act: banksim.Drop})
				if _, err := c.Stat("/outbox"); err != nil {
					t.Fatalf("%d bytes: the packet before: %v", bytes, err)
				}
				if err := c.PosixRename("/outbox/b.part", "/outbox/b"); err == nil {
					t.Fatalf("%d bytes: no error", bytes)
				}
				<-fired
				b.Quiet()
				_, err := os.Stat(filepath.Join(o.Root, "outbox", "b"))
				if renamed := err == nil; renamed != test.renamed {
					t.Errorf("%d bytes: renamed: %v", bytes, renamed)
				}
			}
		})
	}
}

// TestSilenceIsTold: who waits in a simulated time hears that nothing will come.
func TestSilenceIsTold(t *testing.T) {
	o := options(t)
	silent := make(chan struct{}, 1)
	o.OnHang = func() { silent <- struct{}{} }
	b := start(t, o)
	c := dial(t, b)
	b.ArmPacket(banksim.PacketTrouble{Side: banksim.Request, Act: banksim.Hang})
	result := make(chan error, 1)
	go func() {
		_, err := c.Stat("/outbox")
		result <- err
	}()
	<-silent
	b.Disconnect()
	if err := <-result; err == nil {
		t.Error("an answer came")
	}
}
