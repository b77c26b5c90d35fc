package poll

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/blob"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/job"
)

// The jobs that end a poll when its time is over, and that destroy the key of one
// that has ended.
const (
	CloseJob = "poll.close"
	BurnJob  = "poll.burn"
)

// End ends a poll before its time, for who put it and for who moderates the space,
// and gives the post's id. One that has ended already is fault.Conflict.
func (o *Operations) End(ctx context.Context, a access.Actor, key, post string) (string, error) {
	var r row
	err := o.DB.Read(ctx, func(tx *database.Tx) (err error) {
		r, err = find(tx, a, post)
		return err
	})
	if err != nil {
		return "", err
	}
	k, lost, err := o.keyOf(ctx, r)
	if err != nil {
		return "", err
	}
	return o.DB.Write(ctx, database.Op{Class: database.Content, Name: "poll.end", Actor: a.ID(), Target: post, Key: key}, func(tx *database.Tx) (string, error) {
		if err := hold(tx, post); err != nil {
			return "", err
		}
		r, err := find(tx, a, post)
		if err != nil {
			return "", err
		}
		verb := access.EndPoll
		if access.Owns(a, r.author) {
			verb = access.Vote
		}
		if _, err := access.Authorise(tx, a, verb, r.space); err != nil {
			return "", err
		}
		if !r.Running(tx.Now()) {
			return "", fault.New(fault.Conflict, "poll.ended_meanwhile")
		}
		if _, err := tx.Exec("UPDATE polls SET closed_by = $1 WHERE post_id = $2", a.ID(), post); err != nil {
			return "", fmt.Errorf("note who ended a poll: %w", err)
		}
		if err := job.Cancel(tx, CloseJob, post); err != nil {
			return "", err
		}
		return post, closing(tx, a.ID(), r, k, lost)
	})
}

// Close does CloseJob.
func (o *Operations) Close(ctx context.Context, post string) (time.Time, error) {
	var r row
	err := o.DB.Read(ctx, func(tx *database.Tx) (err error) {
		r, err = anyhow(tx, post)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return time.Time{}, nil // deleted meanwhile
	}
	if err != nil {
		return time.Time{}, err
	}
	k, lost, err := o.keyOf(ctx, r)
	if err != nil {
		return time.Time{}, err
	}
	_, err = o.DB.Write(ctx, database.Op{Class: database.System, Name: CloseJob}, func(tx *database.Tx) (string, error) {
		if err := hold(tx, post); err != nil {
			return "", err
		}
		r, err := anyhow(tx, post)
		if fault.Is(err, fault.NotFound) || err == nil && r.State != Open {
			return "", nil
		}
		if err != nil {
			return "", err
		}
		return "", closing(tx, access.SystemID, r, k, lost)
	})
	return time.Time{}, err
}

// keyOf gives the key of a secret poll that is open, or says that it is lost. It
// is asked for outside of any transaction.
func (o *Operations) keyOf(ctx context.Context, r row) (k Key, lost bool, err error) {
	if !r.Secret || r.State != Open {
		return k, false, nil
	}
	k, err = o.key(ctx, r.folder)
	if errors.Is(err, errNoKey) {
		return k, true, nil
	}
	return k, false, err
}

// closing ends an open poll with its result. Ballots of which nothing is told are
// not kept.
func closing(tx *database.Tx, by string, r row, k Key, lost bool) error {
	state, result := Ended, ""
	if lost {
		state = Lost
	} else {
		counted, err := count(tx, r, k)
		if err != nil {
			return err
		}
		b, err := json.Marshal(counted)
		if err != nil {
			return fmt.Errorf("write the result of a poll: %w", err)
		}
		result = string(b)
	}
	if _, err := tx.Exec("UPDATE polls SET state = $1, result = $2, folder = '', urn = NULL WHERE post_id = $3", string(state), result, r.Post); err != nil {
		return fmt.Errorf("end a poll: %w", err)
	}
	fact.Record(tx, fact.Fact{Kind: Closed, Actor: by, SubjectKind: "post", Subject: r.Post, Place: r.space, Label: r.label})
	return burn(tx, r.folder)
}

// burn has a key destroyed right after this transaction.
func burn(tx *database.Tx, folder string) error {
	if folder == "" {
		return nil
	}
	if err := job.Enqueue(tx, job.Job{Kind: BurnJob, Key: folder}); err != nil {
		return err
	}
	return job.Wipe(tx)
}

func count(tx *database.Tx, r row, k Key) (*Result, error) {
	if !r.Secret {
		votes, err := ballots(tx, r.Post)
		return tally(r.Poll, given(votes)), err
	}
	u, err := open(k, r.Post, r.urn)
	if err != nil {
		return nil, err
	}
	return u.result(r.Poll), nil
}

// Burn does BurnJob.
func (o *Operations) Burn(ctx context.Context, folder string) (time.Time, error) {
	o.recent.forget(folder)
	if o.Urns == nil {
		return time.Time{}, blob.ErrDown
	}
	return time.Time{}, o.Urns.Drop(ctx, folder)
}
