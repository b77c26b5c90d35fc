package post_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/space"
)

// look is what a thread looks like for somebody; nil where there is none.
func (h house) look(who access.Actor, root string) (l *post.Look) {
	h.T.Helper()
	err := h.DB.Read(h.Context(), func(tx *database.Tx) error {
		version, err := tx.Version()
		if err == nil {
			l, err = h.posts.Look(tx, who, version, root, "")
		}
		return err
	})
	if err != nil && !fault.Is(err, fault.NotFound) {
		h.T.Fatal(err)
	}
	return l
}

// differs names, in the words of names, the parts that look different, those
// that are gone with a "-", and "missing" if the thread is.
func differs(before, now *post.Look, names map[string]string) string {
	if now == nil || before == nil {
		return map[bool]string{true: "", false: "missing"}[before == now]
	}
	was := map[string]post.Sum{}
	for _, p := range before.Parts {
		was[p.ID] = p.Sum
	}
	var all []string
	for _, p := range now.Parts {
		if was[p.ID] != p.Sum {
			all = append(all, names[p.ID])
		}
		delete(was, p.ID)
	}
	for id := range maps.Keys(was) {
		all = append(all, "-"+names[id])
	}
	slices.Sort(all)
	if (len(all) > 0) != (before.Sum != now.Sum) {
		all = append(all, "and the whole says otherwise")
	}
	return strings.Join(all, " ")
}

// saying is something done about a thread, and what then looks different for
// its author ada, for mod, for ben, who reads it, for gil, a guest in the
// garden, and for cem, who is outside.
type saying struct {
	name             string
	do               func()
	ada, mod, others string
}

// story is a thread in the garden in which much happens, step by step.
type story struct {
	house
	root, one, below, two string
	names                 map[string]string
}

func tell(h house) *story {
	s := &story{house: h}
	s.root = h.publish(access.Member("ada"), "garden", "a story")
	s.one = h.reply(access.Member("ben"), s.root, "one")
	s.below = h.reply(access.Member("ada"), s.one, "below one")
	s.two = h.reply(access.Member("ada"), s.root, "two")
	s.names = map[string]string{s.root: "root", post.Head: "head", s.one: "one", s.below: "below", s.two: "two"}
	return s
}

func (s *story) edit(who, id, body string) {
	w, err := s.posts.Words(s.Context(), access.Member(who), id)
	if err == nil {
		_, err = s.posts.Edit(s.Context(), access.Member(who), "", id, w.Version, post.Draft{Body: body})
	}
	s.must("", err)
}

// happens are the things that happen, in this order.
func (s *story) happens() []saying {
	ctx, ada, mod := s.Context(), access.Member("ada"), access.Member("mod")
	people := &member.Operations{DB: s.DB, Keys: s.posts.Keys}
	reply := func(to, as string) {
		s.names[s.reply(access.Member("ben"), to, as)] = as
	}
	same := func(name, all string, do func()) saying { return saying{name, do, all, all, all} }
	all := []saying{
		same("a reply", "head three", func() { reply(s.root, "three") }),
		same("a reply to a reply", "head one", func() { reply(s.below, "deep") }),
		same("an edit", "one", func() { s.edit("ada", s.below, "otherwise") }),
		same("an edit of the post", "root", func() { s.edit("ada", s.root, "otherwise") }),
		same("a reaction", "two", func() { s.react("ben", s.two, "heart") }),
		same("the same reaction", "", func() { s.react("ben", s.two, "heart") }),
		same("the same by another", "two", func() { s.react("gil", s.two, "heart") }),
		same("a reaction taken back", "two", func() { s.must(s.posts.React(ctx, access.Member("ben"), s.two, "heart", false)) }),
		same("somebody is erased who said nothing here", "two", func() { s.erased("gil") }),
		{"a reply hidden", func() { s.hide(s.two) }, "two", "two", "-two head"},
		{"an edit of what is hidden", func() { s.edit("ada", s.two, "better") }, "two", "two", ""},
		{"a reply restored", func() { s.must(s.posts.Restore(ctx, mod, "", s.two)) }, "two", "two", "head two"},
		same("a reply withdrawn that others answered", "head one", func() { s.must(s.posts.Withdraw(ctx, ada, "", s.below)) }),
		same("a reply removed", "-two head", func() { s.must(s.posts.Remove(ctx, mod, "", s.two, "because")) }),
		same("another thread", "", func() { s.publish(ada, "garden", "elsewhere") }),
		same("a name", "one root", func() { s.must("", second(people.Rename(ctx, ada, "", "Ada L.", "ada"))) }),
		same("the space's name", "head root", func() {
			s.must(s.spaces.Change(ctx, mod, "", "garden", space.Revision{Version: s.version(), Draft: space.Draft{Name: "Yard", Visibility: space.Secret, Posting: space.Everyone}}))
		}),
		{"the post hidden", func() { s.hide(s.root) }, "head root", "head root", "missing"},
		{"the post restored", func() { s.must(s.posts.Restore(ctx, mod, "", s.root)) }, "head root", "head root", "missing"},
	}
	return append(all, s.ends()...)
}

// ends are the things that become of the thread as a whole, in this order.
func (s *story) ends() []saying {
	ctx, ada, mod := s.Context(), access.Member("ada"), access.Member("mod")
	same := func(name, all string, do func()) saying { return saying{name, do, all, all, all} }
	becomes := func(k post.Kind) func() {
		return func() {
			w, err := s.posts.Words(ctx, ada, s.root)
			s.must("", err)
			s.must(s.posts.Edit(ctx, ada, "", s.root, w.Version, post.Draft{Body: w.Body, Kind: k}))
		}
	}
	three := func() string {
		for id, as := range s.names {
			if as == "three" {
				return id
			}
		}
		return ""
	}
	const each = "one root three"
	return []saying{
		same("closed", "head "+each, func() { s.must(s.posts.Lock(ctx, mod, "", s.root, true)) }),
		same("opened again", "head "+each, func() { s.must(s.posts.Lock(ctx, mod, "", s.root, false)) }),
		same("on top", "root", func() { s.must(s.posts.Pin(ctx, mod, "", s.root, true)) }),
		same("a question of it", each, becomes(post.Question)),
		same("an answer", each, func() { s.must(s.posts.Accept(ctx, ada, "", s.root, three(), "")) }),
		same("other words of the answer", "root three", func() { s.edit("ben", three(), "rather so") }),
		same("no answer", each, func() { s.must(s.posts.Accept(ctx, ada, "", s.root, "", three())) }),
		same("an offer of it", each, becomes(post.Offer)),
		same("taken", "root", func() { s.must(s.posts.Settle(ctx, ada, "", s.root, true)) }),
		{"moved to the attic", func() { s.must(s.posts.Move(ctx, mod, "", s.root, "garden", "attic")) }, "head " + each, "head " + each, "missing"},
		{"not taken after all", func() { s.must(s.posts.Settle(ctx, ada, "", s.root, false)) }, "root", "root", ""},
		{"moved back", func() { s.must(s.posts.Move(ctx, mod, "", s.root, "attic", "garden")) }, "head " + each, "head " + each, "missing"},
	}
}

// erased does to what a thread shows what package portability does.
func (s *story) erased(who string) {
	s.T.Helper()
	s.must(s.DB.Write(s.Context(), database.Op{}, func(tx *database.Tx) (string, error) {
		_, err := tx.Exec("DELETE FROM reactions WHERE actor_id = $1", who)
		fact.Record(tx, fact.Fact{Kind: member.Erased, Actor: access.SystemID, SubjectKind: "member", Subject: who, Label: access.ForMembers().ID()})
		return "", err
	}))
}

// version is that of the garden.
func (h house) version() (n int64) {
	h.T.Helper()
	err := h.DB.Read(h.Context(), func(tx *database.Tx) error {
		return tx.One([]any{&n}, "SELECT version FROM spaces WHERE id = 'garden'")
	})
	if err != nil {
		h.T.Fatal(err)
	}
	return n
}

// TestALookIsOfWhatSheReads does what can be done about a thread. Its look
// changes for whom the page does, in the parts in which it does, and for nobody
// else; what happens is where a look at the facts finds it.
func TestALookIsOfWhatSheReads(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		s := tell(h)
		for _, x := range s.happens() {
			before, from := map[string]*post.Look{}, h.head()
			for _, who := range []string{"ada", "mod", "ben", "gil", "cem", ""} {
				before[who] = h.look(access.Member(who), s.root)
			}
			x.do()
			changed := false
			for who, was := range before {
				want := map[string]string{"ada": x.ada, "mod": x.mod, "ben": x.others, "gil": x.others}[who]
				got := differs(was, h.look(access.Member(who), s.root), s.names)
				changed = changed || got != ""
				if got != want {
					t.Errorf("%s: for %q %q looks different, want %q", x.name, who, got, want)
				}
			}
			if touched := h.touched(from); changed && !touched.All && !touched.Roots[s.root] && !touched.Spaces["garden"] && !touches(touched, before["mod"]) {
				t.Errorf("%s: nobody would look at the thread anew: %v", x.name, touched)
			}
		}
	})
}

func touches(t post.Touched, l *post.Look) bool {
	for who := range l.Authors {
		if t.Authors[who] {
			return true
		}
	}
	return false
}

func (h house) head() (at int64) {
	h.T.Helper()
	if err := h.DB.Read(h.Context(), func(tx *database.Tx) (err error) { at, err = fact.Head(tx); return err }); err != nil {
		h.T.Fatal(err)
	}
	return at
}

func (h house) touched(from int64) (t post.Touched) {
	h.T.Helper()
	if err := h.DB.Read(h.Context(), func(tx *database.Tx) (err error) { t, err = post.TouchedSince(tx, from); return err }); err != nil {
		h.T.Fatal(err)
	}
	return t
}

// TestTheLookOfAPageIsThatOfItsRows reads a thread and its look: they are of the
// same read, also on a page that continues it, and the labels are all there are.
func TestTheLookOfAPageIsThatOfItsRows(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		root, replies := h.longThread()
		ben := access.Member("ben")
		first, err := h.posts.Thread(h.Context(), ben, root, "")
		if err != nil {
			t.Fatal(err)
		}
		if l := h.look(ben, root); l.Sum != first.Look.Sum {
			t.Error("a page looks different from itself")
		}
		later, err := h.posts.Thread(h.Context(), ben, root, first.Later)
		if err != nil || later.Look.Sum == first.Look.Sum || len(later.Look.Parts) == 0 || later.Look.Parts[0].ID != root {
			t.Errorf("the second page: %v", err)
		}
		h.quotesALaterPage(root, replies[len(replies)-1])
		h.hide(replies[0])
		var labels post.Labels
		if err := h.DB.Read(h.Context(), func(tx *database.Tx) (err error) { labels, err = post.LabelsOf(tx, root); return err }); err != nil {
			t.Fatal(err)
		}
		if labels.Root != access.InSpace("garden").ID() || !slices.Contains(labels.All, access.UnderReview(replies[0]).ID()) || !slices.Contains(labels.All, labels.Root) {
			t.Errorf("the labels are %+v", labels)
		}
		if err := h.DB.Read(h.Context(), func(tx *database.Tx) (err error) { labels, err = post.LabelsOf(tx, replies[1]); return err }); err != nil || labels.Root != "" {
			t.Errorf("a reply begins a thread with %+v, %v", labels, err)
		}
	})
}

// quotesALaterPage accepts an answer that is on another page than the question.
func (h house) quotesALaterPage(root, answer string) {
	h.T.Helper()
	ben := access.Member("ben")
	h.must(h.posts.Edit(h.Context(), ben, "", root, 1, post.Draft{Body: "a long story?", Kind: post.Question}))
	was := h.look(ben, root).Sum
	for _, do := range []func(){
		func() { h.must("", h.accept("ben", root, answer, "")) },
		func() { h.edit(ben, answer, "the end") },
		func() { h.must(h.posts.Withdraw(h.Context(), ben, "", answer)) },
	} {
		do()
		now := h.look(ben, root).Sum
		if now == was {
			h.T.Error("the question looks the same with another answer")
		}
		was = now
	}
}

// TestNewsIsForWhoReadsIt says things and asks for whom they are new.
func TestNewsIsForWhoReadsIt(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		everyone := []string{"mod", "ada", "ben", "cem", "gil"}
		old := h.publish(access.Member("ada"), "garden", "long ago")
		news := func(from int64) string {
			h.T.Helper()
			var found map[string]bool
			if err := h.DB.Read(h.Context(), func(tx *database.Tx) (err error) { found, err = post.NewsFor(tx, from, everyone); return err }); err != nil {
				t.Fatal(err)
			}
			var who []string
			for _, m := range everyone {
				if found[m] {
					who = append(who, m)
				}
				since := h.since(m, from)
				if found[m] != (since > 0) {
					t.Errorf("%s: news is %v, and counted it is %d", m, found[m], since)
				}
			}
			return strings.Join(who, " ")
		}
		for _, x := range []struct {
			name, want string
			do         func()
		}{
			{"a post", "mod ben gil", func() { h.publish(access.Member("ada"), "garden", "hello") }},
			{"a post in the attic", "ada", func() { h.publish(access.Member("mod"), "attic", "hello") }},
			{"a post that is hidden at once", "mod", func() { h.hide(h.publish(access.Member("ada"), "garden", "hush")) }},
			{"replies to one that is", "mod ada", func() {
				root := h.publish(access.Member("ada"), "garden", "hush")
				h.reply(access.Member("mod"), root, "why")
				h.reply(access.Member("ada"), root, "so")
				h.hide(root)
			}},
			{"an agent's, cleared for both", "mod ada", func() { h.publish(wide, "garden", "beep") }},
			{"one that is deleted", "", func() {
				h.must(h.posts.Withdraw(h.Context(), access.Member("ada"), "", h.publish(access.Member("ada"), "garden", "no")))
			}},
			{"a reaction", "", func() { h.react("ben", old, "heart") }},
		} {
			from := h.head()
			x.do()
			if got := news(from); got != x.want {
				t.Errorf("%s is news for %q, want %q", x.name, got, x.want)
			}
		}
	})
}

// since is what somebody is told in numbers.
func (h house) since(who string, from int64) int {
	h.T.Helper()
	cursor, err := fact.Seal(h.posts.Keys, who, from)
	if err != nil {
		h.T.Fatal(err)
	}
	n, err := h.posts.Since(h.Context(), access.Member(who), cursor)
	if err != nil {
		h.T.Fatal(err)
	}
	return n.Count
}
