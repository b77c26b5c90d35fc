package joining

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/member"
)

// Removed is somebody whom the community removed and who has not been erased yet.
type Removed struct {
	Member, Name string
	EraseAt      time.Time
	// MayReadmit says that the actor may take it back: she stands above her.
	MayReadmit bool
}

const removed = "FROM members m JOIN requests r ON r.member_id = m.id WHERE m.state = 'leaving' AND r.accepted = $1"

// Removed gives those whom the community removed, to those who decide.
func (o *Operations) Removed(ctx context.Context, a access.Actor) (all []Removed, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		st, err := access.Authorise(tx, a, access.RemoveMembers, "")
		if err != nil {
			return err
		}
		all, err = database.Collect(tx, func(r *database.Rows) (x Removed, err error) {
			var erase int64
			var role access.Role
			err = r.Scan(&x.Member, &x.Name, &erase, &role)
			x.MayReadmit = member.Above(st.Role, role)
			x.EraseAt = database.At(erase)
			return x, err
		}, "SELECT m.id, m.name, m.erase_at, m.role "+removed+" ORDER BY m.erase_at, m.id -- unfiltered: who decides sees whom the community removed", false)
		return err
	})
	return all, err
}

// Readmit takes back that somebody was removed. Whether she comes back is hers
// to say: until then nothing else changes for her, and she is erased when she
// was told she would be.
func (o *Operations) Readmit(ctx context.Context, a access.Actor, key, id string) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Care, Name: "joining.readmit", Actor: a.ID(), Target: id, Key: key}, func(tx *database.Tx) (string, error) {
		st, err := access.Authorise(tx, a, access.RemoveMembers, "")
		if err != nil {
			return "", err
		}
		var role access.Role
		err = tx.One([]any{&role}, "SELECT m.role "+removed+" AND m.id = $2 -- unfiltered: who decides sees whom the community removed", false, id)
		if errors.Is(err, database.ErrNone) {
			return "", fault.Missing()
		}
		if err != nil {
			return "", err
		}
		if !member.Above(st.Role, role) {
			return "", fault.New(fault.Forbidden, "member.remove_rank")
		}
		if _, err := tx.Exec("UPDATE requests SET decided_at = $1, decided_by = $2, accepted = $3 WHERE member_id = $4", database.Micros(tx.Now()), a.ID(), true, id); err != nil {
			return "", fmt.Errorf("take the removal back: %w", err)
		}
		fact.Record(tx, fact.Fact{Kind: Decided, Actor: a.ID(), SubjectKind: "member", Subject: id, Label: access.ForMembers().ID()})
		return id, nil
	})
}
