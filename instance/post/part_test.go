package post_test

import (
	"context"
	"fmt"
	"maps"

	"github.com/opengather/opengather/instance/space"
)

// part has the first reply that can be one made a thread by the first who may, with
// whatever answers it.
func (w *world) part(ctx context.Context, i int, st step) {
	for d := range w.model {
		n := (st.What + d) % len(w.model)
		for k := range w.s.Members {
			if w.model[n].root != n && w.tryPart(ctx, i, (st.Who+k)%w.s.Members, n) {
				return
			}
		}
	}
}

// tryPart has somebody split a thread, if she may, and holds that nobody gains by it.
func (w *world) tryPart(ctx context.Context, i, m, n int) bool {
	p := w.model[n]
	before := w.readings()
	_, err := w.posts.Split(ctx, w.actor(m), "", p.id, w.model[p.root].id, fmt.Sprint("part ", i))
	w.sound("split", err)
	if err != nil {
		return false
	}
	w.parts++
	if w.places[p.space][m].role != space.Moderator || !before[m][n] || p.hidden || p.root == n || p.deleted {
		w.t.Errorf("step %d: member %d, who may not, splits at %s", i, m, w.names[p.id])
	}
	was := w.model
	w.model = append([]said(nil), was...)
	w.partModel(n)
	for reader, read := range w.readings() {
		for k := range read {
			if read[k] && !before[reader][k] {
				w.t.Errorf("step %d: member %d reads %s, which she could not before member %d split its thread", i, reader, w.names[was[k].id], m)
			}
		}
	}
	return true
}

// partModel makes a reply the beginning of a thread in the model: it gains what its
// thread was read by, and what hangs below it comes along.
func (w *world) partModel(n int) {
	p := &w.model[n]
	old := p.root
	p.extra = maps.Clone(p.extra)
	if p.extra == nil {
		p.extra = map[int]bool{}
	}
	maps.Copy(p.extra, w.model[old].extra)
	p.saidIn = 0
	along := map[int]bool{n: true}
	for k := range w.model {
		c := &w.model[k]
		if c.root != old || k != n && (k == old || !along[c.parent]) {
			continue
		}
		along[k], c.root = true, n
		if w.answers[old] == k {
			delete(w.answers, old)
		}
	}
}
