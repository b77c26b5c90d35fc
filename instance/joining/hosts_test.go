package joining_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
)

// TestHostsOfAGuest: a guest is told who looks after her spaces, and nobody of
// any other, in as many queries for many spaces as for one.
func TestHostsOfAGuest(t *testing.T) {
	both(t, func(d door) {
		d.Member("gus", "active", access.Guest)
		d.Member("ana", "active", access.FullRole)
		d.Member("lea", "leaving", access.FullRole)
		d.Put("closed", "mo", "moderator")
		d.Put("closed", "gus", "member")
		hosts := func(who string) string {
			d.T.Helper()
			all, err := d.Hosts(d.ctx, access.Member(who))
			if err != nil {
				t.Fatal(err)
			}
			var said []string
			for _, h := range all {
				said = append(said, h.Name+" of "+h.Space)
			}
			return strings.Join(said, ", ")
		}
		if got := hosts("gus"); got != "mo of closed" {
			t.Errorf("the hosts of one space are %q", got)
		}
		one := databasetest.Statements(d.World.DB, func() { hosts("gus") })
		for i := range 8 {
			id := fmt.Sprintf("place_%d", i)
			d.Space(id, "secret")
			d.Put(id, "gus", "member")
			d.Put(id, "mo", "moderator")
			d.Put(id, "ana", "moderator")
			d.Put(id, "lea", "moderator")
		}
		if got := hosts("gus"); got != "mo of closed, ana of place_0" {
			t.Errorf("the hosts of many spaces are %q", got)
		}
		if many := databasetest.Statements(d.World.DB, func() { hosts("gus") }); many.Count() != one.Count() {
			t.Errorf("many spaces take %d queries, one takes %d", many.Count(), one.Count())
		}
		d.Do("UPDATE members SET state = 'leaving' WHERE id = 'gus'")
		for _, who := range []string{"gus", "nobody"} {
			if got := hosts(who); got != "" {
				t.Errorf("who is not here is told %q", got)
			}
		}
		if all, err := d.Hosts(d.ctx, access.Stranger()); err != nil || len(all) != 0 {
			t.Errorf("a stranger is told %v, %v", all, err)
		}
	})
}
