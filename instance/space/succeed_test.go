package space_test

import (
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/space"
)

// TestSucceed: who leaves the community leaves no space without a moderator.
func TestSucceed(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		alone := w.begin(draft("Garden", space.Secret))
		shared := w.begin(draft("Street", space.Open))
		w.Put(shared, "cem", "moderator")
		w.Do("UPDATE members SET state = 'leaving' WHERE id = 'ada'")
		react := func(k fact.Kind) {
			t.Helper()
			_, err := w.World.DB.Write(t.Context(), database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
				return "", space.Succeed(tx, fact.Fact{Kind: k, Actor: "ada", Subject: "ada"})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		_, head := w.facts(0)
		react(member.Stayed)
		head = w.expectFacts(t, head)
		react(member.Left)
		head = w.expectFacts(t, head, "space.role_changed ada ben space")
		react(member.Left)
		w.expectFacts(t, head)
		if w.role(alone, "ben") != "moderator" || w.role(shared, "ben") != "member" {
			t.Errorf("ben is a %s and a %s", w.role(alone, "ben"), w.role(shared, "ben"))
		}
	})
}

// TestGuestsModerateOnlyGuests: who becomes a guest of the community moderates
// no more where there is somebody who is none, and goes on where there is not.
func TestGuestsModerateOnlyGuests(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		mixed := w.begin(draft("Garden", space.Secret))
		among := w.begin(draft("Cellar", space.Closed))
		w.Do("DELETE FROM space_members WHERE space_id = $1 AND member_id = 'ben'", among)
		w.Do("UPDATE members SET role = 'guest' WHERE id = 'ada'")
		for range 2 {
			_, err := w.World.DB.Write(t.Context(), database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
				return "", space.Succeed(tx, fact.Fact{Kind: member.RoleChanged, Actor: "olga", Subject: "ada"})
			})
			if err != nil {
				t.Fatal(err)
			}
			if w.role(mixed, "ada") != "member" || w.role(mixed, "ben") != "moderator" || w.role(among, "ada") != "moderator" {
				t.Errorf("ada is a %s beside ben, a %s, and a %s among guests", w.role(mixed, "ada"), w.role(mixed, "ben"), w.role(among, "ada"))
			}
		}
		err := w.World.DB.Read(t.Context(), func(tx *database.Tx) error {
			st, err := access.Stand(tx, is("ada"), mixed)
			if st.Moderates() {
				t.Error("a guest moderates a secret space with members in it")
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}
