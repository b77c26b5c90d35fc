package post

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
)

// React sets a sign under a post, or takes it away again. It never moves a
// post in any list. Doing it twice is doing it once, so it needs no key.
func (o *Operations) React(ctx context.Context, a access.Actor, id string, kind Sign, on bool) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Content, Name: "post.react", Actor: a.ID()}, func(tx *database.Tx) (string, error) {
		r, err := held(tx, a, id, find)
		if err != nil {
			return "", err
		}
		if r.deleted || !kind.known() {
			return "", fault.Missing()
		}
		if _, err := access.Authorise(tx, a, access.React, r.space); err != nil {
			return "", err
		}
		// Two runs of an agent with different clearances react apart: if the
		// second found the first one's row, its readers could tell.
		label, err := access.Intern(tx, a.Mark(r.label))
		if err != nil {
			return "", err
		}
		did := Reacted
		var n int64
		if on {
			n, err = tx.Exec("INSERT INTO reactions (post_id, actor_id, kind, label_id, made_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
				id, a.ID(), string(kind), label, database.Micros(tx.Now()))
		} else {
			did = Unreacted
			n, err = tx.Exec("DELETE FROM reactions WHERE post_id = $1 AND actor_id = $2 AND kind = $3 AND (label_id = $4 OR $5)",
				id, a.ID(), string(kind), label, a.Kind() == access.KindMember)
		}
		if err != nil {
			return "", fmt.Errorf("react: %w", err)
		}
		if n > 0 {
			fact.Record(tx, fact.Fact{Kind: did, Actor: a.ID(), SubjectKind: "post", Subject: id, Place: r.space, Label: label})
		}
		return id, nil
	})
}
