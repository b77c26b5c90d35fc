package post_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/page"
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
	people *member.Operations
	media  *media.Operations
	pages  *page.Operations
	s      scenario
	places [][]place         // [space][member], as it is now
	fields []field           // [member]
	lists  []list            // [member]
	model  []said            // in the order of saying
	names  map[string]string // by id
	said   map[string]int    // by name
	// answers are the replies that were accepted, by the thread.
	answers map[int]int
	// leaves are the pages, by name.
	leaves map[string]*leaf
	// secret is the word of the secret; unsaid, it is not there at all.
	secret string
	unsaid bool
	moves  int    // how many threads were moved
	parts  int    // and split
	stirs  int    // what was done with the secret
	cursor string // given to the outsider at the start
	from   int64  // what that cursor stands for
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
	// parent is what it answers. saidIn is the space where it was said, once it
	// was moved, counted from one. former are the spaces that restoring it adds.
	parent, saidIn int
	former         map[int]bool
	// reviewer is the space whose moderators look after it while it is hidden,
	// once it was moved, counted from one; 0 for its own.
	reviewer int
	// photo is the id of the one that it came with.
	photo string
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
	// Secret is the step whose words differ between the two worlds, or that one
	// of them lacks. Outside is never among its readers.
	Secret, Outside int
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
	doDescribe
	doChoose
	doRehome
	doPart
)

func newWorld(t testing.TB, db *database.DB, keys *keyring.Keyring, s scenario, secret string) *world {
	w := &world{
		t: t, rows: accesstest.World{T: t, DB: db}, s: s, secret: secret, names: map[string]string{}, said: map[string]int{}, answers: map[int]int{},
		posts: &post.Operations{DB: db, Keys: keys}, spaces: &space.Operations{DB: db, Keys: keys}, people: &member.Operations{DB: db, Keys: keys}, media: &media.Operations{DB: db},
		pages: &page.Operations{DB: db}, leaves: map[string]*leaf{},
		fields: make([]field, s.Members), lists: make([]list, s.Members),
	}
	w.rows.Together(w.settle)
	news, err := w.posts.Since(context.Background(), w.actor(s.Outside), "")
	if err != nil {
		t.Fatal(err)
	}
	w.cursor = news.Cursor
	if err := db.Read(context.Background(), func(tx *database.Tx) (err error) { w.from, err = fact.Head(tx); return err }); err != nil {
		t.Fatal(err)
	}
	return w
}

// settle makes the members and the spaces.
func (w *world) settle(rows accesstest.World) {
	w.places = nil
	rows.Clear()
	rows.Community("hidden")
	rows.Agent(agentID(0))
	rows.Agent(agentID(1))
	for m := range w.s.Members {
		role := access.FullRole
		if w.s.Guests[m] {
			role = access.Guest
		}
		rows.Member(memberID(m), "active", role)
	}
	for x := range w.s.Spaces {
		rows.Space(spaceID(x), string(w.s.Visibility[x]))
		w.places = append(w.places, make([]place, w.s.Members))
		for m := range w.s.Members {
			if w.s.In[x][m] {
				rows.Do("INSERT INTO space_members (space_id, member_id, role, joined_at, seen_at) VALUES ($1, $2, $3, 0, 0)", spaceID(x), memberID(m), string(roleOf(m)))
				w.places[x][m] = place{role: roleOf(m)}
			}
		}
	}
}

func memberID(m int) string { return fmt.Sprintf("m%d", m) }
func spaceID(x int) string  { return fmt.Sprintf("s%d", x) }
func agentID(a int) string  { return fmt.Sprintf("agent%d", a) }

func (w *world) actor(m int) access.Actor { return access.Member(memberID(m)) }

// readsSpace is the model's rule for an atom. The community hides itself, so that
// what is public stays among its members.
func (w *world) readsSpace(m, x int) bool {
	v := w.s.Visibility[x]
	return w.places[x][m].role != "" || (v == space.Open || v == space.Public) && !w.s.Guests[m]
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
		at := p.space
		if p.reviewer > 0 {
			at = p.reviewer - 1
		}
		return p.author == memberID(m) || w.places[at][m].role == space.Moderator
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
	body := fmt.Sprintf("word%d all @%s", i, memberID(st.Extra%w.s.Members))
	if i == w.s.Secret {
		if w.unsaid {
			return nil
		}
		body = fmt.Sprintf("%s all @%s", w.secret, memberID(st.Extra%w.s.Members))
	}
	w.bind(ctx, i, st, m, x, body)
	switch st.Kind {
	case doPublish:
		id, err := w.posts.Publish(ctx, w.actor(m), "", post.Draft{Space: spaceID(x), Title: titleOf(i, body), Body: body, Kind: kindOf(st), Media: w.photos(i, st, m, body)})
		w.add(err, id, said{body: body, root: len(w.model), space: x, author: memberID(m)}, fmt.Sprint("step", i))
		w.bring(i, st, err)
		return err
	case doMove:
		return w.move(ctx, i, st, m, x)
	case doDescribe:
		return w.describe(ctx, i, st, m, x)
	case doChoose:
		return w.choose(ctx, st, m)
	case doRun:
		w.run(i, st, x)
		return nil
	case doRehome:
		w.rehome(ctx, i, st)
		return nil
	case doPart:
		w.part(ctx, i, st)
		return nil
	}
	n, ok := w.target(i, st)
	if !ok {
		return nil
	}
	p := w.model[n]
	err := w.change(ctx, i, st, m, n, body)
	if err != nil {
		return err
	}
	if !w.mayDo(st.Kind, m, p) {
		w.t.Errorf("step %d: member %d, who may not, does %d with %s", i, m, st.Kind, w.names[p.id])
	}
	if w.isSecret(n) {
		w.stirs++
	}
	return nil
}

// titleOf gives every other thread a title, so that its words come first.
func titleOf(i int, body string) string {
	if i%2 == 0 {
		return body
	}
	return ""
}

// mayDo is the model's rule for what is done with something said: only its
// author changes it, only moderators hide it and take it away.
func (w *world) mayDo(kind, m int, p said) bool {
	mine, moderates := p.author == memberID(m), w.places[p.space][m].role == space.Moderator
	switch kind {
	case doEdit:
		return mine
	case doDelete:
		return mine || moderates
	case doHide, doRestore:
		return moderates
	}
	return w.mayRead(m, p) && w.places[p.space][m].role != ""
}

// isSecret reports whether something said is the secret.
func (w *world) isSecret(n int) bool {
	return w.names[w.model[n].id] == fmt.Sprint("step", w.s.Secret)
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
		id, err := w.posts.Reply(ctx, w.actor(m), "", post.Draft{Parent: p.id, Body: body, Media: w.photos(i, st, m, body)})
		w.add(err, id, said{body: body, root: p.root, space: p.space, author: memberID(m), extra: p.extra, hidden: false, parent: n}, fmt.Sprint("step", i))
		w.bring(i, st, err)
		return err
	case doReact:
		_, err := w.posts.React(ctx, w.actor(m), p.id, post.Signs[st.Extra%len(post.Signs)], st.Extra%3 > 0)
		w.tend(ctx, i, st, m, n)
		return err
	case doEdit:
		words, err := w.posts.Words(ctx, w.actor(m), p.id)
		if err == nil {
			_, err = w.posts.Edit(ctx, w.actor(m), "", p.id, words.Version, post.Draft{Body: body, Kind: words.Kind})
		}
		if err == nil {
			p.body, p.saidIn = body, 0
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
			p.hidden, p.reviewer = true, 0
		}
		return err
	default:
		_, err := w.posts.Restore(ctx, w.actor(m), "", p.id)
		if err == nil && !p.deleted { // what is left of it stays as hidden as it was
			p.hidden, p.reviewer = false, 0
			w.reopen(p)
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
