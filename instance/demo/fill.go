package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/feed"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/page"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/setup"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/space"
)

// Password is that of everybody who can sign in. It is no secret.
const Password = "apples from the old garden"

// Bounds of what can be asked for.
const (
	MinMembers, MaxMembers = 10, 20_000
	MinSpaces              = 7
	MinPosts, MaxPosts     = 100, 1_000_000
)

// MaxSpaces is how many spaces there are words for.
func MaxSpaces() int { return len(kinds) }

// ErrNotEmpty says that there is a community already.
var ErrNotEmpty = errors.New("this community is not empty: a demo fills only an empty one")

// Operations are what the year is made of.
type Operations struct {
	DB          *database.DB
	Keys        *keyring.Keyring
	Setup       *setup.Operations
	Communities *community.Operations
	Joining     *joining.Operations
	Members     *member.Operations
	Spaces      *space.Operations
	Posts       *post.Operations
	Pages       *page.Operations
	Media       *media.Operations
	Feeds       *feed.Operations
}

// Options say what to make.
type Options struct {
	// Members counts everybody who is in at the end, guests too; Posts counts
	// beginnings and answers, withdrawn ones too.
	Members, Spaces, Posts int
	// Readers is how many people are signed in at the end, for those who measure.
	Readers int
	// Language is the community's own, "en" or "de".
	Language string
	Seed     uint64
	// Token and Origin are those of the set-up link.
	Token, Origin string
	// Clock is that of the database. The year begins where it stands.
	Clock *Clock
	// Until is when the year ends.
	Until time.Time
	// Night, if there is one, is called once a day: it does what falls due, as
	// in a community that is served.
	Night func(ctx context.Context) error
	// Progress, if there is one, is told of every tenth that is done.
	Progress func(percent int)
}

// Made is what came of it.
type Made struct {
	// Known are who can sign in with Password: an owner, a moderator, a member
	// and a guest.
	Known []Person
	// Thread is the address of a thread in a public space that has Answers
	// answers, all of which are there, and Word one that Search finds.
	Thread  string
	Answers int
	Word    string
	// Readers are sessions, each of somebody else.
	Readers []string

	thread *saying
}

// Person is somebody who can sign in.
type Person struct {
	Role         access.Role
	Handle, Name string
}

// Check says what is wrong with what is asked for.
func (o Options) Check() error {
	for _, x := range []struct {
		what          string
		n, least, max int
	}{{"members", o.Members, MinMembers, MaxMembers}, {"spaces", o.Spaces, MinSpaces, MaxSpaces()}, {"posts", o.Posts, MinPosts, MaxPosts}} {
		if x.n < x.least || x.n > x.max {
			return fmt.Errorf("%s: between %d and %d, not %d", x.what, x.least, x.max, x.n)
		}
	}
	if !slices.Contains(languages, o.Language) {
		return fmt.Errorf("there are no words in %q, only in %q", o.Language, languages)
	}
	return nil
}

// stage is where the year is played.
type stage struct {
	*Operations
	// strangers lets in those who never sign in: see the package's doc.
	strangers *joining.Operations
	clock     *Clock
	options   Options
}

// cheap is the cost of hashing what cannot be guessed.
var cheap = signin.Cost{Memory: 8, Passes: 1, Threads: 1}

// Fill makes the year. It gives ErrNotEmpty if there is a community. If it ends
// early, what has been made until then is there.
func (o *Operations) Fill(ctx context.Context, opt Options) (*Made, error) {
	if err := opt.Check(); err != nil {
		return nil, err
	}
	if _, err := o.Communities.Read(ctx); err == nil {
		return nil, ErrNotEmpty
	} else if !errors.Is(err, community.ErrNone) {
		return nil, err
	}
	s := &stage{Operations: o, clock: opt.Clock, options: opt, strangers: &joining.Operations{
		DB: o.DB, Keys: o.Keys, Communities: o.Communities, SignIn: &signin.Operations{DB: o.DB, Keys: o.Keys, Cost: cheap},
	}}
	y, err := newYear(s, opt)
	if err != nil {
		return nil, fmt.Errorf("plan the year: %w", err)
	}
	if err := y.pass(ctx); err != nil {
		return nil, err
	}
	for _, p := range y.people {
		if p.known {
			y.made.Known = append(y.made.Known, Person{Role: p.becomes, Handle: p.handle, Name: p.name})
		}
	}
	y.made.Thread, y.made.Answers, y.made.Word = "/p/"+y.made.thread.id, measured, y.lexicons[y.main].ours["word"][0]
	return y.made, y.signIn(ctx)
}

// pass lets everything happen.
func (y *year) pass(ctx context.Context) error {
	night := y.from.Add(day)
	for i, h := range y.happenings {
		for ; y.options.Night != nil && h.at.After(night); night = night.Add(day) {
			y.clock.move(night)
			if err := y.options.Night(ctx); err != nil {
				return fmt.Errorf("at night: %w", err)
			}
		}
		y.clock.move(h.at)
		if err := h.do(ctx); err != nil {
			return fmt.Errorf("%s on %s: %w", h.what, h.at.Format(time.DateOnly), err)
		}
		if tenth := max(1, len(y.happenings)/10); y.options.Progress != nil && (i+1)%tenth == 0 {
			y.options.Progress(10 * (i + 1) / tenth)
		}
	}
	return nil
}
