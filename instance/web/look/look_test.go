package look

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/opengather/opengather/instance/internal/searchtext"
)

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"佐藤 優希": "佐", "김 민준": "김",
		"Amira Haddad": "AH", "jonas": "J", "Friederike Charlotte von Hohenstein-Wiesenthal": "FH",
		"  Åsa  Öberg ": "ÅÖ", "(Ben) Stiller": "BS", "يوسف النجار": "يا", "李小龙": "李",
		"Lindenstraße 12 bis 40": "LB", "12": "1", "🌻": "🌻", "": "?", " ": "?",
	} {
		if got := Initials(name); got != want {
			t.Errorf("Initials(%q) = %q, want %q", name, got, want)
		}
	}
}

// TestToneFollowsTheHandle holds that somebody keeps a colour under a new name,
// and that all colours are used.
func TestToneFollowsTheHandle(t *testing.T) {
	before, after := Person{Name: "Amira", Handle: "amira"}, Person{Name: "Amira Haddad", Handle: "amira"}
	if tone(before.seed()) != tone(after.seed()) {
		t.Error("a new name changed the colour")
	}
	seen := map[string]bool{}
	for i := range 200 {
		seen[tone(strings.Repeat("x", i))] = true
	}
	if len(seen) != tones {
		t.Errorf("%d of %d colours are used", len(seen), tones)
	}
}

// TestHostileWords holds that nothing people type becomes markup, and that a
// link to a script leads nowhere.
func TestHostileWords(t *testing.T) {
	evil := `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	person := Person{Name: evil, Handle: evil, URL: "javascript:alert(1)", Role: evil}
	p := membersPage(t)
	p.Title, p.Community.Name, p.Viewer.Name, p.Viewer.Handle, p.FormKey = evil, evil, evil, evil, evil
	p.Spaces = []NavSpace{{Name: evil, URL: "javascript:alert(1)"}}
	p.Aside = templ.Join(
		PostCard(p.Text, testNow, Post{ID: evil, URL: "javascript:alert(1)", Title: evil, Author: person, At: testNow, Body: Words(evil), Lang: evil, Audience: Audience{Words: evil, URL: "javascript:alert(1)"}}),
		HitCard(p.Text, testNow, Hit{
			Post: Post{ID: evil, URL: "javascript:alert(1)", Author: person, At: testNow}, Words: []searchtext.Part{{Text: evil, Marked: true}, {Text: evil}}, Excerpt: []searchtext.Part{{Text: evil}, {Text: evil, Marked: true}},
		}),
		Input(p.Text, Field{Name: evil, Label: evil, Value: evil, Error: evil, Hint: evil}),
		Button(Action{Label: evil, URL: "javascript:alert(1)", Post: true, Key: evil, Name: evil}),
		Menu(evil, "", []Action{{Label: evil, URL: "javascript:alert(1)"}}),
	)
	root := parsed(t, Layout(p))
	for _, n := range elements(root) {
		if src, ok := attr(n, "src"); n.Data == "script" && (!ok || !strings.HasPrefix(src, "/static/")) || n.Data == "img" {
			t.Errorf("words became <%s %v>", n.Data, n.Attr)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(strings.ToLower(a.Val), "javascript:") {
				t.Errorf("<%s %s> runs a script", n.Data, a.Key)
			}
		}
	}
}

func TestShellShowsWhereOneIs(t *testing.T) {
	p := membersPage(t)
	for _, place := range []string{NavHome, NavSpaces, NavPeople, NavYou, "/s/garden"} {
		p.Nav = place
		var lit []string
		for _, a := range elements(parsed(t, Layout(p)), "a") {
			if current, _ := attr(a, "aria-current"); current == "page" {
				href, _ := attr(a, "href")
				lit = append(lit, href)
			}
		}
		if !slices.Equal(lit, []string{place}) {
			t.Errorf("at %s, %v is lit", place, lit)
		}
	}
}

// TestStrangersAreLeftAlone holds that the page of somebody not signed in
// names no member, offers no member's places and loads no more than it needs.
func TestStrangersAreLeftAlone(t *testing.T) {
	text := render(t, Layout(strangersPage(t)))
	for _, absent := range []string{"data-member", NavHome, NavPeople, NavYou, NavWrite, URL("htmx.js"), `id="shortcuts"`} {
		if strings.Contains(text, absent) {
			t.Errorf("a stranger's page has %s", absent)
		}
	}
	if !strings.Contains(text, `href="`+NavSignIn+`"`) {
		t.Error("a stranger finds no way to sign in")
	}
	if strings.Contains(text, "noindex") {
		t.Error("a public page keeps search engines away unasked")
	}
	if !strings.Contains(render(t, Layout(membersPage(t))), "noindex") {
		t.Error("a member's page may be indexed")
	}
}

func TestTitle(t *testing.T) {
	for _, c := range []struct{ title, community, want string }{
		{"Rules", "Garden", "Rules · Garden"},
		{"", "Garden", "Garden"},
		{"Garden", "Garden", "Garden"},
		{"Set up", "", "Set up"},
	} {
		if got := (Page{Title: c.title, Community: Community{Name: c.community}}).fullTitle(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// TestThreadHasTwoLevels holds that what lies deeper stands on the second level
// and says whom it answers, and that closed branches count all of it.
func TestThreadHasTwoLevels(t *testing.T) {
	say := func(id, name string, replies ...Reply) Reply {
		return Reply{ID: id, Author: Person{Name: name}, At: testNow, Body: Words(id), Replies: replies}
	}
	top := say("a", "Ada", say("b", "Ben", say("c", "Cem", say("d", "Dora"))), say("e", "Emil"))
	var order []string
	for _, row := range flat(&top, false) {
		to := ""
		if row.to != nil {
			to = row.to.Author.Name
		}
		order = append(order, row.ID+">"+to)
	}
	if got := strings.Join(order, " "); got != "b> c>Ben d>Cem e>" {
		t.Errorf("read in the order %s", got)
	}
	top.Collapsed = true
	if text := render(t, Thread(printer(t, "en"), testNow, []Reply{top}, "")); !strings.Contains(text, "4 more replies") {
		t.Error("the closed branch does not say how many replies it holds")
	}
}

func TestRefusedFieldKeepsWhatWasTyped(t *testing.T) {
	root := parsed(t, Input(printer(t, "en"), Field{Name: "mail", Label: "Mail", Value: "amira", Hint: "Why.", Error: "Needs an @."}))
	input := elements(root, "input")[0]
	for name, want := range map[string]string{"value": "amira", "aria-invalid": "true", "aria-describedby": "field-mail-hint field-mail-error"} {
		if got, _ := attr(input, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if _, required := attr(input, "required"); !required {
		t.Error("a field that is not optional is not required")
	}
}

// TestReactionsWithoutRightAreNoButtons holds that a reader who may not react
// sees what others said and nothing to press.
func TestReactionsWithoutRightAreNoButtons(t *testing.T) {
	r := Reactions{Items: []Reaction{{Key: "thanks", Label: "Thanks", Count: 2}, {Key: "same", Label: "Me too"}}}
	text := render(t, ReactionBar(printer(t, "en"), "p", r))
	if strings.Contains(text, "<button") || !strings.Contains(text, "Thanks") || strings.Contains(text, "Me too") {
		t.Errorf("got %s", text)
	}
}

// TestProblemWithoutAFieldIsNoLink holds that what is wrong with no field in
// particular leads nowhere, and what is leads to its field.
func TestProblemWithoutAFieldIsNoLink(t *testing.T) {
	text := render(t, Problems(printer(t, "en"), []Problem{{"", "Somebody else was faster."}, {"mail", "Write an address."}}))
	for _, want := range []string{"<li>Somebody else was faster.</li>", `<li><a href="#field-mail">Write an address.</a></li>`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
}

func TestTimeIsExactOnDemand(t *testing.T) {
	text := render(t, Time(printer(t, "en"), testNow, testNow.Add(-2*time.Hour)))
	if want := `<time datetime="2026-05-07T16:05:00Z" title="7 May 2026, 16:05">2 h ago</time>`; text != want {
		t.Errorf("got %s, want %s", text, want)
	}
}

func TestUnknownIconIsAnError(t *testing.T) {
	if err := Icon("unicorn").Render(t.Context(), &strings.Builder{}); err == nil {
		t.Error("an icon that does not exist was drawn")
	}
}

// TestWordsAndKeysMatch holds that each key in the messages is asked for
// somewhere, and that each icon named in the source exists.
func TestWordsAndKeysMatch(t *testing.T) {
	var source strings.Builder
	for _, pattern := range []string{"*.templ", "*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") {
				continue
			}
			body, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			source.Write(body)
		}
	}
	keys := map[string]string{}
	body, err := Messages.ReadFile("messages/en.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, &keys); err != nil {
		t.Fatal(err)
	}
	for key := range keys {
		if !strings.Contains(source.String(), `"`+key+`"`) {
			t.Errorf("nothing says %s", key)
		}
	}
	for _, m := range regexp.MustCompile(`Icon(?:\(|: +)"([a-z-]+)"`).FindAllStringSubmatch(source.String(), -1) {
		if icons()[m[1]] == "" {
			t.Errorf("there is no icon %s", m[1])
		}
	}
}
