package demo

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/space"
)

var newYearsEve = time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC)

// planned plans a year and lets nothing of it happen.
func planned(t *testing.T, members, spaces, posts int, language string) *year {
	t.Helper()
	o := Options{
		Members: members, Spaces: spaces, Posts: posts, Language: language, Seed: 7,
		Clock: NewClock(newYearsEve.AddDate(-1, 0, 0)), Until: newYearsEve,
	}
	if err := o.Check(); err != nil {
		t.Fatal(err)
	}
	y, err := newYear(&stage{Operations: &Operations{}, clock: o.Clock, options: o}, o)
	if err != nil {
		t.Fatal(err)
	}
	return y
}

// TestYearIsInOrder holds every plan to what the operations ask for: whoever
// says something is in the place, and nothing comes before what it follows.
func TestYearIsInOrder(t *testing.T) {
	for _, size := range []struct {
		members, spaces, posts int
		language               string
	}{{MinMembers, MinSpaces, MinPosts, "de"}, {40, 8, 1500, "en"}, {300, MaxSpaces(), 12_000, "de"}} {
		y := planned(t, size.members, size.spaces, size.posts, size.language)
		said := 0
		for _, thread := range y.threads {
			said += len(thread.posts)
			for i, p := range thread.posts {
				if !thread.here.has(p.who, p.at) {
					t.Errorf("%s speaks in %s, where she is not", p.who.handle, thread.here.key)
				}
				if i > 0 && (!p.at.After(thread.posts[i-1].at) || !p.parent.at.Before(p.at)) {
					t.Errorf("an answer at %s is not after what it follows", p.at)
				}
				if p.at.Before(thread.here.made) || p.at.After(y.until) {
					t.Errorf("something was said at %s, in a place made at %s, in a year until %s", p.at, thread.here.made, y.until)
				}
				if !p.ends.IsZero() && !p.ends.After(p.last) {
					t.Errorf("a post ends before the last answer to it")
				}
			}
			if root := thread.posts[0]; thread.here.announces() && root.who != thread.here.founder && root.who.becomes == "member" {
				t.Errorf("%s announces in %s", root.who.handle, thread.here.key)
			}
		}
		if said != size.posts {
			t.Errorf("%d of %d posts were planned", said, size.posts)
		}
		if last := y.happenings[len(y.happenings)-1]; last.at.After(y.until) {
			t.Errorf("%s after the end of the year, on %s", last.what, last.at)
		}
	}
}

// TestYearIsBelievable looks at a whole year: when people write, how long
// threads are, and that few words come twice.
func TestYearIsBelievable(t *testing.T) {
	y := planned(t, 40, 8, 1500, "en")
	var weekend, evening, night, long, german int
	bodies := map[string]bool{}
	for _, thread := range y.threads {
		if len(thread.posts) > 50 {
			long++
		}
		for _, p := range thread.posts {
			bodies[p.body] = true
			at := p.at.In(y.zone)
			if at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
				weekend++
			}
			switch h := at.Hour(); {
			case h >= 17 && h < 23:
				evening++
			case h < 6:
				night++
			}
			if strings.Contains(p.body, " und ") || strings.Contains(p.body, " nicht") {
				german++
			}
		}
	}
	if weekend*100 < 33*1500 || evening*100 < 33*1500 || night*100 > 6*1500 {
		t.Errorf("of 1500 posts %d were written at weekends, %d in the evening, %d at night", weekend, evening, night)
	}
	if long < 3 || len(bodies) < 900 || german < 150 {
		t.Errorf("%d long threads, %d different texts, %d in German", long, len(bodies), german)
	}
	late := 0
	for _, thread := range y.threads {
		if thread.posts[0].at.After(y.until.Add(-4 * day)) {
			late++
		}
	}
	if late < 5 {
		t.Errorf("only %d threads are of these days", late)
	}
	if first := y.threads[0]; len(first.posts) != measured+1 || first.here.Visibility != space.Public {
		t.Errorf("the thread to measure has %d posts and is in a %s space", len(first.posts), first.here.Visibility)
	}
}

// TestSeed holds that a seed is a year and another seed another.
func TestSeed(t *testing.T) {
	a, b := planned(t, 20, 8, 300, "en"), planned(t, 20, 8, 300, "en")
	for i := range a.threads {
		for j, p := range a.threads[i].posts {
			q := b.threads[i].posts[j]
			if p.body != q.body || p.title != q.title || !p.at.Equal(q.at) || p.who.handle != q.who.handle {
				t.Fatalf("the same seed says %q and %q", p.body, q.body)
			}
		}
	}
	o := Options{Members: 20, Spaces: 8, Posts: 300, Language: "en", Seed: 8, Clock: a.clock, Until: a.until}
	c, err := newYear(&stage{Operations: &Operations{}, clock: NewClock(newYearsEve.AddDate(-1, 0, 0)), options: o}, o)
	if err != nil {
		t.Fatal(err)
	}
	if c.threads[0].posts[3].body == a.threads[0].posts[3].body && c.threads[0].posts[3].at.Equal(a.threads[0].posts[3].at) {
		t.Error("another seed gives the same year")
	}
}

func TestCheckRefuses(t *testing.T) {
	good := Options{Members: 40, Spaces: 8, Posts: 1500, Language: "en"}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string]func(*Options){
		"members": func(o *Options) { o.Members = MinMembers - 1 },
		"spaces":  func(o *Options) { o.Spaces = MaxSpaces() + 1 },
		"posts":   func(o *Options) { o.Posts = MinPosts - 1 },
		`"fr"`:    func(o *Options) { o.Language = "fr" },
	} {
		o := good
		edit(&o)
		if err := o.Check(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("a wrong %s gives %v", name, err)
		}
	}
}

// TestThereAreEnoughWords counts what was written by hand.
func TestThereAreEnoughWords(t *testing.T) {
	for _, language := range languages {
		l, err := readLexicon(language)
		if err != nil {
			t.Fatal(err)
		}
		openings, replies := map[string]bool{}, map[string]bool{}
		for section, all := range l.sections {
			for _, e := range all {
				if strings.Contains(section, "/posts ") {
					openings[e.body] = true
				}
				if strings.Contains(section, "/replies ") {
					replies[e.body] = true
				}
				if utf8.RuneCountInString(e.title) > post.MaxTitle-40 {
					t.Errorf("%s: the title %q is long", language, e.title)
				}
			}
		}
		if len(openings) < 120 || len(replies) < 200 {
			t.Errorf("%s has %d openings and %d replies", language, len(openings), len(replies))
		}
	}
}

// TestWordsBelongTogether holds that every answer can be given to something,
// and that every place, field and person has words.
func TestWordsBelongTogether(t *testing.T) {
	tongues := readLists(file(t, "voices.txt"))
	for _, language := range languages {
		l, err := readLexicon(language)
		if err != nil {
			t.Fatal(err)
		}
		for section, all := range l.sections {
			topic, kind, replies := strings.Cut(section, "/replies ")
			if !replies || topic == "general" {
				continue
			}
			for _, e := range all {
				if !slices.ContainsFunc(l.sections[topic+"/posts "+kind], e.answers) {
					t.Errorf("%s: in %s nothing can be answered by %q", language, section, e.body)
				}
			}
		}
		for i, k := range kinds {
			for month := time.January; month <= time.December; month++ {
				if len(l.openings(k.topics, month)) == 0 {
					t.Errorf("%s: there is nothing to say in %s in %s", language, k.key, month)
				}
			}
			if p, _ := community.PresetNamed(preset); i >= len(p.Spaces) && len(l.names[k.key]) != 3 {
				t.Errorf("%s: the space %s has no name", language, k.key)
			}
		}
		for _, f := range member.Fields {
			if len(l.sections["profile/"+string(f)]) == 0 {
				t.Errorf("%s: nobody says anything in the field %s", language, f)
			}
		}
		people, err := cast(planned(t, MinMembers, MinSpaces, MinPosts, "en").rng, 500, language)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range people {
			if p.tongue != "" && len(tongues[p.tongue]) == 0 {
				t.Errorf("%s speaks %s, of which there are no words", p.name, p.tongue)
			}
		}
	}
}

func file(t *testing.T, name string) string {
	t.Helper()
	text, err := written.ReadFile("words/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// sql finds statements that change something.
var sql = regexp.MustCompile(`(?i)\b(insert\s+into|update\s+\w+\s+set|delete\s+from)\b`)

// TestNothingIsWrittenPastTheOperations reads the package's own source: it has
// no statement and does not touch the database.
func TestNothingIsWrittenPastTheOperations(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if s, err := strconv.Unquote(n.Value); err == nil && sql.MatchString(s) {
					t.Errorf("%s has the statement %s", name, n.Value)
				}
			case *ast.SelectorExpr:
				if slices.Contains([]string{"Exec", "Write", "Tx", "Rows", "Read"}, n.Sel.Name) && !ofCommunity(n) {
					t.Errorf("%s touches the database by %s", name, n.Sel.Name)
				}
			}
			return true
		})
	}
}

// ofCommunity reports whether a selector is Communities.Read, an operation.
func ofCommunity(n *ast.SelectorExpr) bool {
	on, ok := n.X.(*ast.SelectorExpr)
	return ok && on.Sel.Name == "Communities"
}
