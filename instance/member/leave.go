package member

import (
	"context"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/job"
)

const (
	// Grace is how long somebody who leaves can change her mind.
	Grace = 14 * 24 * time.Hour
	// RemovedGrace is how long somebody who was removed can still sign in to
	// take her things with her (P56).
	RemovedGrace = 60 * 24 * time.Hour
	// EraseJob is the kind of the job that erases whoever has left. Its key is
	// the member's id; package portability does it.
	EraseJob = "portability.erase"
)

// Departure is how somebody goes.
type Departure struct {
	// After is how long until she is erased.
	After time.Duration
	// ErasePosts takes what she said with her; else it stays, as said by a
	// former member.
	ErasePosts bool
}

// Depart begins somebody's leaving, in the caller's transaction: from now on
// she reads nothing and is shown nowhere, and when the time is up a job erases
// her. It refuses the last owner with ErrLastOwner and checks no right.
func Depart(tx *database.Tx, by access.Actor, id string, d Departure) error {
	if err := keepOwner(tx, id); err != nil {
		return err
	}
	at := tx.Now().Add(d.After)
	n, err := tx.Exec("UPDATE members SET state = 'leaving', left_at = $1, erase_at = $2, erase_posts = $3, version = version + 1 WHERE id = $4 AND state IN ('active', 'leaving')",
		database.Micros(tx.Now()), database.Micros(at), d.ErasePosts, id)
	if err != nil {
		return fmt.Errorf("begin to leave: %w", err)
	}
	if n == 0 {
		return fault.Missing()
	}
	if _, err := tx.Exec("DELETE FROM transfers WHERE to_member = $1 OR from_member = $1", id); err != nil {
		return fmt.Errorf("end offers: %w", err)
	}
	// For good: whoever stays after all makes new ones.
	if err := HoldFeeds(tx, id); err != nil {
		return err
	}
	if _, err := tx.Exec("DELETE FROM feeds WHERE member_id = $1", id); err != nil {
		return fmt.Errorf("end the addresses of feeds: %w", err)
	}
	if err := job.Cancel(tx, EraseJob, id); err != nil {
		return err
	}
	if err := job.Enqueue(tx, job.Job{Kind: EraseJob, Key: id, RunAt: at}); err != nil {
		return err
	}
	fact.Record(tx, fact.Fact{Kind: Left, Actor: by.ID(), SubjectKind: "member", Subject: id, Label: access.ForMembers().ID()})
	return nil
}

// HoldFeeds keeps a member's addresses of feeds as they are until the transaction
// ends.
func HoldFeeds(tx *database.Tx, id string) error { return tx.Lock("feeds:" + id) }

// Stay ends the leaving of somebody who changed her mind, in the caller's
// transaction. Whom the community removed it refuses. It checks no right.
func Stay(tx *database.Tx, id string) error {
	n, err := tx.Exec(`UPDATE members SET state = 'active', left_at = NULL, erase_at = NULL, erase_posts = $1, version = version + 1 WHERE id = $2 AND state = 'leaving'
		AND NOT EXISTS (SELECT 1 FROM requests r WHERE r.member_id = members.id AND r.accepted = $1)`, false, id)
	if err != nil {
		return fmt.Errorf("stay: %w", err)
	}
	if n == 0 {
		return fault.New(fault.Forbidden, "member.stay_removed")
	}
	if err := job.Cancel(tx, EraseJob, id); err != nil {
		return err
	}
	fact.Record(tx, fact.Fact{Kind: Stayed, Actor: id, SubjectKind: "member", Subject: id, Label: access.ForMembers().ID()})
	return nil
}

// Remove puts somebody out of the community. Moderators do it to members and
// guests, owners also to moderators. She reads nothing any more, her words
// stay, and for RemovedGrace she can sign in to take her things with her or to
// have them erased. That she was removed is kept as the community's answer to
// her request to be here.
func (o *Operations) Remove(ctx context.Context, a access.Actor, key, id string) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Care, Name: "member.remove", Actor: a.ID(), Target: id, Key: key}, func(tx *database.Tx) (string, error) {
		p, err := Look(tx, a, id)
		if err != nil {
			return "", err
		}
		st, err := access.Authorise(tx, a, access.RemoveMembers, "")
		if err != nil {
			return "", err
		}
		if p.Mine || !Above(st.Role, p.Role) {
			return "", fault.New(fault.Forbidden, "member.remove_rank")
		}
		if err := Depart(tx, a, id, Departure{After: RemovedGrace}); err != nil {
			return "", err
		}
		_, err = tx.Exec(`INSERT INTO requests (member_id, answer, asked_at, decided_at, decided_by, accepted) VALUES ($1, '', $2, $2, $3, $4)
			ON CONFLICT (member_id) DO UPDATE SET answer = '', decided_at = excluded.decided_at, decided_by = excluded.decided_by, accepted = excluded.accepted`,
			id, database.Micros(tx.Now()), a.ID(), false)
		if err != nil {
			return "", fmt.Errorf("keep the decision: %w", err)
		}
		fact.Record(tx, fact.Fact{Kind: Removed, Actor: a.ID(), SubjectKind: "member", Subject: id, Label: access.ForMembers().ID()})
		return id, nil
	})
}

// Above says whether somebody of one role may remove somebody of the other.
func Above(a, b access.Role) bool {
	if a == access.Owner {
		return b != access.Owner
	}
	return a == access.Moderator && (b == access.FullRole || b == access.Guest)
}
