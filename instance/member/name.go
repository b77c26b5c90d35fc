package member

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
)

// Rename changes the actor's name and handle. Links to the former handle lead
// to the new one.
func (o *Operations) Rename(ctx context.Context, a access.Actor, key, name, handle string) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Own, Name: "member.rename", Actor: a.ID(), Target: name + "\x00" + handle, Key: key}, func(tx *database.Tx) (string, error) {
		if _, err := self(tx, a); err != nil {
			return "", err
		}
		name, err := CheckName(name)
		if err != nil {
			return "", err
		}
		if err := o.changeHandle(tx, a, handle); err != nil {
			return "", err
		}
		if _, err := tx.Exec("UPDATE members SET name = $1, handle = $2, version = version + 1 WHERE id = $3", name, handle, a.ID()); err != nil {
			return "", fmt.Errorf("change the name: %w", err)
		}
		if err := indexName(tx, a.ID(), name, handle); err != nil {
			return "", err
		}
		fact.Record(tx, fact.Fact{Kind: Changed, Actor: a.ID(), SubjectKind: "member", Subject: a.ID(), Label: access.ForMembers().ID()})
		return a.ID(), nil
	})
}

func (o *Operations) changeHandle(tx *database.Tx, a access.Actor, handle string) error {
	same, err := tx.Has("SELECT 1 FROM members WHERE id = $1 AND handle = $2 -- unfiltered: her own row", a.ID(), handle)
	if err != nil || same {
		return err
	}
	return TakeHandle(tx, o.Keys, handle, "member", a.ID())
}
