package notify

import (
	"context"
	"log/slog"
)

// Log writes messages into the log.
type Log struct {
	Logger *slog.Logger
}

// Name returns "log".
func (Log) Name() string { return "log" }

// Notify writes one record. It never fails.
func (l Log) Notify(ctx context.Context, m Message) error {
	m = m.outgoing()
	level := slog.LevelInfo
	switch m.Level {
	case LevelWarn:
		level = slog.LevelWarn
	case LevelError:
		level = slog.LevelError
	}
	l.Logger.Log(ctx, level, m.Subject, "night", m.Night, "facility", m.Facility, "outcome", m.Outcome, "body", m.Body)
	return nil
}
