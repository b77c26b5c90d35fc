package member

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/searchtext"
)

// Describe changes fields of the actor's own profile, each with its audience.
// Fields that are not among the entries stay as they are; an empty value
// removes a field.
func (o *Operations) Describe(ctx context.Context, a access.Actor, key string, changes []Entry) (string, error) {
	target := ""
	for _, e := range changes {
		target += string(e.Field) + "\x00" + e.Audience.String() + "\x00" + e.Value + "\x00"
	}
	return o.DB.Write(ctx, database.Op{Class: database.Own, Name: "member.describe", Actor: a.ID(), Target: target, Key: key}, func(tx *database.Tx) (string, error) {
		if _, err := self(tx, a); err != nil {
			return "", err
		}
		now, err := own(tx, a)
		if err != nil {
			return "", err
		}
		for _, e := range changes {
			if err := describe(tx, a, now, e); err != nil {
				return "", err
			}
		}
		fact.Record(tx, fact.Fact{Kind: Changed, Actor: a.ID(), SubjectKind: "member", Subject: a.ID(), Label: access.ForMembers().ID()})
		return a.ID(), nil
	})
}

// self gives the actor's own standing; only who takes part changes what others
// see of her.
func self(tx *database.Tx, a access.Actor) (access.Standing, error) {
	st, err := access.Stand(tx, a, "")
	if err == nil && !st.Active() {
		err = fault.Missing()
	}
	return st, err
}

func describe(tx *database.Tx, a access.Actor, now map[Field]stored, e Entry) error {
	if !slices.Contains(Fields, e.Field) {
		return fault.Missing()
	}
	value, err := e.Field.check(e.Value)
	if err != nil {
		return err
	}
	before, written := now[e.Field]
	if value == "" {
		if !written {
			return nil
		}
		return dropField(tx, before.id)
	}
	if written && before.Value == value && before.Audience == e.Audience {
		return nil
	}
	if err := e.checkAudience(tx, a); err != nil {
		return err
	}
	label, err := access.Intern(tx, e.Audience.label(a.ID()))
	if err != nil {
		return err
	}
	id := before.id
	if !written {
		id = uuid.NewString()
	}
	_, err = tx.Exec(`INSERT INTO profile_fields (id, member_id, name, value, label_id, version) VALUES ($1, $2, $3, $4, $5, 1)
		ON CONFLICT (member_id, name) DO UPDATE SET value = excluded.value, label_id = excluded.label_id, version = profile_fields.version + 1`,
		id, a.ID(), string(e.Field), value, label)
	if err != nil {
		return fmt.Errorf("store a field: %w", err)
	}
	return tx.Index("profile", id, searchtext.Make("", value))
}

// checkAudience refuses a list that is not hers, a space she is not in, and the
// public where the community is not public itself.
func (e Entry) checkAudience(tx *database.Tx, a access.Actor) error {
	var ok bool
	var err error
	switch e.Audience.Kind {
	case Me, ToMembers:
		return nil
	case Chosen:
		ok, err = tx.Has("SELECT 1 FROM lists WHERE id = $1 AND owner_id = $2", e.Audience.Ref, a.ID())
	case Within:
		ok, err = tx.Has("SELECT 1 FROM space_members WHERE space_id = $1 AND member_id = $2", e.Audience.Ref, a.ID())
	case ToPublic:
		ok, err = tx.Has("SELECT 1 FROM community WHERE face = 'public'")
	}
	if err == nil && !ok {
		err = fault.Bad(string(e.Field)+"_audience", "member.audience_unknown")
	}
	return err
}

func dropField(tx *database.Tx, id string) error {
	if err := tx.Unindex(id); err != nil {
		return err
	}
	_, err := tx.Exec("DELETE FROM profile_fields WHERE id = $1", id)
	return err
}

// indexName makes a member found by her name and her handle.
func indexName(tx *database.Tx, id, name, handle string) error {
	return tx.Index("member", id, searchtext.Make(name, handle))
}
