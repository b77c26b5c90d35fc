package space

import (
	"context"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
)

// Place is a space with what the actor may do in it.
type Place struct {
	Space
	access.Standing
}

// View is a space with all that its own page says of it.
type View struct {
	Place
	// Reads says whether the actor reads what is said here; of a closed space
	// she may know without.
	Reads bool
	// Asking says that she has asked to be let in.
	Asking bool
	// Members is how many people are in it, for who may know who they are.
	Members int
	// Waiting is how many have asked to be let in, for who answers them.
	Waiting int
}

// byAddress chooses a space by its id or by a handle, of today or a former one.
// A secret space has no handle, so what it was called before leads nowhere.
const byAddress = `(s.id = $3 OR s.handle IS NOT NULL AND s.id = (SELECT h.subject_id FROM handles h WHERE h.handle = $3 AND h.subject_kind = 'space'))`

// Find gives the space with this handle or id as the actor may see it. A former
// handle works as the current one does: compare Path to redirect.
func (o *Operations) Find(ctx context.Context, a access.Actor, handleOrID string) (v View, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		v, err = view(tx, a, byAddress, handleOrID)
		return err
	})
	return v, err
}

// Look gives a space as the actor may see it, in the caller's transaction. It
// counts nobody: that costs more than the rest of a page.
func Look(tx *database.Tx, a access.Actor, id string) (Place, error) {
	return look(tx, a, "s.id = $3", id)
}

func look(tx *database.Tx, a access.Actor, which, arg string) (p Place, err error) {
	if p.Space, err = one(tx, a, which, arg); err != nil {
		return p, err
	}
	p.Standing, err = access.Stand(tx, a, p.ID)
	return p, err
}

func view(tx *database.Tx, a access.Actor, which, arg string) (v View, err error) {
	if v.Place, err = look(tx, a, which, arg); err != nil {
		return v, err
	}
	if v.Reads, err = access.CanRead(tx, a, access.InSpace(v.ID)); err != nil {
		return v, err
	}
	err = tx.One([]any{&v.Members, &v.Waiting, &v.Asking}, `SELECT
		(SELECT count(*) FROM space_members sm JOIN members m ON m.id = sm.member_id AND m.state = 'active' WHERE sm.space_id = $1),
		(SELECT count(*) FROM space_requests r JOIN members m ON m.id = r.member_id AND m.state = 'active' WHERE r.space_id = $1),
		EXISTS (SELECT 1 FROM space_requests r WHERE r.space_id = $1 AND r.member_id = $2)
		-- unfiltered: counts, told below to who may have them`, v.ID, a.ID())
	if !knowsPeople(v.Standing) {
		v.Members = 0
	}
	if !v.May(access.AdmitToSpace) {
		v.Waiting = 0
	}
	return v, err
}

// knowsPeople reports whether somebody may know how many people are in a space
// that she knows of: full members, and guests who are in it themselves.
func knowsPeople(st access.Standing) bool {
	return st.Full() || st.Active() && st.InSpace != ""
}
