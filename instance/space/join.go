package space

import (
	"context"
	"errors"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
)

// Join puts the actor into an open or public space.
func (o *Operations) Join(ctx context.Context, a access.Actor, key, id string) (string, error) {
	op := database.Op{Class: database.Content, Name: "space.join", Actor: a.ID(), Target: id, Key: key}
	return o.in(ctx, a, op, id, access.JoinSpace, func(tx *database.Tx, _ Space) error {
		return enter(tx, a, id, a.ID())
	})
}

// Ask asks to be let into a closed space.
func (o *Operations) Ask(ctx context.Context, a access.Actor, key, id string) (string, error) {
	op := database.Op{Class: database.Content, Name: "space.ask", Actor: a.ID(), Target: id, Key: key}
	return o.in(ctx, a, op, id, access.AskForSpace, func(tx *database.Tx, _ Space) error {
		return Request(tx, a, id)
	})
}

// Request asks to be let into a space, in the transaction of whoever knows that
// the actor may: an invitation leads also to spaces that she could not find.
func Request(tx *database.Tx, a access.Actor, id string) error {
	n, err := tx.Exec("INSERT INTO space_requests (space_id, member_id, asked_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", id, a.ID(), database.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("ask for a space: %w", err)
	}
	if n > 0 {
		record(tx, Asked, a.ID(), id, a.ID())
	}
	return nil
}

// in runs do on a space that the actor may know of, if she may do that there.
// Nobody else changes the space or who is in it meanwhile.
func (o *Operations) in(ctx context.Context, a access.Actor, op database.Op, id string, v access.Verb, do func(*database.Tx, Space) error) (string, error) {
	return o.DB.Write(ctx, op, func(tx *database.Tx) (string, error) {
		if err := hold(tx, id); err != nil {
			return "", err
		}
		s, err := One(tx, a, id)
		if err != nil {
			return "", err
		}
		if _, err := access.Authorise(tx, a, v, id); err != nil {
			return "", err
		}
		return id, do(tx, s)
	})
}

// enter puts somebody into a space and records it.
func enter(tx *database.Tx, by access.Actor, id, who string) error {
	came, err := put(tx, id, who, Member)
	if err == nil && came {
		record(tx, Joined, by.ID(), id, who)
	}
	return err
}

// record tells of somebody in a space. Who is in it is for those who read it.
func record(tx *database.Tx, k fact.Kind, by, id, who string) {
	fact.Record(tx, fact.Fact{Kind: k, Actor: by, SubjectKind: "member", Subject: who, Place: id, Label: access.InSpace(id).ID()})
}

// Seen notes up to which post the actor has seen what was said in a space, and
// not when she looked: nobody can read from it when she was here. It writes only
// where something was said since the last time.
func (o *Operations) Seen(ctx context.Context, a access.Actor, id string) error {
	var newest int64
	err := o.DB.Read(ctx, func(tx *database.Tx) error {
		return tx.One([]any{&newest}, `SELECT p.created_at FROM space_members sm JOIN posts p ON p.space_id = sm.space_id AND p.created_at > sm.seen_at
			WHERE sm.space_id = $3 AND sm.member_id = $1 AND `+access.Readable("p")+" ORDER BY p.created_at DESC LIMIT 1", a.Args(id)...)
	})
	if errors.Is(err, database.ErrNone) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for news: %w", err)
	}
	_, err = o.DB.Write(ctx, database.Op{Class: database.Own, Name: "space.seen", Actor: a.ID()}, func(tx *database.Tx) (string, error) {
		_, err := tx.Exec("UPDATE space_members SET seen_at = $1 WHERE space_id = $2 AND member_id = $3 AND seen_at < $1", newest, id, a.ID())
		return id, err
	})
	return err
}
