package joining

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/erasure"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/job"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/space"
)

const (
	// Remembered is how long somebody who was turned down can read that she was.
	Remembered = 14 * 24 * time.Hour
	// Unanswered is how long a request waits for an answer.
	Unanswered = 30 * 24 * time.Hour
)

// Forget is the kind of the job that deletes whom the community turned down or
// did not answer. Its key is the member's id.
const Forget = "joining.forget"

// forgetAt is when somebody is forgotten who asked and was turned down at these
// times; 0 is not yet.
func forgetAt(asked, declined int64) time.Time {
	if declined > 0 {
		return database.At(declined).Add(Remembered)
	}
	return database.At(asked).Add(Unanswered)
}

// Decide answers a request. The first answer counts; whoever comes second is
// told who was first, as a fault of kind Conflict.
func (o *Operations) Decide(ctx context.Context, a access.Actor, key, id string, accept bool) (string, error) {
	op := database.Op{Class: database.Care, Name: "joining.decide", Actor: a.ID(), Target: fmt.Sprint(id, accept), Key: key}
	return o.DB.Write(ctx, op, func(tx *database.Tx) (string, error) {
		if _, err := access.Authorise(tx, a, access.DecideRequests, ""); err != nil {
			return "", err
		}
		if err := tx.Lock("request:" + id); err != nil {
			return "", err
		}
		n, err := tx.Exec("UPDATE requests SET decided_at = $1, decided_by = $2, accepted = $3 WHERE member_id = $4 AND decided_at IS NULL",
			database.Micros(tx.Now()), a.ID(), accept, id)
		if err != nil {
			return "", fmt.Errorf("answer the request: %w", err)
		}
		if n == 0 {
			return "", decidedAlready(tx, a, id)
		}
		fact.Record(tx, fact.Fact{Kind: Decided, Actor: a.ID(), SubjectKind: "member", Subject: id, Label: access.ForMembers().ID()})
		if !accept {
			return id, turnDown(tx, id)
		}
		return id, letIn(tx, id)
	})
}

func decidedAlready(tx *database.Tx, a access.Actor, id string) error {
	var by string
	var accepted bool
	err := tx.One([]any{&by, &accepted}, "SELECT coalesce(decided_by, ''), coalesce(accepted, $2) FROM requests WHERE member_id = $1", id, false)
	if errors.Is(err, database.ErrNone) {
		return fault.New(fault.Conflict, "joining.withdrawn")
	}
	if err != nil {
		return err
	}
	name, err := sees(tx, a, by)
	if err != nil {
		return err
	}
	answer := "no"
	if accepted {
		answer = "yes"
	}
	if name == "" {
		return fault.New(fault.Conflict, "joining.decided_gone").With("answer", answer)
	}
	return fault.New(fault.Conflict, "joining.decided").With("name", name).With("answer", answer)
}

// letIn makes a member of who waited. The answer to the question has done its
// work and is not kept.
func letIn(tx *database.Tx, id string) error {
	now := database.Micros(tx.Now())
	var role access.Role
	err := tx.One([]any{&role}, "UPDATE members SET state = 'active', joined_at = $1, version = version + 1 WHERE id = $2 AND state = 'pending' RETURNING role", now, id)
	if errors.Is(err, database.ErrNone) {
		return fault.New(fault.Conflict, "joining.withdrawn")
	}
	if err != nil {
		return fmt.Errorf("let somebody in: %w", err)
	}
	if _, err := tx.Exec("UPDATE requests SET answer = '' WHERE member_id = $1", id); err != nil {
		return err
	}
	// The space she was invited to begins for her now, not when she asked.
	if _, err := tx.Exec("UPDATE space_members SET joined_at = $1, seen_at = $1 WHERE member_id = $2", now, id); err != nil {
		return err
	}
	if role != access.Guest {
		if err := space.Arrive(tx, id); err != nil {
			return err
		}
	}
	if err := job.Cancel(tx, Forget, id); err != nil {
		return err
	}
	fact.Record(tx, fact.Fact{Kind: member.Joined, Actor: id, SubjectKind: "member", Subject: id, Label: access.ForMembers().ID()})
	return nil
}

// turnDown keeps somebody only for as long as she should be able to read the
// answer. She reads nothing else.
func turnDown(tx *database.Tx, id string) error {
	if _, err := tx.Exec("UPDATE requests SET answer = '' WHERE member_id = $1", id); err != nil {
		return err
	}
	if _, err := tx.Exec("DELETE FROM space_members WHERE member_id = $1", id); err != nil {
		return err
	}
	if err := job.Cancel(tx, Forget, id); err != nil { // of two times the earlier would count
		return err
	}
	return job.Enqueue(tx, job.Job{Kind: Forget, Key: id, RunAt: tx.Now().Add(Remembered)})
}

// Withdraw takes the actor's request back and deletes everything about her at
// once. It works as long as she is not a member, also when she was turned down.
func (o *Operations) Withdraw(ctx context.Context, a access.Actor, key string) error {
	_, err := o.DB.Write(ctx, database.Op{Class: database.Own, Name: "joining.withdraw", Actor: a.ID(), Target: a.ID(), Key: key}, func(tx *database.Tx) (string, error) {
		if err := job.Cancel(tx, Forget, a.ID()); err != nil {
			return "", err
		}
		return "", remove(tx, a.ID())
	})
	return err
}

// Expire does the job Forget, if its time has come: an answer may have moved it.
func (o *Operations) Expire(ctx context.Context, id string) (again time.Time, err error) {
	_, err = o.DB.Write(ctx, database.Op{Class: database.System, Name: Forget}, func(tx *database.Tx) (string, error) {
		if err := tx.Lock("request:" + id); err != nil {
			return "", err
		}
		var asked, decided int64
		err := tx.One([]any{&asked, &decided}, "SELECT asked_at, coalesce(decided_at, 0) FROM requests WHERE member_id = $1", id)
		if errors.Is(err, database.ErrNone) {
			return "", nil
		}
		if err != nil {
			return "", fmt.Errorf("look for the request: %w", err)
		}
		if at := forgetAt(asked, decided); at.After(tx.Now()) {
			again = at
			return "", nil
		}
		if err := remove(tx, id); !fault.Is(err, fault.NotFound) {
			return "", err
		}
		return "", nil
	})
	return again, err
}

// remove deletes somebody who never was a member, row by row: she has written
// nothing, so nothing of others hangs on her. Her handle is free again, since
// nobody has seen it. It gives fault.Missing for everybody else.
func remove(tx *database.Tx, id string) error {
	if err := tx.Lock("request:" + id); err != nil {
		return err
	}
	pending, err := tx.Has("SELECT 1 FROM members WHERE id = $1 AND state = 'pending' -- unfiltered: her own row", id)
	if err != nil {
		return err
	}
	if !pending {
		return fault.Missing()
	}
	if err := signin.Erase(tx, id); err != nil {
		return err
	}
	if err := tx.Unindex(id); err != nil {
		return err
	}
	for _, statement := range []string{
		"DELETE FROM requests WHERE member_id = $1",
		"DELETE FROM space_members WHERE member_id = $1",
		"DELETE FROM handles WHERE subject_id = $1",
		"DELETE FROM members WHERE id = $1",
		"DELETE FROM actors WHERE id = $1",
	} {
		if _, err := tx.Exec(statement, id); err != nil {
			return fmt.Errorf("delete who is not let in: %w", err)
		}
	}
	if err := erasure.Record(tx, Erasure, id); err != nil {
		return err
	}
	return job.Wipe(tx)
}
