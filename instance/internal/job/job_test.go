package job_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/job"
)

func enqueue(t *testing.T, db *database.DB, jobs ...job.Job) {
	t.Helper()
	_, err := db.Write(context.Background(), database.Op{}, func(tx *database.Tx) (string, error) {
		for _, j := range jobs {
			if err := job.Enqueue(tx, j); err != nil {
				return "", err
			}
		}
		return "", nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func worker(db *database.DB, h job.Handler) *job.Worker {
	return &job.Worker{DB: db, Handlers: map[string]job.Handler{"test": h}, Log: slog.New(slog.DiscardHandler)}
}

func drain(t *testing.T, w *job.Worker) int {
	t.Helper()
	n, err := w.Drain(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestEachJobIsDoneOnceByManyWorkers(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		const workers = 4
		var mu sync.Mutex
		var together sync.WaitGroup
		together.Add(workers)
		done, begun := map[string]int{}, 0
		w := worker(db, func(_ context.Context, key string) (time.Time, error) {
			mu.Lock()
			done[key]++
			begun++
			first := begun <= workers
			mu.Unlock()
			if first { // each of them has a job before any of these is done
				together.Done()
				together.Wait()
			}
			return time.Time{}, nil
		})
		for i := range 40 {
			enqueue(t, db, job.Job{Kind: "test", Key: fmt.Sprint(i)}, job.Job{Kind: "test", Key: fmt.Sprint(i)})
		}
		var wg sync.WaitGroup
		for range workers {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if _, err := w.Drain(context.Background()); err != nil {
					t.Error(err)
				}
			}()
		}
		wg.Wait()
		if len(done) != 40 {
			t.Errorf("%d of 40 jobs were done", len(done))
		}
		for k, n := range done {
			if n != 1 {
				t.Errorf("job %s was done %d times", k, n)
			}
		}
	})
}

func TestJobsWaitForTheirTimeAndComeBackAfterAnError(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		fails := 2
		w := worker(db, func(context.Context, string) (time.Time, error) {
			if fails > 0 {
				fails--
				return time.Time{}, errors.New("not yet")
			}
			return time.Time{}, nil
		})
		enqueue(t, db, job.Job{Kind: "test", Key: "a", RunAt: clock.Now().Add(time.Hour)})
		if n := drain(t, w); n != 0 {
			t.Fatalf("%d jobs ran before their time", n)
		}
		clock.Add(time.Hour)
		for _, step := range []struct {
			wait time.Duration
			runs int
		}{{0, 1}, {59 * time.Second, 0}, {time.Second, 1}, {time.Minute, 0}, {time.Minute, 1}, {24 * time.Hour, 0}} {
			clock.Add(step.wait)
			if n := drain(t, w); n != step.runs {
				t.Fatalf("after %v more, %d runs, want %d", step.wait, n, step.runs)
			}
		}
	})
}

func TestAJobOfADeadProcessIsTakenOver(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		enqueue(t, db, job.Job{Kind: "test", Key: "a"})
		ctx, die := context.WithCancel(context.Background())
		dying := worker(db, func(context.Context, string) (time.Time, error) { die(); return time.Time{}, nil })
		if _, err := dying.Drain(ctx); !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v, want the context's end", err)
		}
		ran := 0
		other := worker(db, func(context.Context, string) (time.Time, error) { ran++; return time.Time{}, nil })
		drain(t, other)
		if ran != 0 {
			t.Error("a leased job was taken")
		}
		clock.Add(6 * time.Minute)
		drain(t, other)
		if ran != 1 {
			t.Errorf("after its lease the job ran %d times, want 1", ran)
		}
	})
}

func TestAJobMayComeAgain(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		ran := 0
		w := worker(db, func(context.Context, string) (time.Time, error) {
			ran++
			return db.Now().Add(24 * time.Hour), nil
		})
		enqueue(t, db, job.Job{Kind: "test", Key: "daily"})
		drain(t, w)
		drain(t, w)
		clock.Add(25 * time.Hour)
		drain(t, w)
		if ran != 2 {
			t.Errorf("a daily job ran %d times in two days", ran)
		}
		if err := db.Read(context.Background(), func(tx *database.Tx) error {
			at, ok, err := job.Next(tx)
			if !ok || at.Before(tx.Now().Add(23*time.Hour)) {
				t.Errorf("the next is due at %v (%v)", at, ok)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAJobEnqueuedWhileItRunsIsDoneAgain(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		ran := 0
		w := worker(db, func(context.Context, string) (time.Time, error) {
			ran++
			if ran == 1 {
				enqueue(t, db, job.Job{Kind: "test", Key: "a"})
			}
			return time.Time{}, nil
		})
		enqueue(t, db, job.Job{Kind: "test", Key: "a"})
		drain(t, w)
		if ran != 2 {
			t.Errorf("ran %d times, want 2", ran)
		}
	})
}

// A handler that panics ends neither the worker nor the program, and its job
// comes again like every other that failed.
func TestAJobThatPanicsHasFailedAndOthersAreDone(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		ran := map[string]int{}
		w := worker(db, func(_ context.Context, key string) (time.Time, error) {
			if ran[key]++; key == "a" && ran[key] == 1 {
				panic("no such thing")
			}
			return time.Time{}, nil
		})
		enqueue(t, db, job.Job{Kind: "test", Key: "a"}, job.Job{Kind: "test", Key: "b"})
		drain(t, w)
		if ran["a"] != 1 || ran["b"] != 1 {
			t.Errorf("at first they ran %v times, want once each", ran)
		}
		clock.Add(time.Minute)
		drain(t, w)
		if ran["a"] != 2 || ran["b"] != 1 {
			t.Errorf("after a minute they ran %v times, want the first once more", ran)
		}
	})
}
