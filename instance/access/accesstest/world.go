// Package accesstest builds small worlds of members and spaces straight in the
// tables, for tests of the read rule that must reach states the operations
// would not produce.
package accesstest

import (
	"context"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
)

// World writes rows for a test.
type World struct {
	T  testing.TB
	DB *database.DB
	tx *database.Tx // of Together
}

// Together writes all that fn writes in one transaction, which is faster.
func (w World) Together(fn func(w World)) {
	w.T.Helper()
	w.write(func(tx *database.Tx) error {
		w.tx = tx
		fn(w)
		return nil
	})
}

// write runs fn in the transaction of Together, or else in one of its own.
func (w World) write(fn func(tx *database.Tx) error) {
	w.T.Helper()
	var err error
	if w.tx != nil {
		err = fn(w.tx)
	} else {
		_, err = w.DB.Write(context.Background(), database.Op{Class: database.System}, func(tx *database.Tx) (string, error) { return "", fn(tx) })
	}
	if err != nil {
		w.T.Fatal(err)
	}
}

// Do runs a statement.
func (w World) Do(query string, args ...any) {
	w.T.Helper()
	w.write(func(tx *database.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	})
}

// Community stores the community with a face: hidden, named or public.
func (w World) Community(face string) {
	w.Do(`INSERT INTO community (one, id, name, preset, face, door, question, welcome, rules, imprint, privacy, languages, zone, accent, picture_type, about_line, origin, founded_at, version)
		VALUES (1, 'c', 'Test', 'friends', $1, 'invite', '', '', '', '', '', 'en', 'UTC', '', '', $2, '', 1, 1)`, face, true)
}

// Member stores a member.
func (w World) Member(id, state string, role access.Role) {
	w.Do("INSERT INTO actors (id, kind, created_at) VALUES ($1, 'member', 0)", id)
	w.Do(`INSERT INTO members (id, handle, name, role, state, label_id, language, zone, theme, shortcuts, home_order, erase_posts, version)
		VALUES ($1, $1, $1, $2, $3, 'members', 'en', 'UTC', 'auto', $4, 'newest', $5, 1)`, id, string(role), state, true, false)
	w.Do("INSERT INTO handles (handle, subject_kind, subject_id, current) VALUES ($1, 'member', $1, $2) ON CONFLICT DO NOTHING", id, true)
}

// Space stores a space.
func (w World) Space(id, visibility string) {
	w.Label(access.AtDoor(id))
	w.Label(access.InSpace(id))
	w.Do("INSERT INTO actors (id, kind, created_at) VALUES ('founder', 'system', 0) ON CONFLICT DO NOTHING")
	w.Do(`INSERT INTO spaces (id, name, purpose, visibility, posting, arrivals, label_id, created_by, created_at, version)
		VALUES ($1, $1, '', $2, 'everyone', $3, $4, 'founder', 0, 1)`, id, visibility, false, access.AtDoor(id).ID())
}

// Put makes somebody a member or moderator of a space; an empty role takes her out.
func (w World) Put(space, member, role string) {
	w.Do("DELETE FROM space_members WHERE space_id = $1 AND member_id = $2", space, member)
	if role != "" {
		w.Do("INSERT INTO space_members (space_id, member_id, role, joined_at, seen_at) VALUES ($1, $2, $3, 0, 0)", space, member, role)
	}
}

// Label interns a label and gives its id.
func (w World) Label(l access.Label) (id string) {
	w.T.Helper()
	w.write(func(tx *database.Tx) (err error) {
		id, err = access.Intern(tx, l)
		return err
	})
	return id
}

// Agent stores an agent.
func (w World) Agent(id string) {
	w.Do("INSERT INTO actors (id, kind, created_at) VALUES ($1, 'agent', 0)", id)
}

// Clear empties the world for the next one.
func (w World) Clear() {
	w.T.Helper()
	w.write(func(tx *database.Tx) error {
		for _, table := range []string{
			"facts", "fact_consumers", "jobs", "form_keys", "audit", "reactions", "mentions", "saved", "drafts", "post_marks", "post_versions", "previews", "media", "page_versions", "pages", "posts", "search_text", "search_docs", "reviews", "feeds",
			"space_requests", "space_members", "spaces", "list_members", "lists", "profile_fields", "members", "handles", "actors", "community", "label_atoms", "labels",
		} {
			if _, err := tx.Exec("DELETE FROM " + table); err != nil {
				return err
			}
		}
		_, err := tx.Exec("INSERT INTO labels (id, wide) VALUES ('public', $1), ('members', $1)", true)
		if err == nil {
			_, err = tx.Exec("INSERT INTO label_atoms (label_id, kind, ref) VALUES ('members', 'members', '')")
		}
		if err == nil {
			_, err = tx.Exec("UPDATE fact_head SET position = 0")
		}
		return err
	})
}
