package post

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/space"
)

// kept is what was read since something was last written: threads once for all
// who read the same labels of them, the rest for one reader each.
type kept struct {
	reach   database.Memo[string]
	threads database.Memo[said]
	hers    database.Memo[ownView]
	places  database.Memo[space.Place]
	lists   database.Memo[Page]
	years   database.Memo[Year]
	maps    database.Memo[mapped]
}

// reader names an actor with all that the read rule asks of her besides the
// data.
func reader(a access.Actor) string {
	return strings.Join([]string{a.ID(), a.Clearance().ID(), strconv.Itoa(int(a.Kind()))}, "\n")
}

// list gives a page of a list that this actor asked for before, or reads it. Only
// the beginning of a list is kept: anybody can make up where one goes on.
func (o *Operations) list(tx *database.Tx, a access.Actor, asked, before string, read func() (Page, error)) (Page, error) {
	if before != "" {
		return read()
	}
	version, err := tx.Version()
	if err != nil {
		return Page{}, fmt.Errorf("ask for the version: %w", err)
	}
	page, err := o.kept.lists.Get(version, asked+"\n"+reader(a), read)
	page.Posts = slices.Clone(page.Posts)
	return page, err
}

// Weight is for a database.Memo.
func (p Page) Weight() int { return size(p.Posts) }

// Weight is for a database.Memo.
func (s said) Weight() int { return size(s.posts) + s.look.weight() }

// ownView are the posts of a thread with what is one reader's own.
type ownView []Post

// Weight is for a database.Memo.
func (o ownView) Weight() int { return size(o) }

// about and aboutPhoto are what a post and a photo take besides their texts, in bytes.
const (
	about      = 512
	aboutPhoto = 88
)

// size is how many bytes posts take, about.
func size(posts []Post) (n int) {
	for _, p := range posts {
		n += about + len(p.Title) + len(p.HTML)
		for _, m := range p.Media {
			n += aboutPhoto + len(m.Alt)
		}
		if c := p.Preview; c != nil {
			n += aboutPhoto + len(c.URL) + len(c.Title) + len(c.Description) + len(c.Site) + len(c.Picture)
		}
	}
	return n
}

// place gives a space as the actor may see it.
func (o *Operations) place(tx *database.Tx, a access.Actor, version, id string) (space.Place, error) {
	return o.kept.places.Get(version, id+"\n"+reader(a), func() (space.Place, error) { return space.Look(tx, a, id) })
}

// readThread gives a thread from memory or from the database. Which labels the
// actor reads is asked of the read rule, as of this version. Where a thread goes
// on is kept nowhere: anybody can make up such addresses.
func (o *Operations) readThread(tx *database.Tx, a access.Actor, version, id, after string) (said, error) {
	if after != "" {
		return queryThread(tx, a, id, after)
	}
	reach, err := o.kept.reach.Get(version, id+"\n"+reader(a), func() (string, error) { return reach(tx, a, id) })
	if err != nil {
		return said{}, fmt.Errorf("ask what the actor reads: %w", err)
	}
	return o.kept.threads.Get(version, id+"\n"+reach, func() (said, error) { return queryThread(tx, a, id, "") })
}

// reach names the labels in a thread that the actor reads now. It is one query
// whatever is there: the time it takes tells nothing of what is hidden.
func reach(tx *database.Tx, a access.Actor, id string) (string, error) {
	reads, err := database.Collect(tx, func(r *database.Rows) (label string, err error) {
		err = r.Scan(&label)
		return label, err
	}, `SELECT t.label_id FROM (SELECT p.label_id FROM posts p WHERE p.root_id = $3
		UNION SELECT x.label_id FROM reactions x WHERE x.post_id IN (SELECT y.id FROM posts y WHERE y.root_id = $3)) t
		WHERE `+access.ReadableRow("t")+` ORDER BY 1`, a.Args(id)...)
	return strings.Join(reads, ","), err
}

// forReader gives the posts of a thread with what is the actor's own: what she
// chose of the reactions, and whom of the mentioned she may know. It copies:
// the posts belong to everybody, and hers to each of her requests.
func (o *Operations) forReader(tx *database.Tx, a access.Actor, version, root, after string, posts []Post) ([]Post, error) {
	work := func() (ownView, error) {
		hers := slices.Clone(posts)
		if err := unplace(tx, a, hers); err != nil {
			return nil, err
		}
		if err := relink(tx, a, hers, inThread, root); err != nil {
			return nil, err
		}
		return hers, mark(tx, a, hers, "x.post_id IN (SELECT y.id FROM posts y WHERE y.root_id = $2) -- unfiltered: where to look, not what is shown\n", root)
	}
	if after != "" {
		return work()
	}
	hers, err := o.kept.hers.Get(version, root+"\n"+reader(a), work)
	return slices.Clone(hers), err
}

// savedMark stands for no reaction, but for what the actor saved.
const savedMark = "saved"

// mark says which reactions are the actor's own, and what she saved.
func mark(tx *database.Tx, a access.Actor, posts []Post, which string, args ...any) error {
	if a.Kind() != access.KindMember {
		return nil
	}
	at := byID(posts)
	return tx.Each(func(r *database.Rows) error {
		var id string
		var kind Sign
		if err := r.Scan(&id, &kind); err != nil {
			return err
		}
		p := at[id]
		if p == nil {
			return nil
		}
		if kind == savedMark {
			p.Saved = true
			return nil
		}
		p.Reactions = append([]Reaction(nil), p.Reactions...)
		for i := range p.Reactions {
			p.Reactions[i].Mine = p.Reactions[i].Mine || p.Reactions[i].Kind == kind
		}
		return nil
	}, "SELECT DISTINCT x.post_id, x.kind FROM reactions x WHERE x.actor_id = $1 AND "+which+`
		UNION ALL SELECT x.post_id, '`+savedMark+`' FROM saved x WHERE x.member_id = $1 AND `+which+" -- unfiltered: the actor's own", append([]any{a.ID()}, args...)...)
}
