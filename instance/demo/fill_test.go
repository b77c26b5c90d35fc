package demo_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/demo"
	"github.com/opengather/opengather/instance/feed"
	"github.com/opengather/opengather/instance/internal/blob"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/internal/picture"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/migrations"
	"github.com/opengather/opengather/instance/page"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/setup"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/space"
)

var until = time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC)

// town is a demo community.
type town struct {
	*demo.Operations
	signIn *signin.Operations
	t      *testing.T
	clock  *demo.Clock
}

// empty opens a database whose clock is the demo's.
func empty(t *testing.T, o database.Options) town {
	t.Helper()
	clock := demo.NewClock(until.AddDate(-1, 0, 0))
	o.Now = clock.Now
	db, err := database.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Migrate(t.Context(), migrations.Files, nil); err != nil {
		t.Fatal(err)
	}
	keys, err := keyring.Open(t.Context(), db, bytes.Repeat([]byte{3}, 32))
	if err != nil {
		t.Fatal(err)
	}
	c := &community.Operations{DB: db, Offered: []string{"de", "en"}}
	store, err := blob.OpenDirectory(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	// What a hash costs is for package signin to test.
	s := &signin.Operations{DB: db, Keys: keys, Cost: signin.Cost{Memory: 8, Passes: 1, Threads: 1}}
	return town{t: t, clock: clock, signIn: s, Operations: &demo.Operations{
		DB: db, Keys: keys, Communities: c,
		Setup:   &setup.Operations{DB: db, Keys: keys, Communities: c, SignIn: s},
		Joining: &joining.Operations{DB: db, Keys: keys, Communities: c, SignIn: s},
		Members: &member.Operations{DB: db, Keys: keys}, Spaces: &space.Operations{DB: db, Keys: keys}, Posts: &post.Operations{DB: db, Keys: keys}, Pages: &page.Operations{DB: db},
		Media: &media.Operations{DB: db, Store: store, Incoming: t.TempDir(), Press: &picture.Press{}},
		Feeds: &feed.Operations{DB: db},
	}}
}

// both runs a test on both engines.
func both(t *testing.T, test func(t *testing.T, o town)) {
	t.Run("SQLite", func(t *testing.T) {
		test(t, empty(t, database.Options{Path: filepath.Join(t.TempDir(), "community.sqlite")}))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		test(t, empty(t, database.Options{DSN: databasetest.DSN(t)}))
	})
}

const (
	members = 24
	spaces  = 8
	posts   = 260
)

func (o town) fill(language string) *demo.Made { return o.fillWith(members, spaces, posts, language) }

func (o town) fillWith(members, spaces, posts int, language string) *demo.Made {
	o.t.Helper()
	token, err := o.Setup.NewToken(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	nights := 0
	made, err := o.Fill(o.t.Context(), demo.Options{
		Night:   func(context.Context) error { nights++; return nil },
		Members: members, Spaces: spaces, Posts: posts, Language: language, Seed: 3,
		Token: token, Origin: "http://localhost:8080", Clock: o.clock, Until: until,
	})
	if err != nil {
		o.t.Fatal(err)
	}
	if nights < 360 || nights > 366 {
		o.t.Errorf("the year had %d nights", nights)
	}
	return made
}

func (o town) count(query string, args ...any) (n int) {
	o.t.Helper()
	err := o.DB.Read(o.t.Context(), func(tx *database.Tx) error { return tx.One([]any{&n}, "SELECT count(*) FROM "+query, args...) })
	if err != nil {
		o.t.Fatal(err)
	}
	return n
}

// expect compares counts; max 0 is as many as there are.
func (o town) expect(least, most int, query string, args ...any) {
	o.t.Helper()
	if n := o.count(query, args...); n < least || most > 0 && n > most {
		o.t.Errorf("%d are %s; at least %d and at most %d are wanted", n, query, least, most)
	}
}

// TestFill makes one small year on each engine and looks at it from all sides.
func TestFill(t *testing.T) {
	var years [][]string
	both(t, func(t *testing.T, o town) {
		made := o.fill("de")
		o.counts()
		o.signInAll(made)
		o.measured(made)
		o.inOrder()
		o.readable(made)
		years = append(years, o.words())
	})
	if len(years) != 2 || !slices.Equal(years[0], years[1]) {
		t.Error("the same seed made different years")
	}
}

// TestFillTheUsualSize makes the year that people get who ask for nothing, and
// one with every space there is. An operation that refuses ends it.
func TestFillTheUsualSize(t *testing.T) {
	for _, spaces := range []int{8, demo.MaxSpaces()} {
		o := empty(t, database.Options{Path: filepath.Join(t.TempDir(), "community.sqlite")})
		o.fillWith(40, spaces, 1500, "en")
		o.inOrder()
		o.expect(1500, 1500, "posts")
		o.expect(spaces, spaces, "spaces WHERE EXISTS (SELECT 1 FROM posts p WHERE p.space_id = spaces.id)")
	}
}

// counts holds what is there against what is wanted.
func (o town) counts() {
	o.expect(posts, posts, "posts")
	o.expect(members, members, "members WHERE state = 'active'")
	o.expect(2, 2, "members WHERE role = 'owner'")
	o.expect(1, 1, "members WHERE role = 'moderator'")
	o.expect(1, 3, "members WHERE role = 'guest'")
	o.expect(3, 3, "requests WHERE decided_at IS NULL AND asked_at > $1", database.Micros(until.AddDate(0, 0, -7)))
	o.expect(1, 1, "requests WHERE NOT accepted")
	o.expect(spaces, spaces, "spaces")
	for _, v := range []space.Visibility{space.Public, space.Open, space.Closed, space.Secret} {
		o.expect(1, 0, "spaces WHERE visibility = $1 AND EXISTS (SELECT 1 FROM posts p WHERE p.space_id = spaces.id)", string(v))
	}
	o.expect(2, 4, "spaces WHERE posting = 'moderators'")
	o.expect(posts/10, 0, "posts WHERE created_at > $1", database.Micros(until.AddDate(0, -3, 0)))
	o.expect(posts/10, 0, "posts WHERE created_at < $1", database.Micros(until.AddDate(0, -6, 0)))
	o.expect(posts/10, 0, "reactions")
	o.expect(5, 0, "mentions")
	o.expect(2, 0, "posts WHERE edited_at IS NOT NULL")
	o.expect(1, 0, "posts WHERE deleted_at IS NOT NULL")
	o.expect(1, 0, "posts WHERE label_id LIKE 'review:%'")
	o.expect(1, 2, "space_requests")
	o.expect(2, 0, "invitations WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1) AND (max_uses = 0 OR uses < max_uses)", database.Micros(until))
	o.expect(2, 0, "members WHERE name LIKE '%ا%' OR name LIKE '%ו%' OR name LIKE '%佐%'")
	for _, kind := range []string{"public", "members", "self:%", "list:%", "space:%"} {
		o.expect(1, 0, "profile_fields WHERE label_id LIKE $1", kind)
	}
	for _, word := range []string{"% und %", "% the %", "%**%", "%https://%"} {
		o.expect(1, 0, "posts WHERE body LIKE $1", word)
	}
}

// signInAll signs in whoever can.
func (o town) signInAll(made *demo.Made) {
	var roles []access.Role
	for _, p := range made.Known {
		roles = append(roles, p.Role)
		e, err := o.signIn.ByPassword(o.t.Context(), p.Handle, demo.Password, signin.Visit{Device: signin.Phone})
		if err != nil || e.State != "active" {
			o.t.Errorf("%s signs in: %+v, %v", p.Handle, e, err)
		}
		o.expect(1, 1, "members WHERE handle = $1 AND name = $2 AND role = $3 AND language IN ('', 'de')", p.Handle, p.Name, string(p.Role))
	}
	if want := []access.Role{access.Owner, access.Moderator, access.FullRole, access.Guest}; !slices.Equal(roles, want) {
		o.t.Errorf("%q can sign in", roles)
	}
	if _, err := o.signIn.ByPassword(o.t.Context(), "samuel", demo.Password, signin.Visit{}); !errors.Is(err, signin.ErrRefused) {
		o.t.Errorf("somebody else signs in with the password: %v", err)
	}
}

// measured looks at the thread and the word as a stranger and as a member do.
func (o town) measured(made *demo.Made) {
	ctx := o.t.Context()
	for name, a := range map[string]access.Actor{"a stranger": access.Stranger(), "the member": o.actor(made.Known[2].Handle)} {
		thread, err := o.Posts.Thread(ctx, a, made.Thread[len("/p/"):], "")
		if err != nil || thread.Root.Replies != made.Answers || made.Answers != 50 {
			o.t.Errorf("%s reads %d of %d answers: %v", name, thread.Root.Replies, made.Answers, err)
		}
		found, err := o.Posts.Search(ctx, a, post.Wanted{Words: made.Word}, "")
		if err != nil || len(found.Posts) == 0 {
			o.t.Errorf("%s finds %d posts with %q: %v", name, len(found.Posts), made.Word, err)
		}
	}
}

func (o town) actor(handle string) access.Actor {
	var id string
	err := o.DB.Read(o.t.Context(), func(tx *database.Tx) error {
		return tx.One([]any{&id}, "SELECT id FROM members WHERE handle = $1", handle)
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return access.Member(id)
}

// inOrder holds what happened to the year, and each thing to what it follows.
func (o town) inOrder() {
	o.t.Helper()
	from, to := database.Micros(until.AddDate(-1, 0, 0)), database.Micros(until.Add(time.Second))
	for _, column := range []string{"facts WHERE at", "posts WHERE created_at", "posts WHERE edited_at", "members WHERE joined_at", "spaces WHERE created_at", "reactions WHERE made_at"} {
		if n := o.count(column+" NOT BETWEEN $1 AND $2", from, to); n > 0 {
			o.t.Errorf("%d %s is outside the year", n, column)
		}
	}
	for what, query := range map[string]string{
		"things happened before what they follow":   "facts f JOIN facts g ON g.position = f.position + 1 WHERE g.at < f.at",
		"answers are older than what they answer":   "posts p JOIN posts q ON q.id = p.parent_id WHERE p.created_at <= q.created_at",
		"posts are by people who were not in yet":   "posts p JOIN members m ON m.id = p.author_id WHERE p.created_at < m.joined_at",
		"posts are older than their place":          "posts p JOIN spaces s ON s.id = p.space_id WHERE p.created_at < s.created_at",
		"posts are labelled with more than a place": "posts WHERE label_id <> 'space:' || space_id AND label_id NOT LIKE 'review:%'",
		"posts are by people who never were in there": `posts p WHERE NOT EXISTS (SELECT 1 FROM space_members sm WHERE sm.space_id = p.space_id AND sm.member_id = p.author_id)
			AND NOT EXISTS (SELECT 1 FROM facts f WHERE f.kind = 'space.left' AND f.place_id = p.space_id AND f.subject_id = p.author_id)`,
	} {
		if n := o.count(query); n > 0 {
			o.t.Errorf("%d %s", n, what)
		}
	}
	o.expect(posts+posts/2, 0, "facts")
}

// readable holds what each of the known people and a stranger read against
// where they are.
func (o town) readable(made *demo.Made) {
	o.t.Helper()
	actors := map[string]access.Actor{"stranger": access.Stranger()}
	for _, p := range made.Known {
		actors[string(p.Role)] = o.actor(p.Handle)
	}
	for name, a := range actors {
		outside := o.count(`posts p JOIN spaces s ON s.id = p.space_id WHERE `+access.Readable("p")+` AND s.visibility <> 'public'
			AND NOT (s.visibility = 'open' AND EXISTS (SELECT 1 FROM members m WHERE m.id = $1 AND m.role <> 'guest'))
			AND NOT EXISTS (SELECT 1 FROM space_members sm WHERE sm.space_id = s.id AND sm.member_id = $1)`, a.Args()...)
		if outside > 0 {
			o.t.Errorf("the %s reads %d posts of places she is not in", name, outside)
		}
		if o.count("posts p WHERE "+access.Readable("p"), a.Args()...) == 0 {
			o.t.Errorf("the %s reads nothing", name)
		}
	}
	if n := o.count("space_members sm JOIN spaces s ON s.id = sm.space_id AND s.visibility = 'secret' JOIN members m ON m.id = sm.member_id WHERE m.handle = $1", made.Known[2].Handle); n > 0 {
		o.t.Error("the member whom one signs in as is in a secret space")
	}
}

// words is what was said, in order.
func (o town) words() (all []string) {
	o.t.Helper()
	err := o.DB.Read(o.t.Context(), func(tx *database.Tx) (err error) {
		all, err = database.Collect(tx, func(r *database.Rows) (s string, err error) {
			var at int64
			var who, title, body string
			err = r.Scan(&at, &who, &title, &body)
			// Microseconds differ by how often the clock is looked at.
			return fmt.Sprint(database.At(at).Truncate(time.Millisecond), who, title, body), err
		}, "SELECT p.created_at, m.handle, p.title, p.body FROM posts p JOIN members m ON m.id = p.author_id ORDER BY p.created_at")
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return all
}

func TestFillRefusesACommunity(t *testing.T) {
	both(t, func(t *testing.T, o town) {
		ctx := context.Background()
		token, err := o.Setup.NewToken(ctx)
		if err != nil {
			t.Fatal(err)
		}
		_, err = o.Setup.Claim(ctx, "", setup.Claim{Token: token, Community: "Ours", Language: "en", Zone: "UTC", Owner: signin.Wish{
			Handle: "ada", Name: "Ada", Password: "a very long one", Origin: "http://localhost:8080",
		}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = o.Fill(ctx, demo.Options{Members: 20, Spaces: 8, Posts: 100, Language: "en", Clock: o.clock, Until: until})
		if !errors.Is(err, demo.ErrNotEmpty) || o.count("members") != 1 || o.count("posts") != 0 {
			t.Errorf("filling a community that is not empty gives %v, and %d members", err, o.count("members"))
		}
	})
}
