package poll

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Forgo takes somebody who is erased out of the list of voters of each secret poll
// that is open. Her ballot stays: nobody knows which it is. Without a store of keys
// nobody can open an urn, and so nobody finds her there.
func (o *Operations) Forgo(ctx context.Context, member string) error {
	if o.Urns == nil {
		return nil
	}
	var all []string
	err := o.DB.Read(ctx, func(tx *database.Tx) (err error) {
		all, err = database.Collect(tx, func(r *database.Rows) (post string, err error) {
			err = r.Scan(&post)
			return post, err
		}, "SELECT q.post_id FROM polls q WHERE q.state = 'open' AND q.secret ORDER BY q.post_id -- unfiltered: erasure")
		return err
	})
	if err != nil {
		return fmt.Errorf("look for the polls to forgo: %w", err)
	}
	for _, post := range all {
		if err := o.forgo(ctx, member, post); err != nil {
			return err
		}
	}
	return nil
}

func (o *Operations) forgo(ctx context.Context, member, post string) error {
	var r row
	err := o.DB.Read(ctx, func(tx *database.Tx) (err error) {
		r, err = anyhow(tx, post)
		return err
	})
	if err != nil {
		return found(err)
	}
	k, lost, err := o.keyOf(ctx, r)
	if err != nil || lost || r.State != Open {
		return err
	}
	_, err = o.DB.Write(ctx, database.Op{Class: database.System, Name: "poll.forgo"}, func(tx *database.Tx) (string, error) {
		if err := hold(tx, post); err != nil {
			return "", err
		}
		r, err := anyhow(tx, post)
		if err != nil || r.State != Open {
			return "", found(err)
		}
		u, err := open(k, post, r.urn)
		if err != nil || !u.has(k.voter(member)) {
			return "", err
		}
		sealed, err := u.without(k.voter(member)).seal(k, post)
		if err != nil {
			return "", err
		}
		_, err = tx.Exec("UPDATE polls SET urn = $1 WHERE post_id = $2", sealed, post)
		return "", err
	})
	return err
}

// found makes nothing of a poll that was deleted meanwhile.
func found(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}
