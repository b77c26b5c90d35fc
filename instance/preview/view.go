package preview

import (
	"context"
	"errors"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// In gives the previews of posts that the caller has read by the rule, by post.
func In(tx *database.Tx, which string, args ...any) (map[string]Card, error) {
	all := map[string]Card{}
	err := tx.Each(func(r *database.Rows) error {
		var post string
		var c Card
		err := r.Scan(&post, &c.URL, &c.Title, &c.Description, &c.Site, &c.Picture, &c.Width, &c.Height)
		all[post] = c
		return err
	}, "SELECT v.post_id, v.url, v.title, v.description, v.site, coalesce(v.picture_id, ''), v.width, v.height FROM previews v WHERE v.state = 'ready' AND "+which+" -- unfiltered: of posts that were read by the rule", args...)
	if err != nil {
		return nil, fmt.Errorf("read the previews: %w", err)
	}
	return all, nil
}

// Picture gives the picture of a preview, a JPEG, for whoever may read its post in a
// thread that she may read, or fault.Missing.
func (o *Operations) Picture(ctx context.Context, a access.Actor, id string) (body []byte, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		err := tx.One([]any{&body}, `SELECT v.picture FROM previews v JOIN posts p ON p.id = v.post_id JOIN posts t ON t.id = p.root_id
			WHERE v.picture_id = $3 AND v.state = 'ready' AND `+access.ReadableRow("p", "t"), a.Args(id)...)
		if errors.Is(err, database.ErrNone) {
			return fault.Missing()
		}
		if err != nil {
			return fmt.Errorf("look for the picture of a preview: %w", err)
		}
		return nil
	})
	return body, err
}
