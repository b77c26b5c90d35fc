package joiningweb_test

import (
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/space"
)

func TestMemberOpensAnInvitation(t *testing.T) {
	both(t, "friends", func(t *testing.T, h *house) {
		ben := h.Person("ben", access.FullRole)
		id, err := h.Spaces.Create(h.Ctx, h.owner, "", space.Draft{Name: "Cellar", Visibility: space.Secret, Posting: space.Everyone})
		if err != nil {
			t.Fatal(err)
		}
		path := h.invite(h.owner, joining.Draft{Role: access.FullRole, SpaceID: id})
		c := h.as(ben)
		page := c.Get(path)
		page.Expect(200, "You are a member already", "Cellar", "!Password")
		in := c.Submit(page.Form(path), nil)
		in.Expect(200, "Cellar")
		if in.URL.Path != "/s/"+id {
			t.Errorf("he is led to %s", in.URL.Path)
		}
		c.Get(path).Expect(200, "nothing more to do")
	})
}

// TestMemberIsAskedAboutByAnInvitation: an invitation with approval into a closed
// space says to a member that she asks, and then that she waits.
func TestMemberIsAskedAboutByAnInvitation(t *testing.T) {
	both(t, "friends", func(t *testing.T, h *house) {
		ben, gil := h.as(h.Person("ben", access.FullRole)), h.as(h.Person("gil", access.Guest))
		for _, visibility := range []space.Visibility{space.Closed, space.Secret} {
			id, err := h.Spaces.Create(h.Ctx, h.owner, "", space.Draft{Name: "Cellar " + string(visibility), Visibility: visibility, Posting: space.Everyone})
			if err != nil {
				t.Fatal(err)
			}
			path, name := h.invite(h.owner, joining.Draft{Role: access.FullRole, SpaceID: id, Approval: true}), "!Cellar"
			if visibility == space.Closed {
				name = "Cellar closed"
			}
			gil.Get(path).Expect(200, "you ask to be let into a space", "!Cellar", "!more to do")
			page := ben.Get(path)
			page.Expect(200, "you ask to be let into a space", name, "!more to do", "!nothing more to do")
			if strings.Contains(string(page.Body), "<p></p>") {
				t.Error("an empty line is in the page")
			}
			ben.Submit(page.Form(path), nil).Expect(200, "Asked. Whoever looks after the space answers.", name)
			again := ben.Get(path)
			again.Expect(200, "You have asked already", name, "!Yes, please")
			ben.Submit(again.Form(path), nil).Expect(200, "Asked. Whoever looks after the space answers.")
		}
		page := gil.Get(h.invite(h.owner, joining.Draft{Role: access.FullRole}))
		page.Expect(200, "With this invitation you become a member")
		if strings.Contains(string(page.Body), "<p></p>") {
			t.Error("an empty line is in the page of a guest")
		}
	})
}

// TestTakingARemovalBackIsOfferedToWhoMay: a moderator sees that another was
// removed, and no button that would refuse.
func TestTakingARemovalBackIsOfferedToWhoMay(t *testing.T) {
	both(t, "friends", func(t *testing.T, h *house) {
		mo, max, ben := h.Person("mo", access.Moderator), h.Person("max", access.Moderator), h.Person("ben", access.FullRole)
		for _, who := range []access.Actor{max, ben} {
			if _, err := (&member.Operations{DB: h.DB, Keys: h.Keys}).Remove(h.Ctx, h.owner, "", who.ID()); err != nil {
				t.Fatal(err)
			}
		}
		h.as(mo).Get("/requests").Expect(200, "Let ben come back", "!Let max come back", "Only an owner can take this back")
		h.as(h.owner).Get("/requests").Expect(200, "Let ben come back", "Let max come back", "!Only an owner")
	})
}
