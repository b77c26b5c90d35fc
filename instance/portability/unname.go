package portability

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/markup"
	"github.com/opengather/opengather/instance/internal/searchtext"
)

// nobody stands where somebody was mentioned who is gone.
const nobody = "@…"

// unname takes her handles, and with their links her name, out of what others
// said. It changes no other word, and counts as no edit: its author did not
// make it. Names that people wrote as words stay theirs.
func (o *Operations) unname(ctx context.Context, id string) error {
	var all []string
	err := o.DB.Read(ctx, func(tx *database.Tx) (err error) {
		all, err = handles(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	for _, h := range all {
		for {
			n, err := o.unnameSome(ctx, h)
			if err != nil {
				return err
			}
			if n < batch {
				break
			}
		}
	}
	return nil
}

// text is something said that has a handle in it.
type text struct {
	id, title, body, html string
	version               int64
}

func (o *Operations) unnameSome(ctx context.Context, handle string) (n int, err error) {
	_, err = o.DB.Write(ctx, database.Op{Class: database.System, Name: EraseJob}, func(tx *database.Tx) (string, error) {
		// An underscore is a wildcard of LIKE.
		like := "%@" + strings.ReplaceAll(handle, "_", "!_") + "%"
		posts, err := database.Collect(tx, func(r *database.Rows) (t text, err error) {
			err = r.Scan(&t.id, &t.version, &t.title, &t.body, &t.html)
			return t, err
		}, "SELECT id, version, title, body, html FROM posts WHERE lower(title) LIKE $1 ESCAPE '!' OR lower(body) LIKE $1 ESCAPE '!' OR html LIKE $1 ESCAPE '!' -- unfiltered: erasure", like)
		if err != nil {
			return "", err
		}
		former, err := database.Collect(tx, func(r *database.Rows) (t text, err error) {
			err = r.Scan(&t.id, &t.version, &t.title, &t.body)
			return t, err
		}, "SELECT post_id, version, title, body FROM post_versions WHERE lower(title) LIKE $1 ESCAPE '!' OR lower(body) LIKE $1 ESCAPE '!' -- unfiltered: erasure", like)
		if err != nil {
			return "", err
		}
		n, err = rewrite(tx, handle, posts, former)
		return "", err
	})
	return n, err
}

// rewrite changes at most a batch of texts and gives how many it changed.
// Somebody called @ada is not meant by @adam: such texts stay.
func rewrite(tx *database.Tx, handle string, posts, former []text) (n int, err error) {
	for _, was := range posts {
		now := was.without(handle)
		if now == was {
			continue
		}
		// The version counts up so that a form which still has the handle in it
		// is shown the words as they are now.
		same, err := tx.Exec("UPDATE posts SET title = $1, body = $2, html = $3, version = version + 1 WHERE id = $4 AND version = $5", now.title, now.body, now.html, now.id, now.version)
		if err != nil {
			return n, fmt.Errorf("unname a post: %w", err)
		}
		if same == 0 {
			return batch, nil // edited or deleted meanwhile: look again
		}
		if err := tx.Index("post", now.id, searchtext.Normalise(now.title+" "+markup.Render(now.body, markup.Options{}).Plain)); err != nil {
			return n, err
		}
		if n++; n == batch {
			return n, nil
		}
	}
	for _, was := range former {
		now := was.without(handle)
		if now == was {
			continue
		}
		if _, err := tx.Exec("UPDATE post_versions SET title = $1, body = $2 WHERE post_id = $3 AND version = $4", now.title, now.body, now.id, now.version); err != nil {
			return n, fmt.Errorf("unname a former version: %w", err)
		}
		if n++; n == batch {
			return n, nil
		}
	}
	return n, nil
}

// without is the text without the handle. In HTML a mention is a link around
// the name.
func (t text) without(handle string) text {
	link := regexp.MustCompile(`<a href="/@` + handle + `"[^>]*>.*?</a>`)
	t.html = link.ReplaceAllLiteralString(t.html, nobody)
	t.title, t.body, t.html = blot(t.title, handle), blot(t.body, handle), blot(t.html, handle)
	return t
}

// blot replaces the handle wherever it stands as a word behind an @.
func blot(s, handle string) string {
	found := regexp.MustCompile(`(?i)@`+handle).FindAllStringIndex(s, -1)
	var b strings.Builder
	from := 0
	for _, at := range found {
		if at[1] < len(s) && inHandle(s[at[1]]) {
			continue
		}
		b.WriteString(s[from:at[0]] + nobody)
		from = at[1]
	}
	return b.String() + s[from:]
}

func inHandle(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
