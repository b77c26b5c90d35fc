package server

import (
	"context"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/job"
	"github.com/opengather/opengather/instance/internal/searchtext"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/page"
	"github.com/opengather/opengather/instance/post"
)

// remakeJob makes search texts anew that older rules made.
const remakeJob = "search.remake"

// remadeAtOnce is how many search texts one write makes anew.
const remadeAtOnce = 50

// searched says for each kind of search text how it is made anew.
var searched = map[string]func(*database.Tx, string) error{
	"post":    post.Reindex,
	"page":    page.Reindex,
	"member":  member.Reindex,
	"profile": member.ReindexField,
}

// planRemake enqueues the job if there is anything for it to do: after a new
// version of the program, and after an older copy of the data was put back.
func planRemake(tx *database.Tx) error {
	stale, err := tx.Has("SELECT 1 FROM search_docs WHERE made < $1", searchtext.Made)
	if err != nil || !stale {
		return err
	}
	return job.Enqueue(tx, job.Job{Kind: remakeJob, Key: "all"})
}

// remake makes some search texts anew, and comes again at once while there are
// more. Each keeps its number, so that no order changes.
func (p *Program) remake(ctx context.Context, _ string) (again time.Time, err error) {
	_, err = p.DB.Write(ctx, database.Op{Class: database.System, Name: "search.remake"}, func(tx *database.Tx) (string, error) {
		stale, err := tx.Stale(remadeAtOnce)
		if err != nil {
			return "", fmt.Errorf("look for older search texts: %w", err)
		}
		for _, s := range stale {
			if err := tx.Remake(s.ID, searched[s.Kind]); err != nil {
				return "", err
			}
		}
		if again = (time.Time{}); len(stale) == remadeAtOnce {
			again = tx.Now()
		}
		return "", nil
	})
	return again, err
}
