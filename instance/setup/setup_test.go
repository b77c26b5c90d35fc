package setup_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/setup"
	"github.com/opengather/opengather/instance/setup/setuptest"
	"github.com/opengather/opengather/instance/signin"
)

func TestClaimMakesTheCommunityAndItsOwner(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		g := setuptest.New(t, db)
		made, err := g.Claim(g.Ctx, "key", setuptest.Form(g.Link()))
		if err != nil {
			t.Fatal(err)
		}
		c := g.Now()
		if c.Name != "Lime Street" || c.Face != community.Hidden || c.Door != community.ByInvitation || c.Founded() || c.Origin != "https://lime.example" {
			t.Errorf("the community is %+v", c)
		}
		var who signin.Resumed
		err = db.Read(g.Ctx, func(tx *database.Tx) (err error) {
			who, err = signin.Resume(tx, made.Session)
			return err
		})
		if err != nil || who.ID != made.Member || who.Role != access.Owner || who.State != "active" || who.Handle != "ada" {
			t.Errorf("the session is of %+v: %v", who, err)
		}
		again, err := g.Claim(g.Ctx, "key", setuptest.Form("whatever"))
		if !errors.Is(err, database.ErrRepeated) || again.Member != made.Member || again.Session != "" {
			t.Errorf("the same form again gives %+v, %v", again, err)
		}
		if _, err := g.NewToken(g.Ctx); !errors.Is(err, setup.ErrClaimed) {
			t.Errorf("a new link for a claimed place: %v", err)
		}
	})
}

func TestClaimMakesAHandle(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		g := setuptest.New(t, db)
		c := setuptest.Form(g.Link())
		c.Owner.Handle = ""
		if _, err := g.Claim(g.Ctx, "", c); err != nil {
			t.Fatal(err)
		}
		if n := g.Count("members WHERE handle = 'ada_lind' AND role = 'owner'"); n != 1 {
			t.Error("the owner without a handle got none of her name")
		}
	})
}

func TestClaimRefuses(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		g := setuptest.New(t, db)
		if err := g.Open(g.Ctx, ""); !errors.Is(err, setup.ErrToken) {
			t.Errorf("before there is a link: %v", err)
		}
		former := g.Link()
		token := g.Link()
		for name, wrong := range map[string]string{"none": "", "wrong": string(token[0]^1) + token[1:], "shortened": token[1:], "replaced": former} {
			if _, err := g.Claim(g.Ctx, "", setuptest.Form(wrong)); !errors.Is(err, setup.ErrToken) {
				t.Errorf("a token that is %s: %v", name, err)
			}
		}
		for field, edit := range map[string]func(*setup.Claim){
			"community": func(c *setup.Claim) { c.Community = " " },
			"name":      func(c *setup.Claim) { c.Owner.Name = "" },
			"handle":    func(c *setup.Claim) { c.Owner.Handle = "Not A Handle" },
			"password":  func(c *setup.Claim) { c.Owner.Password = "password" },
		} {
			c := setuptest.Form(token)
			edit(&c)
			_, err := g.Claim(g.Ctx, "", c)
			var f *fault.Fault
			if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Field != field {
				t.Errorf("a wrong %s: %v", field, err)
			}
		}
		if g.Count("community")+g.Count("members")+g.Count("sessions") != 0 {
			t.Error("a refused claim left something behind")
		}
		if err := g.Open(g.Ctx, token); err != nil {
			t.Errorf("a refused claim used the link up: %v", err)
		}
		if _, err := g.Claim(g.Ctx, "", setuptest.Form(token)); err != nil {
			t.Fatal(err)
		}
		for name, late := range map[string]string{"the same": token, "another": "nothing"} {
			if _, err := g.Claim(g.Ctx, "", setuptest.Form(late)); !fault.Is(err, fault.NotFound) || errors.Is(err, setup.ErrToken) {
				t.Errorf("a second claim with %s token: %v", name, err)
			}
		}
		if n := g.Count("members"); n != 1 {
			t.Errorf("there are %d members", n)
		}
	})
}

// TestTokenIsNotKept looks for the token in what is stored.
func TestTokenIsNotKept(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		g := setuptest.New(t, db)
		token := g.Link()
		if len(token) != 43 { // 256 bits, six a character
			t.Errorf("the token has %d characters", len(token))
		}
		if g.Count("setup_tokens WHERE hash = $1", []byte(token)) != 0 || g.Count("setup_tokens WHERE length(hash) = 32") != 1 {
			t.Error("more than the hash of one token is kept")
		}
	})
}

// TestClaimRace lets several people claim with the same link at once.
func TestClaimRace(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		g := setuptest.New(t, db)
		token := g.Link()
		names := []string{"ada", "bob", "cem", "dora"}
		errs := make([]error, len(names))
		var all sync.WaitGroup
		for i, name := range names {
			all.Go(func() {
				c := setuptest.Form(token)
				c.Owner.Handle, c.Community = name, "The place of "+name
				_, errs[i] = g.Claim(g.Ctx, "key of "+name, c)
			})
		}
		all.Wait()
		winner := ""
		for i, err := range errs {
			switch {
			case err == nil && winner == "":
				winner = names[i]
			case err == nil:
				t.Errorf("%s won, and %s too", winner, names[i])
			case !fault.Is(err, fault.NotFound):
				t.Errorf("%s was told %v", names[i], err)
			}
		}
		if winner == "" || g.Now().Name != "The place of "+winner || g.Count("members") != 1 || g.Count("actors") != 1 || g.Count("sessions") != 1 {
			t.Errorf("%q won, and there are %d members of %q", winner, g.Count("members"), g.Now().Name)
		}
	})
}

func TestSetUpIsForTheOwnerUntilFinished(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		g := setuptest.New(t, db)
		owner := g.Claimed()
		for _, a := range []access.Actor{access.Stranger(), access.Member("nobody")} {
			if _, err := g.Choose(g.Ctx, a, "", "movement"); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q chooses: %v", a.ID(), err)
			}
			if _, err := g.Finish(g.Ctx, a, ""); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q finishes: %v", a.ID(), err)
			}
		}
		if _, err := g.Choose(g.Ctx, owner, "", "cult"); !fault.Is(err, fault.Invalid) {
			t.Errorf("an unknown kind: %v", err)
		}
		codes, err := g.Finish(g.Ctx, owner, "key")
		if err != nil || len(codes) != signin.Codes {
			t.Fatalf("finishing gave %d codes: %v", len(codes), err)
		}
		if _, err := g.SignIn.ByCode(g.Ctx, "", signin.Recovery{Code: codes[3]}, signin.Visit{Device: signin.Phone, Network: "192.0.2.0/24"}); err != nil {
			t.Errorf("a recovery code does not sign in: %v", err)
		}
		spaces := g.Count("spaces")
		if again, err := g.Finish(g.Ctx, owner, "key"); !errors.Is(err, database.ErrRepeated) || again != nil {
			t.Errorf("the same form again: %v, %v", again, err)
		}
		if _, err := g.Finish(g.Ctx, owner, "another key"); !fault.Is(err, fault.NotFound) {
			t.Errorf("finishing again: %v", err)
		}
		if _, err := g.Choose(g.Ctx, owner, "", "movement"); !fault.Is(err, fault.NotFound) {
			t.Errorf("choosing after finishing: %v", err)
		}
		if now := g.Count("spaces"); now != spaces || spaces == 0 {
			t.Errorf("there were %d spaces, and are %d", spaces, now)
		}
	})
}

// TestChoosingAgain holds that going back to the same kind keeps what was
// chosen since, and that another kind brings its own way in.
func TestChoosingAgain(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		g := setuptest.New(t, db)
		owner := g.Claimed()
		choose := func(kind string) {
			t.Helper()
			if _, err := g.Choose(g.Ctx, owner, "", kind); err != nil {
				t.Fatal(err)
			}
		}
		choose("club")
		own := community.Entrance{Face: community.Named, Door: community.ByAsking, Question: "Of our own?", Version: g.Now().Version}
		if _, err := g.Communities.ChangeDoor(g.Ctx, owner, "", own); err != nil {
			t.Fatal(err)
		}
		choose("club")
		if c := g.Now(); c.Face != community.Named || c.Question != "Of our own?" {
			t.Errorf("the same kind again undid what was chosen: %+v", c)
		}
		choose("family")
		if c := g.Now(); c.Face != community.Hidden || c.Door != community.ByInvitation || c.Question != "" {
			t.Errorf("another kind kept the former way in: %+v", c)
		}
	})
}

// TestFinishSpeaksTheCommunitysLanguage chooses the language after the kind,
// has an owner who is called like a space, and a text that somebody has written.
func TestFinishSpeaksTheCommunitysLanguage(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		g := setuptest.New(t, db)
		c := setuptest.Form(g.Link())
		c.Owner.Handle = "neues"
		made, err := g.Claim(g.Ctx, "", c)
		if err != nil {
			t.Fatal(err)
		}
		owner := access.Member(made.Member)
		steps := []func() error{
			func() error { _, err := g.Choose(g.Ctx, owner, "", "neighbourhood"); return err },
			func() error {
				_, err := g.Communities.ChangeTexts(g.Ctx, owner, "", community.Texts{Rules: "Unsere eigenen.", Version: g.Now().Version})
				return err
			},
			func() error {
				d := community.Identity{Name: "Lindenweg", Languages: []string{"de"}, Zone: "Europe/Berlin", Version: g.Now().Version}
				_, err := g.Communities.ChangeIdentity(g.Ctx, owner, "", d)
				return err
			},
			func() error { _, err := g.Finish(g.Ctx, owner, ""); return err },
		}
		for i, step := range steps {
			if err := step(); err != nil {
				t.Fatalf("step %d: %v", i+1, err)
			}
		}
		neighbourhood, _ := community.PresetNamed("neighbourhood")
		german := neighbourhood.In("de")
		if now := g.Now(); now.Welcome != german.Welcome || now.Question != german.Question || now.Rules != "Unsere eigenen." || !now.Founded() {
			t.Errorf("the community says %+v", now)
		}
		if _, err := g.Spaces.Find(g.Ctx, owner, "neues_2"); err != nil {
			t.Errorf("the space that shares its name with the owner: %v", err)
		}
		if v, err := g.Spaces.Find(g.Ctx, owner, "helfen"); err != nil || v.Name != "Helfen und leihen" || v.InSpace != "moderator" {
			t.Errorf("the space helfen is %+v: %v", v, err)
		}
	})
}
