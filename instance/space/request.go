package space

import (
	"context"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Unanswered is how long a request to be let into a space waits for an answer.
// Then it ends, and whoever asked may ask again.
const Unanswered = 30 * 24 * time.Hour

// Forget ends the requests that nobody has answered in time, in the caller's
// transaction, and gives how many. It checks no right.
func Forget(tx *database.Tx) (int64, error) {
	return tx.Exec("DELETE FROM space_requests WHERE asked_at < $1", database.Micros(tx.Now().Add(-Unanswered)))
}

// ErrAnswered says that a request is not waiting: somebody else has answered
// it, or who asked took it back.
var ErrAnswered = fault.New(fault.Conflict, "space.request_answered")

// Requests lists who has asked to be let into a space, the longest waiting
// first, for who answers. Since is when she asked.
func (o *Operations) Requests(ctx context.Context, a access.Actor, id string) (all []Person, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		if _, err := One(tx, a, id); err != nil {
			return err
		}
		if _, err := access.Authorise(tx, a, access.AdmitToSpace, id); err != nil {
			return err
		}
		all, err = database.Collect(tx, scanPerson, `SELECT m.id, m.handle, m.name, m.role, '', r.asked_at FROM space_requests r JOIN members m ON m.id = r.member_id AND m.state = 'active'
			WHERE r.space_id = $1 ORDER BY r.asked_at, m.id -- unfiltered: who asks tells her name to who answers`, id)
		return err
	})
	return all, err
}

// Admit lets in somebody who has asked. The first answer counts; whoever
// answers later is told so with ErrAnswered.
func (o *Operations) Admit(ctx context.Context, a access.Actor, key, id, who string) (string, error) {
	op := database.Op{Class: database.Care, Name: "space.admit", Actor: a.ID(), Target: id + " " + who, Key: key}
	return o.in(ctx, a, op, id, access.AdmitToSpace, func(tx *database.Tx, _ Space) error {
		if err := answer(tx, id, who); err != nil {
			return err
		}
		return enter(tx, a, id, who)
	})
}

// Decline turns down somebody who has asked. The first answer counts, as with
// Admit. She may ask again.
func (o *Operations) Decline(ctx context.Context, a access.Actor, key, id, who string) (string, error) {
	op := database.Op{Class: database.Care, Name: "space.decline", Actor: a.ID(), Target: id + " " + who, Key: key}
	return o.in(ctx, a, op, id, access.AdmitToSpace, func(tx *database.Tx, _ Space) error {
		if err := answer(tx, id, who); err != nil {
			return err
		}
		record(tx, Declined, a.ID(), id, who)
		return nil
	})
}

// answer takes a waiting request away. Of several who do so at the same time
// one finds it.
func answer(tx *database.Tx, id, who string) error {
	n, err := tx.Exec(`DELETE FROM space_requests WHERE space_id = $1 AND member_id = $2
		AND EXISTS (SELECT 1 FROM members m WHERE m.id = $2 AND m.state = 'active') -- unfiltered: who asks is still here`, id, who)
	if err != nil {
		return fmt.Errorf("answer a request: %w", err)
	}
	if n == 0 {
		return ErrAnswered
	}
	return nil
}
