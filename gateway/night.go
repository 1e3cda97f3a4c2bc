package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"bekal/reconcile"
	"bekal/reconcile/ledger"

	"github.com/cenkalti/backoff/v5"
)

// Outcome is how a step, or a whole night, ended.
type Outcome string

// The outcomes, from good to bad.
const (
	Ran      Outcome = "ran"
	Degraded Outcome = "degraded" // something failed, the rest ran
	Failed   Outcome = "failed"
)

// Steps are the steps of a night, in order.
func Steps() []string {
	return []string{"recover", "collect", "reconcile", "compose", "deliver", "report", "notify"}
}

// Night runs nights over the books of one facility.
type Night struct {
	Ledger   *ledger.Ledger
	Facility ledger.Facility
	Location *time.Location // of the facility
	Banks    []*Bank
	Actor    ledger.Actor // the program itself
	Now      func() time.Time
	Log      *slog.Logger
	// Keep puts the report where people find it, and returns the paths. May
	// be nil.
	Keep func(ctx context.Context, r reconcile.Report) ([]string, error)
	// Tell tells people how the night went. May be nil.
	Tell func(ctx context.Context, r Result) error
	// Watch hears of each step as it begins (outcome empty) and ends. May be
	// nil.
	Watch func(StepResult)
	// Grace is how long a step that is running may go on after the night was
	// told to stop; 0 is two minutes.
	Grace time.Duration
	// Pauses makes the pauses between attempts at a bank's server; nil is half a
	// second to half a minute, growing.
	Pauses func() backoff.BackOff
}

// StepResult is how a step ended.
type StepResult struct {
	Step    string
	Outcome Outcome // empty while it runs
	Counts  []Count // what it did, for people
	Err     error   // joined, nil when it ran
	Took    time.Duration
}

// Count is a number of things that a step did.
type Count struct {
	What string // in the plural: "batches delivered"
	N    int64
}

// String says it as people do: "1 batch delivered".
func (c Count) String() string {
	what := c.What
	if c.N == 1 {
		noun, rest, _ := strings.Cut(what, " ")
		if one, ok := strings.CutSuffix(noun, "ches"); ok {
			noun = one + "ch"
		} else {
			noun = strings.TrimSuffix(noun, "s")
		}
		what = noun + " " + rest
	}
	return fmt.Sprintf("%d %s", c.N, what)
}

// Result is how a night ended.
type Result struct {
	Night   string
	Date    string
	Outcome Outcome
	Steps   []StepResult
	Report  *reconcile.Report // nil when none could be made
	Reports []string          // where it was put
}

// Err joins what went wrong in the steps.
func (r Result) Err() error {
	var errs []error
	for _, s := range r.Steps {
		if s.Err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", s.Step, s.Err))
		}
	}
	return errors.Join(errs...)
}

// ErrStopped says that a night was told to stop before its last step.
var ErrStopped = errors.New("the night was told to stop; the next one goes on from here")

// run is one night as it runs.
type run struct {
	*Night
	row           ledger.NightRow
	actor         ledger.Actor
	date          string
	day           time.Time
	log           *slog.Logger
	sessions      []*session
	result        *Result
	counts        []Count
	findings      int            // files of forgotten batches that were not known
	uncertainties []ledger.Batch // found by recover
}

// Run runs one night for a business date (yyyy-mm-dd). due is when it should
// have begun, empty when a person began it. Only a night that could not be
// entered in the books returns an error; what went wrong later is in the
// result.
func (n *Night) Run(ctx context.Context, date, due string) (Result, error) {
	day, err := time.ParseInLocation(time.DateOnly, date, n.Location)
	if err != nil {
		return Result{}, fmt.Errorf("date %q: must be written as 2026-11-23", date)
	}
	row, err := n.Ledger.BeginNight(ctx, n.Actor, date, due)
	if err != nil {
		return Result{}, err
	}
	result := Result{Night: row.Key, Date: date, Outcome: Ran}
	r := &run{Night: n, row: row, actor: n.Actor, date: date, day: day, log: n.Log.With("night", row.Key), result: &result}
	r.actor.Night = row.Key
	r.sessions = n.connections(r.log)
	defer func() {
		for _, s := range r.sessions {
			s.close()
		}
	}()
	r.log.Info("night begins", "date", date, "facility", n.Facility.Code)
	steps := map[string]func(context.Context) error{"recover": r.recover, "collect": r.collect, "reconcile": r.reconcile, "compose": r.compose, "deliver": r.deliver, "report": r.report, "notify": r.notify}
	for _, name := range Steps() {
		if ctx.Err() != nil {
			result.Outcome = Failed
			result.Steps = append(result.Steps, StepResult{Step: name, Outcome: Failed, Err: ErrStopped})
			break
		}
		r.step(ctx, name, steps[name])
	}
	r.finish(ctx)
	return result, nil
}

// step runs one step to its end, also when the night is told to stop meanwhile.
func (r *run) step(ctx context.Context, name string, fn func(context.Context) error) {
	began := r.Now()
	r.counts = nil
	if r.Watch != nil {
		r.Watch(StepResult{Step: name})
	}
	stepCtx, end := r.grace(ctx)
	defer end()
	err := fn(stepCtx)
	s := StepResult{Step: name, Outcome: Ran, Counts: r.counts, Err: err, Took: r.Now().Sub(began)}
	if err != nil {
		s.Outcome = Degraded
		r.log.Error("step degraded", "step", name, "error", err)
	} else {
		r.log.Info("step ran", append([]any{"step", name}, countArgs(r.counts)...)...)
	}
	if err := r.Ledger.EndStep(context.WithoutCancel(ctx), r.actor, r.row.ID, name, string(s.Outcome), describe(s)); err != nil {
		// The books cannot be written: nothing that the night does would hold.
		s.Outcome, s.Err = Failed, errors.Join(s.Err, err)
	}
	r.result.Steps = append(r.result.Steps, s)
	if worse(s.Outcome, r.result.Outcome) {
		r.result.Outcome = s.Outcome
	}
	if r.Watch != nil {
		r.Watch(s)
	}
}

// grace is a context that outlives ctx by the grace time.
func (r *run) grace(ctx context.Context) (context.Context, func()) {
	grace := r.Grace
	if grace == 0 {
		grace = 2 * time.Minute
	}
	inner, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		t := time.AfterFunc(grace, cancel)
		context.AfterFunc(inner, func() { t.Stop() })
	})
	return inner, func() { stop(); cancel() }
}

func (r *run) finish(ctx context.Context) {
	if err := r.Ledger.EndStep(context.WithoutCancel(ctx), r.actor, r.row.ID, "night", string(r.result.Outcome), ""); err != nil {
		r.result.Outcome = Failed
		r.result.Steps = append(r.result.Steps, StepResult{Step: "night", Outcome: Failed, Err: err})
	}
	r.log.Info("night ends", "outcome", r.result.Outcome)
}

func worse(a, b Outcome) bool {
	rank := map[Outcome]int{Ran: 0, Degraded: 1, Failed: 2}
	return rank[a] > rank[b]
}

// count adds to what the step did.
func (r *run) count(what string, n int64) {
	for i := range r.counts {
		if r.counts[i].What == what {
			r.counts[i].N += n
			return
		}
	}
	r.counts = append(r.counts, Count{what, n})
}

func countArgs(counts []Count) []any {
	var args []any
	for _, c := range counts {
		args = append(args, strings.ReplaceAll(c.What, " ", "_"), c.N)
	}
	return args
}

func describe(s StepResult) string {
	var b strings.Builder
	for _, c := range s.Counts {
		fmt.Fprintf(&b, "%s; ", c)
	}
	if s.Err != nil {
		b.WriteString(s.Err.Error())
	}
	return b.String()
}
