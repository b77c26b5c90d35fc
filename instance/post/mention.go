package post

import (
	"errors"
	"fmt"
	"strings"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/markup"
	"github.com/opengather/opengather/instance/member"
)

// render makes the words safe and finds who is mentioned in them.
func render(tx *database.Tx, a access.Actor, r row, body string) (markup.Result, []string, error) {
	var failed error
	ids := map[string]bool{}
	var order []string
	res := markup.Render(body, markup.Options{Mention: func(handle string) (string, string, bool) {
		id, name, err := meant(tx, a, r, handle)
		if err != nil {
			failed = fmt.Errorf("look up a mention: %w", err)
		}
		if err != nil || id == "" {
			return "", "", false
		}
		if !ids[id] {
			ids[id] = true
			order = append(order, id)
		}
		return "/@" + handle, name, true
	}})
	return res, order, failed
}

// meantRow is the condition that the actor may mean the member m by words in the
// space $3: she may know of her, or is told who is in that space.
var meantRow = `m.state = 'active' AND (` + access.Readable("m") + ` OR EXISTS (SELECT 1 FROM space_members sm WHERE sm.space_id = $3 AND sm.member_id = m.id))`

// meant gives who is mentioned by a handle, and nobody if there is no such
// person: the author must be able to know of her, or be in the space with her,
// and she must be able to read the post. The second question is asked whatever
// the answer to the first, so that the time it takes tells nothing.
func meant(tx *database.Tx, a access.Actor, r row, handle string) (id, name string, err error) {
	err = tx.One([]any{&id, &name}, "SELECT m.id, m.name FROM members m WHERE m.handle = $4 AND "+meantRow, a.Args(r.space, handle)...)
	if err != nil && !errors.Is(err, database.ErrNone) {
		return "", "", err
	}
	reads, err := access.CanRead(tx, access.Member(id), r.label.With(r.above))
	if err != nil || !reads {
		return "", "", err
	}
	return id, name, nil
}

// mention stores who is mentioned and records those who were not before.
func mention(tx *database.Tx, f fact.Fact, members []string) error {
	before := map[string]bool{}
	err := tx.Each(func(r *database.Rows) error {
		var id string
		err := r.Scan(&id)
		before[id] = true
		return err
	}, "DELETE FROM mentions WHERE post_id = $1 RETURNING member_id", f.Subject)
	if err != nil {
		return fmt.Errorf("forget mentions: %w", err)
	}
	for _, id := range members {
		if _, err := tx.Exec("INSERT INTO mentions (post_id, member_id) VALUES ($1, $2)", f.Subject, id); err != nil {
			return fmt.Errorf("store a mention: %w", err)
		}
		if !before[id] && id != f.Actor {
			fact.Record(tx, fact.Fact{
				Kind: Mentioned, Actor: f.Actor, SubjectKind: "post", Subject: f.Subject,
				Place: f.Place, Label: f.Label,
			})
		}
	}
	return nil
}

// relink shows mentions by the names that people have now, and those of people
// whom the reader may not know of as they were typed: neither their names nor
// where their pages would be. Whether she may is asked of the read rule for each
// reader, and anew after each write.
func relink(tx *database.Tx, a access.Actor, posts []Post, which string, args ...any) error {
	if !mentions(posts) {
		return nil
	}
	known, err := namesNow(tx, a, "m.id IN (SELECT x.member_id FROM mentions x WHERE "+which+")", args...)
	if err != nil {
		return err
	}
	for i := range posts {
		posts[i].HTML = relinked(posts[i].HTML, known)
	}
	return nil
}

// namesNow are those of the people m whom the actor may know of, by each handle
// that they have or had.
func namesNow(tx *database.Tx, a access.Actor, which string, args ...any) (map[string]member.Byline, error) {
	known := map[string]member.Byline{}
	err := tx.Each(func(r *database.Rows) error {
		var handle string
		var m member.Byline
		err := r.Scan(&handle, &m.Handle, &m.Name)
		known[handle] = m
		return err
	}, `SELECT h.handle, m.handle, m.name FROM handles h JOIN members m ON m.id = h.subject_id AND m.state = 'active'
		WHERE `+which+` AND `+member.Knowable(), a.Args(args...)...)
	if err != nil {
		return nil, fmt.Errorf("ask who is mentioned: %w", err)
	}
	return known, nil
}

func relinked(html string, known map[string]member.Byline) string {
	return markup.Relink(html, func(handle string) (its, name string, ok bool) {
		m, ok := known[handle]
		return m.Handle, m.Name, ok
	})
}

func mentions(posts []Post) bool {
	for _, p := range posts {
		if strings.Contains(p.HTML, markup.MentionMark) {
			return true
		}
	}
	return false
}
