package post_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/post"
)

// show is everything that a reader gets of a post, ids by name and times aside.
func (w *world) show(p post.Post) string {
	parent := w.names[p.ParentID]
	var reactions []string
	for _, r := range p.Reactions {
		reactions = append(reactions, fmt.Sprint(r.Kind, r.Count, r.Mine))
	}
	return strings.Join([]string{
		w.names[p.ID], w.names[p.RootID], parent, p.Author.ID, p.HTML, fmt.Sprint(p.Title, p.Resembles, p.EditedAt.IsZero(), p.DeletedAt.IsZero(), p.Hidden, p.Replies, p.LatestAt.IsZero()), strings.Join(reactions, ","), described(p.Media),
	}, "|")
}

// nothing is the id of no post.
const nothing = "there-is-no-such-post"

// view is what a member is shown, with the posts and fields that occur in it:
// for who is outside of the secret every channel there is, since hers is held
// against that in the other world.
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
		month, err := w.posts.Month(ctx, a, spaceID(x), time.Unix(0, 0), w.posts.DB.Now(), "")
		add("month "+spaceID(x), month.Posts, err)
	}
	wanted := map[string]post.Wanted{"all": {Words: "all"}}
	if m == w.s.Outside {
		wanted = w.wanted()
	}
	for _, q := range slices.Sorted(maps.Keys(wanted)) {
		page, err := w.posts.Search(ctx, a, wanted[q], "")
		add("search "+q, page.Posts, err)
	}
	v = append(v, w.tended(a, seen)...)
	v = append(v, w.pictures(m, seen)...)
	v = append(v, w.shelves(m, seen)...)
	if m != w.s.Outside {
		for _, p := range w.model {
			w.about(a, p.id, seen)
			if p.photo != "" {
				w.picture(m, p.photo, seen)
			}
		}
		return strings.Join(v, "\n"), seen
	}
	absent := w.about(a, nothing, seen) + w.closely(a, nothing)
	for _, name := range w.every() {
		answers := absent
		if n, ok := w.said[name]; ok {
			id := w.model[n].id
			answers = w.about(a, id, seen) + w.closely(a, id)
		}
		v = append(v, name+"\n"+answers)
	}
	for i, st := range w.s.Steps {
		if pictured(st) {
			v = append(v, photoName(i)+" "+w.picture(m, photoName(i), seen))
		}
	}
	v = append(v, w.counts(m)...)
	v = append(v, w.around(m, seen)...)
	v = append(v, w.faces(m, seen)...)
	return strings.Join(v, "\n"), seen
}

// wanted are searches of every kind, by what they are called: the secret has
// another name in each world.
func (w *world) wanted() map[string]post.Wanted {
	all := map[string]post.Wanted{
		"all": {Words: "all"}, "the secret": {Words: w.secret}, "words": {Words: "word"}, "what resembles": {Words: "wor "}, "newest": {Words: "word", Newest: true},
	}
	for x := range w.s.Spaces {
		all["in "+spaceID(x)] = post.Wanted{In: spaceID(x)}
		all["words in "+spaceID(x)] = post.Wanted{In: spaceID(x), Words: "word"}
	}
	for of := range w.s.Members {
		all["from "+memberID(of)] = post.Wanted{From: memberID(of)}
	}
	return all
}

// counts is what a member is told in numbers.
func (w *world) counts(m int) (v []string) {
	ctx, a := context.Background(), w.actor(m)
	mine, err := w.spaces.Mine(ctx, a)
	for _, s := range mine {
		v = append(v, fmt.Sprint("mine ", s.ID, s.Unread, err))
	}
	list, err := w.spaces.List(ctx, a)
	for _, s := range list {
		v = append(v, fmt.Sprint("listed ", s.ID, s.Members, s.In, err))
	}
	news, err := w.posts.Since(ctx, a, w.cursor)
	v = append(v, fmt.Sprint("since ", news.Count, err))
	year, err := w.posts.Months(ctx, a, "", 0, time.UTC)
	v = append(v, fmt.Sprint("months ", year, err))
	absent := w.live(m, nothing)
	for _, name := range w.every() {
		told := absent
		if n, ok := w.said[name]; ok {
			told = w.live(m, w.model[n].id)
		}
		v = append(v, "live "+name+" "+told)
	}
	return append(v, fmt.Sprint("news ", w.news(m)))
}

// live is what a stream would tell a member of a thread: which parts it has. The
// sums are of ids, which differ between two worlds; that they follow from the
// rows of the page alone is for TestALookIsOfWhatSheReads.
func (w *world) live(m int, root string) string {
	var parts []string
	err := w.posts.DB.Read(context.Background(), func(tx *database.Tx) error {
		version, err := tx.Version()
		if err != nil {
			return err
		}
		l, err := w.posts.Look(tx, w.actor(m), version, root, "")
		if err == nil {
			for _, p := range l.Parts {
				parts = append(parts, w.names[p.ID])
			}
		}
		return err
	})
	w.sound("look", err)
	return fmt.Sprint(fault.KindOf(err), err == nil, parts)
}

// news says whether a member is told that something is new.
func (w *world) news(m int) bool {
	var told map[string]bool
	err := w.posts.DB.Read(context.Background(), func(tx *database.Tx) (err error) {
		told, err = post.NewsFor(tx, w.from, []string{memberID(m)})
		return err
	})
	w.sound("news", err)
	return told[memberID(m)]
}

// around is what the pages of people and of spaces show.
func (w *world) around(m int, seen map[string]bool) (v []string) {
	ctx, a := context.Background(), w.actor(m)
	for of := range w.s.Members {
		page, err := w.posts.Threads(ctx, a, post.Query{Author: memberID(of)})
		v = append(v, w.shown("by "+memberID(of), page.Posts, err, seen))
	}
	for x := range w.s.Spaces {
		s, err := w.spaces.Find(ctx, a, spaceID(x))
		w.sound("space", err)
		v = append(v, fmt.Sprint("space ", err, s.ID, s.InSpace, s.Reads, s.Asking, s.Members, s.Waiting))
		p, err := w.spaces.Members(ctx, a, spaceID(x), 1)
		w.sound("members", err)
		v = append(v, fmt.Sprint("members ", err, p.Total))
		for _, one := range p.List {
			seen["members"+one.ID] = true
			v = append(v, fmt.Sprint("  ", one.ID, one.Role, one.Here))
		}
	}
	return v
}

// about is what somebody gets who asks for one post.
func (w *world) about(a access.Actor, id string, seen map[string]bool) string {
	ctx := context.Background()
	t, err := w.posts.Thread(ctx, a, id, "")
	var posts []post.Post
	if err == nil {
		posts = append([]post.Post{t.Root}, t.Replies...)
	}
	thread := w.shown("thread", posts, err, seen)
	one, err := w.posts.One(ctx, a, id)
	posts = nil
	if err == nil {
		posts = []post.Post{one}
	}
	return thread + "\n" + w.shown("one", posts, err, seen)
}

// closely is what else can be asked about a post.
func (w *world) closely(a access.Actor, id string) string {
	h, err := w.posts.History(context.Background(), a, id)
	w.sound("history", err)
	return fmt.Sprint("\nhistory ", fault.KindOf(err), words(h), "\n") + w.reactors(a, id)
}

// secretID is the id of the secret, and in a world without it one of nothing.
func (w *world) secretID() string {
	if n, ok := w.said[fmt.Sprint("step", w.s.Secret)]; ok {
		return w.model[n].id
	}
	return nothing
}

// denied has somebody do with the secret whatever can be done with a post. For
// who is outside there is no such post.
func (w *world) denied(m int) {
	ctx, o, a, id := context.Background(), w.posts, w.actor(m), w.secretID()
	for name, try := range map[string]func() error{
		"words":     func() error { return second(o.Words(ctx, a, id)) },
		"edit":      func() error { return second(o.Edit(ctx, a, "", id, 1, post.Draft{Body: "mine"})) },
		"withdraw":  func() error { return second(o.Withdraw(ctx, a, "", id)) },
		"remove":    func() error { return second(o.Remove(ctx, a, "", id, "because")) },
		"hide":      func() error { return second(o.Hide(ctx, a, "", id, "because")) },
		"restore":   func() error { return second(o.Restore(ctx, a, "", id)) },
		"react":     func() error { return second(o.React(ctx, a, id, post.Signs[0], true)) },
		"reply":     func() error { return second(o.Reply(ctx, a, "", post.Draft{Parent: id, Body: "mine"})) },
		"pin":       func() error { return second(o.Pin(ctx, a, "", id, true)) },
		"lock":      func() error { return second(o.Lock(ctx, a, "", id, true)) },
		"accept":    func() error { return second(o.Accept(ctx, a, "", id, "", "")) },
		"settle":    func() error { return second(o.Settle(ctx, a, "", id, true)) },
		"moderated": func() error { return second(o.Moderated(ctx, a, id)) },
		"thread of": func() error { return second(o.ThreadOf(ctx, a, id)) },
	} {
		if err := try(); !fault.Is(err, fault.NotFound) {
			w.t.Errorf("member %d, who is outside, tries %s on the secret: %v", m, name, err)
		}
	}
}

// reactors is who reacted to a post, as somebody is shown them.
func (w *world) reactors(a access.Actor, id string) string {
	who, err := w.posts.Reactors(context.Background(), a, id, "")
	w.sound("reactors", err)
	return fmt.Sprint("reactors ", fault.KindOf(err), err == nil, line(who))
}

// sound refuses faults of ours: a refusal is an answer.
func (w *world) sound(what string, err error) {
	if err != nil && fault.KindOf(err) == fault.Internal {
		w.t.Fatalf("%s: %v", what, err)
	}
}

// shown is what a channel gave, and remembers in seen what was in it.
func (w *world) shown(where string, posts []post.Post, err error, seen map[string]bool) string {
	w.sound(where, err)
	line := []string{where, fmt.Sprint(fault.KindOf(err), err == nil)}
	for _, p := range posts {
		line = append(line, w.show(p)+" "+w.became(p))
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
