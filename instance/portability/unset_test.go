package portability_test

import (
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/post"
)

// TestErasureUnsetsWhatShePreferred: what is left of her row is that of somebody
// who never chose anything.
func TestErasureUnsetsWhatShePreferred(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		l := live(t, db, clock)
		l.must(l.members.Prefer(l.ctx, l.her, "", member.Preferences{Language: "de", Zone: "Europe/Berlin", Theme: "dark", Order: "active"}))
		const chosen = "members WHERE id = $1 AND (NOT shortcuts OR NOT live OR theme <> 'auto' OR home_order <> 'newest' OR language <> '' OR zone <> '')"
		if l.Count(chosen, l.her.ID()) != 1 {
			t.Fatal("she chose nothing")
		}
		l.must("", l.o.DeleteAccount(l.ctx, l.her, "", l.proof(), false))
		l.pass(member.Grace+time.Hour, 1)
		for _, column := range []string{"NOT shortcuts", "NOT live", "theme <> 'auto'", "home_order <> 'newest'", "language <> ''", "zone <> ''"} {
			if l.Count("members WHERE id = $1 AND "+column, l.her.ID()) != 0 {
				t.Errorf("after her erasure %s", column)
			}
		}
	})
}

// TestErasureIsSeenInOpenPages: with her go reactions, and her name from what
// others said. A page of that which is open is looked at anew.
func TestErasureIsSeenInOpenPages(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		l := live(t, db, clock)
		l.must("", l.o.DeleteAccount(l.ctx, l.her, "", l.proof(), false))
		var from int64
		var touched post.Touched
		read := func(do func(tx *database.Tx) error) { l.must("", db.Read(l.ctx, do)) }
		read(func(tx *database.Tx) (err error) { from, err = fact.Head(tx); return err })
		was, err := l.posts.Thread(l.ctx, l.other, l.mention, "")
		l.must("", err)
		l.pass(member.Grace+time.Hour, 1)
		now, err := l.posts.Thread(l.ctx, l.other, l.mention, "")
		l.must("", err)
		read(func(tx *database.Tx) (err error) { touched, err = post.TouchedSince(tx, from); return err })
		if was.Look.Sum == now.Look.Sum || !touched.All {
			t.Errorf("the page looks as before: %v, and where to look anew is %+v", was.Look.Sum == now.Look.Sum, touched)
		}
	})
}
