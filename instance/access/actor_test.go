package access_test

import (
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
)

// An actor is bound to what it is: only the program itself has the pass that
// reads everything, and nobody gets it by what she is called.
func TestNobodyIsTheSystemByName(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		w := accesstest.World{T: t, DB: db}
		w.Community("hidden")
		w.Space("secret", "secret")
		for _, a := range []access.Actor{access.Member(access.SystemID), access.Member("*"), access.Agent(access.SystemID, access.ForMembers()), access.Agent("*", access.Public())} {
			if bySQL(t, db, a, access.InSpace("secret").ID()) || byGo(t, db, a, access.InSpace("secret")) {
				t.Errorf("kind %d called %q reads everything", a.Kind(), a.ID())
			}
		}
	})
}
