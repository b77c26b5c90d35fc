package joining

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Invite makes an invitation. The form sent twice gives the first one's id with
// database.ErrRepeated and no token: it cannot be shown again.
func (o *Operations) Invite(ctx context.Context, a access.Actor, key string, d Draft) (made Made, err error) {
	op := database.Op{Class: database.Care, Name: "joining.invite", Actor: a.ID(), Target: fmt.Sprint(d), Key: key}
	id, err := o.DB.Write(ctx, op, func(tx *database.Tx) (string, error) {
		if err := mayInvite(tx, a, d.Role, d.SpaceID); err != nil {
			return "", err
		}
		made, err = Make(tx, a.ID(), d)
		return made.ID, err
	})
	if errors.Is(err, database.ErrRepeated) {
		return Made{ID: id}, err
	}
	return made, err
}

// Make makes an invitation in the caller's transaction. It checks the draft and
// no right; but what its maker may not do when it is used, it does not open.
func Make(tx *database.Tx, maker string, d Draft) (Made, error) {
	d, err := d.check()
	if err != nil {
		return Made{}, err
	}
	made := Made{ID: uuid.NewString(), Token: newToken()}
	var space, expires any
	if d.SpaceID != "" {
		space = d.SpaceID
	}
	if d.Lasts > 0 {
		expires = database.Micros(tx.Now().Add(d.Lasts))
	}
	_, err = tx.Exec(`INSERT INTO invitations (id, token_hash, made_by, role, space_id, question, approval, note, max_uses, uses, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11)`,
		made.ID, tokenHash(made.Token), maker, string(d.Role), space, d.Question, d.Approval, d.Note, d.MaxUses, database.Micros(tx.Now()), expires)
	if err != nil {
		return Made{}, fmt.Errorf("store the invitation: %w", err)
	}
	return made, record(tx, Invited, maker, made.ID)
}

// Revoke ends an invitation: one's own, or as an owner or moderator any that
// one sees. Who came in with it stays.
func (o *Operations) Revoke(ctx context.Context, a access.Actor, key, id string) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Own, Name: "joining.revoke", Actor: a.ID(), Target: id, Key: key}, func(tx *database.Tx) (string, error) {
		all, err := list(tx, a, id)
		if err != nil {
			return "", err
		}
		if len(all) == 0 {
			return "", fault.Missing()
		}
		n, err := tx.Exec("UPDATE invitations SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL", database.Micros(tx.Now()), id)
		if err != nil {
			return "", fmt.Errorf("revoke the invitation: %w", err)
		}
		if n > 0 {
			if err := record(tx, Revoked, a.ID(), id); err != nil {
				return "", err
			}
		}
		return id, nil
	})
}

// record tells of an invitation; that there is one is nobody's but her own.
func record(tx *database.Tx, k fact.Kind, who, id string) error {
	label, err := access.Intern(tx, access.ForSelf(who))
	if err != nil {
		return err
	}
	fact.Record(tx, fact.Fact{Kind: k, Actor: who, SubjectKind: "invitation", Subject: id, Label: label})
	return nil
}
