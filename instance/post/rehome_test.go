package post_test

import (
	"bytes"
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/space"
)

// TestAMoveGivesNothingToMoreReaders plays drawn sequences in which threads are
// moved between drawn spaces and split as well, by whoever tries. Nobody may read,
// by a move, what another wrote and she could not read before, unless it returns to
// where it was said, and nothing by a split; afterwards everybody reads what the
// model says. What one does with what she reads elsewhere is no matter of this
// test, so there is one world.
func TestAMoveGivesNothingToMoreReaders(t *testing.T) {
	const each = 30
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		keys, err := keyring.Open(context.Background(), db, bytes.Repeat([]byte{7}, 32))
		if err != nil {
			t.Fatal(err)
		}
		first, moved, parted := uint64(time.Now().UnixNano())%1e12, 0, 0
		seeds := slices.Clone(foundMoving)
		for seed := first; seed < first+10*each; seed++ {
			seeds = append(seeds, seed)
		}
		for n, seed := range seeds {
			if n >= len(foundMoving)+each && moved >= each/2 && parted >= each/3 {
				break
			}
			s := draw(rand.New(rand.NewPCG(seed, 1)))
			w := newWorld(t, db, keys, s, "lighthouse")
			for i := range s.Steps { // what is no matter here makes room for it
				k := s.Steps[i].Kind
				if n >= len(foundMoving) && (k == doReact || k == doEdit) {
					s.Steps[i].Kind = []int{doPart, doReply}[i%2]
				}
				if k == doDescribe || k == doChoose || k == doRun && i%3 == 0 {
					s.Steps[i].Kind = doRehome
				}
			}
			w.play()
			for m := range s.Members {
				_, seen := w.view(m)
				w.holdSeen(m, seen)
				w.checkAnswers(m)
				w.checkPictures(m, seen)
			}
			moved, parted = moved+w.moves, parted+w.parts
			if t.Failed() {
				t.Fatalf("this was seed %d", seed)
			}
		}
		t.Logf("%d threads were moved and %d were split", moved, parted)
		if moved < each/2 || parted < each/3 {
			t.Error("hardly anything was moved or split")
		}
	})
}

// foundMoving are seeds of sequences that once found a fault here; they are always
// played.
var foundMoving = []uint64{7760653026}

// holdSeen holds what somebody is shown against the model.
func (w *world) holdSeen(m int, seen map[string]bool) {
	for _, p := range w.model {
		may := w.mayRead(m, p)
		if seen[p.id] && !may {
			w.t.Errorf("member %d sees %s, which she may not read", m, w.names[p.id])
		}
		if may && !p.deleted && !seen[p.id] {
			w.t.Errorf("member %d does not see %s, which she may read", m, w.names[p.id])
		}
	}
}

// rehome has a thread moved by the first who may to the first space where it can go.
func (w *world) rehome(ctx context.Context, i int, st step) {
	if len(w.model) == 0 {
		return
	}
	root := w.model[st.What%len(w.model)].root
	for k := range w.s.Members * w.s.Spaces {
		if w.tryMove(ctx, i, (st.Who+k)%w.s.Members, root, (st.Where+k/w.s.Members)%w.s.Spaces) {
			return
		}
	}
}

// tryMove has somebody move a thread, if she may, and holds that nobody gains by it.
func (w *world) tryMove(ctx context.Context, i, m, root, to int) bool {
	from := w.model[root].space
	before := w.readings()
	_, err := w.posts.Move(ctx, w.actor(m), "", w.model[root].id, spaceID(from), spaceID(to))
	w.sound("move", err)
	if err != nil {
		return false
	}
	w.moves++
	was := w.model
	w.model = append([]said(nil), was...)
	w.moveModel(m, root, to, w.widens(from, to), before[m])
	if w.places[from][m].role != space.Moderator {
		for n, p := range was {
			if p.root == root && !p.deleted && p.author != memberID(m) && before[m][n] {
				w.t.Errorf("step %d: member %d, who does not moderate it, moves what another wrote, %s", i, m, w.names[was[n].id])
			}
		}
	}
	for reader, read := range w.readings() {
		for n := range read {
			p := was[n]
			if read[n] && !before[reader][n] && p.author != memberID(m) && p.saidIn != to+1 {
				w.t.Errorf("step %d: member %d reads %s, which she could not before member %d moved it", i, reader, w.names[p.id], m)
			}
		}
	}
	return true
}

// readings are what each member may read now, by the model.
func (w *world) readings() (all [][]bool) {
	for m := range w.s.Members {
		var read []bool
		for _, p := range w.model {
			read = append(read, w.mayRead(m, p))
		}
		all = append(all, read)
	}
	return all
}

func (w *world) widens(from, to int) bool {
	for m := range w.s.Members {
		if w.readsSpace(m, to) && !w.readsSpace(m, from) {
			return true
		}
	}
	return false
}

// moveModel moves a thread in the model: what people said in its space alone is
// said in the other, all else gains that. What is hidden stays with the moderators
// who look after it, unless the one who moves it reads it. reads is what she read
// before.
func (w *world) moveModel(m, root, to int, wider bool, reads []bool) {
	from, clean := w.model[root].space, map[int]bool{}
	for n := range w.model {
		p := &w.model[n]
		if p.root != root {
			continue
		}
		person := p.author[0] == 'm'
		told := !wider || !p.deleted || p.author == memberID(m) || p.saidIn == to+1
		clean[n] = person && told && len(p.extra) == 0 && !p.hidden && (n == root || clean[p.parent])
		if p.saidIn == 0 {
			p.saidIn = from + 1
		}
		open := reads[n] && (!p.deleted || w.places[from][m].role == space.Moderator)
		if p.hidden && open {
			p.reviewer = 0
		} else if p.hidden && p.reviewer == 0 {
			p.reviewer = from + 1
		}
		p.space = to
		if clean[n] {
			continue
		}
		p.extra = maps.Clone(p.extra)
		if p.extra == nil {
			p.extra = map[int]bool{}
		}
		if p.hidden { // it loses the old space while it is hidden
			p.former = maps.Clone(p.former)
			if p.former == nil {
				p.former = map[int]bool{}
			}
			p.former[from], p.extra[to] = true, true
			continue
		}
		p.extra[from] = true
		delete(p.extra, to)
	}
}

// reopen gives what is shown again the spaces that it was said in before it was
// moved.
func (w *world) reopen(p *said) {
	if len(p.former) == 0 {
		return
	}
	p.extra = maps.Clone(p.extra)
	for x := range p.former {
		p.extra[x] = true
	}
	delete(p.extra, p.space)
	p.former = nil
}
