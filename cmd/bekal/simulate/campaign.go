package simulate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
)

// Campaign is many courses that differ in their seeds alone.
type Campaign struct {
	Options Options // of the first; Dir is the folder in which each gets one of its own
	Seeds   int     // as many courses, each with the next seed
	Jobs    int     // that are played at once
	// Done hears of each course, in the order of the seeds.
	Done func(Result)
}

// Run plays the courses. Neither one with violations ends it nor one that broke
// off: a long campaign is to tell all that it can find out.
func (g Campaign) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	type ended struct {
		result Result
		err    error
	}
	// A place for each course, so that nobody waits for a slower one before it.
	slots := make([]chan ended, g.Seeds)
	for i := range slots {
		slots[i] = make(chan ended, 1)
	}
	next := make(chan int)
	var workers sync.WaitGroup
	for range max(1, min(g.Jobs, g.Seeds)) {
		workers.Go(func() {
			for i := range next {
				r, err := g.course(ctx, i)
				slots[i] <- ended{r, err}
			}
		})
	}
	workers.Go(func() {
		defer close(next)
		for i := range g.Seeds {
			select {
			case next <- i:
			case <-ctx.Done():
				return
			}
		}
	})
	defer workers.Wait()
	defer stop()
	for _, slot := range slots {
		select {
		case e := <-slot:
			if err := ctx.Err(); err != nil {
				return err
			}
			if wrong := (*OptionsError)(nil); errors.As(e.err, &wrong) {
				return e.err // no course can be played
			}
			e.result.Broken = e.err
			g.Done(e.result)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (g Campaign) course(ctx context.Context, i int) (r Result, err error) {
	o := g.Options
	o.Seed += uint64(i)
	o.Dir = filepath.Join(g.Options.Dir, "seed-"+strconv.FormatUint(o.Seed, 10))
	if err := os.Mkdir(o.Dir, 0o700); err != nil {
		return Result{Options: o}, fmt.Errorf("simulate: seed %d: %w", o.Seed, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(o.Dir)) }()
	return Run(ctx, o)
}
