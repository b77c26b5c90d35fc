package post

import (
	"context"
	"fmt"
	"strings"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Accept says which reply answers a question, with an empty answer that none
// does, for who asked it and for moderators, and gives the question's id. was is
// the answer that the form showed: if there is another one now, it answers
// fault.Conflict. One that the actor may not read counts as none.
func (o *Operations) Accept(ctx context.Context, a access.Actor, key, root, answer, was string) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Content, Name: "post.accept", Actor: a.ID(), Target: strings.Join([]string{root, answer, was}, "\n"), Key: key}, func(tx *database.Tx) (string, error) {
		r, err := begun(tx, a, root)
		if err != nil {
			return "", err
		}
		if r.kind != Question {
			return "", fault.Missing()
		}
		if err := judge(tx, a, r); err != nil {
			return "", err
		}
		question := []Post{{ID: root, Kind: Question}}
		if err := answers(tx, a, question); err != nil {
			return "", err
		}
		if question[0].AnswerID != was {
			return "", fault.New(fault.Conflict, "post.settled_meanwhile")
		}
		return root, accept(tx, a, r, answer)
	})
}

func accept(tx *database.Tx, a access.Actor, r row, answer string) error {
	var id any
	if answer != "" {
		if err := hold(tx, answer); err != nil {
			return err
		}
		x, err := find(tx, a, answer)
		if err != nil {
			return err
		}
		if x.deleted {
			return fault.New(fault.Conflict, "post.settled_meanwhile")
		}
		if x.root != r.id || x.id == r.id {
			return fault.New(fault.Invalid, "fault.bad_request")
		}
		id = answer
	}
	if _, err := tx.Exec("UPDATE posts SET answer_id = $1 WHERE id = $2", id, r.id); err != nil {
		return fmt.Errorf("accept an answer: %w", err)
	}
	fact.Record(tx, fact.Fact{Kind: Accepted, Actor: a.ID(), SubjectKind: "post", Subject: r.id, Place: r.space, Label: r.label.ID()})
	return nil
}

// Settle says that an offer is taken or a request solved, or that it is not, for
// who made it and for moderators, and gives its id. If that has been said
// already, it answers fault.Conflict.
func (o *Operations) Settle(ctx context.Context, a access.Actor, key, id string, on bool) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Content, Name: "post.settle", Actor: a.ID(), Target: fmt.Sprint(id, on), Key: key}, func(tx *database.Tx) (string, error) {
		r, err := begun(tx, a, id)
		if err != nil {
			return "", err
		}
		if !r.kind.ends() {
			return "", fault.Missing()
		}
		if err := judge(tx, a, r); err != nil {
			return "", err
		}
		if r.settled == on {
			return "", fault.New(fault.Conflict, "post.settled_meanwhile")
		}
		return id, sign(tx, a, r, "settled_at", on, Settled, Settled)
	})
}
