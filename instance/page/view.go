package page

import (
	"context"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/member"
)

// View is a page with what the actor may do about it.
type View struct {
	Page
	// Standing is hers in the space of the page.
	Standing access.Standing
	// Alone says that nobody but its author has changed it.
	Alone bool
}

// columns of a page p in space s, begun by a, saved by e and looked after by o.
const columns = `p.id, p.space_id, s.name, coalesce(s.handle, s.id), s.visibility, p.title, p.created_at, p.edited_at, p.version,
	coalesce(p.review_on, ''), coalesce(p.reviewed_at, 0), p.pinned_at IS NOT NULL, coalesce(p.deleted_at, 0),
	p.author_id, coalesce(a.name, ''), coalesce(a.handle, ''), coalesce(a.role, ''), coalesce(a.state, 'agent'),
	p.edited_by, coalesce(e.name, ''), coalesce(e.handle, ''), coalesce(e.role, ''), coalesce(e.state, 'agent'),
	coalesce(p.owner_id, ''), coalesce(o.name, ''), coalesce(o.handle, ''), coalesce(o.role, ''), coalesce(o.state, '')`

const joins = ` JOIN spaces s ON s.id = p.space_id LEFT JOIN members a ON a.id = p.author_id LEFT JOIN members e ON e.id = p.edited_by
	LEFT JOIN members o ON o.id = p.owner_id WHERE `

func scanPage(r *database.Rows) (Page, error) { return scan(r) }

// scan reads the columns, and what the query gives besides.
func scan(r *database.Rows, more ...any) (p Page, err error) {
	var created, edited, reviewed, deleted int64
	var address string
	var states [3]string
	all := []any{&p.ID, &p.SpaceID, &p.SpaceName, &address, &p.SpaceVisibility, &p.Title, &created, &edited, &p.Version, &p.ReviewOn, &reviewed, &p.Pinned, &deleted}
	people := []*member.Byline{&p.Author, &p.Editor, &p.Owner}
	for i, who := range people {
		all = append(all, &who.ID, &who.Name, &who.Handle, &who.Role, &states[i])
	}
	if err := r.Scan(append(all, more...)...); err != nil {
		return p, err
	}
	for i, who := range people {
		who.Gone, who.Agent = states[i] == "gone", states[i] == "agent"
	}
	p.SpacePath = "/s/" + address
	p.CreatedAt, p.EditedAt = database.At(created), database.At(edited)
	p.ReviewedAt, p.DeletedAt = when(reviewed), when(deleted)
	return p, nil
}

func when(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return database.At(micros)
}

// One gives a page that the actor may read.
func (o *Operations) One(ctx context.Context, a access.Actor, id string) (v View, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		if _, err := find(tx, a, id); err != nil {
			return err
		}
		some, err := database.Collect(tx, func(r *database.Rows) (v View, err error) {
			var html string
			v.Page, err = scan(r, &html, &v.Alone)
			v.HTML = html
			return v, err
		}, `SELECT `+columns+`, p.html, NOT EXISTS (SELECT 1 FROM page_versions v WHERE v.page_id = p.id AND (v.author_id <> p.author_id OR v.edited_by <> p.author_id))
			FROM pages p`+joins+`p.id = $3 AND `+access.ReadableRow("p"), a.Args(id)...)
		if err != nil {
			return fmt.Errorf("read the page: %w", err)
		}
		if len(some) == 0 {
			return fault.Missing()
		}
		v = some[0]
		v.Standing, err = access.Stand(tx, a, v.SpaceID)
		return err
	})
	return v, err
}

// Words are what a page says, for changing it.
type Words struct {
	Draft
	Version int64
}

// Words gives what a page says to who may change it.
func (o *Operations) Words(ctx context.Context, a access.Actor, id string) (w Words, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		r, err := find(tx, a, id)
		if err == nil {
			err = changeable(tx, a, r)
		}
		if err != nil {
			return err
		}
		v, err := versionOf(tx, id, r.version)
		w = Words{Draft{Space: r.space, Title: v.Title, Body: v.Body}, v.Number}
		return err
	})
	return w, err
}

// Version is what a page says or said.
type Version struct {
	Number            int64
	Title, Body, Note string
	// Author is whose words these are, Editor who put them there.
	Author, Editor member.Byline
	At             time.Time
}

const versions = `SELECT v.version, v.title, v.body, v.note, v.edited_at,
	v.author_id, coalesce(a.name, ''), coalesce(a.handle, ''), coalesce(a.role, ''), coalesce(a.state, 'agent'),
	v.edited_by, coalesce(e.name, ''), coalesce(e.handle, ''), coalesce(e.role, ''), coalesce(e.state, 'agent')
	FROM page_versions v LEFT JOIN members a ON a.id = v.author_id LEFT JOIN members e ON e.id = v.edited_by WHERE v.page_id = $1 `

func scanVersion(r *database.Rows) (v Version, err error) {
	var at int64
	var states [2]string
	err = r.Scan(&v.Number, &v.Title, &v.Body, &v.Note, &at, &v.Author.ID, &v.Author.Name, &v.Author.Handle, &v.Author.Role, &states[0],
		&v.Editor.ID, &v.Editor.Name, &v.Editor.Handle, &v.Editor.Role, &states[1])
	v.At = database.At(at)
	for i, who := range []*member.Byline{&v.Author, &v.Editor} {
		who.Gone, who.Agent = states[i] == "gone", states[i] == "agent"
	}
	return v, err
}

// versionOf gives one version of a page that was read by the rule, else
// fault.Missing.
func versionOf(tx *database.Tx, id string, number int64) (v Version, err error) {
	some, err := database.Collect(tx, scanVersion, versions+"AND v.version = $2 -- unfiltered: of a page that was read by the rule", id, number)
	if err != nil {
		return v, fmt.Errorf("read a version: %w", err)
	}
	if len(some) == 0 {
		return v, fault.Missing()
	}
	return some[0], nil
}

// History gives what a page says and said, newest first.
func (o *Operations) History(ctx context.Context, a access.Actor, id string) (all []Version, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		if _, err := find(tx, a, id); err != nil {
			return err
		}
		all, err = database.Collect(tx, scanVersion, versions+"ORDER BY v.version DESC -- unfiltered: of a page that was read by the rule", id)
		return err
	})
	return all, err
}

// Pair gives two versions of a page to be compared. Without a version from it is
// what was there before to; where nothing was, an empty Version.
func (o *Operations) Pair(ctx context.Context, a access.Actor, id string, from, to int64) (was, is Version, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		if _, err := find(tx, a, id); err != nil {
			return err
		}
		if is, err = versionOf(tx, id, to); err != nil {
			return err
		}
		if from == 0 {
			err = tx.One([]any{&from}, "SELECT coalesce(max(v.version), 0) FROM page_versions v WHERE v.page_id = $1 AND v.version < $2 -- unfiltered: of a page that was read by the rule", id, to)
			if err != nil || from == 0 {
				return err
			}
		}
		was, err = versionOf(tx, id, from)
		return err
	})
	return was, is, err
}
