package portability

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/erasure"
	"github.com/opengather/opengather/instance/page"
)

// erasePages takes the words of somebody who is erased out of all pages. It calls
// first at the beginning of each transaction.
func (o *Operations) erasePages(ctx context.Context, id string, first func(*database.Tx)) error {
	for after := ""; ; {
		n := 0
		_, err := o.DB.Write(ctx, database.Op{Class: database.System, Name: "portability.erase_pages"}, func(tx *database.Tx) (string, error) {
			first(tx)
			some, err := page.By(tx, id, after, batch)
			if err != nil {
				return "", err
			}
			for _, p := range some {
				if err := page.EraseBy(tx, p, id); err != nil {
					return "", err
				}
				after = p
			}
			n = len(some)
			return "", nil
		})
		if err != nil || n < batch {
			return err
		}
	}
}

// rewritePages takes a handle out of what pages say and said, and gives of how many
// versions.
func rewritePages(tx *database.Tx, gone names, like string) (n int, err error) {
	all, err := page.Saying(tx, like)
	if err != nil {
		return 0, err
	}
	for _, was := range all {
		now := was
		now.Title, now.Body, now.Note = gone.blot(was.Title), gone.blot(was.Body), gone.blot(was.Note)
		if now == was {
			continue
		}
		if err := page.Reword(tx, now); err != nil {
			return n, err
		}
		if n++; n == batch {
			return n, nil
		}
	}
	return n, nil
}

// likeOf finds what has a handle in it: an underscore is a wildcard of LIKE.
func likeOf(gone names) string { return "%@" + strings.ReplaceAll(gone.handle, "_", "!_") + "%" }

func (o *Operations) replayPages(ctx context.Context, some []erasure.Erasure) (n int, err error) {
	_, err = o.DB.Write(ctx, replay, func(tx *database.Tx) (string, error) {
		n = 0
		erasure.Listed(tx)
		for _, e := range some {
			err := page.Replay(tx, e)
			if errors.Is(err, database.ErrNone) {
				err = erasure.Learn(tx, e)
			} else if err == nil {
				n++
			}
			if err != nil {
				return "", fmt.Errorf("erase a page again: %w", err)
			}
		}
		return "", nil
	})
	return n, err
}
