package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"bekal/configs"
	"bekal/gateway"
	"bekal/gateway/credentials"
	"bekal/gateway/notify"
)

// tell tells people how a night went, over every channel that wants to hear of
// it. One channel that fails does not stop the others.
func (b *books) tell(ctx context.Context, r gateway.Result) error {
	var errs []error
	for _, c := range b.config.Notify {
		if !wants(c, r) {
			continue
		}
		channel, err := b.channel(c)
		if err == nil {
			err = channel.Notify(ctx, b.message(r))
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func wants(c configs.Channel, r gateway.Result) bool {
	mismatch := r.Report != nil && len(r.Report.Mismatches) > 0
	return c.Wants(string(r.Outcome)) || mismatch && c.Wants("mismatch")
}

func (b *books) channel(c configs.Channel) (notify.Channel, error) {
	switch c.Type {
	case "log":
		return notify.Log{Logger: b.log}, nil
	case "command":
		return notify.Command{Args: c.Command, Dir: b.config.Resolve(b.config.DataDir)}, nil
	case "email":
		e := notify.Email{Host: c.Host, Port: c.Port, From: c.From, To: c.To, Username: c.Username, TLS: c.TLS, Now: b.now}
		if c.PasswordFile != "" {
			password, err := credentials.Password(b.config.Resolve(c.PasswordFile))
			if err != nil {
				return nil, err
			}
			e.Password = password.Use
		}
		return e, nil
	}
	return nil, fmt.Errorf("notify: no channel %q", c.Type)
}

// message says in a few lines how the night went and what to do.
func (b *books) message(r gateway.Result) notify.Message {
	m := notify.Message{Night: r.Night, Facility: b.facility.Code, Outcome: string(r.Outcome), Level: notify.LevelInfo}
	open := 0
	if r.Report != nil {
		open = len(r.Report.Mismatches)
	}
	m.Subject = fmt.Sprintf("Bekal %s: night %s %s, %s", b.facility.Code, r.Night, r.Outcome, gateway.Count{What: "mismatches open", N: int64(open)})
	switch {
	case r.Outcome == gateway.Failed:
		m.Level = notify.LevelError
	case r.Outcome == gateway.Degraded || open > 0:
		m.Level = notify.LevelWarn
	}
	var body strings.Builder
	for _, s := range r.Steps {
		fmt.Fprintf(&body, "%-10s %-9s%s\n", s.Step, s.Outcome, describeCounts(s.Counts))
	}
	if err := r.Err(); err != nil {
		fmt.Fprintf(&body, "\nWhat failed:\n%s\n", err)
		for _, h := range hints(err) {
			fmt.Fprintf(&body, "What to do: %s\n", h)
		}
	}
	if r.Outcome != gateway.Ran {
		fmt.Fprintf(&body, "\n%s.\n", goesOn)
	}
	if r.Report != nil {
		proven := "The proof balances."
		if !r.Report.Proof.Proven {
			proven = "THE PROOF DOES NOT BALANCE. The report cannot be signed."
		}
		fmt.Fprintf(&body, "\n%s\n", proven)
		if wait := r.Report.Summary.Owed.Plus(r.Report.Summary.Batched); wait.Count > 0 {
			fmt.Fprintf(&body, "Not sent yet: %s, %s.\n", counted(wait.Count, "deposit"), wait.Total)
		}
		for _, k := range r.Report.Kinds {
			fmt.Fprintf(&body, "Open: %d %s, %s\n", k.Tally.Count, k.Kind, k.Tally.Total)
		}
	}
	for _, path := range r.Reports {
		fmt.Fprintf(&body, "Report: %s\n", path)
	}
	m.Body = body.String()
	return m
}
