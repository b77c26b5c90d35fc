package post

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/space"
)

// maxMove is how many posts a thread may have that is moved at once.
const maxMove = 5000

// Moving is what moving a thread would do.
type Moving struct {
	// From and To are the spaces.
	From, To space.Place
	// Readers is what becomes of its readers; Counted says that the actor may
	// know how many they are.
	Readers access.Shift
	Counted bool
	// Own says that all of it is the actor's own: only then may there be new
	// readers, or where it returns to where it was said.
	Own bool
}

// Moving says what moving a thread to another space would do, or why it cannot
// be done: see Move.
func (o *Operations) Moving(ctx context.Context, a access.Actor, id, to string) (m Moving, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		r, err := find(tx, a, id)
		if err == nil && (r.id != r.root || r.deleted) {
			err = fault.Missing()
		}
		if err != nil {
			return err
		}
		p, err := planMove(tx, a, r, to)
		if err != nil {
			return err
		}
		m.Readers, m.Own = p.shift, p.own
		if m.From, err = space.Look(tx, a, r.space); err != nil {
			return err
		}
		if m.To, err = space.Look(tx, a, to); err != nil {
			return err
		}
		m.Counted = m.From.Full()
		return nil
	})
	return m, err
}

// Move takes a thread to another space and gives its id, for who moderates the
// one and may publish in the other, or whose own all of it is. Nobody reads it
// then who could not before, but where it is the actor's own, or returns to
// where it was said. from is the space that the form showed: if it is in another
// one by now, it answers fault.Conflict. Its address stays what it was.
func (o *Operations) Move(ctx context.Context, a access.Actor, key, id, from, to string) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Care, Name: "post.move", Actor: a.ID(), Target: strings.Join([]string{id, from, to}, "\n"), Key: key}, func(tx *database.Tx) (string, error) {
		// The spaces first, so that a change of who reads them comes wholly before
		// or after it.
		for _, s := range slices.Sorted(slices.Values([]string{from, to})) {
			if err := space.Hold(tx, s); err != nil {
				return "", err
			}
		}
		r, err := begun(tx, a, id)
		if err != nil {
			return "", err
		}
		if r.space != from {
			return "", fault.New(fault.Conflict, "post.settled_meanwhile")
		}
		p, err := planMove(tx, a, r, to)
		if err != nil {
			return "", err
		}
		return id, p.carryOut(tx, a, r, to)
	})
}

// piece is a post of a thread that is to be moved.
type piece struct {
	id, parent, author string
	person, deleted    bool
	// decided says that moderators have decided something about it.
	decided bool
	label   access.Label
	saidIn  string
	// reads says that the actor may read it. What she may not read goes along
	// unseen: it is not of the old space alone, so it gains the new one and loses
	// nothing.
	reads bool
}

// anothers reports whether it is something that the actor reads and another said.
func (x piece) anothers(a access.Actor) bool {
	return x.reads && !x.deleted && !access.Owns(a, x.author)
}

// move is what is known of a thread and of where it is to go.
type move struct {
	all   []piece
	shift access.Shift
	own   bool
	// moderates says that the actor looks after the space that it leaves.
	moderates bool
}

// open reports whether the actor knows of a piece and of what was decided about
// it. Nothing that she is told may depend on others: what was decided about those
// stays with who decided it.
func (p move) open(x piece) bool { return x.reads && (!x.deleted || p.moderates) }

// planMove looks at a thread, and says why it cannot be moved.
func planMove(tx *database.Tx, a access.Actor, r row, to string) (p move, err error) {
	if err := enterable(tx, a, to); err != nil {
		return p, err
	}
	if p.all, err = inOrder(tx, a, r.id); err != nil {
		return p, err
	}
	p.own = !slices.ContainsFunc(p.all, func(x piece) bool { return x.anothers(a) })
	_, err = access.Authorise(tx, a, access.MoveThread, r.space)
	p.moderates = err == nil
	if err != nil && !(p.own && fault.Is(err, fault.Forbidden)) {
		return p, err
	}
	if _, err := access.Authorise(tx, a, access.Publish, to); err != nil {
		return p, err
	}
	if p.shift, err = access.Shifted(tx, r.space, to); err != nil {
		return p, err
	}
	if err = p.refused(a, r, to); err != nil {
		return p, err
	}
	running, err := poll.Running(tx, r.id)
	if err == nil && running {
		err = fault.New(fault.Conflict, "post.move_poll")
	}
	return p, err
}

// refused says what stands in the way of a move that the actor may ask for.
func (p move) refused(a access.Actor, r row, to string) error {
	if r.space == to {
		return fault.Bad("space", "post.move_here")
	}
	if len(p.all) > maxMove {
		return fault.New(fault.Conflict, "post.move_large")
	}
	for _, x := range p.all {
		if x.reads && !x.deleted && underReview(x.label) {
			return fault.New(fault.Conflict, "post.move_hidden")
		}
		if p.shift.Wider() && x.anothers(a) && x.saidIn != to {
			return fault.New(fault.Conflict, "post.move_wider")
		}
		if p.shift.NewModerators > 0 && x.decided && p.open(x) {
			return fault.New(fault.Conflict, "post.move_reviewed")
		}
	}
	return nil
}

// inOrder are all posts of a thread in the order of time, in which nothing comes
// before what it answers, and one more than can be moved.
func inOrder(tx *database.Tx, a access.Actor, root string) ([]piece, error) {
	all, err := database.Collect(tx, func(r *database.Rows) (x piece, err error) {
		var kind, label string
		if err := r.Scan(&x.id, &x.parent, &x.author, &kind, &label, &x.deleted, &x.saidIn, &x.decided, &x.reads); err != nil {
			return x, err
		}
		x.person = kind != "agent" && kind != "system"
		x.label, err = access.Parse(label)
		return x, err
	}, `SELECT p.id, coalesce(p.parent_id, ''), p.author_id, c.kind, p.label_id, p.deleted_at IS NOT NULL, coalesce(p.said_in, ''), EXISTS (SELECT 1 FROM reviews v WHERE v.object_id = p.id), `+access.ReadableRow("p")+`
		FROM posts p JOIN actors c ON c.id = p.author_id WHERE p.root_id = $3 ORDER BY p.created_at, p.id LIMIT $4`, a.Args(root, maxMove+1)...)
	if err != nil {
		return nil, fmt.Errorf("read the thread to move: %w", err)
	}
	return all, nil
}

// carryOut gives all of a thread its new space. What people said in the old one
// and nowhere else is then said in the new one; the rest, such as what a run
// wrote that may have read the old one, gains the new one and loses nothing.
func (p move) carryOut(tx *database.Tx, a access.Actor, r row, to string) error {
	here := access.InSpace(r.space)
	clean, label := map[string]bool{}, ""
	for _, x := range p.all {
		// Whoever gains by it is not told of what others took back, either.
		told := !p.shift.Wider() || !x.deleted || access.Owns(a, x.author) || x.saidIn == to
		clean[x.id] = x.person && x.reads && told && x.label.ID() == here.ID() && (x.parent == "" || clean[x.parent])
		now := x.label.With(access.InSpace(to))
		if clean[x.id] {
			now = access.InSpace(to)
		}
		id, err := access.Intern(tx, now)
		if err != nil {
			return err
		}
		if x.id == r.id {
			label = id
		}
		_, err = tx.Exec("UPDATE posts SET space_id = $1, label_id = $2, said_in = coalesce(said_in, space_id), pinned_at = NULL WHERE id = $3", to, id, x.id)
		if err != nil {
			return fmt.Errorf("move a post: %w", err)
		}
		// Whoever gains by it gains the author's words now, and not what others did
		// with them, or what she said before, in front of fewer.
		if err := relabel(tx, x.id, r.space, to, clean[x.id] && !p.shift.Wider()); err != nil {
			return err
		}
		if !x.decided || !p.open(x) {
			continue
		}
		if _, err := tx.Exec("UPDATE reviews SET space_id = $1 WHERE object_id = $2", to, x.id); err != nil {
			return fmt.Errorf("move what was decided: %w", err)
		}
	}
	fact.Record(tx, fact.Fact{Kind: Moved, Actor: a.ID(), SubjectKind: "post", Subject: r.id, Place: to, Label: label})
	return nil
}
