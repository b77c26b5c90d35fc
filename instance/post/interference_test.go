package post_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/internal/sample"
	"github.com/opengather/opengather/instance/space"
)

// failed are seeds that once found a fault. They are played first.
var failed = []uint64{}

// TestNobodySeesWhatTheRuleForbids plays drawn sequences of operations by
// members, guests and hostile agents, membership changing in between. No
// channel may show anybody what the model forbids her, and two worlds that
// differ in the words of one post must look the same, to the byte, to whoever
// was never among its readers.
func TestNobodySeesWhatTheRuleForbids(t *testing.T) {
	all := append(slices.Clone(failed), seeds(t)...)
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		playAll(t, databasetest.SQLite(t, &databasetest.Clock{}), all)
	})
	// Half of the time PostgreSQL waits for us and we for it, so there are two.
	half := len(all) / 2
	for name, some := range map[string][]uint64{"PostgreSQL": all[:half], "PostgreSQL, the rest": all[half:]} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			playAll(t, databasetest.Postgres(t, &databasetest.Clock{}), some)
		})
	}
}

// playAll plays the sequence of each seed in two worlds.
func playAll(t *testing.T, db *database.DB, all []uint64) {
	t.Helper()
	keys, err := keyring.Open(context.Background(), db, bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	for _, seed := range all {
		s := draw(rand.New(rand.NewPCG(seed, 1)))
		one := newWorld(t, db, keys, s, "lighthouse")
		one.play()
		views := check(t, seed, one)
		two := newWorld(t, db, keys, s, "windmill")
		two.play()
		for m := range s.Members {
			if !outsider(s, m) {
				continue
			}
			v, _ := two.view(m)
			if v != views[m] {
				t.Fatalf("seed %d: member %d, who was never among the readers, can tell the two worlds apart:\n%s", seed, m, difference(views[m], v))
			}
		}
		if t.Failed() {
			return
		}
	}
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

func draw(r *rand.Rand) scenario {
	s := scenario{Spaces: 2 + r.IntN(2), Members: 3 + r.IntN(2), Secret: -1}
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
	weights := []int{doPublish, doPublish, doPublish, doReply, doReply, doReact, doEdit, doDelete, doHide, doRestore, doRun, doRun, doRun, doMove, doMove}
	for i := range sample.Operations {
		st := step{Kind: weights[r.IntN(len(weights))], Who: r.IntN(12), Where: r.IntN(12), What: r.IntN(1 << 16), Extra: r.IntN(1 << 16)}
		if s.Secret < 0 && i > 2 && st.Kind == doPublish {
			// The secret is said in the first space, which is secret, by
			// somebody who is in it.
			for m := range s.Members {
				if s.In[0][m] {
					st.Who, st.Where, s.Secret = m, 0, i
					break
				}
			}
		}
		s.Steps = append(s.Steps, st)
	}
	return s
}

// outsider reports whether a member was never in the space of the secret.
func outsider(s scenario, m int) bool {
	if s.In[0][m] {
		return false
	}
	for _, st := range s.Steps {
		if st.Kind == doMove && st.Where%s.Spaces == 0 && st.Who%s.Members == m && st.What%2 == 0 {
			return false
		}
	}
	return true
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
