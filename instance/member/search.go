package member

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/searchtext"
)

// Search gives people whose name or handle, or one of whose fields, has all the
// words of a query or what resembles them, by name and at most so many. A field counts only for who may read it, and each
// by itself: words spread over two fields are not found. Where the community
// keeps no directory nobody is found.
func (o *Operations) Search(ctx context.Context, a access.Actor, query string, most int) (found []Person, err error) {
	sought, ok := searchtext.Parse(query)
	if !ok {
		return nil, nil
	}
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		found, err = database.Collect(tx, func(r *database.Rows) (p Person, err error) {
			err = r.Scan(&p.ID, &p.Handle, &p.Name, &p.Role)
			return p, err
		}, `SELECT m.id, m.handle, m.name, m.role FROM members m WHERE m.state = 'active' AND `+inside+` AND `+listed+` AND m.id IN (
			SELECT m.id FROM search_text t JOIN search_docs d ON d.doc = t.rowid AND d.subject_kind = 'member' JOIN members m ON m.id = d.subject_id
				WHERE `+tx.Matches("$3")+` AND `+knowable+`
			UNION SELECT f.member_id FROM search_text t JOIN search_docs d ON d.doc = t.rowid AND d.subject_kind = 'profile' JOIN profile_fields f ON f.id = d.subject_id
				WHERE `+tx.Matches("$3")+` AND `+access.Readable("f")+`)
			ORDER BY lower(m.name), m.id LIMIT $4`, a.Args(tx.Match(sought, searchtext.Any), most)...)
		if err != nil {
			return fmt.Errorf("search for people: %w", err)
		}
		return describeAll(tx, a, found)
	})
	return found, err
}
