package post_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/space"
)

// world plays a scenario through the real operations, and keeps beside it a
// plain model of who may read what.
type world struct {
	t      testing.TB
	rows   accesstest.World
	posts  *post.Operations
	spaces *space.Operations
	s      scenario
	in     [][]bool          // [space][member], as it is now
	model  []said            // in the order of saying
	names  map[string]string // by id
	said   map[string]int    // by name
	secret string
	seen   map[int]string // cursors given out at the start
}

// said is a post in the model.
type said struct {
	id, body string
	root     int
	space    int
	author   string
	// extra are the spaces besides its own whose members alone read it.
	extra   map[int]bool
	hidden  bool
	deleted bool
}

// scenario is a drawn sequence.
type scenario struct {
	Spaces, Members int
	// Visibility is that of each space; the first is secret.
	Visibility []space.Visibility
	In         [][]bool
	// Guests are the members who are guests of the community.
	Guests []bool
	Steps  []step
	// Secret is the step whose words differ between the two worlds.
	Secret int
}

type step struct {
	Kind, Who, Where, What, Extra int
}

// The kinds of steps.
const (
	doPublish = iota
	doReply
	doReact
	doEdit
	doDelete
	doHide
	doRestore
	doRun
	doMove
	kinds
)

func newWorld(t testing.TB, db *database.DB, keys *keyring.Keyring, s scenario, secret string) *world {
	w := &world{
		t: t, rows: accesstest.World{T: t, DB: db}, s: s, secret: secret, names: map[string]string{}, said: map[string]int{}, seen: map[int]string{},
		posts: &post.Operations{DB: db, Keys: keys}, spaces: &space.Operations{DB: db, Keys: keys},
	}
	w.rows.Clear()
	w.rows.Community("hidden")
	w.rows.Agent(agentID(0))
	w.rows.Agent(agentID(1))
	for m := range s.Members {
		role := access.FullRole
		if s.Guests[m] {
			role = access.Guest
		}
		w.rows.Member(memberID(m), "active", role)
	}
	for x := range s.Spaces {
		w.rows.Space(spaceID(x), string(s.Visibility[x]))
		w.in = append(w.in, slices.Clone(s.In[x]))
		for m := range s.Members {
			if s.In[x][m] {
				w.rows.Put(spaceID(x), memberID(m), placeOf(m))
			}
		}
	}
	for m := range s.Members {
		news, err := w.posts.Since(context.Background(), w.actor(m), "")
		if err != nil {
			t.Fatal(err)
		}
		w.seen[m] = news.Cursor
	}
	return w
}

// The first member moderates wherever she is.
func placeOf(m int) string {
	if m == 0 {
		return "moderator"
	}
	return "member"
}

func memberID(m int) string { return fmt.Sprintf("m%d", m) }
func spaceID(x int) string  { return fmt.Sprintf("s%d", x) }
func agentID(a int) string  { return fmt.Sprintf("agent%d", a) }

func (w *world) actor(m int) access.Actor { return access.Member(memberID(m)) }

// readsSpace is the model's rule for an atom. The community hides itself, so that
// what is public stays among its members.
func (w *world) readsSpace(m, x int) bool {
	v := w.s.Visibility[x]
	return w.in[x][m] || (v == space.Open || v == space.Public) && !w.s.Guests[m]
}

// mayRead is the model's read rule.
func (w *world) mayRead(m int, p said) bool {
	root := w.model[p.root]
	return w.readsOne(m, p) && w.readsOne(m, root)
}

func (w *world) readsOne(m int, p said) bool {
	for x := range p.extra {
		if !w.readsSpace(m, x) {
			return false
		}
	}
	if p.hidden {
		return p.author == memberID(m) || m == 0 && w.in[p.space][0]
	}
	return w.readsSpace(m, p.space)
}

// play does the steps. A refusal is part of the scenario; a fault of ours is not.
func (w *world) play() {
	for i, st := range w.s.Steps {
		if err := w.step(i, st); err != nil && fault.KindOf(err) == fault.Internal {
			w.t.Fatalf("step %d %+v: %v", i, st, err)
		}
	}
}

func (w *world) step(i int, st step) error {
	ctx := context.Background()
	m := st.Who % w.s.Members
	x := st.Where % w.s.Spaces
	body := fmt.Sprintf("word%d all", i)
	if i == w.s.Secret {
		body = w.secret + " all"
	}
	if st.Kind == doPublish {
		id, err := w.posts.Publish(ctx, w.actor(m), "", post.Draft{Space: spaceID(x), Body: body})
		w.add(err, id, said{body: body, root: len(w.model), space: x, author: memberID(m)}, fmt.Sprint("step", i))
		return err
	}
	if st.Kind == doMove {
		in := st.What%2 == 0
		role := ""
		if in {
			role = placeOf(m)
		}
		w.rows.Put(spaceID(x), memberID(m), role)
		w.in[x][m] = in
		return nil
	}
	if st.Kind == doRun {
		w.run(i, st, x)
		return nil
	}
	n, ok := w.target(i, st)
	if !ok {
		return nil
	}
	return w.change(ctx, i, st, m, n, body)
}

// target is what a step acts upon: what an earlier step said, if it did. It is
// chosen by name, because the two worlds may differ in how much was said.
func (w *world) target(i int, st step) (int, bool) {
	if i == 0 {
		return 0, false
	}
	j := st.What % i
	name := fmt.Sprint("step", j)
	if w.s.Steps[j].Kind == doRun {
		name = fmt.Sprintf("run%d.%d", j, st.Extra%3)
	}
	n, ok := w.said[name]
	return n, ok
}

// change does something with what was said before.
func (w *world) change(ctx context.Context, i int, st step, m, n int, body string) error {
	p := &w.model[n]
	switch st.Kind {
	case doReply:
		id, err := w.posts.Reply(ctx, w.actor(m), "", post.Draft{Parent: p.id, Body: body})
		w.add(err, id, said{body: body, root: p.root, space: p.space, author: memberID(m), extra: p.extra, hidden: false}, fmt.Sprint("step", i))
		return err
	case doReact:
		_, err := w.posts.React(ctx, w.actor(m), p.id, post.Signs[st.Extra%len(post.Signs)], st.Extra%3 > 0)
		return err
	case doEdit:
		words, err := w.posts.Words(ctx, w.actor(m), p.id)
		if err == nil {
			_, err = w.posts.Edit(ctx, w.actor(m), "", p.id, words.Version, post.Draft{Body: body})
		}
		if err == nil {
			p.body = body
		}
		return err
	case doDelete:
		var err error
		if p.author == memberID(m) {
			_, err = w.posts.Withdraw(ctx, w.actor(m), "", p.id)
		} else {
			_, err = w.posts.Remove(ctx, w.actor(m), "", p.id, "because")
		}
		if err == nil {
			p.deleted = true
		}
		return err
	case doHide:
		_, err := w.posts.Hide(ctx, w.actor(m), "", p.id, "because")
		if err == nil && !p.deleted {
			p.hidden = true
		}
		return err
	default:
		_, err := w.posts.Restore(ctx, w.actor(m), "", p.id)
		if err == nil {
			p.hidden = false
		}
		return err
	}
}

func (w *world) add(err error, id string, p said, name string) {
	if err != nil {
		return
	}
	p.id = id
	w.names[id] = name
	w.said[name] = len(w.model)
	w.model = append(w.model, p)
}

// run lets an agent do whatever a hostile model might: what it does depends on
// everything that it was shown, and its clearance was fixed before.
func (w *world) run(i int, st step, x int) {
	clearance := map[int]bool{}
	for k := range st.Extra % (w.s.Spaces + 1) { // none to all
		clearance[(x+k)%w.s.Spaces] = true
	}
	if st.Who%2 == 0 { // set off by something said, and by nothing else
		n, ok := w.target(i, st)
		if !ok {
			return
		}
		trigger := w.model[n]
		clearance[trigger.space] = true
		for e := range trigger.extra {
			clearance[e] = true
		}
	}
	label := access.Public()
	for c := range clearance {
		label = label.With(access.InSpace(spaceID(c)))
	}
	a := access.Agent(agentID(st.Who%2), label)
	state := sha256.Sum256([]byte(fmt.Sprint(i)))
	absorb := func(s string) { state = sha256.Sum256(append(state[:], s...)) }
	visible := w.read(a, absorb)
	for n := range 3 {
		absorb(fmt.Sprint(n))
		w.act(a, state, clearance, visible, fmt.Sprintf("run%d.%d", i, n))
	}
}

// read takes in every list and page that the agent gets, ids aside.
func (w *world) read(a access.Actor, absorb func(string)) (visible []int) {
	for n, p := range w.model {
		one, err := w.posts.One(context.Background(), a, p.id)
		if err != nil {
			continue
		}
		visible = append(visible, n)
		absorb(w.show(one) + w.reactors(a, p.id))
	}
	for x := range w.s.Spaces {
		page, err := w.posts.Threads(context.Background(), a, post.Query{Space: spaceID(x), Order: post.Active})
		absorb(fmt.Sprint(err == nil, len(page.Posts)))
	}
	page, err := w.posts.Search(context.Background(), a, "all", "")
	absorb(fmt.Sprint(err == nil, len(page.Posts)))
	return visible
}

// act does one thing that follows from what the agent has read.
func (w *world) act(a access.Actor, state [32]byte, clearance map[int]bool, visible []int, name string) {
	ctx := context.Background()
	pick := func(i, n int) int { return int(binary.BigEndian.Uint32(state[i*4:]) % uint32(n)) }
	body := "said " + hex.EncodeToString(state[:6]) + " all"
	extra := func(x int) map[int]bool {
		e := map[int]bool{}
		for c := range clearance {
			if c != x {
				e[c] = true
			}
		}
		return e
	}
	kind := pick(0, 4)
	if kind == 0 || len(visible) == 0 {
		x := pick(1, w.s.Spaces)
		id, err := w.posts.Publish(ctx, a, "", post.Draft{Space: spaceID(x), Body: body})
		w.add(err, id, said{body: body, root: len(w.model), space: x, author: a.ID(), extra: extra(x)}, name)
		return
	}
	n := visible[pick(2, len(visible))]
	p := &w.model[n]
	var err error
	switch kind {
	case 1:
		var id string
		id, err = w.posts.Reply(ctx, a, "", post.Draft{Parent: p.id, Body: body})
		e := extra(p.space)
		for x := range p.extra {
			e[x] = true
		}
		w.add(err, id, said{body: body, root: p.root, space: p.space, author: a.ID(), extra: e}, name)
	case 2:
		_, err = w.posts.React(ctx, a, p.id, post.Signs[pick(3, len(post.Signs))], true)
	case 3:
		_, err = w.posts.Hide(ctx, a, "", p.id, "because")
		if err == nil && !p.deleted {
			p.hidden = true
		}
	}
	if err != nil && fault.KindOf(err) == fault.Internal {
		w.t.Fatalf("%s: %v", name, err)
	}
}

// show is everything that a reader gets of a post, ids by name and times aside.
func (w *world) show(p post.Post) string {
	parent := w.names[p.ParentID]
	var reactions []string
	for _, r := range p.Reactions {
		reactions = append(reactions, fmt.Sprint(r.Kind, r.Count, r.Mine))
	}
	return strings.Join([]string{
		w.names[p.ID], w.names[p.RootID], parent, p.Author.ID, p.HTML, fmt.Sprint(p.EditedAt.IsZero(), p.DeletedAt.IsZero(), p.Hidden, p.Replies, p.LatestAt.IsZero()), strings.Join(reactions, ","),
	}, "|")
}

// view is every channel of a member, and the posts that occur in it.
func (w *world) view(m int) (string, map[string]bool) {
	ctx, a := context.Background(), w.actor(m)
	var v []string
	seen := map[string]bool{}
	add := func(where string, posts []post.Post, err error) { v = append(v, w.shown(where, posts, err, seen)) }
	for _, o := range []post.Order{post.Newest, post.Active} {
		page, err := w.posts.Threads(ctx, a, post.Query{Order: o})
		add("home "+string(o), page.Posts, err)
	}
	for x := range w.s.Spaces {
		page, err := w.posts.Threads(ctx, a, post.Query{Space: spaceID(x), Order: post.Active})
		add("space "+spaceID(x), page.Posts, err)
	}
	for _, q := range []string{"all", w.secret, "said"} {
		page, err := w.posts.Search(ctx, a, q, "")
		if q == w.secret {
			q = "the secret"
		}
		add("search "+q, page.Posts, err)
	}
	absent := w.about(a, "there-is-no-such-post", seen)
	for _, name := range w.every() {
		answers := absent
		if n, ok := w.said[name]; ok {
			answers = w.about(a, w.model[n].id, seen)
		}
		v = append(v, name+"\n"+answers)
	}
	mine, err := w.spaces.Mine(ctx, a)
	for _, s := range mine {
		v = append(v, fmt.Sprint("mine ", s.ID, s.Unread, err))
	}
	list, err := w.spaces.List(ctx, a)
	for _, s := range list {
		v = append(v, fmt.Sprint("listed ", s.ID, s.Members, s.In, err))
	}
	news, err := w.posts.Since(ctx, a, w.seen[m])
	v = append(v, fmt.Sprint("since ", news.Count, err))
	return strings.Join(v, "\n"), seen
}

// about is what somebody gets who asks for one post in every way there is.
func (w *world) about(a access.Actor, id string, seen map[string]bool) string {
	ctx := context.Background()
	t, err := w.posts.Thread(ctx, a, id, "")
	var posts []post.Post
	if err == nil {
		posts = append([]post.Post{t.Root}, t.Replies...)
	}
	thread := w.shown("thread", posts, err, seen)
	h, err := w.posts.History(ctx, a, id)
	history := fmt.Sprint("history ", fault.KindOf(err), words(h))
	one, err := w.posts.One(ctx, a, id)
	posts = nil
	if err == nil {
		posts = []post.Post{one}
	}
	return strings.Join([]string{thread, history, w.shown("one", posts, err, seen), w.reactors(a, id)}, "\n")
}

// reactors is who reacted to a post, as somebody is shown them.
func (w *world) reactors(a access.Actor, id string) string {
	who, err := w.posts.Reactors(context.Background(), a, id, "")
	if err != nil && fault.KindOf(err) == fault.Internal {
		w.t.Fatalf("reactors: %v", err)
	}
	return fmt.Sprint("reactors ", fault.KindOf(err), err == nil, line(who))
}

// shown is what a channel gave, and remembers in seen what was in it.
func (w *world) shown(where string, posts []post.Post, err error, seen map[string]bool) string {
	if err != nil && fault.KindOf(err) == fault.Internal {
		w.t.Fatalf("%s: %v", where, err)
	}
	line := []string{where, fmt.Sprint(fault.KindOf(err), err == nil)}
	for _, p := range posts {
		line = append(line, w.show(p))
		seen[p.ID] = true
	}
	return strings.Join(line, "\n  ")
}

// every is the name of everything that may have been said. What was not said
// in this world must look like what is hidden.
func (w *world) every() (names []string) {
	for i, st := range w.s.Steps {
		switch st.Kind {
		case doPublish, doReply:
			names = append(names, fmt.Sprint("step", i))
		case doRun:
			for n := range 3 {
				names = append(names, fmt.Sprintf("run%d.%d", i, n))
			}
		}
	}
	return names
}

func words(h []post.Version) (all []string) {
	for _, v := range h {
		all = append(all, v.Body)
	}
	return all
}
