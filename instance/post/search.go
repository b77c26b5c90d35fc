package post

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/searchtext"
)

// Wanted is what somebody looks for among posts and replies. Every part that is
// set has to fit.
type Wanted struct {
	// Words are what she typed: all of them have to occur, or what resembles them.
	Words string
	// From is the id of the author, In that of a space.
	From, In string
	// Since and Until are when it was said: from the one on, and before the other.
	Since, Until time.Time
	// Photos wants only what has photos.
	Photos bool
	// Newest sorts what is found by time alone, not by tier first.
	Newest bool
}

// narrowed reports whether anything but words is asked for.
func (w Wanted) narrowed() bool {
	return w.From != "" || w.In != "" || !w.Since.IsZero() || !w.Until.IsZero() || w.Photos
}

// asked names what is wanted, for what is kept.
func (w Wanted) asked() string {
	since, until := w.span()
	return strings.Join([]string{"search", w.Words, w.From, w.In, fmt.Sprint(since, until, w.Photos, w.Newest)}, "\n")
}

// span is when it was said, in microseconds.
func (w Wanted) span() (since, until int64) {
	until = lastMoment
	if !w.Since.IsZero() {
		since = min(max(database.Micros(w.Since), 0), lastMoment)
	}
	if !w.Until.IsZero() {
		until = min(database.Micros(w.Until), until)
	}
	return since, until
}

// media is how many photos it has at least.
func (w Wanted) media() int {
	if w.Photos {
		return 1
	}
	return 0
}

// Search gives posts and replies that the actor may read and that fit: those
// with all words in the title, then those with all words, then those with what
// resembles them, each newest first. Without words it gives all that fits
// otherwise, newest first, and nothing if nothing is asked. before continues:
// Page.Older. It gives fault.Unavailable if too many search at this moment.
func (o *Operations) Search(ctx context.Context, a access.Actor, w Wanted, before string) (page Page, err error) {
	sought, ok := searchtext.Parse(w.Words)
	if !ok && !w.narrowed() {
		return page, nil
	}
	// Whoever waits must not hold a connection to the database.
	leave, in := o.Searching.Enter(ctx, a.Kind() == access.KindStranger)
	if !in && ctx.Err() != nil {
		return page, ctx.Err() // who searched has gone
	} else if !in {
		return page, fault.New(fault.Unavailable, "post.search_busy")
	}
	defer leave()
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		page, err = o.list(tx, a, w.asked(), before, func() (p Page, err error) {
			if ok {
				p, err = w.byWords(tx, a, sought, before)
			} else {
				p, err = w.browse(tx, a, before)
			}
			if err != nil {
				return p, err
			}
			return p, p.hits(tx, a)
		})
		return err
	})
	return page, err
}

// byWords asks for one tier after the other, until a page is full. How often it
// asks follows from what the actor may read, and from nothing else.
func (w Wanted) byWords(tx *database.Tx, a access.Actor, sought searchtext.Sought, before string) (p Page, err error) {
	tier, place, err := w.parseTier(before)
	if err != nil {
		return p, err
	}
	for ; tier <= searchtext.Any && len(p.Posts) <= PageSize; tier++ {
		if tier == searchtext.Any && !w.Newest || tier == searchtext.Resembling && !sought.Resembles() {
			continue
		}
		found, err := w.ofTier(tx, a, tx.Match(sought, tier), place)
		if err != nil {
			return p, fmt.Errorf("search: %w", err)
		}
		for _, x := range found {
			x.moved = strconv.Itoa(int(tier)) + "." + x.place()
			x.Resembles = tier == searchtext.Resembling
			p.Posts = append(p.Posts, x)
		}
		place = ""
	}
	return p, nil
}

// parseTier reads where a page of hits ended: the tier, and the place in it.
func (w Wanted) parseTier(before string) (searchtext.Tier, string, error) {
	first, last := searchtext.Titled, searchtext.Resembling
	if w.Newest {
		first, last = searchtext.Any, searchtext.Any
	}
	if before == "" {
		return first, "", nil
	}
	number, place, _ := strings.Cut(before, ".")
	tier, err := strconv.Atoi(number)
	if err != nil || searchtext.Tier(tier) < first || searchtext.Tier(tier) > last || place == "" {
		return 0, "", fault.New(fault.Invalid, "fault.cursor")
	}
	return searchtext.Tier(tier), place, nil
}

// found is what every search asks of a post p below b.
var found = ` AND (p.created_at, p.id) < ($3, $4) AND p.created_at >= $5 AND p.created_at < $6 AND ($7 = '' OR p.author_id = $7) AND ($8 = '' OR p.space_id = $8)
	AND p.media >= $9 AND p.deleted_at IS NULL AND p.listed AND ` + access.Readable("p") + " AND " + access.Readable("b")

// conditions are the arguments of found.
func (w Wanted) conditions(place string) ([]any, error) {
	at, id, err := parsePlace(place)
	since, until := w.span()
	return []any{at, id, since, until, w.From, w.In, w.media()}, err
}

// ofTier walks the texts of a tier from the newest backwards: see database.Doc.
func (w Wanted) ofTier(tx *database.Tx, a access.Actor, match, place string) ([]Post, error) {
	args, err := w.conditions(place)
	if err != nil {
		return nil, err
	}
	since, until := w.span()
	at, _, err := parsePlace(place)
	if err != nil {
		return nil, err
	}
	args = append(args, match, firstDoc(min(at, until)), database.Doc(database.At(since)))
	return database.Collect(tx, scanBelow, `SELECT `+columns+`, b.label_id
		FROM (SELECT t.rowid FROM search_text t WHERE `+tx.Matches("$10")+` AND t.rowid < $11 AND t.rowid >= $12 `+tx.First()+`) t
		CROSS JOIN search_docs d CROSS JOIN posts p CROSS JOIN posts b`+joins+`d.doc = t.rowid AND d.subject_kind = 'post' AND p.id = d.subject_id AND b.id = p.root_id`+found+`
		ORDER BY t.rowid DESC LIMIT 21`, a.Args(args...)...)
}

// lastMoment is the year 2112, and what the number of a text can hold.
const lastMoment = 1 << 52

// firstDoc is where the texts behind a place begin.
func firstDoc(micros int64) int64 {
	return database.Doc(database.At(min(micros, lastMoment) + 1))
}

// browse lists what fits without words, by the index that has least to walk.
func (w Wanted) browse(tx *database.Tx, a access.Actor, before string) (p Page, err error) {
	args, err := w.conditions(before)
	if err != nil {
		return p, err
	}
	by := ""
	switch {
	case w.From != "":
		by = " AND p.author_id = $7"
	case w.In != "":
		by = " AND p.space_id = $8"
	}
	if w.Photos {
		by += " AND p.media > 0" // as the index says it
	}
	p.Posts, err = database.Collect(tx, scanBelow, `SELECT `+columns+`, b.label_id FROM posts p CROSS JOIN posts b`+joins+`b.id = p.root_id`+by+found+`
		ORDER BY p.created_at DESC, p.id DESC LIMIT 21`, a.Args(args...)...)
	if err != nil {
		return p, fmt.Errorf("search without words: %w", err)
	}
	return p, nil
}

// hits cuts a page to its size and adds what a hit shows: photos, and words as
// the reader may see them.
func (p *Page) hits(tx *database.Tx, a access.Actor) error {
	if len(p.Posts) > PageSize {
		p.Posts = p.Posts[:PageSize]
		p.Older = p.Posts[PageSize-1].place()
	}
	if err := photos(tx, p.Posts, "m.post_id IN ("+alone+")", ids(p.Posts)...); err != nil {
		return err
	}
	if err := unplace(tx, a, p.Posts); err != nil {
		return err
	}
	return relink(tx, a, p.Posts, "x.post_id IN ("+placeholders+")", ids(p.Posts)...)
}
