package page

import (
	"context"
	"errors"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/searchtext"
	"github.com/opengather/opengather/instance/space"
)

// Create begins a page in a space and gives its id.
func (o *Operations) Create(ctx context.Context, a access.Actor, key string, d Draft) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Content, Name: "page.create", Actor: a.ID(), Target: d.target(), Key: key}, func(tx *database.Tx) (string, error) {
		if err := writable(tx, a, d.Space); err != nil {
			return "", err
		}
		d, err := d.check()
		if err != nil {
			return "", err
		}
		id := newID()
		return id, insert(tx, a, id, d)
	})
}

// writable reports whether the actor may begin a page in a space, which she finds
// by the read rule; a run of an agent by its clearance, which need not know the door.
func writable(tx *database.Tx, a access.Actor, in string) error {
	if a.Kind() != access.KindAgent {
		if _, err := space.One(tx, a, in); err != nil {
			return err
		}
	} else if ok, err := access.CanRead(tx, a, access.InSpace(in)); err != nil {
		return err
	} else if !ok {
		return fault.Missing()
	}
	_, err := access.Authorise(tx, a, access.WritePage, in)
	return err
}

// insert stores a page with its first version.
func insert(tx *database.Tx, a access.Actor, id string, d Draft) error {
	label, err := access.Intern(tx, a.Mark(access.InSpace(d.Space)))
	if err != nil {
		return err
	}
	html, plain := render(d.Body)
	now := database.Micros(tx.Now())
	_, err = tx.Exec(`INSERT INTO pages (id, space_id, author_id, title, html, label_id, version, created_at, edited_at, edited_by)
		VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $7, $3)`, id, d.Space, a.ID(), d.Title, html, label, now)
	if err != nil {
		return fmt.Errorf("store the page: %w", err)
	}
	if err := keep(tx, a, row{id: id}, d, a.ID()); err != nil {
		return err
	}
	if err := index(tx, id, d.Title, plain); err != nil {
		return err
	}
	fact.Record(tx, fact.Fact{Kind: Created, Actor: a.ID(), SubjectKind: "page", Subject: id, Place: d.Space, Label: label})
	return nil
}

// keep stores the version behind the one that a page has. whose words it has is for
// the caller to say: somebody may bring back what somebody else wrote.
func keep(tx *database.Tx, a access.Actor, r row, d Draft, whose string) error {
	_, err := tx.Exec(`INSERT INTO page_versions (page_id, version, title, body, note, author_id, edited_by, edited_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		r.id, r.version+1, d.Title, d.Body, d.Note, whose, a.ID(), database.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("store a version: %w", err)
	}
	return nil
}

// Edit changes what a page says. version is the one that the form was made with: if
// somebody has changed it since, Edit answers fault.Conflict, and nothing is lost.
// What it said before stays to be read.
func (o *Operations) Edit(ctx context.Context, a access.Actor, key, id string, version int64, d Draft) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Content, Name: "page.edit", Actor: a.ID(), Target: id + d.target(), Key: key}, func(tx *database.Tx) (string, error) {
		r, err := held(tx, a, id)
		if err == nil {
			err = changeable(tx, a, r)
		}
		if err != nil {
			return "", err
		}
		if d, err = d.check(); err != nil {
			return "", err
		}
		if r.version != version {
			return "", changed()
		}
		same, err := tx.Has("SELECT 1 FROM page_versions v WHERE v.page_id = $1 AND v.version = $2 AND v.title = $3 AND v.body = $4 -- unfiltered: of a page that was read by the rule", id, version, d.Title, d.Body)
		if err != nil || same {
			return id, err
		}
		return id, change(tx, a, r, d, a.ID())
	})
}

// Revert has a page say again what it said in a former version, and gives its id.
// version is the one that it showed when that was decided.
func (o *Operations) Revert(ctx context.Context, a access.Actor, key, id string, version, to int64) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Content, Name: "page.revert", Actor: a.ID(), Target: fmt.Sprint(id, version, to), Key: key}, func(tx *database.Tx) (string, error) {
		r, err := held(tx, a, id)
		if err == nil {
			err = changeable(tx, a, r)
		}
		if err != nil {
			return "", err
		}
		if r.version != version {
			return "", changed()
		}
		v, err := versionOf(tx, id, to)
		if err != nil || to == version {
			return id, err
		}
		return id, change(tx, a, r, Draft{Title: v.Title, Body: v.Body}, v.Author.ID)
	})
}

func changed() error { return fault.New(fault.Conflict, "page.changed_meanwhile") }

// changeable says why a page cannot be changed by the actor, if it cannot. A run of
// an agent changes only what has the label that it would give: else people who read
// the page would lose it, or it would say to them what they may not read.
func changeable(tx *database.Tx, a access.Actor, r row) error {
	if _, err := access.Authorise(tx, a, access.WritePage, r.space); err != nil {
		return err
	}
	switch {
	case r.deleted:
		return fault.Missing()
	case a.Mark(r.label).ID() != r.label.ID():
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return nil
}

// change stores a new version and shows it.
func change(tx *database.Tx, a access.Actor, r row, d Draft, whose string) error {
	if err := keep(tx, a, r, d, whose); err != nil {
		return err
	}
	html, plain := render(d.Body)
	n, err := tx.Exec("UPDATE pages SET title = $1, html = $2, edited_at = $3, edited_by = $4, version = version + 1 WHERE id = $5 AND version = $6",
		d.Title, html, database.Micros(tx.Now()), a.ID(), r.id, r.version)
	if err != nil {
		return fmt.Errorf("change a page: %w", err)
	}
	if n == 0 {
		return changed()
	}
	if err := index(tx, r.id, d.Title, plain); err != nil {
		return err
	}
	r.record(tx, a, Edited)
	return nil
}

// index has a page found by what it says.
func index(tx *database.Tx, id, title, plain string) error {
	return tx.Index("page", id, searchtext.Make(title, plain).OfPage())
}

// Reindex has a page found by what it says now, by new rules or where it was changed
// past its editors. It checks no right, and gives database.ErrNone if there is no
// such page.
func Reindex(tx *database.Tx, id string) error {
	var title, body string
	err := tx.One([]any{&title, &body}, "SELECT v.title, v.body FROM pages p JOIN page_versions v ON v.page_id = p.id AND v.version = p.version WHERE p.id = $1 -- unfiltered: erasure, and the program makes its search text", id)
	if errors.Is(err, database.ErrNone) {
		return err
	}
	if err != nil {
		return fmt.Errorf("read what a page says: %w", err)
	}
	_, plain := render(body)
	return index(tx, id, title, plain)
}

// Foresee gives a draft as it will look, to who may begin a page in its space or, with
// an id, change that page, and refuses what could not be saved. It writes nothing.
func (o *Operations) Foresee(ctx context.Context, a access.Actor, id string, d Draft) (html string, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		if id == "" {
			if err := writable(tx, a, d.Space); err != nil {
				return err
			}
		} else if r, err := find(tx, a, id); err != nil {
			return err
		} else if err := changeable(tx, a, r); err != nil {
			return err
		}
		d, err := d.check()
		html, _ = render(d.Body)
		return err
	})
	return html, err
}
