package community_test

import (
	"regexp"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/community"
)

// TestPresetsAreComplete holds that every preset says everything in every
// language, within the limits that owners are held to, and makes sense.
func TestPresetsAreComplete(t *testing.T) {
	handle := regexp.MustCompile(`^[a-z0-9_]{2,30}$`)
	if _, ok := community.PresetNamed(community.DefaultPreset); !ok || len(community.Presets) != 9 {
		t.Errorf("there are %d presets, the default one among them: %v", len(community.Presets), ok)
	}
	for _, p := range community.Presets {
		if err := (community.Entrance{Face: p.Face, Door: p.Door}).Apply(&community.Community{}); err != nil {
			t.Errorf("%s: no owner could choose this entrance: %v", p.Name, err)
		}
		asks := p.Door == community.ByAsking || p.Approval
		for _, language := range []string{"en", "de"} {
			w := p.In(language)
			if w.Welcome == "" || w.Rules == "" || (w.Question != "") != asks {
				t.Errorf("%s in %s: welcome, rules or question is missing, or asked of nobody", p.Name, language)
			}
			if utf8.RuneCountInString(w.Welcome) > community.MaxWelcome || utf8.RuneCountInString(w.Question) > community.MaxQuestion {
				t.Errorf("%s in %s: longer than owners may write", p.Name, language)
			}
			if len(w.Spaces) != len(p.Spaces) {
				t.Errorf("%s in %s: names %d spaces of %d", p.Name, language, len(w.Spaces), len(p.Spaces))
			}
			taken := map[string]bool{}
			for _, s := range p.Spaces {
				called := w.Spaces[s.Key]
				if called.Name == "" || called.Purpose == "" || taken[called.Handle] {
					t.Errorf("%s in %s: %s is %+v", p.Name, language, s.Key, called)
				}
				taken[called.Handle] = true
				if (s.Visibility == "secret") != (called.Handle == "") || s.Visibility != "secret" && !handle.MatchString(called.Handle) {
					t.Errorf("%s in %s: a %s space with the handle %q", p.Name, language, s.Visibility, called.Handle)
				}
				if s.Visibility == "public" && p.Face != community.Open {
					t.Errorf("%s: a public space behind a closed face", p.Name)
				}
			}
		}
		if p.In("tlh").Welcome != p.In("en").Welcome {
			t.Errorf("%s: a language nobody wrote is not English", p.Name)
		}
		if q := p.In("de").Question; q != "" && (!p.Asked(q) || p.Asked("Something of our own?")) {
			t.Errorf("%s: does not know its own question", p.Name)
		}
	}
	if p, _ := community.PresetNamed("club"); p.In("de").Rules == p.In("en").Rules {
		t.Error("German and English say the same")
	}
}

func TestZonesExist(t *testing.T) {
	offsets := map[int]bool{}
	at := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
	for _, name := range community.Zones {
		if _, err := community.CheckZone(name); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		_, offset := at.In(zone).Zone()
		offsets[offset] = true
	}
	if len(offsets) < 24 {
		t.Errorf("the proposed zones tell %d different times", len(offsets))
	}
	if _, err := community.CheckZone("Antarctica/Troll"); err != nil {
		t.Errorf("a zone that is not proposed is refused: %v", err)
	}
}
