package post

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Splitting gives a reply that the actor may make a thread of, or says why it
// cannot be done: see Split.
func (o *Operations) Splitting(ctx context.Context, a access.Actor, id string) (p Post, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		r, err := find(tx, a, id)
		if err != nil {
			return err
		}
		return splittable(tx, a, r)
	})
	if err != nil {
		return p, err
	}
	return o.One(ctx, a, id)
}

// Split takes a reply with all that answers it out of its thread, for who
// moderates the space, and makes a thread of it, which is open and has a title.
// It gives its id, which stays what it was. Nobody reads by it what she could not
// before. from is the thread that the form showed: if it is in another one by
// now, it answers fault.Conflict.
func (o *Operations) Split(ctx context.Context, a access.Actor, key, id, from, title string) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Care, Name: "post.split", Actor: a.ID(), Target: strings.Join([]string{id, from, title}, "\n"), Key: key}, func(tx *database.Tx) (string, error) {
		r, err := held(tx, a, id, find)
		if err != nil {
			return "", err
		}
		if r.root != from {
			return "", fault.New(fault.Conflict, "post.settled_meanwhile")
		}
		if err := splittable(tx, a, r); err != nil {
			return "", err
		}
		if title, err = headed(title); err != nil {
			return "", err
		}
		return id, split(tx, a, r, title)
	})
}

// splittable says why a post cannot become a thread of its own. What is hidden
// would hide what hangs below it, or would be shown without what it hangs below.
func splittable(tx *database.Tx, a access.Actor, r row) error {
	if r.id == r.root || r.deleted {
		return fault.Missing()
	}
	if _, err := access.Authorise(tx, a, access.SplitThread, r.space); err != nil {
		return err
	}
	if underReview(r.label) || underReview(r.above) {
		return fault.New(fault.Conflict, "post.split_hidden")
	}
	return nil
}

// headed is the title of a new thread.
func headed(title string) (string, error) {
	title = strings.Join(strings.Fields(strings.ReplaceAll(strings.ToValidUTF8(title, ""), "\x00", "")), " ")
	if title == "" {
		return "", fault.Bad("title", "post.split_untitled")
	}
	if utf8.RuneCountInString(title) > MaxTitle {
		return "", fault.Bad("title", "post.title_long").With("max", MaxTitle)
	}
	return title, nil
}

func split(tx *database.Tx, a access.Actor, r row, title string) error {
	all, err := branch(tx, r)
	if err != nil {
		return err
	}
	if err := unanswer(tx, r.root, all); err != nil {
		return err
	}
	if err := head(tx, a, r, title); err != nil {
		return err
	}
	for _, x := range all[1:] {
		if _, err := tx.Exec("UPDATE posts SET root_id = $1, depth = $2 WHERE id = $3", r.id, x.depth, x.id); err != nil {
			return fmt.Errorf("take a reply along: %w", err)
		}
	}
	if err := Reindex(tx, r.id); err != nil {
		return err
	}
	fact.Record(tx, fact.Fact{Kind: Split, Actor: a.ID(), SubjectKind: "post", Subject: r.id, Place: r.space, Label: r.label.With(r.above).ID()})
	fact.Record(tx, fact.Fact{Kind: Parted, Actor: a.ID(), SubjectKind: "post", Subject: r.root, Place: r.space, Label: r.above.ID()})
	return nil
}

// twig is a post of what is taken out of a thread, with how deep it hangs then.
type twig struct {
	id    string
	depth int
}

// branch gives a reply and all that answers it, whether or not the actor reads
// it: what hangs below a post goes where that goes. It is in the order of time,
// in which nothing comes before what it answers.
func branch(tx *database.Tx, r row) ([]twig, error) {
	all, depth := []twig{{id: r.id}}, map[string]int{r.id: 0}
	err := tx.Each(func(rows *database.Rows) error {
		var id, parent string
		if err := rows.Scan(&id, &parent); err != nil {
			return err
		}
		if above, ok := depth[parent]; ok {
			depth[id] = min(above+1, maxDepth)
			all = append(all, twig{id, depth[id]})
		}
		return nil
	}, `SELECT p.id, p.parent_id FROM posts p WHERE p.root_id = $1 AND p.parent_id IS NOT NULL AND (p.created_at, p.id) > ($2, $3)
		ORDER BY p.created_at, p.id -- unfiltered: all of it goes along`, r.root, r.created, r.id)
	if err != nil {
		return nil, fmt.Errorf("read what answers a reply: %w", err)
	}
	if len(all) > maxMove {
		return nil, fault.New(fault.Conflict, "post.split_large")
	}
	return all, nil
}

// unanswer takes back that one of these posts is the answer to a question, which
// it leaves. The beginning of a thread is written before what hangs below it, as
// by whoever erases a post.
func unanswer(tx *database.Tx, root string, all []twig) error {
	var answer string
	err := tx.One([]any{&answer}, "SELECT q.answer_id FROM posts q WHERE q.id = $1 AND q.answer_id IS NOT NULL -- unfiltered: what is an answer no more", root)
	if errors.Is(err, database.ErrNone) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for the answer: %w", err)
	}
	if !slices.ContainsFunc(all, func(x twig) bool { return x.id == answer }) {
		return nil
	}
	if _, err := tx.Exec("UPDATE posts SET answer_id = NULL WHERE id = $1", root); err != nil {
		return fmt.Errorf("take back that it is an answer: %w", err)
	}
	return nil
}

// head makes a reply the beginning of a thread. It keeps those who could read it
// where it was, which takes the label of what it hung below. Its title is what a
// moderator says now and here: the words without it are a version, and a form
// that is open on them is told.
func head(tx *database.Tx, a access.Actor, r row, title string) error {
	label, err := access.Intern(tx, r.label.With(r.above))
	if err != nil {
		return err
	}
	now := database.Micros(tx.Now())
	_, err = tx.Exec(`INSERT INTO post_versions (post_id, version, title, body, label_id, edited_by, edited_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		r.id, r.version, r.title, r.body, label, a.ID(), now)
	if err != nil {
		return fmt.Errorf("keep the former words: %w", err)
	}
	_, err = tx.Exec(`UPDATE posts SET root_id = id, parent_id = NULL, depth = 0, title = $1, label_id = $2, edited_at = $3, edited_by = $4, version = version + 1, said_in = NULL WHERE id = $5`,
		title, label, now, a.ID(), r.id)
	if err != nil {
		return fmt.Errorf("begin a thread: %w", err)
	}
	return nil
}
