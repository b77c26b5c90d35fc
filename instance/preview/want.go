package preview

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/job"
	"github.com/opengather/opengather/instance/internal/markup"
)

// Job fetches the preview of the post that its key names.
const Job = "preview.fetch"

// Worded has the preview of a post follow its words, which are HTML of package markup,
// in the caller's transaction. As long as the link is the same, nothing happens.
func Worded(tx *database.Tx, post, author, words string) error {
	link, err := wanted(tx, words)
	if err != nil {
		return err
	}
	var had string
	err = tx.One([]any{&had}, "SELECT v.url FROM previews v WHERE v.post_id = $1 -- unfiltered: of what its author changes", post)
	none := errors.Is(err, database.ErrNone)
	switch {
	case err != nil && !none:
		return fmt.Errorf("look for the preview: %w", err)
	case none && link == "", !none && had == link:
		return nil
	case !none:
		if err := EraseOf(tx, post); err != nil {
			return err
		}
	}
	if link == "" {
		return nil
	}
	return ask(tx, post, author, link)
}

// ask puts a post's link on the list of what is to be fetched, unless previews are
// switched off or its author has much on it already.
func ask(tx *database.Tx, post, author, link string) error {
	may, err := on(tx)
	if err != nil || !may {
		return err
	}
	var n int
	err = tx.One([]any{&n}, "SELECT count(*) FROM previews v JOIN posts p ON p.id = v.post_id WHERE v.state = 'pending' AND p.author_id = $1 -- unfiltered: how many wait", author)
	if err != nil {
		return fmt.Errorf("count what waits: %w", err)
	}
	if n >= waiting {
		return nil
	}
	_, err = tx.Exec("INSERT INTO previews (post_id, url, state, title, description, site, width, height) VALUES ($1, $2, $3, '', '', '', 0, 0)", post, link, string(pending))
	if err != nil {
		return fmt.Errorf("ask for a preview: %w", err)
	}
	return job.Enqueue(tx, job.Job{Kind: Job, Key: post})
}

// on reports whether previews are switched on.
func on(tx *database.Tx) (bool, error) {
	off, err := tx.Has("SELECT 1 FROM features WHERE name = $1 AND NOT enabled", string(community.Previews))
	return !off, err
}

// wanted is the link of which a preview is shown: the first that stands on a line of
// its own, else the first of all; empty where none leads elsewhere.
func wanted(tx *database.Tx, words string) (string, error) {
	all := slices.DeleteFunc(markup.Links(words), func(l markup.Link) bool { return len(l.Href) > MaxURL || !strings.HasPrefix(l.Href, "https://") })
	if len(all) == 0 {
		return "", nil
	}
	here, err := database.Collect(tx, func(r *database.Rows) (origin string, err error) {
		err = r.Scan(&origin)
		return origin, err
	}, "SELECT origin FROM origins")
	if err != nil {
		return "", fmt.Errorf("read the addresses of the community: %w", err)
	}
	all = slices.DeleteFunc(all, func(l markup.Link) bool { return ours(l.Href, here) })
	for _, l := range all {
		if l.Alone {
			return l.Href, nil
		}
	}
	if len(all) == 0 {
		return "", nil
	}
	return all[0].Href, nil
}

// ours reports whether a link leads to one of these addresses.
func ours(link string, here []string) bool {
	to, err := url.Parse(link)
	return err == nil && slices.ContainsFunc(here, func(origin string) bool {
		u, err := url.Parse(origin)
		return err == nil && strings.EqualFold(u.Host, to.Host)
	})
}

// EraseOf removes the preview of a post in the caller's transaction. It checks no
// right.
func EraseOf(tx *database.Tx, post string) error {
	if _, err := tx.Exec("DELETE FROM previews WHERE post_id = $1", post); err != nil {
		return fmt.Errorf("erase a preview: %w", err)
	}
	if _, err := tx.Exec("UPDATE posts SET previewed = $1 WHERE id = $2 AND previewed", false, post); err != nil {
		return fmt.Errorf("say that there is no preview: %w", err)
	}
	return job.Cancel(tx, Job, post)
}

// RemoveOf takes the preview of a post away for as long as it has the same link, and
// reports whether there was one, in the caller's transaction. It checks no right.
func RemoveOf(tx *database.Tx, post string) (bool, error) {
	n, err := tx.Exec(`UPDATE previews SET state = $1, title = '', description = '', site = '', picture_id = NULL, width = 0, height = 0, picture = NULL WHERE post_id = $2 AND state = $3`,
		string(removed), post, string(ready))
	if err != nil || n == 0 {
		return false, err
	}
	_, err = tx.Exec("UPDATE posts SET previewed = $1 WHERE id = $2", false, post)
	return true, err
}
