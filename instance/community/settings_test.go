package community_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
)

// place is a community with one person of each role.
type place struct {
	accesstest.World
	*community.Operations
	ctx   context.Context
	owner access.Actor
}

func newPlace(t *testing.T, db *database.DB) place {
	t.Helper()
	p := place{
		World: accesstest.World{T: t, DB: db}, Operations: &community.Operations{DB: db, Offered: []string{"en", "de"}},
		ctx: context.Background(), owner: access.Member("owner"),
	}
	_, err := db.Write(p.ctx, database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
		return "", community.Begin(tx, community.Community{
			ID: "2f1b6a0e-0000-4000-8000-000000000000", Name: "Lime Street", Preset: "friends", Face: community.Hidden, Door: community.ByInvitation,
			Languages: []string{"en"}, Zone: "UTC", AboutLine: true, Origin: "https://lime.example",
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	for who, role := range map[string]access.Role{"owner": access.Owner, "moderator": access.Moderator, "member": access.FullRole, "guest": access.Guest} {
		p.Member(who, "active", role)
	}
	p.Member("leaving", "leaving", access.Owner)
	return p
}

func (p place) now() *community.Community {
	p.T.Helper()
	c, err := p.Read(p.ctx)
	if err != nil {
		p.T.Fatal(err)
	}
	return c
}

func (p place) must(_ string, err error) {
	p.T.Helper()
	if err != nil {
		p.T.Fatal(err)
	}
}

func drawing(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 300, 300))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (p place) identity() community.Identity {
	c := p.now()
	return community.Identity{Name: c.Name, Languages: c.Languages, Zone: c.Zone, Accent: c.Accent, AboutLine: c.AboutLine, Version: c.Version}
}

func (p place) entrance() community.Entrance {
	c := p.now()
	return community.Entrance{Face: c.Face, Door: c.Door, Question: c.Question, Version: c.Version}
}

func TestSettingsTakeEffect(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		p := newPlace(t, db)
		p.must(p.ChangeIdentity(p.ctx, p.owner, "", community.Identity{
			Name: "  Lindenstraße \u202e Nord ", Languages: []string{"de", "en", "de"}, Zone: "Europe/Berlin", Accent: "#B5482F", Version: p.now().Version,
		}))
		c := p.now()
		if c.Name != "Lindenstraße Nord" || c.Language() != "de" || !slices.Equal(c.Languages, []string{"de", "en"}) || c.Accent != "#b5482f" || c.AboutLine {
			t.Errorf("the identity is %+v", c)
		}
		if got := databasetest.Start.In(c.Location()).Format("15:04"); got != "10:00" {
			t.Errorf("it is %s in Berlin", got)
		}
		p.must(p.ChangeTexts(p.ctx, p.owner, "", community.Texts{Welcome: " Hello.\r\nCome\x00 in. \xff", Rules: "Be kind.", Imprint: "We", Privacy: "Ours", Version: c.Version}))
		c = p.now()
		if c.Welcome != "Hello.\nCome in. \ufffd" || c.Rules != "Be kind." || c.Imprint != "We" || c.Privacy != "Ours" {
			t.Errorf("the texts are %+v", c)
		}
		p.must(p.ChangeDoor(p.ctx, p.owner, "", community.Entrance{Face: community.Named, Door: community.ByAsking, Question: " Which\nhouse? ", Version: c.Version}))
		if c = p.now(); c.Face != community.Named || c.Door != community.ByAsking || c.Question != "Which house?" {
			t.Errorf("the entrance is %+v", c)
		}
		for _, f := range community.Features {
			p.must(p.SwitchFeature(p.ctx, p.owner, "", f, false))
			if p.now().Has(f) {
				t.Errorf("%s is still on", f)
			}
			p.must(p.SwitchFeature(p.ctx, p.owner, "", f, true))
			if !p.now().Has(f) {
				t.Errorf("%s is still off", f)
			}
		}
		p.must(p.ChangePicture(p.ctx, p.owner, "", bytes.NewReader(drawing(t))))
		shown, err := p.Picture(p.ctx, access.Stranger())
		if err != nil || shown.Type != "image/png" || len(shown.Body) == 0 || !p.now().HasPicture {
			t.Errorf("the picture is %s of %d bytes: %v", shown.Type, len(shown.Body), err)
		}
		p.must(p.RemovePicture(p.ctx, p.owner, ""))
		if _, err := p.Picture(p.ctx, p.owner); !fault.Is(err, fault.NotFound) || p.now().HasPicture {
			t.Errorf("the removed picture is still there: %v", err)
		}
	})
}

func TestSettingsAreForOwners(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		p := newPlace(t, db)
		before := p.now()
		change := map[string]func(a access.Actor) error{
			"identity": func(a access.Actor) error {
				d := p.identity()
				d.Name = "Taken over"
				_, err := p.ChangeIdentity(p.ctx, a, "", d)
				return err
			},
			"door": func(a access.Actor) error {
				_, err := p.ChangeDoor(p.ctx, a, "", community.Entrance{Face: community.Open, Door: community.ByJoining, Version: before.Version})
				return err
			},
			"texts": func(a access.Actor) error {
				_, err := p.ChangeTexts(p.ctx, a, "", community.Texts{Version: before.Version})
				return err
			},
			"feature": func(a access.Actor) error {
				_, err := p.SwitchFeature(p.ctx, a, "", community.Search, false)
				return err
			},
			"origin": func(a access.Actor) error {
				_, err := p.ChangeOrigin(p.ctx, a, "", "https://elsewhere.example")
				return err
			},
			"picture": func(a access.Actor) error {
				_, err := p.ChangePicture(p.ctx, a, "", unread{t})
				return err
			},
			"no picture": func(a access.Actor) error {
				_, err := p.RemovePicture(p.ctx, a, "")
				return err
			},
			"settings": func(a access.Actor) error {
				_, err := p.Settings(p.ctx, a)
				return err
			},
		}
		agent := access.Agent("bot", access.ForMembers())
		for name, do := range change {
			for _, a := range []access.Actor{access.Member("moderator"), access.Member("member"), access.Member("guest"), access.Member("leaving"), access.Member("nobody"), agent} {
				if err := do(a); !fault.Is(err, fault.Forbidden) {
					t.Errorf("%s by %q: %v", name, a.ID(), err)
				}
			}
			if err := do(access.Stranger()); !fault.Is(err, fault.Unauthenticated) {
				t.Errorf("%s by a stranger: %v", name, err)
			}
		}
		if after := p.now(); after.Version != before.Version {
			t.Errorf("something was changed: %+v", after)
		}
	})
}

// unread fails the test if a file is looked at before its sender's right is.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("somebody's file was read who may not change the picture")
	return 0, errors.New("unread")
}

func TestSettingsRefuse(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		p := newPlace(t, db)
		identity := func(edit func(*community.Identity)) error {
			d := p.identity()
			edit(&d)
			_, err := p.ChangeIdentity(p.ctx, p.owner, "", d)
			return err
		}
		entrance := func(f community.Face, d community.Door, question string) error {
			_, err := p.ChangeDoor(p.ctx, p.owner, "", community.Entrance{Face: f, Door: d, Question: question, Version: p.now().Version})
			return err
		}
		texts := func(x community.Texts) error {
			x.Version = p.now().Version
			_, err := p.ChangeTexts(p.ctx, p.owner, "", x)
			return err
		}
		origin := func(o string) error {
			_, err := p.ChangeOrigin(p.ctx, p.owner, "", o)
			return err
		}
		tests := []struct {
			name, field string
			err         error
		}{
			{"no name", "name", identity(func(d *community.Identity) { d.Name = " \u202e " })},
			{"long name", "name", identity(func(d *community.Identity) { d.Name = strings.Repeat("ß", 61) })},
			{"no language", "language", identity(func(d *community.Identity) { d.Languages = nil })},
			{"a language nobody wrote", "language", identity(func(d *community.Identity) { d.Languages = []string{"en", "tlh"} })},
			{"no zone", "zone", identity(func(d *community.Identity) { d.Zone = "" })},
			{"the machine's zone", "zone", identity(func(d *community.Identity) { d.Zone = "Local" })},
			{"a zone outside", "zone", identity(func(d *community.Identity) { d.Zone = "../../etc/passwd" })},
			{"a colour by name", "accent", identity(func(d *community.Identity) { d.Accent = "red" })},
			{"a colour with a style", "accent", identity(func(d *community.Identity) { d.Accent = "#fff;}a{" })},
			{"a face", "face", entrance("naked", community.ByInvitation, "")},
			{"a door", "door", entrance(community.Named, "ajar", "")},
			{"asking where nobody sees", "door", entrance(community.Hidden, community.ByAsking, "")},
			{"joining where nobody sees", "door", entrance(community.Hidden, community.ByJoining, "")},
			{"long question", "question", entrance(community.Named, community.ByAsking, strings.Repeat("?", 201))},
			{"long welcome", "welcome", texts(community.Texts{Welcome: strings.Repeat("a", 2_001)})},
			{"long rules", "rules", texts(community.Texts{Rules: strings.Repeat("a", 20_001)})},
			{"long imprint", "imprint", texts(community.Texts{Imprint: strings.Repeat("a", 20_001)})},
			{"long privacy", "privacy", texts(community.Texts{Privacy: strings.Repeat("a", 20_001)})},
			{"an origin with a path", "origin", origin("https://lime.example/community")},
			{"an origin with a name", "origin", origin("https://ada@lime.example")},
			{"an origin that runs", "origin", origin("javascript:alert(1)")},
			{"no origin", "origin", origin("")},
		}
		for _, test := range tests {
			var f *fault.Fault
			if !errors.As(test.err, &f) || f.Kind != fault.Invalid || f.Field != test.field {
				t.Errorf("%s: got %v", test.name, test.err)
			}
		}
		if _, err := p.SwitchFeature(p.ctx, p.owner, "", "telepathy", true); !fault.Is(err, fault.Invalid) {
			t.Errorf("an unknown feature: %v", err)
		}
		if err := texts(community.Texts{Welcome: strings.Repeat("ä", 2_000), Rules: strings.Repeat("ä", 20_000)}); err != nil {
			t.Errorf("texts as long as allowed: %v", err)
		}
	})
}

// TestSettingsLoseNothing has two owners change the same settings.
func TestSettingsLoseNothing(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		p := newPlace(t, db)
		mine, hers := p.identity(), p.identity()
		mine.Name, hers.Name = "My name for it", "Her name for it"
		p.must(p.ChangeIdentity(p.ctx, p.owner, "", mine))
		if _, err := p.ChangeIdentity(p.ctx, p.owner, "", hers); !fault.Is(err, fault.Conflict) {
			t.Errorf("the second owner was not told: %v", err)
		}
		if got := p.now().Name; got != mine.Name {
			t.Errorf("the first owner's name was lost to %q", got)
		}
		hers.Version = p.now().Version
		p.must(p.ChangeIdentity(p.ctx, p.owner, "", hers))
		first, err := p.SwitchFeature(p.ctx, p.owner, "key", community.Search, false)
		p.must(first, err)
		again, err := p.SwitchFeature(p.ctx, p.owner, "key", community.Search, false)
		if !errors.Is(err, database.ErrRepeated) || again != first {
			t.Errorf("a form sent twice: %q %v", again, err)
		}
	})
}

// TestClosingTheFaceClosesPublicSpaces asks the read rule, which nobody tells.
func TestClosingTheFaceClosesPublicSpaces(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		p := newPlace(t, db)
		p.Space("fete", "public")
		reads := func(a access.Actor) (ok bool) {
			err := db.Read(p.ctx, func(tx *database.Tx) (err error) {
				ok, err = access.CanRead(tx, a, access.InSpace("fete"))
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		for _, face := range []community.Face{community.Hidden, community.Open, community.Named, community.Open, community.Hidden} {
			e := p.entrance()
			e.Face = face
			p.must(p.ChangeDoor(p.ctx, p.owner, "", e))
			if got := reads(access.Stranger()); got != (face == community.Open) {
				t.Errorf("with the face %s a stranger reads a public space: %v", face, got)
			}
			if !reads(access.Member("member")) {
				t.Errorf("with the face %s a member does not read it", face)
			}
		}
	})
}

func TestPictureOfAHiddenCommunity(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		p := newPlace(t, db)
		p.must(p.ChangePicture(p.ctx, p.owner, "", bytes.NewReader(drawing(t))))
		if _, err := p.Picture(p.ctx, access.Stranger()); !fault.Is(err, fault.NotFound) {
			t.Errorf("a stranger sees it: %v", err)
		}
		if _, err := p.Picture(p.ctx, access.Member("guest")); err != nil {
			t.Errorf("a guest does not see it: %v", err)
		}
		if _, err := p.ChangePicture(p.ctx, p.owner, "", strings.NewReader("<svg onload=alert(1)>")); !fault.Is(err, fault.Invalid) {
			t.Errorf("a drawing that runs was taken: %v", err)
		}
	})
}

func TestOriginsAreKept(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		p := newPlace(t, db)
		operator := access.System("the operator configured an address")
		for _, o := range []string{"HTTPS://Street.Example:443/", "https://street.example", "http://127.0.0.1:8080", "http://street.example:80"} {
			p.must(p.ChangeOrigin(p.ctx, operator, "", o))
		}
		s, err := p.Settings(p.ctx, p.owner)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"https://lime.example", "https://street.example", "http://127.0.0.1:8080"}
		if s.Origin != "http://street.example" || !slices.Equal(s.Former, want) {
			t.Errorf("the address is %s, the former ones %v", s.Origin, s.Former)
		}
		version := s.Version
		p.must(p.ChangeOrigin(p.ctx, operator, "", "http://street.example"))
		if got := p.now().Version; got != version {
			t.Error("the same address again counts as a change")
		}
		p.must(p.ChangeOrigin(p.ctx, operator, "", "https://lime.example"))
		if s, err = p.Settings(p.ctx, p.owner); err != nil || slices.Contains(s.Former, "https://lime.example") {
			t.Errorf("an address that came back is still a former one: %v %v", s.Former, err)
		}
	})
}
