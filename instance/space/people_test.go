package space_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/space"
)

// TestFirstAnswerCounts lets moderators answer the same request at the same
// time: one answer counts, and everybody else is told.
func TestFirstAnswerCounts(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		id := w.begin(draft("Garden", space.Closed))
		w.Put(id, "mo", "moderator")
		w.Put(id, "olga", "moderator")
		for round := range 5 {
			if _, err := w.Ask(t.Context(), is("cem"), "", id); err != nil {
				t.Fatal(err)
			}
			_, before := w.facts(0)
			answers := make([]string, 6)
			var all sync.WaitGroup
			for i := range answers {
				all.Go(func() {
					by := is([]string{"ada", "mo", "olga"}[i%3])
					var err error
					if i%2 == 0 {
						_, err = w.Admit(t.Context(), by, "", id, "cem")
					} else {
						_, err = w.Decline(t.Context(), by, "", id, "cem")
					}
					answers[i] = refusal(err)
				})
			}
			all.Wait()
			counted := slices.Index(answers, "done")
			rest := slices.DeleteFunc(slices.Clone(answers), func(s string) bool { return s == "conflict space.request_answered" })
			if !slices.Equal(rest, []string{"done"}) {
				t.Fatalf("round %d: the answers were %q", round, answers)
			}
			said, _ := w.facts(before)
			what, role := "space.declined", ""
			if counted%2 == 0 {
				what, role = "space.joined", "member"
			}
			if len(said) != 1 || !strings.HasPrefix(said[0], what) || w.role(id, "cem") != role {
				t.Errorf("round %d: %q; she is %q now", round, said, w.role(id, "cem"))
			}
			w.Put(id, "cem", "")
		}
	})
}

func TestRequests(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		id := w.begin(draft("Garden", space.Closed))
		for _, who := range []string{"cem", "mo", "cem"} {
			if _, err := w.Ask(t.Context(), is(who), "", id); err != nil {
				t.Fatal(err)
			}
		}
		list, err := w.Requests(t.Context(), is("ada"), id)
		if err != nil || names(list) != "cem mo" {
			t.Errorf("%q wait, %v", names(list), err)
		}
		if v := w.seen("ada", id); v.Waiting != 2 || v.Asking {
			t.Errorf("the moderator is told that %d wait", v.Waiting)
		}
		if v := w.seen("cem", id); v.Waiting != 0 || !v.Asking || v.Reads {
			t.Errorf("who asks sees %+v", v)
		}
		if v := w.seen("ben", id); v.Waiting != 0 {
			t.Errorf("a member is told that %d wait", v.Waiting)
		}
		// Taking it back is leaving, and asks for nothing.
		if _, err := w.Leave(t.Context(), is("cem"), "", id); err != nil || w.seen("cem", id).Asking {
			t.Errorf("taking the request back: %v", err)
		}
		if _, err := w.Admit(t.Context(), is("ada"), "", id, "cem"); refusal(err) != "conflict space.request_answered" {
			t.Errorf("admitting who took it back: %v", err)
		}
		// Who has left the community waits for nothing.
		w.Do("UPDATE members SET state = 'leaving' WHERE id = 'mo'")
		list, err = w.Requests(t.Context(), is("ada"), id)
		if err != nil || len(list) != 0 || w.seen("ada", id).Waiting != 0 {
			t.Errorf("%q wait, %v", names(list), err)
		}
		if _, err := w.Admit(t.Context(), is("ada"), "", id, "mo"); refusal(err) != "conflict space.request_answered" {
			t.Errorf("admitting who has left: %v", err)
		}
	})
}

func TestAdding(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		id := w.begin(draft("Surprise", space.Secret))
		w.Do("UPDATE members SET name = CASE id WHEN 'cem' THEN 'Cem Özgür' WHEN 'mo' THEN 'Mo Berg' ELSE name END")
		for query, want := range map[string]string{
			"": "cem mo olga", "ozgur": "cem", "BERG mo": "mo", "olg": "olga", "@olga": "olga", "@olg": "", "ben": "", "gus": "", "pia": "", "liv": "", "nobody": "",
		} {
			some, more, err := w.Addable(t.Context(), is("ada"), id, query)
			if err != nil || names(some) != want || more {
				t.Errorf("looking for %q gives %q, %v, %v", query, names(some), more, err)
			}
		}
		for _, c := range []struct {
			who  []string
			want string
		}{
			{nil, "invalid space.add_nobody"},
			{slices.Repeat([]string{"cem"}, space.PageSize+1), "invalid space.add_many"},
			{[]string{"cem", "gus"}, "missing"},
			{[]string{"pia"}, "missing"},
			{[]string{"liv"}, "missing"},
			{[]string{"nobody"}, "missing"},
			{[]string{"cem", "ben"}, "done"},
		} {
			_, err := w.Add(t.Context(), is("ada"), "", id, c.who)
			if got := refusal(err); got != c.want {
				t.Errorf("adding %q: %s, want %s", c.who, got, c.want)
			}
			if c.want != "done" && w.role(id, "cem") != "" {
				t.Errorf("adding %q was refused, but somebody is in", c.who)
			}
		}
		if v := w.seen("cem", id); !v.Reads || v.InSpace != "member" {
			t.Errorf("who was added sees %+v", v)
		}
		if w.role(id, "ada") != "moderator" || w.role(id, "ben") != "member" {
			t.Error("adding somebody changed who was there")
		}
	})
}

// TestAddingWithoutDirectory: where the community keeps no list of everybody,
// making a space is no way to get one.
func TestAddingWithoutDirectory(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		id := w.begin(draft("Garden", space.Open))
		w.Do("INSERT INTO features (name, enabled) VALUES ('directory', $1)", false)
		for query, want := range map[string]string{"": "", "c": "", "ce": "", "cem": "cem", "@cem": "cem", " CEM": "cem"} {
			if some, _, err := w.Addable(t.Context(), is("ada"), id, query); err != nil || names(some) != want {
				t.Errorf("looking for %q gives %q, %v", query, names(some), err)
			}
		}
	})
}

func TestMembersInOrder(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		id := w.begin(draft("Garden", space.Closed))
		w.Do("UPDATE members SET name = 'Özlem' WHERE id = 'ben'")
		w.Do("UPDATE members SET name = 'zoe' WHERE id = 'ada'")
		for i := range space.PageSize {
			who := "p" + string(rune('a'+i/26)) + string(rune('a'+i%26))
			w.Member(who, "active", access.FullRole)
			w.Put(id, who, "member")
		}
		w.Put(id, "liv", "member")
		p, err := w.Members(t.Context(), is("ben"), id, 1)
		if err != nil || p.Total != space.PageSize+3 || p.Pages != 2 || len(p.List) != space.PageSize {
			t.Fatalf("%d of %d on %d pages, %v", len(p.List), p.Total, p.Pages, err)
		}
		if got := names(p.List[:4]); got != "ada gil ben paa" {
			t.Errorf("first come %q", got)
		}
		for page, want := range map[int]int{0: 1, -5: 1, 2: 2, 99: 2} {
			if p, err := w.Members(t.Context(), is("ben"), id, page); err != nil || p.Page != want {
				t.Errorf("page %d gives page %d, %v", page, p.Page, err)
			}
		}
	})
}

func TestRoles(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		id := w.begin(draft("Garden", space.Secret))
		for _, c := range []struct {
			by, who string
			role    space.Role
			want    string
		}{
			{"ben", "ben", space.Moderator, "forbidden"},
			{"ada", "gil", space.Moderator, "conflict space.guest_moderator"},
			{"ada", "cem", space.Moderator, "missing"},
			{"ada", "ben", "owner", "invalid space.role_unknown"},
			{"ada", "ada", space.Member, "conflict space.last_moderator"},
			{"ada", "ben", space.Moderator, "done"},
			{"ben", "ada", space.Member, "done"},
			{"ada", "ben", space.Member, "forbidden"},
			{"ben", "ben", space.Moderator, "done"},
		} {
			_, err := w.SetRole(t.Context(), is(c.by), "", id, c.who, c.role)
			if got := refusal(err); got != c.want {
				t.Errorf("%s makes %s a %s: %s, want %s", c.by, c.who, c.role, got, c.want)
			}
		}
		if _, err := w.Remove(t.Context(), is("ben"), "", id, "cem"); !fault.Is(err, fault.NotFound) {
			t.Errorf("removing who is not in it: %v", err)
		}
		if _, err := w.Remove(t.Context(), is("ben"), "", id, "ada"); err != nil || w.role(id, "ada") != "" {
			t.Errorf("removing ada: %v", err)
		}
		if _, err := w.Find(t.Context(), is("ada"), id); !fault.Is(err, fault.NotFound) {
			t.Errorf("who was removed still finds it: %v", err)
		}
	})
}

// TestTwoModeratorsStepDownAtOnce: each could go while the other stays, so one
// stays.
func TestTwoModeratorsStepDownAtOnce(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		for range 5 {
			id := w.begin(draft("Garden", space.Closed))
			w.Put(id, "ben", "moderator")
			var answers [2]string
			var all sync.WaitGroup
			for i, who := range []string{"ada", "ben"} {
				all.Go(func() {
					_, err := w.SetRole(t.Context(), is(who), "", id, who, space.Member)
					answers[i] = refusal(err)
				})
			}
			all.Wait()
			if n := w.one("SELECT count(*) FROM space_members WHERE space_id = $1 AND role = 'moderator'", id); n != "1" {
				t.Errorf("%s moderators are left; the answers were %q", n, answers)
			}
		}
	})
}

func TestLastModeratorLeaves(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		id := w.begin(draft("Garden", space.Closed))
		w.Put(id, "cem", "member")
		for who, at := range map[string]int{"gil": 1, "cem": 2, "ben": 3} {
			w.Do("UPDATE space_members SET joined_at = $1 WHERE space_id = $2 AND member_id = $3", at, id, who)
		}
		w.Put(id, "liv", "member") // is leaving the community and takes on nothing
		p, err := w.Parting(t.Context(), is("ada"), id)
		if err != nil || p.Heir.ID != "cem" || p.Last {
			t.Errorf("ada is told of %+v, %v", p, err)
		}
		if p, err := w.Parting(t.Context(), is("ben"), id); err != nil || p.Heir.ID != "" || p.Last {
			t.Errorf("ben is told of %+v, %v", p, err)
		}
		if _, err := w.Parting(t.Context(), is("mo"), id); !fault.Is(err, fault.NotFound) {
			t.Errorf("mo, who is not in it, is told: %v", err)
		}
		_, head := w.facts(0)
		for _, c := range []struct {
			who   string
			facts []string
		}{
			{"ada", []string{"space.left ada ada space", "space.role_changed ada cem space"}},
			{"ben", []string{"space.left ben ben space"}},
			{"cem", []string{"space.left cem cem space", "space.role_changed cem gil space"}},
		} {
			if _, err := w.Leave(t.Context(), is(c.who), "", id); err != nil {
				t.Fatal(err)
			}
			head = w.expectFacts(t, head, c.facts...)
		}
		if p, err := w.Parting(t.Context(), is("gil"), id); err != nil || !p.Last {
			t.Errorf("the last one is told %+v, %v", p, err)
		}
		if _, err := w.Leave(t.Context(), is("gil"), "", id); err != nil {
			t.Error(err)
		}
	})
}

// TestModeratorsLeaveAtOnce: whoever of them is the last hands over.
func TestModeratorsLeaveAtOnce(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		for range 5 {
			id := w.begin(draft("Garden", space.Closed))
			w.Put(id, "cem", "moderator")
			var all sync.WaitGroup
			for _, who := range []string{"ada", "cem"} {
				all.Go(func() {
					if _, err := w.Leave(t.Context(), is(who), "", id); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if got := w.role(id, "ben"); got != "moderator" {
				t.Errorf("both left, and ben is a %s", got)
			}
		}
	})
}

func TestRemovedModeratorHandsOver(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		id := w.begin(draft("Garden", space.Open))
		if _, err := w.Remove(t.Context(), is("mo"), "", id, "ada"); err != nil || w.role(id, "ben") != "moderator" {
			t.Errorf("ben is a %s, %v", w.role(id, "ben"), err)
		}
	})
}

// TestFacts holds what is recorded of each change, and that who is in a space
// is told to nobody at its door.
func TestFacts(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		_, head := w.facts(0)
		id := w.begin(draft("Garden", space.Closed))
		head = w.expectFacts(t, head, "space.created ada "+id+" door")
		for _, c := range []struct {
			do   func() error
			want []string
		}{
			{func() error { return w.revise(id, func(d *space.Draft) { d.Name = "Yard" }) }, []string{"space.changed ada " + id + " door"}},
			{func() error { return attempts["ask"](t.Context(), w, is("cem"), id) }, []string{"space.asked cem cem space"}},
			{func() error { return attempts["ask"](t.Context(), w, is("cem"), id) }, nil},
			{func() error { return attempts["decline"](t.Context(), w, is("ada"), id) }, []string{"space.declined ada cem space"}},
			{func() error { return attempts["admit"](t.Context(), w, is("ada"), id) }, []string{"space.joined ada cem space"}},
			{func() error { return attempts["add"](t.Context(), w, is("ada"), id) }, nil},
			{func() error { return attempts["role"](t.Context(), w, is("ada"), id) }, []string{"space.role_changed ada ben space"}},
			{func() error { return attempts["role"](t.Context(), w, is("ada"), id) }, nil},
			{func() error { return attempts["remove"](t.Context(), w, is("ada"), id) }, []string{"space.left ada ben space"}},
			{func() error { return attempts["leave"](t.Context(), w, is("cem"), id) }, []string{"space.left cem cem space"}},
			{func() error { return attempts["leave"](t.Context(), w, is("cem"), id) }, nil},
			{func() error { return w.revise(id, func(d *space.Draft) { d.Visibility = space.Open }) }, []string{"space.changed ada " + id + " door"}},
			{func() error { return attempts["join"](t.Context(), w, is("cem"), id) }, []string{"space.joined cem cem space"}},
			{func() error { return attempts["join"](t.Context(), w, is("cem"), id) }, nil},
		} {
			if err := c.do(); err != nil {
				t.Fatal(err)
			}
			head = w.expectFacts(t, head, c.want...)
		}
	})
}

func TestSeenAndUnread(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		id := w.begin(draft("Garden", space.Open))
		unread := func() int {
			mine, err := w.Mine(t.Context(), is("ben"))
			if err != nil || len(mine) != 1 {
				t.Fatalf("ben is in %v, %v", mine, err)
			}
			return mine[0].Unread
		}
		say := func() {
			post := "post" + w.one("SELECT count(*) FROM posts")
			w.Do(`INSERT INTO posts (id, space_id, author_id, root_id, depth, title, body, html, label_id, listed, created_at, version)
				VALUES ($1, $2, 'ada', $1, 0, '', 'x', 'x', $3, $4, $5, 1)`, post, id, access.InSpace(id).ID(), true, database.Micros(w.World.DB.Now()))
		}
		see := func() string {
			if err := w.Seen(t.Context(), is("ben"), id); err != nil {
				t.Fatal(err)
			}
			return w.one("SELECT seen_at FROM space_members WHERE space_id = $1 AND member_id = 'ben'", id)
		}
		say()
		say()
		if n := unread(); n != 2 {
			t.Errorf("%d unread", n)
		}
		first := see()
		// Not when she looked, which would tell when she was here.
		if newest := w.one("SELECT max(created_at) FROM posts"); first != newest {
			t.Errorf("seen until %s, the newest post is of %s", first, newest)
		}
		if n := unread(); n != 0 {
			t.Errorf("%d unread after looking", n)
		}
		if again := see(); again != first {
			t.Error("looking again wrote, though nothing was said")
		}
		say()
		if n := unread(); n != 1 {
			t.Errorf("%d unread after another post", n)
		}
		if later := see(); later == first || unread() != 0 {
			t.Error("looking at another post did not count")
		}
	})
}
