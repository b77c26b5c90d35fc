package post

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/limit"
	"github.com/opengather/opengather/instance/internal/searchtext"
	"github.com/opengather/opengather/instance/member"
)

const (
	// MaxNamed is how many people are named while somebody types a name.
	MaxNamed = 8
	// maxTried bounds of how many who fit is asked whether they would read it.
	maxTried = 40
)

// perTyping is plenty for somebody who types fast and mentions many.
var perTyping = limit.Allowance{Kind: "names while writing", Burst: 60, Every: time.Second}

// Foresee gives the words of a draft as their author would see them if she said
// them now, with the same people mentioned, and refuses what could not be said.
// It writes nothing.
func (o *Operations) Foresee(ctx context.Context, a access.Actor, at Aim, d Draft) (html string, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		r, err := aimed(tx, a, at)
		if err == nil && r.id != r.root {
			d, err = d.below()
		}
		if err == nil {
			d, err = d.check()
		}
		if err != nil {
			return err
		}
		words, mentioned, err := render(tx, a, r, d.Body)
		known := map[string]member.Byline{}
		for _, id := range mentioned {
			if err == nil {
				var hers map[string]member.Byline
				hers, err = namesNow(tx, a, "m.id = $3", id)
				maps.Copy(known, hers)
			}
		}
		html = relinked(words.HTML, known)
		return err
	})
	return html, err
}

// candidate is somebody who may be meant by what is typed.
type candidate struct {
	member.Byline
	sort string
	// inside says that she is in the space: of those who read what is said in a
	// space that is not for all, there are no others.
	inside bool
}

// Named gives at most MaxNamed people whom the actor can mention by words there,
// by the rule for mentions, and whose handle or a word of whose name begins with
// what she has typed. Where the community keeps no directory, only a whole handle
// finds somebody.
func (o *Operations) Named(ctx context.Context, a access.Actor, at Aim, typed string) (named []member.Byline, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		r, err := aimed(tx, a, at)
		if err != nil {
			return err
		}
		if !o.limits.Take(o.DB.Now(), perTyping, a.ID()) {
			return fault.New(fault.TooMany, "fault.too_many")
		}
		all, err := candidates(tx, a, r, typed)
		if err != nil {
			return err
		}
		for _, c := range all[:min(len(all), maxTried)] {
			reads, err := access.CanRead(tx, access.Member(c.ID), r.label.With(r.above))
			if err != nil {
				return err
			}
			if reads {
				named = append(named, c.Byline)
			}
			if len(named) == MaxNamed {
				break
			}
		}
		return nil
	})
	return named, err
}

// candidates are those who fit what is typed, by whether they are in the space
// and by name. Names are compared here: see member.Operations.Directory.
func candidates(tx *database.Tx, a access.Actor, r row, typed string) ([]candidate, error) {
	handle, word := strings.ToLower(typed), searchtext.Normalise(typed)
	hidden, err := tx.Has("SELECT 1 FROM features WHERE name = $1 AND NOT enabled", string(community.Directory))
	if err != nil {
		return nil, fmt.Errorf("ask for the directory: %w", err)
	}
	all, err := database.Collect(tx, func(r *database.Rows) (c candidate, err error) {
		err = r.Scan(&c.ID, &c.Handle, &c.Name, &c.inside)
		c.sort = searchtext.Normalise(c.Name)
		return c, err
	}, `SELECT m.id, m.handle, m.name, EXISTS (SELECT 1 FROM space_members x WHERE x.space_id = $3 AND x.member_id = m.id)
		FROM members m WHERE m.id <> $1 AND `+meantRow, a.Args(r.space)...)
	if err != nil {
		return nil, fmt.Errorf("list who can be mentioned: %w", err)
	}
	all = slices.DeleteFunc(all, func(c candidate) bool {
		if hidden {
			return c.Handle != handle
		}
		named := word != "" && slices.ContainsFunc(strings.Fields(c.sort), func(w string) bool { return strings.HasPrefix(w, word) })
		return handle == "" || !named && !strings.HasPrefix(c.Handle, handle)
	})
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(flag(b.inside), flag(a.inside)), strings.Compare(a.sort, b.sort), strings.Compare(a.ID, b.ID))
	})
	return all, nil
}
