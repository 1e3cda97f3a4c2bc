package banksim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path"
	"strings"
	"sync"

	"golang.org/x/crypto/ssh"
)

// Folders and files of the bank's own, below private.
const (
	takenFolder = private + "/taken" // transfer files, as taken from the outbox
	readyFolder = private + "/ready" // answers until they are published
	laterFolder = private + "/later" // answers that a later pass replaces others with
	journalFile = private + "/journal"
)

// Bank is a running simulated bank.
type Bank struct {
	o        Options
	words    words
	root     *os.Root
	listener net.Listener
	books    *Books
	journal  *journal
	wire     troubles
	packets  packets
	count    counters

	names sync.Mutex // held while names in the tree change
	work  sync.Mutex // held during a pass

	running  sync.WaitGroup
	mu       sync.Mutex
	sessions map[*session]struct{}
	ended    *sync.Cond // with mu; a session has ended
	closing  bool
	release  func() bool // forgets ctx
	closed   sync.Once
	closeErr error
}

// Start opens the bank's server and its books. The bank runs until Close, or
// until ctx is done; Close must be called in any case.
func Start(ctx context.Context, o Options) (*Bank, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	b := &Bank{o: o, books: &Books{light: o.Light}, sessions: map[*session]struct{}{}}
	b.ended = sync.NewCond(&b.mu)
	if b.words, err = newWords(o); err != nil {
		return nil, err
	}
	for _, t := range o.Wire.Troubles {
		b.wire.arm(t)
	}
	if err := b.openFolders(); err != nil {
		return nil, err
	}
	if b.listener = o.Listener; b.listener == nil {
		b.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", o.Listen)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("banksim: %w", err), b.journal.file.Close(), b.root.Close())
	}
	b.running.Add(1)
	go b.accept()
	b.release = context.AfterFunc(ctx, func() {
		if err := b.hangUp(); err != nil {
			b.o.Log.Error("bank: hanging up", "err", err)
		}
	})
	return b, nil
}

// openFolders makes the remote tree, reads the journal, and finishes what a
// crash may have interrupted.
func (b *Bank) openFolders() error {
	if err := os.MkdirAll(b.o.Root, folderPerm); err != nil {
		return fmt.Errorf("banksim: root: %w", err)
	}
	root, err := os.OpenRoot(b.o.Root)
	if err != nil {
		return fmt.Errorf("banksim: root: %w", err)
	}
	b.root = root
	folders := []string{b.o.Outbox, b.o.Inbox, takenFolder, readyFolder, laterFolder}
	if b.o.Done != "" {
		folders = append(folders, b.o.Done)
	}
	for _, f := range folders {
		if err := root.MkdirAll(strings.TrimPrefix(f, "/"), folderPerm); err != nil {
			return errors.Join(fmt.Errorf("banksim: folder %s: %w", f, err), root.Close())
		}
	}
	if b.journal, err = openJournal(root, journalFile, b.books); err != nil {
		return errors.Join(err, root.Close())
	}
	if err := b.tidy(); err != nil {
		return errors.Join(err, b.journal.file.Close(), root.Close())
	}
	return nil
}

// Address is where the server listens: host:port.
func (b *Bank) Address() string { return b.listener.Addr().String() }

// HostKey is the public key that the server proves itself with.
func (b *Bank) HostKey() ssh.PublicKey { return b.o.HostKey.PublicKey() }

// Books tells what the bank did.
func (b *Bank) Books() *Books { return b.books }

// Seen counts what the server met since Start.
func (b *Bank) Seen() Seen { return b.count.seen() }

// Arm lets t happen to the next operations that fit. The channel is closed
// when it first happens.
func (b *Bank) Arm(t Trouble) <-chan struct{} { return b.wire.arm(t) }

// Disarm forgets all troubles that have not happened yet.
func (b *Bank) Disarm() {
	b.wire.disarm()
	b.packets.disarm()
}

// Quiet waits until every connection that there is has ended, and all that was
// asked over them is done.
func (b *Bank) Quiet() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.sessions) > 0 {
		b.ended.Wait()
	}
}

// Disconnect cuts every connection that there is; new ones are served.
func (b *Bank) Disconnect() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for s := range b.sessions {
		s.cut()
	}
}

// Close ends the server and all connections, waits for a pass that is under
// way, and returns when every goroutine has ended.
func (b *Bank) Close() error {
	b.closed.Do(func() {
		b.release()
		err := b.hangUp()
		b.running.Wait()
		b.work.Lock()
		defer b.work.Unlock()
		b.closeErr = errors.Join(err, b.journal.file.Close(), b.root.Close())
	})
	return b.closeErr
}

// hangUp stops listening and cuts every connection.
func (b *Bank) hangUp() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closing {
		return nil
	}
	b.closing = true
	err := b.listener.Close()
	for s := range b.sessions {
		s.cut()
	}
	return err
}

// admit enters a connection, unless the bank is closing.
func (b *Bank) admit(s *session) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closing {
		return false
	}
	b.sessions[s] = struct{}{}
	b.running.Add(1)
	return true
}

func (b *Bank) dismiss(s *session) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.sessions, s)
	b.ended.Broadcast()
}

// appeared is arrived for a file that was written under its final name.
func (b *Bank) appeared(remote string) error {
	b.names.Lock()
	defer b.names.Unlock()
	return b.arrived(remote)
}

// arrived takes a transfer file that has just got its final name, where the
// bank picks up at once. The caller holds the lock on names.
func (b *Bank) arrived(remote string) error {
	if !b.o.PickUpAtOnce || path.Dir(remote) != b.o.Outbox || !b.o.Names.isTransfer(path.Base(remote)) {
		return nil
	}
	_, err := b.takeOne(path.Base(remote))
	return err
}
