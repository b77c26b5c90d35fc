package portability_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/job"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/migrations"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/portability"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/setup/setuptest"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/signin/signintest"
	"github.com/opengather/opengather/instance/space"
)

// What she leaves in as many places as there are. They are looked for without
// their first two letters, because search tables leave out what a word has in
// common with the one before. They are words without digits, which search takes
// apart.
const (
	herName   = "Qwendolin Vexlhammer"
	herHandle = "zykanaria_b"
	herFormer = "xpkanaria_a"
	hisHandle = "zykanaria_bo" // begins like hers, and stays
)

var herWords = []string{
	"qjarbalest", "wkbrigantine", "vxcaravel", "zbdulcimer", "kqeglantine", "jxfirkin", "xvgallipot", "pzhautboy", "hkinkhorn", "uxjorum",
}

// everything she was called or said, as it may be found in bytes.
func canaries(words bool) []string {
	all := []string{"endolin", "xlhammer", herFormer}
	for _, w := range herWords {
		if words || !slices.Contains([]string{"qjarbalest", "wkbrigantine", "vxcaravel", "hkinkhorn", "uxjorum"}, w) {
			all = append(all, w[2:])
		}
	}
	return all
}

// life is a community in which somebody has left traces.
type life struct {
	*setuptest.Place
	t       testing.TB
	ctx     context.Context
	clock   *databasetest.Clock
	posts   *post.Operations
	members *member.Operations
	o       *portability.Operations
	owner   access.Actor
	other   access.Actor
	her     access.Actor
	space   string
	// said are her posts: one that others have answered, one that nobody has,
	// her answer below somebody else's; mention is another's that names her.
	answered, alone, answer, mention string
}

func live(t *testing.T, db *database.DB, clock *databasetest.Clock) *life {
	t.Helper()
	p := setuptest.New(t, db)
	l := &life{
		Place: p, t: t, ctx: t.Context(), clock: clock, posts: &post.Operations{DB: db, Keys: p.Keys},
		members: &member.Operations{DB: db, Keys: p.Keys}, o: &portability.Operations{DB: db, Keys: p.Keys, SignIn: p.SignIn, Polls: &poll.Operations{DB: db, Keys: p.Keys}},
	}
	l.owner = p.Founded("friends")
	l.other = p.Person(hisHandle, access.FullRole)
	made, err := p.Joining.Invite(l.ctx, l.owner, "", joining.Draft{Role: access.FullRole})
	l.must("", err)
	arrival, err := p.Joining.Accept(l.ctx, "", made.Token, joining.Newcomer{
		Wish: signin.Wish{Name: herName, Handle: herFormer, Password: setuptest.Password, Network: "n"}, Agreed: true, Device: signin.Phone,
	})
	l.must("", err)
	l.her = access.Member(arrival.Member)
	l.space, err = p.Spaces.Create(l.ctx, l.her, "", space.Draft{Name: "Shed", Handle: "shed", Visibility: space.Open, Posting: space.Everyone})
	l.must("", err)
	for _, a := range []access.Actor{l.owner, l.other} {
		l.must(p.Spaces.Join(l.ctx, a, "", l.space))
	}
	l.speak()
	l.describe()
	return l
}

func (l *life) must(id string, err error) string {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
	return id
}

func (l *life) speak() {
	her, other := l.her, l.other
	// Mentioned by her former handle first, in a post that is edited later.
	l.mention = l.must(l.posts.Publish(l.ctx, other, "", post.Draft{Space: l.space, Body: "Ask @" + herFormer + " and @" + hisHandle + ", says @" + strings.ToUpper(herFormer) + "."}))
	l.must(l.members.Rename(l.ctx, her, "", herName, herHandle))
	w, err := l.posts.Words(l.ctx, other, l.mention)
	l.must("", err)
	l.must(l.posts.Edit(l.ctx, other, "", l.mention, w.Version, post.Draft{Body: "Ask @" + herHandle + ", @" + herHandle + " and @" + hisHandle + ". Also kangaroo."}))
	l.answered = l.must(l.posts.Publish(l.ctx, her, "", post.Draft{Space: l.space, Title: "vxcaravel", Body: "qjarbalest zbdulcimer"}))
	w, err = l.posts.Words(l.ctx, her, l.answered)
	l.must("", err)
	l.must(l.posts.Edit(l.ctx, her, "", l.answered, w.Version, post.Draft{Title: "vxcaravel", Body: "qjarbalest hkinkhorn"}))
	l.must(l.posts.Reply(l.ctx, other, "", post.Draft{Parent: l.answered, Body: "Good to hear."}))
	l.must(l.posts.React(l.ctx, other, l.answered, "thanks", true))
	l.alone = l.must(l.posts.Publish(l.ctx, her, "", post.Draft{Space: l.space, Body: "uxjorum"}))
	l.answer = l.must(l.posts.Reply(l.ctx, her, "", post.Draft{Parent: l.mention, Body: "wkbrigantine"}))
	l.must(l.posts.React(l.ctx, her, l.mention, "heart", true))
}

func (l *life) describe() {
	list := l.must(l.members.MakeList(l.ctx, l.her, "", "xvgallipot"))
	l.must(l.members.Choose(l.ctx, l.her, "", list, l.other.ID()))
	l.must(l.members.Describe(l.ctx, l.her, "", []member.Entry{
		{Field: member.About, Value: "kqeglantine", Audience: member.Audience{Kind: member.ToMembers}},
		{Field: member.Contact, Value: "jxfirkin", Audience: member.Audience{Kind: member.Chosen, Ref: list}},
	}))
	others := l.must(l.members.MakeList(l.ctx, l.other, "", "Friends"))
	l.must(l.members.Choose(l.ctx, l.other, "", others, l.her.ID()))
	_, err := l.Joining.Invite(l.ctx, l.her, "", joining.Draft{Role: access.FullRole, Note: "pzhautboy"})
	l.must("", err)
}

func (l *life) proof() signin.Proof {
	return signin.Proof{Password: setuptest.Password, Network: "n"}
}

// pass lets time go by and does the jobs that fall due; want of them erase.
func (l *life) pass(d time.Duration, want int) {
	l.t.Helper()
	l.clock.Add(d)
	n := 0
	w := job.Worker{DB: l.DB, Handlers: map[string]job.Handler{
		signin.TidyJob: l.SignIn.Tidy,
		job.WipeJob:    job.Wiping(l.DB),
		portability.EraseJob: func(ctx context.Context, id string) (time.Time, error) {
			n++
			return l.o.EraseDue(ctx, id)
		},
	}}
	if _, err := w.Drain(l.ctx); err != nil || n != want {
		l.t.Errorf("%d erased after %s, want %d: %v", n, d, want, err)
	}
}

// onSQLite gives a database whose file is known.
func onSQLite(t *testing.T, clock *databasetest.Clock) (*database.DB, string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "community.sqlite")
	db, err := database.Open(t.Context(), database.Options{Path: name, Now: clock.Now})
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
	return db, name
}

// files is everything that SQLite has on the disk.
func files(t *testing.T, name string) []byte {
	t.Helper()
	var all []byte
	for _, suffix := range []string{"", "-wal", "-shm"} {
		b, err := os.ReadFile(name + suffix)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	return bytes.ToLower(all)
}

// dump is every row of every table as text.
func dump(t *testing.T, db *database.DB) []byte {
	t.Helper()
	var all bytes.Buffer
	err := db.Read(t.Context(), func(tx *database.Tx) error {
		tables, err := database.Collect(tx, func(r *database.Rows) (s string, err error) {
			err = r.Scan(&s)
			return s, err
		}, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
		if err != nil {
			return err
		}
		for _, table := range tables {
			err := tx.Each(func(r *database.Rows) error {
				var row string
				err := r.Scan(&row)
				all.WriteString(strings.ToLower(row) + "\n")
				return err
			}, `SELECT CAST(x AS text) FROM "`+table+`" x`)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.Bytes()
}

// scanned runs a test on both engines, with what there is to look through.
func scanned(t *testing.T, test func(t *testing.T, l *life, everything func() []byte)) {
	t.Run("SQLite", func(t *testing.T) {
		clock := &databasetest.Clock{}
		db, name := onSQLite(t, clock)
		test(t, live(t, db, clock), func() []byte { return files(t, name) })
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		clock := &databasetest.Clock{}
		db := databasetest.Postgres(t, clock)
		test(t, live(t, db, clock), func() []byte { return dump(t, db) })
	})
}

// TestNothingOfHersRemains is P53: name, handles, profile and, if she chose so,
// every word of hers are gone from the files and from every row.
func TestNothingOfHersRemains(t *testing.T) {
	for name, erase := range map[string]bool{"with her words": true, "without her words": false} {
		t.Run(name, func(t *testing.T) {
			scanned(t, func(t *testing.T, l *life, everything func() []byte) {
				if err := l.DB.Truncate(t.Context()); err != nil {
					t.Fatal(err)
				}
				before := everything()
				for _, c := range canaries(true) {
					if !bytes.Contains(before, []byte(c)) {
						t.Fatalf("%q is nowhere before: the scan looks in the wrong place", c)
					}
				}
				if err := l.o.DeleteAccount(l.ctx, l.her, "", l.proof(), erase); err != nil {
					t.Fatal(err)
				}
				l.pass(member.Grace+time.Hour, 1)
				after := everything()
				for _, c := range canaries(erase) {
					if at := bytes.Index(after, []byte(c)); at >= 0 {
						t.Errorf("%q is still there: …%q…", c, after[max(0, at-40):min(len(after), at+40)])
					}
				}
				for rest := after; ; {
					at := bytes.Index(rest, []byte(herHandle))
					if at < 0 {
						break
					}
					if !bytes.HasPrefix(rest[at:], []byte(hisHandle)) {
						t.Errorf("her handle is still there: …%q…", rest[max(0, at-40):min(len(rest), at+40)])
					}
					rest = rest[at+1:]
				}
				if !bytes.Contains(after, []byte(hisHandle)) || !bytes.Contains(after, []byte("kangaroo")) {
					t.Error("what others said is gone too")
				}
				l.whatOthersSee(erase)
			})
		})
	}
}

// TestErasureChangesNoOtherWord: mail addresses, longer words and people of that
// name elsewhere are not hers; the address of her page here is.
func TestErasureChangesNoOtherWord(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		l := live(t, db, clock)
		l.must("", formerly(db, "https://ours.example"))
		theirs := "anna@" + herHandle + ".example, https://mastodon.example/@" + herHandle + ", @" + herHandle + "é, @" + herHandle + "@else.example, @" + hisHandle
		hers := []string{"(@" + herHandle + ")", "[her](/@" + herHandle + ")", "https://ours.example/@" + herHandle + " too"}
		id := l.must(l.posts.Publish(l.ctx, l.other, "", post.Draft{Space: l.space, Title: theirs, Body: theirs + " " + strings.Join(hers, " ")}))
		l.must("", l.o.DeleteAccount(l.ctx, l.her, "", l.proof(), false))
		l.pass(member.Grace+time.Hour, 1)
		w, err := l.posts.Words(l.ctx, l.other, id)
		l.must("", err)
		want := theirs + " (@…) [her](/@…) https://ours.example/@… too"
		if w.Title != theirs || w.Body != want {
			t.Errorf("it says\n%q\n%q, want\n%q\n%q", w.Title, w.Body, theirs, want)
		}
	})
}

func formerly(db *database.DB, origin string) error {
	_, err := db.Write(context.Background(), database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
		_, err := tx.Exec("INSERT INTO origins (origin, current, changed_at) VALUES ($1, $2, 0)", origin, false)
		return "", err
	})
	return err
}

// whatOthersSee looks at the conversation as somebody else reads it.
func (l *life) whatOthersSee(erased bool) {
	l.t.Helper()
	thread, err := l.posts.Thread(l.ctx, l.other, l.answered, "")
	if err != nil {
		l.t.Fatal(err)
	}
	if got := thread.Root.DeletedAt.IsZero(); got == erased || len(thread.Replies) != 1 || !thread.Root.Author.Gone || thread.Root.Author.Name != "" {
		l.t.Errorf("what others answered is %+v", thread.Root)
	}
	_, err = l.posts.Thread(l.ctx, l.other, l.alone, "")
	if fault.Is(err, fault.NotFound) != erased {
		l.t.Errorf("what nobody answered: %v", err)
	}
	if n := l.Count("posts WHERE id = $1", l.alone); (n == 0) != erased {
		l.t.Errorf("%d rows are left of what nobody answered", n)
	}
	thread, err = l.posts.Thread(l.ctx, l.other, l.mention, "")
	if err != nil || !strings.Contains(thread.Root.HTML, "Ask @…, @… and <a ") || !strings.Contains(thread.Root.HTML, `"/@`+hisHandle+`"`) {
		l.t.Errorf("the post that named her: %q, %v", thread.Root.HTML, err)
	}
	if (len(thread.Replies) == 0) != erased {
		l.t.Errorf("below it are %+v", thread.Replies)
	}
	for query, want := range map[string]int{"kangaroo": 1, "uxjorum": 1, herFormer: 0} {
		if erased && query == "uxjorum" {
			want = 0
		}
		page, err := l.posts.Search(l.ctx, l.other, post.Wanted{Words: query}, "")
		if err != nil || len(page.Posts) != want {
			l.t.Errorf("searching for %s finds %d posts, want %d: %v", query, len(page.Posts), want, err)
		}
	}
	if n := l.Count("audit WHERE subject_id = $1", l.her.ID()) + l.Count("facts WHERE kind = 'member.erased' AND subject_id = $1", l.her.ID()); n == 0 {
		l.t.Error("nothing tells that she was erased")
	}
	for _, handle := range []string{herHandle, herFormer} {
		if _, err := l.members.Rename(l.ctx, l.other, "", "Somebody", handle); !fault.Is(err, fault.Invalid) {
			l.t.Errorf("@%s can be taken: %v", handle, err)
		}
	}
}

func TestLeavingEndsEverythingAtOnceAndCanBeTakenBack(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		l := live(t, db, clock)
		theirs := signintest.Codes(t, l.SignIn, l.other.ID())
		for name, p := range map[string]signin.Proof{
			"nothing": {}, "a wrong password": {Password: "not my password"}, "a wrong code": {Code: "0000-0000-0000-0000"}, "a wrong passkey": {Passkey: "{}"},
			"somebody else's code": {Code: theirs[0]},
		} {
			p.Network = name
			var f *fault.Fault
			if err := l.o.DeleteAccount(l.ctx, l.her, "", p, false); !errors.As(err, &f) || f.Kind != fault.Invalid || f.Field == "" {
				t.Errorf("with %s: %v, want what is wrong at its field", name, err)
			}
		}
		if n := l.Count("recovery_codes WHERE member_id = $1 AND used_at IS NOT NULL", l.other.ID()); n != 0 {
			t.Errorf("the proof used %d codes of somebody else up", n)
		}
		if n := l.Count("sessions WHERE member_id = $1", l.other.ID()); n != 0 {
			t.Errorf("the proof left %d sessions of somebody else", n)
		}
		if err := l.o.DeleteAccount(l.ctx, l.her, "", l.proof(), true); err != nil {
			t.Fatal(err)
		}
		if n := l.Count("sessions WHERE member_id = $1", l.her.ID()); n != 0 {
			t.Errorf("%d sessions of hers go on", n)
		}
		if _, err := l.members.Profile(l.ctx, l.other, herHandle); !fault.Is(err, fault.NotFound) {
			t.Errorf("others still see her: %v", err)
		}
		if _, err := l.posts.Thread(l.ctx, l.her, l.mention, ""); !fault.Is(err, fault.NotFound) {
			t.Errorf("she still reads: %v", err)
		}
		l.pass(member.Grace-time.Hour, 0)
		if _, err := l.SignIn.ByPassword(l.ctx, herHandle, setuptest.Password, signin.Visit{Network: "n"}); err != nil {
			t.Fatalf("signing in to change her mind: %v", err)
		}
		if q, err := l.o.Leaving(l.ctx, l.her); err != nil || !q.ErasePosts || q.Removed {
			t.Errorf("she is told %+v, %v", q, err)
		}
		l.must("", l.o.Stay(l.ctx, l.her, ""))
		l.pass(2*member.Grace, 0)
		if _, err := l.posts.Thread(l.ctx, l.her, l.mention, ""); err != nil {
			t.Errorf("back again she reads: %v", err)
		}
		// Leaving again later begins a new time.
		l.must("", l.o.DeleteAccount(l.ctx, l.her, "", l.proof(), false))
		l.pass(member.Grace-time.Hour, 0)
		l.pass(2*time.Hour, 1)
		if n := l.Count("members WHERE id = $1 AND state = 'gone'", l.her.ID()); n != 1 {
			t.Error("she is not gone")
		}
		if _, err := l.SignIn.ByPassword(l.ctx, herHandle, setuptest.Password, signin.Visit{Network: "m"}); !errors.Is(err, signin.ErrRefused) {
			t.Errorf("gone, she signs in: %v", err)
		}
	})
}

func TestLastOwnerIsToldHowToLeave(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		l := live(t, db, clock)
		if err := l.o.DeleteAccount(l.ctx, l.owner, "", l.proof(), false); !errors.Is(err, member.ErrLastOwner) {
			t.Errorf("the last owner leaves: %v", err)
		}
		code := signin.Proof{Code: signintest.Codes(t, l.SignIn, l.owner.ID())[0], Network: "n"}
		if err := l.o.DeleteAccount(l.ctx, l.owner, "", code, false); !errors.Is(err, member.ErrLastOwner) {
			t.Errorf("the last owner leaves with a code: %v", err)
		}
		l.must(l.members.OfferOwnership(l.ctx, l.owner, "", l.her.ID()))
		l.must(l.members.AcceptOwnership(l.ctx, l.her, ""))
		if err := l.o.DeleteAccount(l.ctx, l.owner, "", code, false); err != nil {
			t.Errorf("one of two owners leaves with the code that she tried before: %v", err)
		}
	})
}

func TestWhoWasRemovedDecidesAboutHerWords(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		l := live(t, db, clock)
		l.must(l.members.Remove(l.ctx, l.owner, "", l.her.ID()))
		if _, err := l.SignIn.ByPassword(l.ctx, herHandle, setuptest.Password, signin.Visit{Network: "n"}); err != nil {
			t.Errorf("signing in to take her things: %v", err)
		}
		if q, err := l.o.Leaving(l.ctx, l.her); err != nil || !q.Removed || q.ErasePosts {
			t.Errorf("she is told %+v, %v", q, err)
		}
		if k, err := l.o.Kept(l.ctx, l.her); err != nil || k.Posts != 2 || k.Replies != 1 || k.Fields != 2 || k.Lists != 1 || !slices.Equal(k.Former, []string{herFormer}) {
			t.Errorf("she sees what is kept: %+v, %v", k, err)
		}
		if err := l.o.Stay(l.ctx, l.her, ""); !fault.Is(err, fault.Forbidden) {
			t.Errorf("she takes it back: %v", err)
		}
		l.must("", l.o.Decide(l.ctx, l.her, "", true))
		l.pass(member.RemovedGrace-time.Hour, 0)
		l.pass(2*time.Hour, 1)
		if n := l.Count("posts WHERE author_id = $1 AND body <> ''", l.her.ID()); n != 0 {
			t.Errorf("%d posts of hers are left", n)
		}
	})
}

func TestTakingBackManyPosts(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		l := live(t, db, clock)
		elsewhere := l.must(l.Spaces.Create(l.ctx, l.her, "", space.Draft{Name: "Attic", Handle: "attic", Visibility: space.Secret, Posting: space.Everyone}))
		clock.Add(48 * time.Hour)
		later := db.Now()
		for range 120 {
			l.must(l.posts.Publish(l.ctx, l.her, "", post.Draft{Space: elsewhere, Body: "Up here."}))
		}
		l.must(l.posts.Publish(l.ctx, l.other, "", post.Draft{Space: l.space, Body: "Not hers."}))
		// She takes back also what she may not read any more.
		l.must(l.Spaces.Leave(l.ctx, l.her, "", elsewhere))
		for _, test := range []struct {
			chosen portability.Chosen
			want   int
		}{
			{portability.Chosen{Space: l.space, From: later}, 0},
			{portability.Chosen{Space: elsewhere, Until: later}, 0},
			{portability.Chosen{Until: later}, 3},
			{portability.Chosen{Space: elsewhere}, 120},
			{portability.Chosen{}, 0},
		} {
			n, err := l.o.CountPosts(l.ctx, l.her, test.chosen)
			if err != nil || n != test.want {
				t.Errorf("%+v are %d, want %d: %v", test.chosen, n, test.want, err)
			}
			n, err = l.o.ErasePosts(l.ctx, l.her, test.chosen)
			if err != nil || n != test.want {
				t.Errorf("%+v erased are %d, want %d: %v", test.chosen, n, test.want, err)
			}
		}
		if n := l.Count("posts WHERE author_id = $1 AND body <> ''", l.her.ID()); n != 0 {
			t.Errorf("%d posts of hers are left", n)
		}
		if n := l.Count("posts WHERE author_id = $1 AND deleted_at IS NULL", l.other.ID()); n != 3 {
			t.Errorf("others have %d posts, want 3", n)
		}
	})
}
