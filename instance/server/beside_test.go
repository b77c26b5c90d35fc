package server

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
)

// old makes copies that are too old.
func old(t *testing.T, p *Program, from, n int) {
	t.Helper()
	for i := range n {
		name := fmt.Sprintf("before-schema-%d-20200101T000000Z.sqlite", from+i)
		if err := os.WriteFile(filepath.Join(p.backups(), name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func left(t *testing.T, p *Program) int {
	t.Helper()
	entries, err := os.ReadDir(p.backups())
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// At the start the daily job and what each process does for itself come at
// once: neither may fail because the other was faster.
func TestTidyTwiceAtOnce(t *testing.T) {
	p := start(t, "")
	defer end(t, p)
	old(t, p, 1, 300)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if err := p.tidy(t.Context()); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			if _, err := database.ForgetCopies(p.backups(), time.Now()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := left(t, p); n != 0 {
		t.Errorf("%d old copies are left", n)
	}
}

// What failed is tried again the same day, and what went well the next.
func TestTidyAgainAfterItFailed(t *testing.T) {
	p := start(t, "")
	defer end(t, p)
	now := time.Now()
	p.Now = func() time.Time { return now }
	if err := os.Remove(p.backups()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.backups(), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p.tidyDaily(t.Context()) // the folder is none
	if err := os.Remove(p.backups()); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(p.backups(), 0o700); err != nil {
		t.Fatal(err)
	}
	for i, step := range []struct {
		later time.Duration
		left  int
	}{{time.Minute, 1}, {tidyAgain, 0}, {23 * time.Hour, 1}, {time.Hour, 0}} {
		if left(t, p) == 0 {
			old(t, p, i, 1)
		}
		now = now.Add(step.later)
		p.tidyDaily(t.Context())
		if n := left(t, p); n != step.left {
			t.Errorf("step %d: %d old copies are left, want %d", i, n, step.left)
		}
	}
}
