package page

import (
	"context"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/searchtext"
)

// Wanted is what somebody looks for among pages. Every part that is set has to fit.
type Wanted struct {
	// Words are what she typed: all of them have to occur, or what resembles them.
	Words string
	// From is the id of who began it or saved what it says now, In that of a space.
	From, In string
	// Since and Until are when it was last changed: from the one on, and before the
	// other.
	Since, Until time.Time
}

// Search gives at most so many pages that the actor may read and that fit: those with
// all words in the title, then those with all words, then those with what resembles
// them, each with what was begun last first. It gives fault.Unavailable if too many
// search at this moment.
func (o *Operations) Search(ctx context.Context, a access.Actor, w Wanted, most int) (all []Page, err error) {
	sought, ok := searchtext.Parse(w.Words)
	if !ok {
		return nil, nil
	}
	// Whoever waits must not hold a connection to the database.
	leave, in := o.Searching.Enter(ctx, a.Kind() == access.KindStranger)
	if !in && ctx.Err() != nil {
		return nil, ctx.Err() // who searched has gone
	} else if !in {
		return nil, fault.New(fault.Unavailable, "post.search_busy")
	}
	defer leave()
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		for tier := searchtext.Titled; tier < searchtext.Any && len(all) < most; tier++ {
			if tier == searchtext.Resembling && !sought.Resembles() {
				continue
			}
			some, err := w.ofTier(tx, a, tx.Match(sought.InPages(), tier), most-len(all))
			if err != nil {
				return fmt.Errorf("search pages: %w", err)
			}
			for _, p := range some {
				p.Resembles = tier == searchtext.Resembling
				all = append(all, p)
			}
		}
		return nil
	})
	return all, err
}

func (w Wanted) ofTier(tx *database.Tx, a access.Actor, match string, most int) ([]Page, error) {
	since, until := int64(0), int64(1)<<62
	if !w.Since.IsZero() {
		since = database.Micros(w.Since)
	}
	if !w.Until.IsZero() {
		until = database.Micros(w.Until)
	}
	return database.Collect(tx, func(r *database.Rows) (p Page, err error) {
		var html string
		p, err = scan(r, &html)
		p.HTML = html
		return p, err
	}, `SELECT `+columns+`, p.html FROM (SELECT t.rowid FROM search_text t WHERE `+tx.Matches("$3")+` `+tx.First()+`) t
		JOIN search_docs d ON d.doc = t.rowid AND d.subject_kind = 'page' JOIN pages p ON p.id = d.subject_id`+joins+`p.deleted_at IS NULL
		AND ($4 = '' OR p.author_id = $4 OR p.edited_by = $4) AND ($5 = '' OR p.space_id = $5) AND p.edited_at >= $6 AND p.edited_at < $7
		AND `+access.Readable("p")+` ORDER BY t.rowid DESC LIMIT $8`, a.Args(match, w.From, w.In, since, until, most)...)
}
