package post_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/post"
)

func TestSearchGoesFromTheNewestToTheOldest(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		ctx := context.Background()
		keys, err := keyring.Open(ctx, db, bytes.Repeat([]byte{7}, 32))
		if err != nil {
			t.Fatal(err)
		}
		w := accesstest.World{T: t, DB: db}
		w.Community("hidden")
		w.Member("ada", "active", access.FullRole)
		w.Space("garden", "open")
		w.Put("garden", "ada", "member")
		o := &post.Operations{DB: db, Keys: keys}
		ada := access.Member("ada")
		var ids []string
		for i := range 45 {
			clock.Add(time.Hour)
			id, err := o.Publish(ctx, ada, "", post.Draft{Space: "garden", Body: fmt.Sprintf("tomato number%d", i)})
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
		// Changed words are found, and keep their place.
		if _, err := o.Edit(ctx, ada, "", ids[3], 1, post.Draft{Body: "tomato and basil"}); err != nil {
			t.Fatal(err)
		}
		var found []string
		before := ""
		for range 5 {
			page, err := o.Search(ctx, ada, "tomato", before)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range page.Posts {
				found = append(found, p.ID)
			}
			if before = page.Older; before == "" {
				break
			}
		}
		if len(found) != len(ids) {
			t.Fatalf("found %d of %d", len(found), len(ids))
		}
		for i := range found {
			if found[i] != ids[len(ids)-1-i] {
				t.Fatalf("result %d is %s, want %s", i, found[i], ids[len(ids)-1-i])
			}
		}
		for q, want := range map[string]int{"basil": 1, "tomato basil": 1, "number3": 12 - 2, "nothing": 0} {
			page, err := o.Search(ctx, ada, q, "")
			if err != nil || len(page.Posts) != want {
				t.Errorf("%q finds %d, want %d (%v)", q, len(page.Posts), want, err)
			}
		}
	})
}
