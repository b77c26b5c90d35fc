package fact

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/job"
)

// Consumer reacts to every fact exactly once, whichever of the processes that
// serve the community runs it, and in their order. A fact that it cannot react
// to does not keep it from the next ones: that one is tried again later, out of
// order, by RetryJob. So React looks at things as they are then.
type Consumer struct {
	// Name identifies the consumer for ever: its position is stored under it.
	Name string
	// React does its work in the transaction that moves the position. What
	// takes long, or leaves the database, it gives to a job.
	React func(tx *database.Tx, f Fact) error
}

// Consumers are all that the program has.
type Consumers []Consumer

// batch bounds the facts of one transaction.
const batch = 100

// Run brings a consumer to the head of the log and gives how many facts it has
// passed. Its error tells also of facts that it could not react to, which it has
// passed nevertheless.
func (c Consumer) Run(ctx context.Context, db *database.DB) (int, error) {
	total := 0
	var failed []error
	for {
		n, _, err := c.take(ctx, db, batch)
		if err != nil && ctx.Err() == nil {
			n, err = c.singly(ctx, db, &failed)
		}
		total += n
		if err != nil || n < batch {
			return total, errors.Join(append(failed, err)...)
		}
	}
}

// singly takes the facts of a batch that failed each by itself, and puts off
// those that fail.
func (c Consumer) singly(ctx context.Context, db *database.DB, failed *[]error) (int, error) {
	for n := range batch {
		taken, at, err := c.take(ctx, db, 1)
		if err != nil {
			// Without a position it was not the fact's fault.
			if at == 0 || ctx.Err() != nil {
				return n, err
			}
			*failed = append(*failed, err)
			if err := c.putOff(ctx, db, at); err != nil {
				return n, fmt.Errorf("put a fact off: %w", err)
			}
			continue
		}
		if taken == 0 {
			return n, nil
		}
	}
	return batch, nil
}

// take reacts to at most limit facts in one transaction, and gives how many, and
// the position of the one at which it failed.
func (c Consumer) take(ctx context.Context, db *database.DB, limit int) (n int, failed int64, err error) {
	_, err = db.Write(ctx, c.op(), func(tx *database.Tx) (string, error) {
		n, failed = 0, 0
		at, err := c.hold(tx)
		if err != nil {
			return "", err
		}
		facts, err := After(tx, at, limit)
		if err != nil || len(facts) == 0 {
			return "", err
		}
		for _, f := range facts {
			failed = f.Position
			if err := c.react(tx, f); err != nil {
				return "", err
			}
		}
		n = len(facts)
		return "", c.move(tx, facts[n-1].Position)
	})
	return n, failed, err
}

func (c Consumer) op() database.Op {
	return database.Op{Class: database.System, Name: "fact." + c.Name}
}

// hold keeps other processes from the consumer and gives its position.
func (c Consumer) hold(tx *database.Tx) (int64, error) {
	if err := tx.Lock("consumer " + c.Name); err != nil {
		return 0, err
	}
	return c.position(tx)
}

func (c Consumer) position(tx *database.Tx) (at int64, err error) {
	err = tx.One([]any{&at}, "SELECT position FROM fact_consumers WHERE name = $1", c.Name)
	if errors.Is(err, database.ErrNone) {
		return 0, nil
	}
	return at, err
}

func (c Consumer) move(tx *database.Tx, at int64) error {
	_, err := tx.Exec("INSERT INTO fact_consumers (name, position) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET position = excluded.position", c.Name, at)
	return err
}

// react calls React, as the cause of whatever that records.
func (c Consumer) react(tx *database.Tx, f Fact) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s reacts to %s: %w", c.Name, f.Kind, err)
		}
	}()
	defer fault.Caught(&err)
	tx.Note(cause{}, f)
	return c.React(tx, f)
}

// RetryJob is the kind of the job that Retry does.
const RetryJob = "fact.retry"

// soon is when a fact is tried again first; see package job for the times after.
const soon = time.Minute

// putOff passes a fact and leaves it to a job.
func (c Consumer) putOff(ctx context.Context, db *database.DB, at int64) error {
	_, err := db.Write(ctx, c.op(), func(tx *database.Tx) (string, error) {
		before, err := c.hold(tx)
		if err != nil {
			return "", err
		}
		next, err := After(tx, before, 1)
		if err != nil || len(next) == 0 || next[0].Position != at {
			return "", err // another process was luckier
		}
		if err := c.move(tx, at); err != nil {
			return "", err
		}
		return "", job.Enqueue(tx, job.Job{Kind: RetryJob, Key: c.Name + " " + strconv.FormatInt(at, 10), RunAt: tx.Now().Add(soon)})
	})
	return err
}

// ErrSetAside says that a fact has been forgotten before its consumer could
// react to it.
var ErrSetAside = errors.New("a fact was forgotten that nobody could react to")

// Retry does RetryJob: one consumer reacts to one fact that it had to put off.
// It may fail as often as it likes, until the fact is as old as facts get.
func (all Consumers) Retry(ctx context.Context, db *database.DB, key string) error {
	name, position, _ := strings.Cut(key, " ")
	at, err := strconv.ParseInt(position, 10, 64)
	if err != nil {
		return fmt.Errorf("read the key of a retry: %w", err)
	}
	c := Consumer{Name: name}
	_, err = db.Write(ctx, c.op(), func(tx *database.Tx) (string, error) {
		if _, err := c.hold(tx); err != nil {
			return "", err
		}
		// The job goes with its work: whoever is late finds it done.
		waits, err := tx.Has("SELECT 1 FROM jobs WHERE kind = $1 AND unique_key = $2", RetryJob, key)
		if err != nil || !waits {
			return "", err
		}
		facts, err := After(tx, at-1, 1)
		if err != nil {
			return "", err
		}
		if len(facts) == 0 || facts[0].Position != at {
			return "", fmt.Errorf("%s: %w", name, ErrSetAside)
		}
		i := slices.IndexFunc(all, func(c Consumer) bool { return c.Name == name })
		if i < 0 {
			return "", fmt.Errorf("there is no consumer %s", name)
		}
		if err := all[i].react(tx, facts[0]); err != nil {
			return "", err
		}
		return "", job.Cancel(tx, RetryJob, key)
	})
	return err
}
