package poll

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
)

// hold keeps everybody else from changing a poll until the transaction ends.
func hold(tx *database.Tx, post string) error { return tx.Lock("poll:" + post) }

// Choose votes in a named poll, or takes the actor's vote back with an empty one,
// and gives the post's id. was is her vote as the form showed it: if she voted
// elsewhere meanwhile, it answers fault.Conflict.
func (o *Operations) Choose(ctx context.Context, a access.Actor, key, post string, v Vote, was string) (string, error) {
	op := database.Op{Class: database.Content, Name: "poll.choose", Actor: a.ID(), Target: strings.Join([]string{post, v.String(), was}, "\n"), Key: key}
	return o.DB.Write(ctx, op, func(tx *database.Tx) (string, error) {
		if err := hold(tx, post); err != nil {
			return "", err
		}
		r, err := find(tx, a, post)
		if err != nil {
			return "", err
		}
		if r.Secret {
			return "", fault.New(fault.Invalid, "fault.bad_request")
		}
		if err := r.takes(tx, a); err != nil {
			return "", err
		}
		if len(v) > 0 {
			if v, err = r.check(v); err != nil {
				return "", err
			}
		}
		votes, err := ballots(tx, post)
		if err != nil {
			return "", err
		}
		if now := votes[a.ID()]; now.String() != was {
			return "", r.meanwhile(now)
		}
		return post, choose(tx, a, r, v)
	})
}

// meanwhile says what her vote is by now, for who sends another from a form that
// did not know it.
func (p Poll) meanwhile(now Vote) error {
	if len(now) == 0 {
		return fault.New(fault.Conflict, "poll.taken_meanwhile")
	}
	return fault.New(fault.Conflict, "poll.voted_meanwhile").With("choice", p.Chosen(now))
}

// takes says whether a poll takes a vote of the actor now, whatever the job that
// closes it has done.
func (r row) takes(tx *database.Tx, a access.Actor) error {
	if _, err := access.Authorise(tx, a, access.Vote, r.space); err != nil {
		return err
	}
	if !r.Running(tx.Now()) {
		return fault.New(fault.Conflict, "poll.closed")
	}
	return nil
}

// Chosen are the words of what somebody chose.
func (p Poll) Chosen(v Vote) string {
	all := make([]string, 0, len(v))
	for _, place := range v {
		all = append(all, p.Options[place])
	}
	return strings.Join(all, ", ")
}

// check gives a vote as it is stored, or what is wrong with it. No error names an
// option: nothing of a secret vote may get into a log.
func (p Poll) check(v Vote) (Vote, error) {
	if len(v) == 0 {
		return nil, fault.Bad("choice", "poll.nothing")
	}
	seen := map[int]bool{}
	for _, place := range v {
		if place < 0 || place >= len(p.Options) || seen[place] {
			return nil, fault.Bad("choice", "fault.bad_request")
		}
		seen[place] = true
	}
	if len(v) > p.Most {
		return nil, fault.Bad("choice", "poll.too_many").With("max", p.Most)
	}
	if p.Method == Ranked {
		return slices.Clone(v), nil
	}
	return ordered(v), nil
}

func choose(tx *database.Tx, a access.Actor, r row, v Vote) error {
	if _, err := tx.Exec("DELETE FROM poll_votes WHERE post_id = $1 AND actor_id = $2", r.Post, a.ID()); err != nil {
		return fmt.Errorf("take a vote back: %w", err)
	}
	for rank, place := range v {
		if _, err := tx.Exec("INSERT INTO poll_votes (post_id, actor_id, place, rank) VALUES ($1, $2, $3, $4)", r.Post, a.ID(), place, rank); err != nil {
			return fmt.Errorf("store a vote: %w", err)
		}
	}
	if _, err := tx.Exec("UPDATE polls SET begun = $1 WHERE post_id = $2", true, r.Post); err != nil {
		return fmt.Errorf("note that somebody voted: %w", err)
	}
	fact.Record(tx, fact.Fact{Kind: Voted, Actor: a.ID(), SubjectKind: "post", Subject: r.Post, Place: r.space, Label: r.label})
	return nil
}
