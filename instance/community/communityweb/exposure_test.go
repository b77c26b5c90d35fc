package communityweb_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/community/communityweb"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/space"
)

// TestOpeningTheFaceIsAskedTwice writes in a public space of a community that
// shows nothing outside, and opens it: nobody's words are shown to strangers
// before an owner was told how many they are.
func TestOpeningTheFaceIsAskedTwice(t *testing.T) {
	with(t, "club", func(t *testing.T, s site) {
		must := func(id string, err error) string {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		posts, members := &post.Operations{DB: s.DB, Keys: s.Keys}, &member.Operations{DB: s.DB, Keys: s.Keys}
		ben := s.Person("ben", access.FullRole)
		market := must(s.Spaces.Create(s.Ctx, s.owner, "", space.Draft{Name: "Market", Handle: "market", Visibility: space.Public, Posting: space.Everyone}))
		must(s.Spaces.Join(s.Ctx, ben, "", market))
		attic := must(s.Spaces.Create(s.Ctx, s.owner, "", space.Draft{Name: "Attic", Visibility: space.Secret, Posting: space.Everyone}))
		shut := communityweb.EntranceOf(s.Now())
		shut.Face, shut.Door = community.Hidden, community.ByInvitation
		must(s.Communities.ChangeDoor(s.Ctx, s.owner, "", shut))
		must(members.Describe(s.Ctx, ben, "", []member.Entry{{Field: member.Contact, Value: "555", Audience: member.Audience{Kind: member.Within, Ref: market}}}))

		root := must(posts.Publish(s.Ctx, ben, "", post.Draft{Space: market, Body: "among us"}))
		must(posts.Reply(s.Ctx, s.owner, "", post.Draft{Parent: root, Body: "yes, among us"}))
		must(posts.Publish(s.Ctx, s.owner, "", post.Draft{Space: attic, Body: "for the board"}))
		reads := func() bool {
			_, err := posts.Thread(s.Ctx, access.Stranger(), root, "")
			if err != nil && !fault.Is(err, fault.NotFound) {
				t.Fatal(err)
			}
			return err == nil
		}
		shows := func() int {
			return s.Count("profile_fields WHERE value = '555' AND label_id = $1", access.InSpace(market).ID())
		}

		asked := s.ada.Submit(s.ada.Get("/community/door").PostForm("/community/door"), url.Values{"face": {"public"}, "question": {"Who are you?"}})
		asked.At("/community/door", http.StatusOK)
		asked.Says("Let everybody read the public spaces?", "2 posts and replies in 1 public space ")
		if s.Now().Face != community.Hidden || reads() || shows() != 1 {
			t.Fatal("the face opened before anybody agreed")
		}
		back := s.ada.Submit(asked.PostForm("/community/door"), url.Values{"back": {"yes"}}).At("/community/door", http.StatusOK)
		if f := back.PostForm("/community/door"); f.Value("face") != "public" || f.Value("question") != "Who are you?" {
			t.Errorf("on the way back %q and %q are left", f.Value("face"), f.Value("question"))
		}
		s.ada.Submit(asked.PostForm("/community/door"), nil).At("/community/door", http.StatusOK)
		if s.Now().Face != community.Open || !reads() || shows() != 0 {
			t.Errorf("agreed: the face is %s, a stranger reads it: %t, the field is shown to %d", s.Now().Face, reads(), shows())
		}
		// It is open: what else changes is not asked about.
		s.ada.Submit(s.ada.Get("/community/door").PostForm("/community/door"), url.Values{"question": {""}}).Says("!Let everybody")
		if s.Now().Question != "" {
			t.Error("a question was not taken away")
		}
	})
}
