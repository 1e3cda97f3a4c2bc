package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// session is a night's connection to one bank: opened when first needed, opened
// again after it broke, and given up for the night when the bank refuses us.
type session struct {
	bank   *Bank
	conn   Transport
	dead   error
	log    *slog.Logger
	pauses func() backoff.BackOff
}

// connections are one for each bank; none is open yet.
func (n *Night) connections(log *slog.Logger) []*session {
	between := n.Pauses
	if between == nil {
		between = pauses
	}
	var list []*session
	for _, b := range n.Banks {
		list = append(list, &session{bank: b, log: log, pauses: between})
	}
	return list
}

// do runs fn over the connection, and again after a temporary error, with
// growing pauses. fn must be safe to run again from its start.
func (s *session) do(ctx context.Context, what string, fn func(Transport) error) error {
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := s.once(ctx, fn)
		if err != nil && !temporary(err) {
			return struct{}{}, backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(s.pauses()), backoff.WithMaxTries(uint(s.bank.Retries)+1), backoff.WithMaxElapsedTime(0),
		backoff.WithNotify(func(err error, pause time.Duration) {
			s.log.Warn("the bank's server failed; trying again", "bank", s.bank.Bank.Code, "what", what, "error", err, "pause", pause.Round(time.Millisecond))
		}))
	var permanent *backoff.PermanentError
	if errors.As(err, &permanent) {
		err = permanent.Err
	}
	if err != nil {
		return fmt.Errorf("bank %s: %s: %w", s.bank.Bank.Code, what, err)
	}
	return nil
}

func pauses() backoff.BackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval = 500 * time.Millisecond
	b.MaxInterval = 30 * time.Second
	return b
}

func (s *session) once(ctx context.Context, fn func(Transport) error) error {
	if s.dead != nil {
		return s.dead
	}
	if s.conn == nil {
		conn, err := s.bank.Dial(ctx, s.log)
		if err != nil {
			if !temporary(err) {
				// A wrong key, a changed host key: no later step may knock
				// again tonight, or the bank locks the account.
				s.dead = err
			}
			return err
		}
		s.conn = conn
	}
	err := fn(s.conn)
	if err != nil && temporary(err) {
		// What broke once is not trusted again.
		s.close()
	}
	return err
}

func (s *session) close() {
	if s.conn == nil {
		return
	}
	if err := s.conn.Close(); err != nil {
		s.log.Debug("closing the connection", "bank", s.bank.Bank.Code, "error", err)
	}
	s.conn = nil
}
