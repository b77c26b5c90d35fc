package post_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/internal/sample"
	"github.com/opengather/opengather/instance/space"
)

// TestNobodySeesWhatTheRuleForbids plays drawn sequences of operations by
// members, guests and hostile agents, membership changing in between. No
// channel may show anybody what the model forbids her, and two worlds that
// differ in one post must look the same, to the byte, to whoever was never
// among its readers: in half of the sequences the post says something else in
// the second world, in the others it is not there.
func TestNobodySeesWhatTheRuleForbids(t *testing.T) {
	all := seeds(t)
	var once tally
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		once.playAll(t, databasetest.SQLite(t, &databasetest.Clock{}), all)
	})
	// Half of the time PostgreSQL waits for us and we for it, so there are two.
	half := len(all) / 2
	for name, some := range map[string][]uint64{"PostgreSQL": all[:half], "PostgreSQL, the rest": all[half:]} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			once.playAll(t, databasetest.Postgres(t, &databasetest.Clock{}), some)
		})
	}
}

// found are seeds of sequences that see the planted faults of
// testdata/mutants, and of those that once saw another.
var found = []uint64{5, 24, 2, 8, 18, 12, 51374519040, 404266497309, 278850004630, 84177102593}

// TestSequencesThatFoundFaults plays the same few sequences each time. The
// planted faults name this test: before a fault is planted its test has to be
// green, and all fresh sequences take longer than there is time for that.
func TestSequencesThatFoundFaults(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) { new(tally).playAll(t, db, found) })
}

// tally is what the sequences on all engines have in common.
type tally struct {
	// over ends all when one has found a fault.
	over atomic.Bool
}

// playAll plays the sequence of each seed in two worlds.
func (y *tally) playAll(t *testing.T, db *database.DB, all []uint64) {
	t.Helper()
	defer func() { y.over.CompareAndSwap(false, t.Failed()) }()
	keys, err := keyring.Open(context.Background(), db, bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	stirred := 0
	for _, seed := range all {
		if y.over.Load() {
			return
		}
		s := draw(rand.New(rand.NewPCG(seed, 1)))
		if playTwice(t, db, keys, seed, s) {
			stirred++
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("in %d of %d sequences something was done with the secret", stirred, len(all))
	if len(all) >= 500 && stirred < len(all)*9/10 {
		t.Error("most of the secrets have to matter, or the two worlds hardly differ")
	}
}

// playTwice plays a sequence in both worlds, and reports whether anything was
// done with the secret.
func playTwice(t *testing.T, db *database.DB, keys *keyring.Keyring, seed uint64, s scenario) bool {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Logf("this was seed %d", seed)
		}
	}()
	one := newWorld(t, db, keys, s, "lighthouse")
	one.play()
	if _, ok := one.said[fmt.Sprint("step", s.Secret)]; !ok {
		t.Errorf("seed %d: the secret was never said", seed)
	}
	views := check(t, seed, one)
	one.denied(s.Outside)
	one.deniedPages(s.Outside)
	other := "windmill"
	if seed%2 == 0 {
		other = one.secret // looked for in vain
	}
	two := newWorld(t, db, keys, s, other)
	two.unsaid = seed%2 == 0
	two.play()
	m := s.Outside
	if v, _ := two.view(m); v != views[m] {
		t.Errorf("seed %d: member %d, who was never among the readers, can tell the two worlds apart:\n%s", seed, m, difference(views[m], v))
	}
	return one.stirs > 0
}

// seeds are fresh each run, and printed so that a failure can be played again:
// SEED=n plays one.
func seeds(t *testing.T) []uint64 {
	if text := os.Getenv("SEED"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return []uint64{n}
	}
	first := uint64(time.Now().UnixNano()) % 1e12
	t.Logf("seeds %d to %d", first, first+sample.Sequences-1)
	all := make([]uint64, sample.Sequences)
	for i := range all {
		all[i] = first + uint64(i)
	}
	return all
}

// draw gives a sequence with a secret that is said, and with somebody who is
// never among its readers.
func draw(r *rand.Rand) scenario {
	s := scenario{Spaces: 2 + r.IntN(2), Members: 3 + r.IntN(2), Secret: 3 + r.IntN(12)}
	author := r.IntN(s.Members)
	s.Outside = (author + 1 + r.IntN(s.Members-1)) % s.Members
	for m := range s.Members {
		s.Guests = append(s.Guests, m > 0 && r.IntN(4) == 0)
	}
	for x := range s.Spaces {
		visibility := space.Secret
		if x > 0 {
			visibility = []space.Visibility{space.Open, space.Public, space.Closed, space.Secret, space.Secret}[r.IntN(5)]
		}
		s.Visibility = append(s.Visibility, visibility)
		in := make([]bool, s.Members)
		for m := range in {
			in[m] = r.IntN(2) == 0
		}
		s.In = append(s.In, in)
	}
	s.In[0][author], s.In[0][s.Outside] = true, false
	for i := range sample.Operations {
		st := step{Kind: weights[r.IntN(len(weights))], Who: r.IntN(12), Where: r.IntN(12), What: r.IntN(1 << 16), Extra: r.IntN(1 << 16)}
		s.Steps = append(s.Steps, s.fit(i, author, st, r.IntN(3) == 0))
	}
	return s
}

var weights = []int{
	doPublish, doPublish, doPublish, doReply, doReply, doReact, doEdit, doDelete, doHide, doRestore,
	doRun, doRun, doRun, doMove, doMove, doDescribe, doChoose,
}

// fit bends a step so that the author says the secret in the first space, which
// is secret, and the outsider never comes there. Some of the later steps are
// about the secret.
func (s scenario) fit(i, author int, st step, about bool) step {
	switch who := st.Who % s.Members; {
	case i == s.Secret:
		st.Kind, st.Who, st.Where = doPublish, author, 0
	case st.Kind == doMove && st.Where%s.Spaces == 0 && who == s.Outside:
		st.What |= 1 // out
	case st.Kind == doMove && st.Where%s.Spaces == 0 && who == author && i < s.Secret:
		st.Where = 1
	case i > s.Secret && about && st.Kind != doMove:
		st.What = s.Secret
	}
	return st
}

// check holds every member's view against the model, and gives the views.
func check(t *testing.T, seed uint64, w *world) []string {
	var views []string
	for m := range w.s.Members {
		v, seen := w.view(m)
		views = append(views, v)
		for _, p := range w.model {
			may := w.mayRead(m, p)
			if seen[p.id] && !may {
				t.Errorf("seed %d: member %d sees %s, which she may not read", seed, m, w.names[p.id])
			}
			if may && !p.deleted && !seen[p.id] {
				t.Errorf("seed %d: member %d does not see %s, which she may read", seed, m, w.names[p.id])
			}
		}
		w.checkAnswers(m)
		w.checkPictures(m, seen)
		w.checkLeaves(m, seen)
		if m == w.s.Outside {
			w.checkPeople(v, seen)
		}
	}
	return views
}

// difference shows the first lines that are not the same.
func difference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return "  " + x[i] + "\n  " + y[i]
		}
	}
	return "one is longer"
}
