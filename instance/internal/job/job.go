// Package job does work later: a table of jobs, enqueued in the transaction
// that wants them, done at least once by whichever process leases them first.
// No timer holds product time: when the next job falls due is one query.
package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Job is work to do.
type Job struct {
	// Kind says which handler does it.
	Kind string
	// Key makes the job one of its kind: enqueuing it again changes nothing
	// while it waits. It is also all a handler is told: an id, never content.
	Key string
	// RunAt is the earliest time; the zero time means now.
	RunAt time.Time
}

// Enqueue adds a job in the caller's transaction. If one with the same kind
// and key waits already, the earlier of the two times counts; if it is being
// done at this moment, it is done once more.
func Enqueue(tx *database.Tx, j Job) error {
	if j.RunAt.IsZero() {
		j.RunAt = tx.Now()
	}
	_, err := tx.Exec(`INSERT INTO jobs (id, kind, unique_key, run_at, attempts, lease_until, last_error)
		VALUES ($1, $2, $3, $4, 0, 0, '')
		ON CONFLICT (kind, unique_key) DO UPDATE SET run_at =
			CASE WHEN jobs.lease_until > $5 OR excluded.run_at < jobs.run_at THEN excluded.run_at ELSE jobs.run_at END`,
		uuid.NewString(), j.Kind, j.Key, database.Micros(j.RunAt), database.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", j.Kind, err)
	}
	return tx.Wake()
}

// Cancel removes a waiting job.
func Cancel(tx *database.Tx, kind, key string) error {
	_, err := tx.Exec("DELETE FROM jobs WHERE kind = $1 AND unique_key = $2", kind, key)
	return err
}

// Next is when the next job falls due, and false if none waits. A sleeping
// community is woken then.
func Next(tx *database.Tx) (time.Time, bool, error) {
	var at int64
	err := tx.One([]any{&at}, "SELECT CASE WHEN lease_until > run_at THEN lease_until ELSE run_at END AS due FROM jobs ORDER BY due LIMIT 1")
	if errors.Is(err, database.ErrNone) {
		return time.Time{}, false, nil
	}
	return database.At(at), err == nil, err
}

// Handler does the jobs of a kind. It is called again if the process dies
// before it returns, so doing a job twice must be the same as doing it once.
// A time it returns is when the job should run again; the zero time ends it.
type Handler func(ctx context.Context, key string) (again time.Time, err error)

// Worker does jobs.
type Worker struct {
	DB       *database.DB
	Handlers map[string]Handler
	Log      *slog.Logger
}

// lease is how long one process keeps a job to itself.
const lease = 5 * time.Minute

// patience bounds how long a worker sleeps without looking: it is how late a
// job of a process that died may be taken over.
const patience = time.Minute

// Run does jobs until ctx ends.
func (w *Worker) Run(ctx context.Context) {
	for ctx.Err() == nil {
		woken := w.DB.Woken()
		_, err := w.Drain(ctx)
		if err != nil && ctx.Err() == nil {
			w.Log.ErrorContext(ctx, "jobs", "error", err)
		}
		timer := time.NewTimer(w.rest(ctx, err))
		select {
		case <-ctx.Done():
		case <-woken:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// pause is how long a worker waits when the database has refused it: a full
// disk is not asked a hundred times a second.
const pause = 5 * time.Second

// rest is how long there is nothing to do after Drain gave failed.
func (w *Worker) rest(ctx context.Context, failed error) time.Duration {
	if failed != nil {
		return pause
	}
	rest := patience
	err := w.DB.Read(ctx, func(tx *database.Tx) error {
		at, ok, err := Next(tx)
		if ok {
			rest = min(rest, max(at.Sub(tx.Now()), 0))
		}
		return err
	})
	if err != nil && ctx.Err() == nil {
		w.Log.ErrorContext(ctx, "look for the next job", "error", err)
	}
	// A job that cannot be leased now (somebody has it) must not spin.
	return max(rest, 10*time.Millisecond)
}

// Drain does every job that is due and gives how many.
func (w *Worker) Drain(ctx context.Context) (int, error) {
	for n := 0; ; n++ {
		did, err := w.one(ctx)
		if err != nil || !did {
			return n, err
		}
	}
}

type leased struct {
	id, kind, key string
	attempts      int
	runAt, until  int64
}

func (w *Worker) one(ctx context.Context) (bool, error) {
	j, err := w.take(ctx)
	if err != nil || j.id == "" {
		return false, err
	}
	handle, ok := w.Handlers[j.kind]
	if !ok {
		return true, w.finish(ctx, j, time.Time{}, fmt.Errorf("no handler for %s", j.kind))
	}
	again, err := attempt(ctx, handle, j.key)
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		w.Log.ErrorContext(ctx, "job", "kind", j.kind, "attempt", j.attempts, "error", err)
	}
	return true, w.finish(ctx, j, again, err)
}

// attempt calls a handler. A panic is a failure of that job and of no other.
func attempt(ctx context.Context, handle Handler, key string) (again time.Time, err error) {
	defer fault.Caught(&err)
	return handle(ctx, key)
}

// take leases the job that is due longest. Two processes that choose the same
// one are told apart by the condition on lease_until, checked again by the
// one that comes second.
func (w *Worker) take(ctx context.Context) (j leased, err error) {
	_, err = w.DB.Write(ctx, database.Op{Class: database.System, Name: "job.take"}, func(tx *database.Tx) (string, error) {
		if err := tx.Lock("jobs"); err != nil {
			return "", err
		}
		now := database.Micros(tx.Now())
		j.until = database.Micros(tx.Now().Add(lease))
		err := tx.One([]any{&j.id, &j.kind, &j.key, &j.attempts, &j.runAt}, `UPDATE jobs SET lease_until = $1, attempts = attempts + 1
			WHERE id = (SELECT id FROM jobs WHERE run_at <= $2 AND lease_until <= $2 ORDER BY run_at, id LIMIT 1) AND lease_until <= $2
			RETURNING id, kind, unique_key, attempts, run_at`, j.until, now)
		if errors.Is(err, database.ErrNone) {
			return "", nil
		}
		return "", err
	})
	return j, err
}

// finish ends a job, or plans its next time. A job that does not succeed is
// tried again after 1, 2, 4 … minutes, at most a day apart, and never dropped.
// Whoever was so slow that another process leased the job changes nothing: it
// is the other's now. When the job was enqueued anew while it ran, that time
// stays, if it is the earlier one.
func (w *Worker) finish(ctx context.Context, j leased, again time.Time, failed error) error {
	_, err := w.DB.Write(ctx, database.Op{Class: database.System, Name: "job.finish"}, func(tx *database.Tx) (string, error) {
		if failed == nil && again.IsZero() {
			n, err := tx.Exec("DELETE FROM jobs WHERE id = $1 AND lease_until = $2 AND run_at = $3", j.id, j.until, j.runAt)
			if err == nil && n == 0 { // enqueued again while it ran
				_, err = tx.Exec("UPDATE jobs SET lease_until = 0, attempts = 0 WHERE id = $1 AND lease_until = $2", j.id, j.until)
			}
			return "", err
		}
		reason := ""
		attempts := 0
		if failed != nil {
			reason, attempts = "the handler returned an error; the log has it", j.attempts
			again = tx.Now().Add(min(time.Minute<<min(j.attempts-1, 11), 24*time.Hour))
		}
		_, err := tx.Exec(`UPDATE jobs SET run_at = CASE WHEN run_at = $1 OR run_at > $2 THEN $2 ELSE run_at END, lease_until = 0, attempts = $3, last_error = $4
			WHERE id = $5 AND lease_until = $6`, j.runAt, database.Micros(again), attempts, reason, j.id, j.until)
		return "", err
	})
	return err
}
