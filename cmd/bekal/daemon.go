package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bekal/gateway"
	"bekal/gateway/schedule"

	"github.com/spf13/cobra"
)

func (p *program) daemonCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "daemon",
		Short: "Run a night whenever one is due, until told to stop",
		Long: `Runs nights by the cron expression of the configuration, in the facility's time
zone and on the business days of its calendar. A night that was missed is caught
up once at the start. SIGTERM stops it between two steps.`,
		Example: "  bekal daemon\n  bekal --config /srv/bekal/bekal.yaml daemon",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p.unattended = true
			return p.withBooks(cmd.Context(), func(b *books) error { return p.daemon(cmd.Context(), b) })
		},
	}
}

func (p *program) daemon(ctx context.Context, b *books) (err error) {
	cron, err := schedule.ParseCron(b.config.Schedule.Cron, b.config.Facility().Location)
	if err != nil {
		return &usageError{err}
	}
	plan := schedule.Plan{Schedule: cron, Calendar: b.office}
	if !b.config.Schedule.OnlyBusinessDays {
		plan.Calendar = nil
	}
	// Nights take their own lock, so that a person can run one in between;
	// this one says that the facility has its daemon.
	lock, err := b.lock(daemonLock, "bekal daemon")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	last, err := b.lastDue(ctx)
	if err != nil {
		return err
	}
	r := &schedule.Runner{Plan: plan, Now: p.now, LastRun: last, CatchUp: b.config.Schedule.CatchUp, Log: b.log}
	b.log.Info("daemon begins", "facility", b.facility.Code, "schedule", cron.String())
	err = r.Run(ctx, func(ctx context.Context, due time.Time, catchUp bool) error { return p.dueNight(ctx, b, due, catchUp) })
	b.log.Info("daemon ends")
	return err
}

// lastDue is when the last night of the daemon was due; zero when there was
// none.
func (b *books) lastDue(ctx context.Context) (time.Time, error) {
	due, err := b.ledger.LastDue(ctx)
	if err != nil || due == "" {
		return time.Time{}, err
	}
	t, err := time.Parse(time.RFC3339, due)
	if err != nil {
		return time.Time{}, fmt.Errorf("last due time: %w", err)
	}
	return t, nil
}

// dueNight runs the night that is due. Its business date is that of the due
// time, also when it is caught up later.
func (p *program) dueNight(ctx context.Context, b *books, due time.Time, catchUp bool) (err error) {
	lock, err := b.lock(nightLock, "bekal daemon")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	n, err := b.night(p)
	if err != nil {
		return err
	}
	if catchUp {
		b.log.Warn("a missed night is caught up", "due", due)
	}
	date := due.In(b.config.Facility().Location)
	if err := b.office.Check(date); err != nil {
		b.log.Warn("the calendar has no data for this date", "error", err)
	}
	if err := b.checkClock(ctx); err != nil {
		return err
	}
	result, err := n.Run(ctx, date.Format(time.DateOnly), due.UTC().Format(time.RFC3339))
	if err != nil {
		return err
	}
	if result.Outcome != gateway.Ran {
		return fmt.Errorf("night %s %s: %w", result.Night, result.Outcome, result.Err())
	}
	return nil
}
