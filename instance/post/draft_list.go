package post

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/space"
)

// sealedDraft is what of a draft nobody reads who has only the database.
type sealedDraft struct {
	Title, Body string
	Kind        Kind
	Base        int64
}

// bound ties sealed words to their author and their place among hers: put into
// another row they do not open.
func bound(author, id string) []byte { return []byte(author + "\n" + id) }

// storeDraft writes a draft with a new version, unless it says the same already.
func (o *Operations) storeDraft(tx *database.Tx, a access.Actor, by string, d *Unsent) error {
	raw, err := json.Marshal(sealedDraft{d.Title, d.Body, d.Kind, d.Base})
	if err != nil {
		return err
	}
	words, err := o.Keys.Seal(keyring.Drafts, raw, bound(a.ID(), d.ID))
	if err != nil {
		return fmt.Errorf("seal a draft: %w", err)
	}
	place, id := d.At.place()
	now := database.Micros(tx.Now())
	d.Version, d.KeptAt = newID(), tx.Now()
	_, err = tx.Beneath(`INSERT INTO drafts (id, author_id, place, place_id, words, version, hand, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (id) DO UPDATE SET place = excluded.place, place_id = excluded.place_id, words = excluded.words, version = excluded.version, hand = excluded.hand, updated_at = excluded.updated_at`,
		d.ID, a.ID(), place, id, words, d.Version, by, now)
	if err != nil {
		return fmt.Errorf("keep a draft: %w", err)
	}
	return nil
}

// drafts are those of the actor's that a condition on d chooses, the last kept
// first. Its arguments begin with $2.
func (o *Operations) drafts(tx *database.Tx, a access.Actor, which string, args ...any) ([]Unsent, error) {
	if a.Kind() != access.KindMember {
		return nil, nil
	}
	all, err := database.Collect(tx, func(r *database.Rows) (d Unsent, err error) {
		var place, id, author string
		var words []byte
		var kept int64
		if err := r.Scan(&d.ID, &author, &place, &id, &words, &d.Version, &kept); err != nil {
			return d, err
		}
		d.KeptAt = database.At(kept)
		switch place {
		case "post":
			d.At.Post = id
		case "parent":
			d.At.Parent = id
		default:
			d.At.Space = id
		}
		return d, o.openDraft(author, words, &d)
	}, "SELECT d.id, d.author_id, d.place, d.place_id, d.words, d.version, d.updated_at FROM drafts d WHERE "+which+" AND "+access.Owned("d")+" ORDER BY d.updated_at DESC, d.id DESC",
		append([]any{a.ID()}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("read drafts: %w", err)
	}
	return all, nil
}

func (o *Operations) openDraft(author string, words []byte, d *Unsent) error {
	raw, err := o.Keys.Unseal(keyring.Drafts, words, bound(author, d.ID))
	if err != nil {
		return err
	}
	var s sealedDraft
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	d.Title, d.Body, d.Kind, d.Base = s.Title, s.Body, s.Kind, s.Base
	return nil
}

// DraftAt gives what the actor has begun to write there, the one with this id or
// else the last that was kept, or the zero Unsent. It is hers, whatever has become of
// the place. The zero Aim is any space.
func (o *Operations) DraftAt(ctx context.Context, a access.Actor, at Aim, one string) (d Unsent, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		place, id := at.place()
		all, err := o.drafts(tx, a, "d.place = $2 AND (d.place_id = $3 OR $3 = '')", place, id)
		if err != nil || len(all) == 0 {
			return err
		}
		d = all[max(slices.IndexFunc(all, func(x Unsent) bool { return x.ID == one }), 0)]
		d.Others = slices.ContainsFunc(all, func(x Unsent) bool { return x.At == d.At && x.ID != d.ID })
		return nil
	})
	return d, err
}

// Drafts gives all that the actor has begun to write, the last kept first, each
// with its place as far as she reads that now.
func (o *Operations) Drafts(ctx context.Context, a access.Actor) (all []Unsent, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		if all, err = o.drafts(tx, a, "TRUE"); err != nil || len(all) == 0 {
			return err
		}
		about, err := database.Collect(tx, scanPost, draftsAbout, a.Args()...)
		if err != nil {
			return fmt.Errorf("look for what drafts are about: %w", err)
		}
		at, named := byID(about), map[string]Unsent{}
		for i := range all {
			d := &all[i]
			if p := at[d.At.Parent+d.At.Post]; p != nil {
				d.About, d.SpaceName, d.SpacePath = p, p.SpaceName, p.SpacePath
			} else if in := d.At.Space; in != "" {
				if named[in].At.Space == "" {
					if err := d.inSpace(tx, a); err != nil {
						return err
					}
					named[in] = *d
				}
				d.SpaceName, d.SpacePath = named[in].SpaceName, named[in].SpacePath
			}
		}
		return nil
	})
	return all, err
}

var draftsAbout = `SELECT DISTINCT ` + columns + ` FROM drafts d CROSS JOIN posts p CROSS JOIN posts b` + joins + `d.author_id = $1 AND d.place <> 'space' AND p.id = d.place_id AND b.id = p.root_id
	AND p.deleted_at IS NULL AND ` + access.Readable("p") + ` AND ` + access.Readable("b")

// inSpace names the space of a beginning, if the actor reads what is said there.
func (d *Unsent) inSpace(tx *database.Tx, a access.Actor) error {
	reads, err := access.CanRead(tx, a, access.InSpace(d.At.Space))
	if err != nil || !reads {
		return err
	}
	s, err := space.One(tx, a, d.At.Space)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err == nil {
		d.SpaceName, d.SpacePath = s.Name, s.Path()
	}
	return err
}

// CountDrafts is how many Drafts gives.
func CountDrafts(tx *database.Tx, a access.Actor) (n int, err error) {
	if err = tx.One([]any{&n}, "SELECT count(*) FROM drafts d WHERE "+access.Owned("d"), a.ID()); err != nil {
		return 0, fmt.Errorf("count drafts: %w", err)
	}
	return n, nil
}
