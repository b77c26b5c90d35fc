package job_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/job"
)

// A process that outlived its lease must not end or plan the job that another
// one is doing by now.
func TestALateProcessLeavesTheJobToTheOther(t *testing.T) {
	for name, late := range map[string]error{"done": nil, "failed": errors.New("too late")} {
		t.Run(name, func(t *testing.T) {
			databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
				enqueue(t, db, job.Job{Kind: "test", Key: "a"})
				leased, over := make(chan struct{}), make(chan struct{})
				slow := worker(db, func(context.Context, string) (time.Time, error) {
					clock.Add(6 * time.Minute)
					close(leased)
					<-over
					return time.Time{}, late
				})
				slowEnded := make(chan error)
				go func() {
					_, err := slow.Drain(context.Background())
					slowEnded <- err
				}()
				<-leased
				third := 0
				other := worker(db, func(context.Context, string) (time.Time, error) {
					close(over)
					if err := <-slowEnded; err != nil {
						t.Error(err)
					}
					clock.Add(2 * time.Minute)
					drain(t, worker(db, func(context.Context, string) (time.Time, error) { third++; return time.Time{}, nil }))
					return time.Time{}, errors.New("again, please")
				})
				drain(t, other)
				if third != 0 {
					t.Error("a job was done while somebody had it on lease")
				}
				clock.Add(time.Hour)
				if n := drain(t, worker(db, func(context.Context, string) (time.Time, error) { return time.Time{}, nil })); n != 1 {
					t.Errorf("the other's job ran %d times afterwards, want 1", n)
				}
			})
		})
	}
}

// What is enqueued while a job of that name runs is not put off by the time at
// which that one wants to run again.
func TestEnqueuedWhileItRunsIsNotPutOff(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		runs := 0
		w := worker(db, func(context.Context, string) (time.Time, error) {
			if runs++; runs == 1 {
				enqueue(t, db, job.Job{Kind: "test", Key: "a"})
			}
			return clock.Now().Add(24 * time.Hour), nil
		})
		enqueue(t, db, job.Job{Kind: "test", Key: "a"})
		drain(t, w)
		if runs != 2 {
			t.Errorf("the job ran %d times, want 2", runs)
		}
		clock.Add(23 * time.Hour)
		if n := drain(t, w); n != 0 {
			t.Errorf("%d runs before the time it gave", n)
		}
	})
}
