// Package setuptest gives tests a place to set up, a community of a kind, and
// its pages behind a real server.
package setuptest

import (
	"context"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/setup"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/space"
)

// Place is a place that nobody has claimed yet.
type Place struct {
	*setup.Operations
	Spaces  *space.Operations
	Joining *joining.Operations
	Ctx     context.Context
	T       testing.TB
}

// New gives a place on a database.
func New(t testing.TB, db *database.DB) *Place {
	t.Helper()
	keys, err := keyring.Open(t.Context(), db, make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	p := &Place{
		Operations: &setup.Operations{
			DB: db, Keys: keys, Communities: &community.Operations{DB: db, Offered: []string{"en", "de"}},
			SignIn: &signin.Operations{DB: db, Keys: keys, Cost: signin.Cost{Memory: 8, Passes: 1, Threads: 1}},
		},
		Spaces: &space.Operations{DB: db, Keys: keys}, Ctx: t.Context(), T: t,
	}
	p.Joining = &joining.Operations{DB: db, Keys: keys, SignIn: p.SignIn, Communities: p.Communities}
	return p
}

// Link gives a new token.
func (p *Place) Link() string {
	p.T.Helper()
	token, err := p.NewToken(p.Ctx)
	if err != nil {
		p.T.Fatal(err)
	}
	return token
}

// Password is that of the owner.
const Password = "seven green wheelbarrows"

// Form is a claim as it should be.
func Form(token string) setup.Claim {
	return setup.Claim{
		Token: token, Community: "Lime Street", Language: "en", Zone: "UTC", Device: signin.Computer,
		Owner: signin.Wish{Name: "Ada Lind", Handle: "ada", Password: Password, Origin: "https://lime.example", Network: "192.0.2.0/24"},
	}
}

// Claimed claims the place and gives its owner.
func (p *Place) Claimed() access.Actor {
	p.T.Helper()
	made, err := p.Claim(p.Ctx, "", Form(p.Link()))
	if err != nil {
		p.T.Fatal(err)
	}
	return access.Member(made.Member)
}

// Founded sets a community of a kind up, from the link to the last step, and
// gives its owner.
func (p *Place) Founded(kind string) access.Actor {
	p.T.Helper()
	owner := p.Claimed()
	if _, err := p.Choose(p.Ctx, owner, "", kind); err != nil {
		p.T.Fatal(err)
	}
	if _, err := p.Finish(p.Ctx, owner, ""); err != nil {
		p.T.Fatal(err)
	}
	return owner
}

// Person lets somebody in.
func (p *Place) Person(handle string, role access.Role) access.Actor {
	p.T.Helper()
	id, err := p.DB.Write(p.Ctx, database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
		return member.Admit(tx, p.Keys, member.Admission{Name: handle, Handle: handle, Role: role, State: "active"})
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return access.Member(id)
}

// Now is the community as it is.
func (p *Place) Now() *community.Community {
	p.T.Helper()
	c, err := p.Communities.Read(p.Ctx)
	if err != nil {
		p.T.Fatal(err)
	}
	return c
}

// Count counts the rows behind FROM.
func (p *Place) Count(from string, args ...any) (n int) {
	p.T.Helper()
	err := p.DB.Read(p.Ctx, func(tx *database.Tx) error {
		return tx.One([]any{&n}, "SELECT count(*) FROM "+from, args...)
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return n
}
