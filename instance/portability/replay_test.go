package portability_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/feed"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/erasure"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/migrations"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/portability"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/setup/setuptest"
)

// ground is where a community's data lies, so that an older copy of it can be
// put back. The list of erasures lies beside it.
type ground struct {
	t                     *testing.T
	clock                 *databasetest.Clock
	dsn, file, dir, shelf string
	db                    *database.DB
}

func grounds(t *testing.T, test func(g *ground)) {
	for _, engine := range []database.Engine{database.SQLite, database.PostgreSQL} {
		t.Run(engine.String(), func(t *testing.T) {
			g := &ground{t: t, clock: &databasetest.Clock{}, dir: t.TempDir(), shelf: t.TempDir()}
			if engine == database.PostgreSQL {
				g.dsn = databasetest.DSN(t)
			}
			g.file = filepath.Join(g.dir, "community.sqlite")
			t.Cleanup(g.close)
			g.open()
			test(g)
		})
	}
}

func (g *ground) open() *database.DB {
	g.t.Helper()
	db, err := database.Open(context.WithoutCancel(g.t.Context()), database.Options{DSN: g.dsn, Path: g.file, Beside: g.dir, Now: g.clock.Now})
	if err != nil {
		g.t.Fatal(err)
	}
	if err := db.Migrate(g.t.Context(), migrations.Files, func(context.Context, int64) error { return nil }); err != nil {
		g.t.Fatal(err)
	}
	g.db = db
	return db
}

func (g *ground) close() {
	if err := g.db.Close(); err != nil {
		g.t.Error(err)
	}
}

// copy gives the name of a copy as it is made before a migration.
func (g *ground) copy() string {
	g.t.Helper()
	g.clock.Add(time.Second) // copies of one second have one name
	if err := g.db.Backup(g.t.Context(), g.shelf, 6); err != nil {
		g.t.Fatal(err)
	}
	all, err := filepath.Glob(filepath.Join(g.shelf, "*"))
	if err != nil || len(all) == 0 {
		g.t.Fatalf("there is no copy: %v", err)
	}
	return all[len(all)-1]
}

// putBack does what an operator does.
func (g *ground) putBack(name string) {
	g.t.Helper()
	g.close()
	if g.dsn != "" {
		databasetest.PutBack(g.t, g.dsn, name)
	} else {
		for _, suffix := range []string{"-wal", "-shm"} {
			if err := os.RemoveAll(g.file + suffix); err != nil {
				g.t.Fatal(err)
			}
		}
		text, err := os.ReadFile(name)
		if err == nil {
			err = os.WriteFile(g.file, text, 0o600)
		}
		if err != nil {
			g.t.Fatal(err)
		}
	}
	g.open()
}

// everything is what there is to look through.
func (g *ground) everything() []byte {
	g.t.Helper()
	if err := g.db.Truncate(g.t.Context()); err != nil {
		g.t.Fatal(err)
	}
	if g.dsn != "" {
		return dump(g.t, g.db)
	}
	return files(g.t, g.file)
}

// list is the file outside the database.
func (g *ground) list() string {
	g.t.Helper()
	text, err := os.ReadFile(filepath.Join(g.dir, erasure.Name))
	if err != nil && !os.IsNotExist(err) {
		g.t.Fatal(err)
	}
	return string(text)
}

// again is l on the database as it is now.
func (g *ground) again(l *life) *life {
	g.t.Helper()
	p := setuptest.New(g.t, g.db)
	now := *l
	now.Place = p
	now.posts, now.members = &post.Operations{DB: g.db, Keys: p.Keys}, &member.Operations{DB: g.db, Keys: p.Keys}
	now.o = &portability.Operations{DB: g.db, Keys: p.Keys, SignIn: p.SignIn, Polls: &poll.Operations{DB: g.db, Keys: p.Keys}}
	return &now
}

// replay does what a start does before anything is served.
func (l *life) replay() portability.Replayed {
	l.t.Helper()
	lost, err := erasure.Settle(l.ctx, l.DB)
	l.must("", err)
	r, err := l.o.Replay(l.ctx, lost)
	l.must("", err)
	return r
}

// absent demands that nothing of hers is left.
func (g *ground) absent(words bool) {
	g.t.Helper()
	after := g.everything()
	for _, c := range canaries(words) {
		if at := bytes.Index(after, []byte(c)); at >= 0 {
			g.t.Errorf("%q is there again: …%q…", c, after[max(0, at-40):min(len(after), at+40)])
		}
	}
}

// TestOlderCopyBringsNobodyBack puts a copy back in which somebody who was
// erased since, and a post that was deleted since, are alive.
func TestOlderCopyBringsNobodyBack(t *testing.T) {
	for name, words := range map[string]bool{"with her words": true, "without her words": false} {
		t.Run(name, func(t *testing.T) {
			grounds(t, func(g *ground) {
				l := live(g.t, g.db, g.clock)
				taken := l.must(l.posts.Publish(l.ctx, l.other, "", post.Draft{Space: l.space, Body: "mzkumquat"}))
				many := l.must(l.posts.Publish(l.ctx, l.owner, "", post.Draft{Space: l.space, Body: "ryloganberry"}))
				_, err := (&feed.Operations{DB: g.db}).Make(l.ctx, l.her, "", feed.Draft{Name: "phone"})
				l.must("", err)
				_, err = l.posts.KeepDraft(l.ctx, l.her, "form", post.Unsent{At: post.Aim{Space: l.space}, Body: "begun"})
				l.must("", err)
				l.must(l.posts.Save(l.ctx, l.her, l.must(l.posts.Publish(l.ctx, l.other, "", post.Draft{Space: l.space, Body: "for later"})), true))
				older := g.copy()
				l.must(l.posts.Withdraw(l.ctx, l.other, "", taken))
				n, err := l.o.ErasePosts(l.ctx, l.owner, portability.Chosen{})
				if err != nil || n != 1 {
					g.t.Fatalf("the owner took back %d posts: %v", n, err)
				}
				l.must("", l.o.DeleteAccount(l.ctx, l.her, "", l.proof(), words))
				l.pass(member.Grace+time.Hour, 1)
				g.listsOnlyIDs(3, l.her.ID(), taken, many)

				g.putBack(older)
				l = g.again(l)
				if before := g.everything(); !bytes.Contains(before, []byte("endolin")) || !bytes.Contains(before, []byte("mzkumquat")) {
					g.t.Fatal("the copy has nobody in it who was erased since")
				}
				if r := l.replay(); r != (portability.Replayed{Members: 1, Posts: 2}) {
					g.t.Errorf("erased again were %+v", r)
				}
				l.pass(0, 0) // wipes the files
				g.absent(words)
				for _, word := range []string{"kumquat", "loganberry"} {
					if bytes.Contains(g.everything(), []byte(word)) {
						g.t.Errorf("%s is there again", word)
					}
				}
				l.whatOthersSee(words)
				if n := l.Count("members WHERE state = 'active'"); n != 2 {
					g.t.Errorf("%d members are left, want 2", n)
				}
				if n := l.Count("feeds"); n != 0 {
					g.t.Errorf("%d addresses of feeds are there again", n)
				}
				if n := l.Count("saved"); n != 0 {
					g.t.Errorf("%d of what she saved are there again", n)
				}
				if n := l.Count("drafts"); n != 0 {
					g.t.Errorf("%d of her drafts are there again", n)
				}
				if n := l.Count("space_members WHERE space_id = $1 AND role = 'moderator'", l.space); n != 1 {
					g.t.Errorf("%d people moderate the space that was hers", n)
				}
				if r := l.replay(); r != (portability.Replayed{}) {
					g.t.Errorf("at the next start were erased %+v", r)
				}
				// Which is one query, since every start does it.
				if said := databasetest.Statements(g.db, func() { l.replay() }); said.Count() != 1 {
					g.t.Errorf("a start with nothing to do asks\n%s", said)
				}
				g.listsOnlyIDs(3, l.her.ID(), taken, many)
			})
		})
	}
}

var line = regexp.MustCompile(`^(member|everything|post) [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12} 20[0-9]{2}-[0-9]{2}-[0-9]{2}$`)

// listsOnlyIDs demands that the list has nothing in it but ids and days, and no
// others than these.
func (g *ground) listsOnlyIDs(want int, ids ...string) {
	g.t.Helper()
	text := g.list()
	all := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for _, one := range all {
		if !line.MatchString(one) {
			g.t.Errorf("the list has a line %q", one)
		}
	}
	for _, id := range ids {
		if strings.Count(text, id) != 1 {
			g.t.Errorf("%s is %d times on the list", id, strings.Count(text, id))
		}
	}
	if len(all) != want {
		g.t.Errorf("the list has %d lines, want %d:\n%s", len(all), want, text)
	}
	info, err := os.Stat(filepath.Join(g.dir, erasure.Name))
	if err != nil || info.Mode().Perm() != 0o600 {
		g.t.Errorf("the list is %v: %v", info.Mode(), err)
	}
}

// TestWhoChangedHerMindIsOnNoList puts a copy back in which somebody leaves who
// stayed after all.
func TestWhoChangedHerMindIsOnNoList(t *testing.T) {
	grounds(t, func(g *ground) {
		l := live(g.t, g.db, g.clock)
		l.must("", l.o.DeleteAccount(l.ctx, l.her, "", l.proof(), true))
		older := g.copy()
		l.must("", l.o.Stay(l.ctx, l.her, ""))
		l.pass(2*member.Grace, 0)
		if r := l.replay(); r != (portability.Replayed{}) || g.list() != "" {
			g.t.Errorf("erased were %+v, listed\n%s", r, g.list())
		}
		g.putBack(older)
		l = g.again(l)
		if r := l.replay(); r != (portability.Replayed{}) {
			g.t.Errorf("erased again were %+v", r)
		}
		if n := l.Count("members WHERE id = $1 AND state = 'leaving' AND name = $2", l.her.ID(), herName); n != 1 {
			g.t.Error("she is not there as she was in the copy")
		}
	})
}

// TestEndedWhileErasing ends the job after many of its statements, as a process
// ends that is killed. Whatever is erased then is known outside the database,
// and so does not come back with a copy; and a start finishes what was begun.
func TestEndedWhileErasing(t *testing.T) {
	grounds(t, func(g *ground) {
		l := live(g.t, g.db, g.clock)
		l.must("", l.o.DeleteAccount(l.ctx, l.her, "", l.proof(), true))
		g.clock.Add(member.Grace + time.Hour)
		older := g.copy()
		step := 3
		if g.dsn != "" {
			step = 13 // copies come back slowly there
		}
		unlisted, listed := 0, 0
		for n := 1; ; n += step {
			g.putBack(older)
			if err := os.RemoveAll(filepath.Join(g.dir, erasure.Name)); err != nil {
				g.t.Fatal(err)
			}
			l = g.again(l)
			ctx, end := context.WithCancel(l.ctx)
			left := n
			g.db.Watch(func(string) {
				if left--; left == 0 {
					end()
				}
			})
			_, err := l.o.EraseDue(ctx, l.her.ID())
			g.db.Watch(nil)
			end()
			whole := l.Count("members WHERE id = $1 AND name = $2", l.her.ID(), herName) == 1 && l.Count("posts WHERE author_id = $1 AND body <> ''", l.her.ID()) == 3
			known := strings.Contains(g.list(), "everything "+l.her.ID())
			if !whole && !known {
				g.t.Fatalf("ended at statement %d, something is erased and nobody knows outside", n)
			}
			if known {
				listed++
				if l.replay(); l.Count("members WHERE id = $1 AND state = 'gone' AND erase_at IS NULL AND name = ''", l.her.ID()) != 1 {
					g.t.Fatalf("ended at statement %d, the start does not finish it", n)
				}
				g.putBack(older)
				l = g.again(l)
				l.replay()
				l.pass(0, 0)
				g.absent(true)
			} else {
				unlisted++
				l.pass(0, 1)
				g.absent(true)
			}
			if err == nil {
				break
			}
		}
		if unlisted < 1 || listed < 5 {
			g.t.Errorf("ended %d times before she was listed and %d times afterwards: the test looks in the wrong place", unlisted, listed)
		}
	})
}

// TestAPhotoTakenBackStaysAway puts a copy back in which a photo is that its
// author took out of a post since, with what it says of itself.
func TestAPhotoTakenBackStaysAway(t *testing.T) {
	grounds(t, func(g *ground) {
		l := live(g.t, g.db, g.clock)
		p := l.must(l.posts.Publish(l.ctx, l.owner, "", post.Draft{Space: l.space, Body: "Two sheds."}))
		ids := map[string]string{}
		for n, alt := range []string{"myquince", "mypear"} {
			ids[alt] = uuid.NewString()
			accesstest.World{T: g.t, DB: g.db}.Do("INSERT INTO media (id, author_id, post_id, place, type, alt, width, height, blob, bytes, made, cut, created_at) VALUES ($1, $2, $3, $4, 'image/jpeg', $5, 1, 1, $1, 1, 1, $6, 1)",
				ids[alt], l.owner.ID(), p, n, alt, []byte{1})
		}
		accesstest.World{T: g.t, DB: g.db}.Do("UPDATE posts SET media = 2 WHERE id = $1", p)
		older := g.copy()
		l.must(l.posts.RemovePhoto(l.ctx, l.owner, "", ids["myquince"]))
		g.putBack(older)
		l = g.again(l)
		if r := l.replay(); r != (portability.Replayed{Photos: 1}) {
			g.t.Errorf("erased again were %+v", r)
		}
		got, err := l.posts.One(l.ctx, l.owner, p)
		if err != nil || len(got.Media) != 1 || got.Media[0].Alt != "mypear" {
			g.t.Errorf("the post has %+v, %v", got.Media, err)
		}
		for word, want := range map[string]int{"myquince": 0, "mypear": 1} {
			found, err := l.posts.Search(l.ctx, l.owner, post.Wanted{Words: word}, "")
			if err != nil || len(found.Posts) != want {
				g.t.Errorf("%d posts are found by %s, want %d, %v", len(found.Posts), word, want, err)
			}
		}
		if r := l.replay(); r != (portability.Replayed{}) {
			g.t.Errorf("erased once more were %+v", r)
		}
	})
}

// TestProcessesLearnFromEachOther has two processes on one PostgreSQL, each with
// a directory of its own.
func TestProcessesLearnFromEachOther(t *testing.T) {
	clock := &databasetest.Clock{}
	one := &ground{t: t, clock: clock, dsn: databasetest.DSN(t), dir: t.TempDir()}
	other := &ground{t: t, clock: clock, dsn: one.dsn, dir: t.TempDir()}
	t.Cleanup(one.close)
	l := live(t, one.open(), clock)
	t.Cleanup(other.close)
	other.open()
	l.must("", l.o.DeleteAccount(l.ctx, l.her, "", l.proof(), true))
	l.pass(member.Grace+time.Hour, 1)
	if r := other.again(l).replay(); r != (portability.Replayed{}) {
		t.Errorf("the other process erased %+v", r)
	}
	if one.list() == "" || one.list() != other.list() {
		t.Errorf("one has\n%sthe other\n%s", one.list(), other.list())
	}
}

// TestListBeginsWithWhatWasErasedBefore migrates data from the time when there
// was no list.
func TestListBeginsWithWhatWasErasedBefore(t *testing.T) {
	grounds(t, func(g *ground) {
		l := live(g.t, g.db, g.clock)
		l.must("", l.o.DeleteAccount(l.ctx, l.her, "", l.proof(), true))
		l.pass(member.Grace+time.Hour, 1)
		_, err := g.db.Write(l.ctx, database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
			for _, q := range []string{
				"INSERT INTO audit (id, at, kind, actor_id, subject_kind, subject_id) SELECT id, 1773300000000000, 'member.erased', 'system', 'member', id FROM members WHERE state = 'gone'",
				"DROP TABLE erasures", "DROP TABLE numbers", "DROP TABLE media", "DROP TABLE feeds", "DELETE FROM features WHERE name = 'feeds'", "DROP INDEX posts_media", "DROP INDEX search_docs_made", "ALTER TABLE search_docs DROP COLUMN made", "ALTER TABLE posts DROP COLUMN media",
				"ALTER TABLE members DROP COLUMN live", "ALTER TABLE community DROP COLUMN media_each", "ALTER TABLE community DROP COLUMN media_all",
				"DROP INDEX posts_pinned", "ALTER TABLE posts DROP COLUMN pinned_at", "ALTER TABLE posts DROP COLUMN locked_at", "ALTER TABLE posts DROP COLUMN said_in",
				"DROP INDEX posts_kinds", "ALTER TABLE posts DROP COLUMN kind", "ALTER TABLE posts DROP COLUMN settled_at", "ALTER TABLE posts DROP COLUMN answer_id",
				"DROP TABLE saved", "DROP TABLE drafts", "DROP TABLE poll_votes", "DROP TABLE poll_options", "DROP TABLE polls", "ALTER TABLE posts DROP COLUMN poll",
				"DROP TABLE page_versions", "DROP TABLE pages", "DROP TABLE previews", "ALTER TABLE posts DROP COLUMN previewed", "DELETE FROM features WHERE name = 'previews'",
				"DELETE FROM goose_db_version WHERE version_id >= 6",
			} {
				if _, err := tx.Exec(q); err != nil {
					return "", err
				}
			}
			return "", nil
		})
		l.must("", err)
		if err := os.Remove(filepath.Join(g.dir, erasure.Name)); err != nil {
			g.t.Fatal(err)
		}
		g.close()
		g.open()
		l = g.again(l)
		if r := l.replay(); r != (portability.Replayed{}) {
			g.t.Errorf("erased again were %+v", r)
		}
		if want := "everything " + l.her.ID() + " 2026-03-12\n"; !strings.Contains(g.list(), want) || strings.Count(g.list(), "post ") != l.Count("posts WHERE deleted_at IS NOT NULL") {
			g.t.Errorf("the list is\n%s", g.list())
		}
	})
}
