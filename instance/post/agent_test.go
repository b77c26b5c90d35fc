package post_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/post"
)

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
		if w.isSecret(n) {
			w.stirs++
		}
		absorb(w.show(one))
		if len(one.Reactions) > 0 {
			absorb(w.reactors(a, p.id))
		}
	}
	for x := range w.s.Spaces {
		page, err := w.posts.Threads(context.Background(), a, post.Query{Space: spaceID(x), Order: post.Active})
		absorb(fmt.Sprint(err == nil, len(page.Posts)))
	}
	for i := range w.s.Steps {
		if w.s.brought(i) {
			absorb(w.opened(a, i, map[string]bool{}))
		}
	}
	page, err := w.posts.Search(context.Background(), a, post.Wanted{Words: "all"}, "")
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
		w.add(err, id, said{body: body, root: p.root, space: p.space, author: a.ID(), extra: e, parent: n}, name)
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
