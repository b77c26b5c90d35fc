package poll

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/blob"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// row is a poll as it is stored, with what is asked of its post.
type row struct {
	Poll
	space, author, label string
	folder, result       string
	urn                  []byte
}

// columns are those of a poll q of the post p.
const columns = `q.post_id, q.method, q.secret, q.most, q.quorum, q.closes_at, q.state, q.reworded, q.folder, q.urn, q.result, p.space_id, p.author_id, p.label_id`

// find gives the poll of a post that the actor may read, else fault.Missing.
func find(tx *database.Tx, a access.Actor, post string) (row, error) {
	return scan(tx, `SELECT `+columns+` FROM polls q JOIN posts p ON p.id = q.post_id
		WHERE q.post_id = $3 AND p.parent_id IS NULL AND p.deleted_at IS NULL AND `+access.ReadableRow("p"), a.Args(post)...)
}

// anyhow gives a poll whoever may read it.
func anyhow(tx *database.Tx, post string) (row, error) {
	return scan(tx, `SELECT `+columns+` FROM polls q JOIN posts p ON p.id = q.post_id WHERE q.post_id = $1 -- unfiltered: the program counts`, post)
}

func scan(tx *database.Tx, query string, args ...any) (r row, err error) {
	var closes int64
	err = tx.One([]any{
		&r.Post, &r.Method, &r.Secret, &r.Most, &r.Quorum, &closes, &r.State, &r.Reworded, &r.folder, &r.urn, &r.result, &r.space, &r.author, &r.label,
	}, query, args...)
	if errors.Is(err, database.ErrNone) {
		return r, fault.Missing()
	}
	if err != nil {
		return r, fmt.Errorf("look for a poll: %w", err)
	}
	r.ClosesAt = database.At(closes)
	r.Options, err = Words(tx, r.Post)
	return r, err
}

// Words are the options of the poll of a post, none if it has no poll. It checks no
// right.
func Words(tx *database.Tx, post string) ([]string, error) {
	all, err := database.Collect(tx, func(rows *database.Rows) (words string, err error) {
		err = rows.Scan(&words)
		return words, err
	}, "SELECT o.words FROM poll_options o WHERE o.post_id = $1 ORDER BY o.place -- unfiltered: of a poll that was read by the rule", post)
	if err != nil {
		return nil, fmt.Errorf("read the options: %w", err)
	}
	return all, nil
}

// ballots are the votes of a named poll, by who gave them.
func ballots(tx *database.Tx, post string) (map[string]Vote, error) {
	all := map[string]Vote{}
	err := tx.Each(func(rows *database.Rows) error {
		var who string
		var place int
		err := rows.Scan(&who, &place)
		all[who] = append(all[who], place)
		return err
	}, "SELECT v.actor_id, v.place FROM poll_votes v WHERE v.post_id = $1 ORDER BY v.actor_id, v.rank, v.place -- unfiltered: of a poll that was read by the rule", post)
	if err != nil {
		return nil, fmt.Errorf("read the votes: %w", err)
	}
	return all, nil
}

// View gives the poll of a post that the actor may read. Whether she took part in a
// secret one only its urn tells: where the store of keys is down, that is Unknown.
func (o *Operations) View(ctx context.Context, a access.Actor, post string) (Poll, error) {
	var r row
	err := o.DB.Read(ctx, func(tx *database.Tx) (err error) {
		if r, err = find(tx, a, post); err != nil {
			return err
		}
		if r.State == Ended {
			return r.read()
		}
		if r.Secret {
			return nil
		}
		votes, err := ballots(tx, post)
		r.Voters, r.Mine = len(votes), votes[a.ID()]
		r.Took = r.Mine != nil
		r.Result = tally(r.Poll, given(votes))
		return err
	})
	if err != nil || !r.Secret || r.State != Open {
		return r.Poll, err
	}
	return o.within(ctx, a, r)
}

// within adds to a secret poll what its urn tells.
func (o *Operations) within(ctx context.Context, a access.Actor, r row) (Poll, error) {
	r.Voters = ballotsIn(r.urn)
	key, err := o.key(ctx, r.folder)
	switch {
	case errors.Is(err, blob.ErrDown):
		r.Unknown = true
		return r.Poll, nil
	case errors.Is(err, errNoKey):
		r.State = Lost
		return r.Poll, nil
	case err != nil:
		return r.Poll, err
	}
	u, err := open(key, r.Post, r.urn)
	r.Took = a.Kind() == access.KindMember && u.has(key.voter(a.ID()))
	return r.Poll, err
}

// read reads the result of a poll that has ended.
func (r *row) read() error {
	r.Result = &Result{}
	if err := json.Unmarshal([]byte(r.result), r.Result); err != nil {
		return fmt.Errorf("read the result of a poll: %w", err)
	}
	r.Voters = r.Result.Voters
	return nil
}

// given are votes without who gave them.
func given(votes map[string]Vote) (all []Vote) {
	for _, v := range votes {
		all = append(all, v)
	}
	slices.SortFunc(all, slices.Compare[Vote])
	return all
}

// In gives the polls of posts, which the caller has read by the rule, at a glance.
// which is a condition on q.
func In(tx *database.Tx, which string, args ...any) (map[string]Brief, error) {
	all := map[string]Brief{}
	err := tx.Each(func(rows *database.Rows) error {
		var id string
		var b Brief
		var closes int64
		err := rows.Scan(&id, &b.State, &closes)
		b.ClosesAt = database.At(closes)
		all[id] = b
		return err
	}, "SELECT q.post_id, q.state, q.closes_at FROM polls q WHERE "+which+" -- unfiltered: of posts that were read by the rule", args...)
	if err != nil {
		return nil, fmt.Errorf("read the polls of posts: %w", err)
	}
	return all, nil
}
