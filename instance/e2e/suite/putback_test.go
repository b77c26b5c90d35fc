package suite_test

import (
	"context"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/e2e/canary"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/server"
)

// TestNothingErasedIsServedAgain puts a copy of the database back that is a
// month older, and looks at what the program has before it takes requests. The
// copy that the program itself made is gone by then.
func TestNothingErasedIsServedAgain(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		p.serve()
		owner := w.people["owner"].actor()
		taken := w.must(p.program.Posts.Publish(t.Context(), owner, "", post.Draft{Space: w.spaces["open"].ID, Body: "Never mind."}))
		older := p.copied()
		who, asks := w.people["insider"], w.people["pending"]
		page := who.Submit(w.form(who.Get("/settings/data/leave"), "/settings/data/leave"), url.Values{"password": {who.password}, "words": {"erase"}})
		if page.Status >= 400 {
			t.Fatalf("leaving: %d\n%s", page.Status, page.Text())
		}
		w.must(p.program.Posts.Withdraw(t.Context(), owner, "", taken))
		if err := p.program.Joining.Withdraw(t.Context(), asks.actor(), ""); err != nil {
			t.Fatal(err)
		}
		p.clock.Add(database.CopyAge + time.Hour)
		p.drain()
		if left, err := os.ReadDir(p.backups()); err != nil || len(left) != 0 {
			t.Errorf("the copy of a month ago is still there: %v, %v", left, err)
		}
		others := p.count("members WHERE state = 'active'")
		never := map[string]canary.Bird{"her": canary.Word("qznameinsider"), "who asked": canary.Word("qznamepending")}
		canary.Absent(t, p.stored(), never)

		p.putBack(older)
		if !p.has("SELECT id FROM members WHERE id = $1 AND name <> ''", who.id) || !p.has("SELECT id FROM members WHERE id = $1", asks.id) {
			t.Fatal("the copy has nobody in it who was erased since")
		}
		served := false
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		err := p.program.Serve(ctx, func(net.Addr) {
			served = true
			for _, query := range []string{"SELECT id FROM members WHERE id = $1 AND name <> ''", "SELECT id FROM posts WHERE author_id = $1 AND body <> ''", "SELECT handle FROM handles WHERE subject_id = $1"} {
				if p.has(query, who.id) {
					t.Errorf("served is still: %s", query)
				}
			}
			if p.has("SELECT id FROM members WHERE id = $1", asks.id) || p.has("SELECT id FROM posts WHERE id = $1 AND body <> ''", taken) {
				t.Error("who asked, or a post that was deleted, is there again")
			}
			stop()
		})
		if err != nil || !served {
			t.Fatalf("it does not start: %v", err)
		}
		// One more was about to leave when the copy was made.
		for _, count := range []string{"kind=member count=2\n", "kind=post count=1\n", "kind=request count=1\n"} {
			if !strings.Contains(p.log.String(), `msg="erased again what the database had back" `+count) {
				t.Errorf("the log does not say how many were erased again: %s", count)
			}
		}
		p.clock.Add(10 * time.Minute) // a job that the end cut off is taken up again
		p.drain()
		canary.Absent(t, p.stored(), never)
		if n := p.count("members WHERE state = 'active'"); n != others {
			t.Errorf("%d members are left, want %d", n, others)
		}
	})
}

// copied makes a copy as before a migration, and gives another one of it that an
// operator keeps.
func (p *place) copied() string {
	p.t.Helper()
	if err := p.program.DB.Backup(p.t.Context(), p.backups(), 6); err != nil {
		p.t.Fatal(err)
	}
	all, err := filepath.Glob(filepath.Join(p.backups(), "before-schema-7-*"))
	if err != nil || len(all) != 1 {
		p.t.Fatalf("the copies are %v, %v", all, err)
	}
	kept := filepath.Join(p.t.TempDir(), "kept")
	text, err := os.ReadFile(all[0])
	if err == nil {
		err = os.WriteFile(kept, text, 0o600)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return kept
}

// putBack ends the program, puts a copy in the place of its database, and opens
// it again.
func (p *place) putBack(kept string) {
	p.t.Helper()
	if err := p.program.Close(); err != nil {
		p.t.Fatal(err)
	}
	if dsn := string(p.program.Config.Database); dsn != "" {
		databasetest.PutBack(p.t, dsn, kept)
	} else if err := os.Rename(kept, filepath.Join(p.dir, "community.sqlite")); err != nil {
		p.t.Fatal(err)
	}
	again, err := server.Open(p.t.Context(), p.program.Options)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		if err := again.Close(); err != nil {
			p.t.Error(err)
		}
	})
	p.program = again
}
