package post

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/space"
)

// PageSize is how many threads a page of a list has.
const PageSize = 20

// Order is how a list is sorted. Both orders are by time alone: see
// docs/ranking.md.
type Order string

const (
	// Newest is by when a thread began.
	Newest Order = "newest"
	// Active is by when something was last said in it. Reactions and edits
	// move nothing.
	Active Order = "active"
)

// Query says which threads to list.
type Query struct {
	// Space lists one space; Author what one member began; both empty list the
	// spaces the actor is in, for a stranger all she may read.
	Space, Author string
	Order         Order
	// Unpinned leaves out what is on top of its space, for a page that shows that
	// above.
	Unpinned bool
	// Kind lists only threads of that kind, Open only those of them that have not
	// ended for the actor: without an answer that she may read, not taken, not
	// solved.
	Kind Kind
	Open bool
	// Before continues a list behind its last entry: Page.Older of the page before.
	Before string
}

// Page is a page of a list.
type Page struct {
	Posts []Post
	// Older continues the list; empty at its end.
	Older string
}

// columns of a post p in space s by author m, who is no member if it is an agent.
const columns = `p.id, p.space_id, s.name, coalesce(s.handle, s.id), s.visibility, p.root_id, coalesce(p.parent_id, ''), p.author_id,
	coalesce(m.name, ''), coalesce(m.handle, ''), coalesce(m.role, ''), coalesce(m.state, 'agent'), p.title, p.html, p.created_at,
	coalesce(p.edited_at, 0), coalesce(p.edited_by, ''), coalesce(p.deleted_at, 0), p.label_id, p.version, p.media,
	p.locked_at IS NOT NULL, p.pinned_at IS NOT NULL, p.kind, p.settled_at IS NOT NULL, p.poll, p.previewed`

// joins are written as CROSS JOIN because SQLite then keeps their order: a list
// is walked in the order of its index and ends at its limit, whatever the
// engine believes about the size of the tables. To PostgreSQL it is all one.
const joins = ` CROSS JOIN spaces s LEFT JOIN members m ON m.id = p.author_id WHERE s.id = p.space_id AND `

func scanPost(r *database.Rows) (Post, error) { return scan(r) }

// scanBelow reads the columns and the label of the post that begins the thread.
func scanBelow(r *database.Rows) (Post, error) {
	var above string
	p, err := scan(r, &above)
	if err != nil {
		return p, err
	}
	root, err := access.Parse(above)
	p.RootHidden = p.IsReply() && underReview(root)
	return p, err
}

// scanMoved reads the columns and where the newest thing in the thread stands.
func scanMoved(r *database.Rows) (Post, error) {
	var at int64
	var id string
	p, err := scan(r, &at, &id)
	p.moved = place(at, id)
	return p, err
}

// scan reads the columns, and what the query gives besides.
func scan(r *database.Rows, more ...any) (Post, error) {
	var p Post
	var created, edited, deleted int64
	var editor, label, state, address string
	err := r.Scan(append([]any{
		&p.ID, &p.SpaceID, &p.SpaceName, &address, &p.SpaceVisibility, &p.RootID, &p.ParentID, &p.Author.ID,
		&p.Author.Name, &p.Author.Handle, &p.Author.Role, &state, &p.Title, &p.HTML, &created,
		&edited, &editor, &deleted, &label, &p.Version, &p.photos,
		&p.Locked, &p.Pinned, &p.Kind, &p.Settled, &p.polled, &p.previewed,
	}, more...)...)
	if err != nil {
		return p, err
	}
	p.SpacePath = "/s/" + address
	p.CreatedAt = database.At(created)
	if edited > 0 {
		p.EditedAt = database.At(edited)
		p.ByModerator = editor != p.Author.ID
	}
	if deleted > 0 {
		p.DeletedAt = database.At(deleted)
	}
	p.Author.Gone, p.Author.Agent = state == "gone", state == "agent"
	p.Label, err = access.Parse(label)
	p.Hidden = underReview(p.Label)
	return p, err
}

func underReview(l access.Label) bool {
	return slices.ContainsFunc(l.Atoms(), func(a access.Atom) bool { return a.Kind == access.Review })
}

// Threads gives a page of threads that the actor may read.
func (o *Operations) Threads(ctx context.Context, a access.Actor, q Query) (page Page, err error) {
	before, beforeID, err := parsePlace(q.Before)
	if err != nil {
		return page, err
	}
	text, of, each := newest, "p", scanPost
	if q.Order == Active {
		text, of, each = active, "x", scanMoved
	}
	where, args := q.scope(a, of, []any{before, beforeID})
	where, args = q.narrow(where, args)
	text += where + " ORDER BY " + of + ".created_at DESC, " + of + ".id DESC LIMIT 21"
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		if q.Space != "" {
			if _, err := space.One(tx, a, q.Space); err != nil {
				return err
			}
		}
		asked := strings.Join([]string{"threads", q.Space, q.Author, string(q.Order), fmt.Sprint(q.Unpinned, q.Open, q.Kind)}, "\n")
		page, err = o.list(tx, a, asked, q.Before, func() (p Page, err error) {
			if p.Posts, err = database.Collect(tx, each, text, a.Args(args...)...); err != nil {
				return p, fmt.Errorf("list threads: %w", err)
			}
			return p, p.fill(tx, a)
		})
		return err
	})
	return page, err
}

var newest = `SELECT ` + columns + ` FROM posts p` + joins + `p.parent_id IS NULL AND (p.created_at, p.id) < ($3, $4) AND p.deleted_at IS NULL AND p.listed AND ` + access.Readable("p")

// active walks what was said backwards in time and takes each thread at the
// newest thing in it that the reader may read. What she may not read neither
// moves a thread nor counts.
var active = `SELECT ` + columns + `, x.created_at, x.id FROM posts x CROSS JOIN posts p` + joins + `p.id = x.root_id AND (x.created_at, x.id) < ($3, $4) AND x.deleted_at IS NULL AND ` + access.Readable("x") + `
	AND NOT EXISTS (SELECT 1 FROM posts l WHERE l.root_id = x.root_id AND (l.created_at, l.id) > (x.created_at, x.id) AND l.deleted_at IS NULL AND ` + access.Readable("l") + `)
	AND p.deleted_at IS NULL AND p.listed AND ` + access.Readable("p")

// scope adds the conditions of a query.
func (q Query) scope(a access.Actor, of string, args []any) (string, []any) {
	switch {
	case q.Space != "":
		return " AND " + of + ".space_id = $5", append(args, q.Space)
	case q.Author != "":
		return " AND p.author_id = $5", append(args, q.Author)
	case a.Kind() == access.KindMember:
		// By time, not by space: coalesce keeps SQLite from taking the index by
		// space and sorting all that was ever said there.
		return " AND coalesce(" + of + ".space_id, '') IN (SELECT sm.space_id FROM space_members sm WHERE sm.member_id = $1)", args
	}
	return "", args
}

// narrow adds the conditions on the threads themselves.
func (q Query) narrow(where string, args []any) (string, []any) {
	if q.Unpinned {
		where += " AND p.pinned_at IS NULL"
	}
	if q.Kind != Talk {
		args = append(args, string(q.Kind))
		where += " AND p.kind <> '' AND p.kind = $" + strconv.Itoa(len(args)+2)
	}
	if q.Open {
		where += unsettled
	}
	return where, args
}

// fill cuts a page to its size and adds what the reader may read below each
// post, and the reactions.
func (p *Page) fill(tx *database.Tx, a access.Actor) error {
	more := len(p.Posts) > PageSize
	p.Posts = p.Posts[:min(len(p.Posts), PageSize)]
	if err := replies(tx, a, p.Posts); err != nil {
		return fmt.Errorf("count the replies: %w", err)
	}
	if more {
		p.Older = p.Posts[PageSize-1].place()
	}
	if err := reactions(tx, a, p.Posts, "x.post_id IN ("+placeholders+")", ids(p.Posts)...); err != nil {
		return fmt.Errorf("count the reactions: %w", err)
	}
	if err := answers(tx, a, p.Posts); err != nil {
		return err
	}
	if err := polls(tx, p.Posts, "q.post_id IN ("+alone+")", ids(p.Posts)...); err != nil {
		return err
	}
	if err := photos(tx, p.Posts, "m.post_id IN ("+alone+")", ids(p.Posts)...); err != nil {
		return err
	}
	if err := unplace(tx, a, p.Posts); err != nil {
		return err
	}
	if err := relink(tx, a, p.Posts, "x.post_id IN ("+placeholders+")", ids(p.Posts)...); err != nil {
		return err
	}
	return mark(tx, a, p.Posts, "x.post_id IN ("+marked+")", ids(p.Posts)...)
}

// replies adds to threads how many replies the reader may read, and when the
// newest of those was written.
func replies(tx *database.Tx, a access.Actor, posts []Post) error {
	if len(posts) == 0 {
		return nil
	}
	at := byID(posts)
	return tx.Each(func(r *database.Rows) error {
		var root string
		var count int
		var latest int64
		err := r.Scan(&root, &count, &latest)
		if p := at[root]; p != nil {
			p.Replies, p.LatestAt = count, database.At(latest)
		}
		return err
	}, countReplies, a.Args(ids(posts)...)...)
}

var countReplies = `SELECT r.root_id, count(*), max(r.created_at) FROM posts r
	WHERE r.root_id IN (` + placeholders + `) AND r.parent_id IS NOT NULL AND r.deleted_at IS NULL AND ` + access.Readable("r") + ` GROUP BY r.root_id`

func byID(posts []Post) map[string]*Post {
	at := make(map[string]*Post, len(posts))
	for i := range posts {
		at[posts[i].ID] = &posts[i]
	}
	return at
}

// place is where a list ended: the time and the id of something the reader saw.
func place(at int64, id string) string { return strconv.FormatInt(at, 36) + "." + id }

// place is where a post stands in the list that it was read from.
func (p Post) place() string {
	if p.moved != "" {
		return p.moved
	}
	return place(database.Micros(p.CreatedAt), p.ID)
}

// IsPlace reports whether a text is one of where a list or thread goes on.
func IsPlace(s string) bool {
	_, _, err := parsePlace(s)
	return err == nil && s != ""
}

// parsePlace reads a place; an empty one is the beginning. The id only breaks
// ties, so it need not exist.
func parsePlace(s string) (int64, string, error) {
	if s == "" {
		return 1 << 62, "~", nil
	}
	at, id, ok := strings.Cut(s, ".")
	n, err := strconv.ParseInt(at, 36, 64)
	if !ok || err != nil || len(id) > 64 || !utf8.ValidString(id) || strings.Contains(id, "\x00") {
		return 0, "", fault.New(fault.Invalid, "fault.cursor")
	}
	return n, id, nil
}

// placeholders hold the ids of a page, so that every page has the same SQL
// text; marked does behind one parameter instead of two, alone behind none.
var placeholders, marked, alone = pageOf(3), pageOf(2), pageOf(1)

func pageOf(first int) string {
	marks := make([]string, PageSize)
	for i := range marks {
		marks[i] = "$" + strconv.Itoa(i+first)
	}
	return strings.Join(marks, ", ")
}

// ids fill the placeholders.
func ids(posts []Post) []any {
	all := make([]any, PageSize)
	for i := range all {
		all[i] = ""
		if i < len(posts) {
			all[i] = posts[i].ID
		}
	}
	return all
}

// reactions adds to posts what the reader may see of the reactions, in one query.
func reactions(tx *database.Tx, a access.Actor, posts []Post, which string, args ...any) error {
	if len(posts) == 0 {
		return nil
	}
	at := byID(posts)
	return tx.Each(func(r *database.Rows) error {
		var id string
		var x Reaction
		if err := r.Scan(&id, &x.Kind, &x.Count); err != nil {
			return err
		}
		if p := at[id]; p != nil {
			p.Reactions = append(p.Reactions, x)
		}
		return nil
	}, `SELECT x.post_id, x.kind, count(DISTINCT x.actor_id) FROM reactions x
		WHERE `+which+` AND `+access.Readable("x")+` GROUP BY x.post_id, x.kind ORDER BY count(DISTINCT x.actor_id) DESC, x.kind`, a.Args(args...)...)
}
