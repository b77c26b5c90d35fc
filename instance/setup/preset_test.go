package setup_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/setup/setuptest"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/space"
)

// described puts a space on one line: its name, who sees it, and then whether
// only moderators post and whether newcomers are put into it.
func described(s space.Space) string {
	d := s.Name + ": " + string(s.Visibility)
	if s.Posting == space.Moderators {
		d += ", moderators post"
	}
	if s.Arrivals {
		d += ", arrivals"
	}
	return d
}

// TestPresets is the table of what each kind of community begins with.
func TestPresets(t *testing.T) {
	tests := []struct {
		kind string
		face community.Face
		door community.Door
		// question says that newcomers are asked one; approval that invitations
		// propose to look at each.
		question, approval bool
		off                []community.Feature
		spaces             []string
	}{
		{
			kind: "family", face: community.Hidden, door: community.ByInvitation, off: []community.Feature{community.Feeds, community.Previews},
			spaces: []string{"Home: open, arrivals", "Kids: closed", "Memories: open", "Useful: open"},
		},
		{
			kind: "friends", face: community.Hidden, door: community.ByInvitation, off: []community.Feature{community.Feeds, community.Previews},
			spaces: []string{"Home: open, arrivals", "Plans: open, arrivals"},
		},
		{
			kind: "neighbourhood", face: community.Named, door: community.ByAsking, question: true,
			spaces: []string{"Dates: open", "Help and lend: open, arrivals", "News: open, moderators post, arrivals", "Talk: open"},
		},
		{
			kind: "team", face: community.Named, door: community.ByInvitation,
			spaces: []string{"Matches: open, arrivals", "Parents: closed", "Team news: open, moderators post, arrivals", "Training: open, arrivals"},
		},
		{
			kind: "club", face: community.Open, door: community.ByAsking, question: true,
			spaces: []string{
				"Board: secret", "Documents: open, moderators post",
				"News: public, moderators post, arrivals", "Programme: public, moderators post, arrivals",
			},
		},
		{
			kind: "school", face: community.Hidden, door: community.ByInvitation, question: true, approval: true, off: []community.Feature{community.Feeds, community.Previews},
			spaces: []string{"Class news: open, moderators post, arrivals", "Notes and forms: open, moderators post, arrivals", "Parents: open, arrivals"},
		},
		{
			kind: "workplace", face: community.Hidden, door: community.ByInvitation,
			spaces: []string{"Announcements: open, moderators post, arrivals", "Handbook: open, moderators post", "Kitchen table: open", "Questions: open, arrivals"},
		},
		{
			kind: "volunteers", face: community.Open, door: community.ByAsking, question: true,
			spaces: []string{"Calls for help: public, moderators post, arrivals", "Know-how: open", "Shifts: open, arrivals"},
		},
		{
			kind: "movement", face: community.Open, door: community.ByJoining, off: []community.Feature{community.Directory},
			spaces: []string{"Actions: public, moderators post, arrivals", "Coordination: closed", "Library: open"},
		},
	}
	if len(tests) != len(community.Presets) {
		t.Errorf("%d of %d kinds are described", len(tests), len(community.Presets))
	}
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		for _, test := range tests {
			t.Run(test.kind, func(t *testing.T) {
				g := setuptest.New(t, another(t, db))
				owner := g.Founded(test.kind)
				c := g.Now()
				p, _ := community.PresetNamed(c.Preset)
				if c.Preset != test.kind || c.Face != test.face || c.Door != test.door || (c.Question != "") != test.question || p.Approval != test.approval {
					t.Errorf("it is %s, %s, %s, asks %q, approval %v", c.Preset, c.Face, c.Door, c.Question, p.Approval)
				}
				if c.Welcome == "" || c.Rules == "" || !c.Founded() {
					t.Errorf("welcome %q, rules %q, founded %v", c.Welcome, c.Rules, c.FoundedAt)
				}
				for _, f := range community.Features {
					if c.Has(f) == slices.Contains(test.off, f) {
						t.Errorf("%s is on: %v", f, c.Has(f))
					}
				}
				listed, err := g.Spaces.List(g.Ctx, owner)
				if err != nil {
					t.Fatal(err)
				}
				var spaces []string
				for _, s := range listed {
					spaces = append(spaces, described(s.Space))
					if s.In != "moderator" {
						t.Errorf("the owner is %q in %s", s.In, s.Name)
					}
				}
				if !slices.Equal(spaces, test.spaces) {
					t.Errorf("its spaces are\n%s\nwant\n%s", strings.Join(spaces, "\n"), strings.Join(test.spaces, "\n"))
				}
			})
		}
	})
}

// another gives a fresh database on the engine of db.
func another(t testing.TB, db *database.DB) *database.DB {
	if db.Engine() == database.PostgreSQL {
		return databasetest.Postgres(t, &databasetest.Clock{})
	}
	return databasetest.SQLite(t, &databasetest.Clock{})
}

// TestEveryPresetChoiceCanBeChanged flips what each kind has chosen, and asks
// the read rule and the way in whether the flip is felt.
func TestEveryPresetChoiceCanBeChanged(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		for _, p := range community.Presets {
			t.Run(p.Name, func(t *testing.T) {
				g := setuptest.New(t, another(t, db))
				owner := g.Founded(p.Name)
				flipFace(g, owner)
				flipDoor(g, owner)
				for _, f := range community.Features {
					was := g.Now().Has(f)
					for _, on := range []bool{!was, was} {
						if _, err := g.Communities.SwitchFeature(g.Ctx, owner, "", f, on); err != nil || g.Now().Has(f) != on {
							t.Errorf("%s switched to %v is %v: %v", f, on, g.Now().Has(f), err)
						}
					}
				}
				texts := community.Texts{Welcome: "Ours.", Version: g.Now().Version}
				if _, err := g.Communities.ChangeTexts(g.Ctx, owner, "", texts); err != nil || g.Now().Welcome != "Ours." || g.Now().Rules != "" {
					t.Errorf("the texts are %q and %q: %v", g.Now().Welcome, g.Now().Rules, err)
				}
				flipSpaces(g, owner)
			})
		}
	})
}

func enter(g *setuptest.Place, owner access.Actor, f community.Face, d community.Door) {
	g.T.Helper()
	e := community.Entrance{Face: f, Door: d, Version: g.Now().Version}
	if _, err := g.Communities.ChangeDoor(g.Ctx, owner, "", e); err != nil {
		g.T.Fatal(err)
	}
}

// flipFace opens and closes the face, with a public space behind it.
func flipFace(g *setuptest.Place, owner access.Actor) {
	g.T.Helper()
	enter(g, owner, community.Open, community.ByInvitation)
	_, err := g.Spaces.Create(g.Ctx, owner, "", space.Draft{Name: "Window", Handle: "window", Visibility: space.Public, Posting: space.Everyone})
	if err != nil {
		g.T.Fatal(err)
	}
	for _, f := range []community.Face{community.Open, community.Named, community.Hidden, community.Open} {
		enter(g, owner, f, community.ByInvitation)
		v, err := g.Spaces.Find(g.Ctx, access.Stranger(), "window")
		if f == community.Open && (err != nil || !v.Reads) {
			g.T.Errorf("behind the face %s a stranger does not read a public space: %v", f, err)
		}
		if f != community.Open && !fault.Is(err, fault.NotFound) {
			g.T.Errorf("behind the face %s a stranger finds a public space: %v", f, err)
		}
		listed, err := g.Spaces.List(g.Ctx, access.Stranger())
		if err != nil || (len(listed) > 0) != (f == community.Open) {
			g.T.Errorf("behind the face %s a stranger sees %d spaces: %v", f, len(listed), err)
		}
	}
}

// flipDoor has somebody knock at each door.
func flipDoor(g *setuptest.Place, owner access.Actor) {
	g.T.Helper()
	for i, d := range []community.Door{community.ByInvitation, community.ByAsking, community.ByJoining, community.ByInvitation} {
		enter(g, owner, community.Named, d)
		arrival, err := g.Joining.Ask(g.Ctx, fmt.Sprint("key ", i), joining.Newcomer{
			Wish:   signin.Wish{Name: "Bo Berg", Password: "nine blue umbrellas", Network: fmt.Sprintf("192.0.%d.0/24", i)},
			Agreed: true, Answer: "Lime Street 4", Language: "en", Device: signin.Phone,
		})
		switch {
		case d == community.ByInvitation && !fault.Is(err, fault.NotFound):
			g.T.Errorf("without an invitation somebody came in: %+v, %v", arrival, err)
		case d == community.ByAsking && (err != nil || !arrival.Waits):
			g.T.Errorf("who asked got %+v, %v", arrival, err)
		case d == community.ByJoining && (err != nil || arrival.Waits):
			g.T.Errorf("who joined got %+v, %v", arrival, err)
		}
	}
}

// flipSpaces opens each space that was closed, closes each that was open, and
// changes the rest of it; somebody who is in none of them looks.
func flipSpaces(g *setuptest.Place, owner access.Actor) {
	g.T.Helper()
	outside := g.Person("outside", access.FullRole)
	listed, err := g.Spaces.List(g.Ctx, owner)
	if err != nil {
		g.T.Fatal(err)
	}
	for i, s := range listed {
		d := space.Draft{
			Name: s.Name + " again", Handle: fmt.Sprint("again_", i), Visibility: space.Open, Posting: space.Moderators, Arrivals: !s.Arrivals,
		}
		if s.Visibility == space.Open || s.Visibility == space.Public {
			d.Visibility = space.Closed
		}
		if s.Posting == space.Moderators {
			d.Posting = space.Everyone
		}
		if _, err := g.Spaces.Change(g.Ctx, owner, "", s.ID, space.Revision{Draft: d, Version: s.Version, Agreed: d.Visibility}); err != nil {
			g.T.Errorf("change %s: %v", s.Name, err)
			continue
		}
		v, err := g.Spaces.Find(g.Ctx, outside, d.Handle)
		if err != nil || v.Name != d.Name || v.Arrivals != d.Arrivals || v.Space.Posting != d.Posting || v.Reads != (d.Visibility == space.Open) {
			g.T.Errorf("%s became %+v: %v", described(s.Space), v, err)
		}
	}
}
