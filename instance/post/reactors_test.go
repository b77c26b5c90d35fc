package post_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/post"
)

func (h house) react(who, id string, kinds ...post.Sign) {
	h.T.Helper()
	for _, k := range kinds {
		h.must(h.posts.React(h.Context(), access.Member(who), id, k, true))
	}
}

// called renames somebody.
func (h house) called(who, name string) {
	h.T.Helper()
	h.Do("UPDATE members SET name = $1 WHERE id = $2", name, who)
}

// reactors are those who reacted as somebody is shown them, in one line.
func (h house) reactors(who access.Actor, id string) string {
	h.T.Helper()
	page, err := h.posts.Reactors(h.Context(), who, id, "")
	if fault.Is(err, fault.NotFound) {
		return "missing"
	}
	if err != nil {
		h.T.Fatal(err)
	}
	if page.Older != "" {
		h.T.Errorf("there is more of so few")
	}
	return line(page)
}

func line(page post.Reactors) string {
	var all []string
	for _, s := range page.Signs {
		words := []string{fmt.Sprintf("%s %d:", s.Kind, s.Count)}
		for _, p := range s.People {
			name := p.Name
			if p.Gone {
				name = "gone" + p.Name + p.Handle
			}
			words = append(words, name)
		}
		if s.Others > 0 {
			words = append(words, fmt.Sprint("+", s.Others))
		}
		all = append(all, strings.Join(words, " "))
	}
	return strings.Join(all, ", ")
}

func (h house) shows(what string, who access.Actor, id, want string) {
	h.T.Helper()
	if got := h.reactors(who, id); got != want {
		h.T.Errorf("%s: %q is shown %q, want %q", what, who.ID(), got, want)
	}
}

// TestReactorsAreNamed asks who reacted to a post and to a reply: by sign, then
// by name as people read names, whenever each of them did.
func TestReactorsAreNamed(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		h.called("ada", "Zoe")
		h.called("ben", "özgür")
		h.called("mod", "Paul")
		root := h.publish(access.Member("ada"), "garden", "hello")
		id := h.reply(access.Member("ben"), root, "hello ada")
		ben := access.Member("ben")
		h.shows("nobody yet", ben, id, "")
		h.react("ada", id, "heart", "thanks")
		h.react("mod", id, "thanks")
		h.react("ben", id, "thanks")
		h.react("gil", root, "sorry")
		h.shows("a reply", ben, id, "thanks 3: özgür Paul Zoe, heart 1: Zoe")
		h.shows("a post", ben, root, "sorry 1: gil")
		h.shows("who may not read it", access.Member("cem"), id, "missing")
		h.must(h.posts.React(h.Context(), access.Member("mod"), id, "thanks", false))
		h.shows("taken back", ben, id, "thanks 2: özgür Zoe, heart 1: Zoe")
		page, err := h.posts.Reactors(h.Context(), ben, id, "")
		if err != nil || page.Signs[0].People[1].Handle != "ada" {
			t.Errorf("the handle is missing: %+v, %v", page, err)
		}
	})
}

// TestReactorsOfWhatIsGone asks who reacted to what is hidden, deleted, removed,
// below something hidden, or was never there.
func TestReactorsOfWhatIsGone(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		ben := access.Member("ben")
		root := h.publish(access.Member("ada"), "garden", "hello")
		reply := h.reply(access.Member("ada"), root, "hello again")
		h.react("ben", root, "heart")
		h.react("ben", reply, "heart")
		h.shows("nothing", ben, "never-was", "missing")
		h.hide(root)
		h.shows("hidden", ben, root, "missing")
		h.shows("below what is hidden", ben, reply, "missing")
		h.shows("hidden", access.Member("ada"), root, "heart 1: ben")
		h.must(h.posts.Restore(h.Context(), access.Member("mod"), "", root))
		h.shows("restored", ben, root, "heart 1: ben")
		h.must(h.posts.Withdraw(h.Context(), access.Member("ada"), "", reply))
		h.must(h.posts.Remove(h.Context(), access.Member("mod"), "", root, "because"))
		for _, who := range []string{"ben", "ada", "mod"} {
			h.shows("deleted", access.Member(who), reply, "missing")
			h.shows("removed", access.Member(who), root, "missing")
		}
	})
}

// TestReactorsAreUnderTheReactionsLabel holds each reaction to its own label:
// who reads the post need not read all reactions to it.
func TestReactorsAreUnderTheReactionsLabel(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		id := h.publish(access.Member("ada"), "garden", "hello")
		h.react("ben", id, "heart")
		h.react("mod", id, "heart", "yes")
		h.Do("UPDATE reactions SET label_id = 'space:attic space:garden' WHERE actor_id = 'mod'")
		h.must(h.posts.React(h.Context(), wide, id, "laugh", true))
		h.shows("who is not in the attic", access.Member("ben"), id, "heart 1: ben")
		h.shows("a run of the garden", narrow, id, "heart 1: +1")
		h.shows("who is in both", access.Member("ada"), id, "heart 2: ben mod, yes 1: mod, laugh 1: +1")
		for _, who := range []string{"ben", "ada"} {
			page, err := h.posts.Reactors(h.Context(), access.Member(who), id, "")
			h.must("", err)
			counted := h.one(who, id).Reactions
			for _, s := range page.Signs {
				if !slices.ContainsFunc(counted, func(x post.Reaction) bool { return x.Kind == s.Kind && x.Count == s.Count }) || len(counted) != len(page.Signs) {
					t.Errorf("%s is told %+v under the post, and %+v by name", who, counted, page.Signs)
				}
			}
		}
	})
}

// TestReactorsAreForWhoTakesPart shows names to those alone who are here, and of
// people whom they may know of (P102). Everybody else who reads the post is told
// how many, and finds no page.
func TestReactorsAreForWhoTakesPart(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		h.Do("UPDATE community SET face = 'public'")
		h.Space("square", "public")
		for _, who := range []string{"ada", "ben", "cem", "gil"} {
			h.Put("square", who, "member")
		}
		h.Member("pia", "pending", access.FullRole)
		h.Member("lea", "leaving", access.FullRole)
		members := &member.Operations{DB: h.posts.DB, Keys: h.posts.Keys}
		h.must(members.Describe(t.Context(), access.Member("cem"), "", []member.Entry{{Field: member.Pronouns, Value: "she", Audience: member.Audience{Kind: member.ToPublic}}}))
		id := h.publish(access.Member("ada"), "square", "hello")
		h.react("ada", id, "thanks")
		h.react("ben", id, "thanks")
		h.react("cem", id, "thanks")
		for _, a := range []access.Actor{access.Stranger(), access.Member("pia"), access.Member("lea")} {
			h.shows("who is not here", a, id, "missing")
			p, err := h.posts.One(t.Context(), a, id)
			if err != nil || len(p.Reactions) != 1 || p.Reactions[0].Count != 3 {
				t.Errorf("%q is told of %+v, %v", a.ID(), p.Reactions, err)
			}
		}
		gil := access.Member("gil")
		h.shows("a guest among them", gil, id, "thanks 3: ada ben cem")
		for _, who := range []string{"ben", "cem"} {
			h.Put("square", who, "")
			h.Put("garden", who, "")
		}
		h.shows("a guest alone", gil, id, "thanks 3: ada cem +1") // cem shows herself to everybody
		h.shows("a member", access.Member("mod"), id, "thanks 3: ada ben cem")
	})
}

// TestReactorsWhoLeave have no name any more, and no place among the names.
func TestReactorsWhoLeave(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		id := h.publish(access.Member("mod"), "garden", "hello")
		h.react("ada", id, "yes")
		h.react("ben", id, "yes")
		h.react("gil", id, "yes")
		mod := access.Member("mod")
		for _, state := range []string{"leaving", "gone"} {
			h.Do("UPDATE members SET state = $1 WHERE id = 'ada'", state)
			h.shows(state, mod, id, "yes 3: ben gil gone")
		}
		h.Do("DELETE FROM reactions WHERE actor_id = 'ada'") // as package portability erases
		h.shows("erased", mod, id, "yes 2: ben gil")
	})
}

// TestReactorsHavePages walks a long list to its end. Its cursors are for one
// reader and one post.
func TestReactorsHavePages(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		id, other := h.publish(access.Member("ada"), "garden", "hello"), h.publish(access.Member("ada"), "garden", "hello")
		for n := range post.ReactorsSize + 5 {
			who := fmt.Sprintf("n%02d", n)
			h.Member(who, "active", access.FullRole)
			h.Put("garden", who, "member")
			h.react(who, id, "thanks")
		}
		h.react("ben", id, "thanks", "yes")
		h.must(h.posts.React(t.Context(), narrow, id, "thanks", true))
		ben := access.Member("ben")
		first, err := h.posts.Reactors(t.Context(), ben, id, "")
		if err != nil || len(first.Signs) != 1 || len(first.Signs[0].People) != post.ReactorsSize || first.Signs[0].Others != 0 || first.Signs[0].Count != 57 {
			t.Fatalf("the first page is %s, %v", line(first), err)
		}
		second, err := h.posts.Reactors(t.Context(), ben, id, first.Older)
		if want := "thanks 57: n49 n50 n51 n52 n53 n54 +1, yes 1: ben"; err != nil || line(second) != want || second.Older != "" {
			t.Errorf("the second page is %s, %v", line(second), err)
		}
		for what, try := range map[string]func() error{
			"another reader": func() error {
				_, err := h.posts.Reactors(t.Context(), access.Member("ada"), id, first.Older)
				return err
			},
			"another post": func() error { _, err := h.posts.Reactors(t.Context(), ben, other, first.Older); return err },
			"made up":      func() error { _, err := h.posts.Reactors(t.Context(), ben, id, "thanks.n03"); return err },
		} {
			if err := try(); !fault.Is(err, fault.Invalid) {
				t.Errorf("a cursor that is %s: %v", what, err)
			}
		}
		h.must(h.posts.React(t.Context(), access.Member("n48"), id, "thanks", false))
		again, err := h.posts.Reactors(t.Context(), ben, id, first.Older)
		if err != nil || len(again.Signs) != 1 || again.Signs[0].People[0].ID != "ben" {
			t.Errorf("where the page ended was taken back, and the list goes on with %s, %v", line(again), err)
		}
	})
}
