package look

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/opengather/opengather/instance/internal/locale"
)

func fullPost() Post {
	return Post{
		ID: "p", URL: "/p/p", Title: "Beans", Author: Person{Name: "Ada", Handle: "ada", URL: "/@ada"}, Space: Link{"Garden", "/s/garden"},
		At: testNow.Add(-time.Hour), Edited: testNow.Add(-30 * time.Minute), EditsURL: "/p/p/history",
		Audience: Audience{Kind: "space", Words: "Garden"}, Body: Words("The beans are up."), Replies: 2, Latest: testNow.Add(-20 * time.Minute),
		Preview:   Preview{URL: "https://a.example/", Title: "Beds", Description: "What grows", Site: "Seeds", Picture: "/previews/x", Width: 40, Height: 30},
		Reactions: Reactions{URL: "/p/p/react", FormKey: "key", More: "/p/p/react", Who: "/p/p/reactions", Items: []Reaction{{Key: "heart", Label: "Heart", Icon: "heart", Count: 1}}},
		Menu:      []Action{{Label: "Edit", URL: "/p/p/edit"}, {Label: "Restore", URL: "/p/p/restore", Post: true, Key: "key"}},
	}
}

func fullAnswer() *answer {
	p := fullPost()
	return &answer{
		Reply: &Reply{ID: "r", URL: "/p/p#r", Author: p.Author, At: p.At, Edited: p.Edited, Body: p.Body, Preview: p.Preview, Reactions: p.Reactions, ReplyURL: "?to=r", Menu: p.Menu},
		to:    &Reply{ID: "q", Author: Person{Name: "Ben"}},
	}
}

func fullPage(t *locale.Printer) Page {
	return Page{Text: t, Now: testNow, Viewer: Viewer{SignedIn: true, Name: "Ada", Handle: "ada"}, Nav: NavHome, Spaces: []NavSpace{{Name: "Garden", URL: "/s/garden", Unread: 2, Kind: "open"}}}
}

func drawnAs(t *testing.T, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Whatever one reader's piece was drawn from and another's was not, shows.
func TestKeptPieceIsDrawnFromAllOfIt(t *testing.T) {
	text := printer(t, "en")
	changed := 0
	check := func(what string, kept, direct templ.Component) {
		t.Helper()
		changed++
		if got, want := drawnAs(t, kept), drawnAs(t, direct); got != want {
			t.Errorf("with another %s somebody else's is shown:\n%s\nwanted\n%s", what, got, want)
		}
	}
	p, a, page := fullPost(), fullAnswer(), fullPage(text)
	everyField(reflect.ValueOf(&p).Elem(), "post", func(field string) {
		drawnAs(t, PostCard(text, testNow, fullPost()))
		check(field, PostCard(text, testNow, p), postCard(text, testNow, p))
	})
	everyField(reflect.ValueOf(a.Reply).Elem(), "reply", func(field string) {
		drawnAs(t, keptReply(text, testNow, fullAnswer()))
		check(field, keptReply(text, testNow, a), reply(text, testNow, a))
	})
	everyField(reflect.ValueOf(a.to).Elem(), "answered", func(field string) {
		drawnAs(t, keptReply(text, testNow, fullAnswer()))
		check(field, keptReply(text, testNow, a), reply(text, testNow, a))
	})
	everyField(reflect.ValueOf(&page).Elem(), "page", func(field string) {
		drawnAs(t, keptPlaces(fullPage(text)))
		check(field, keptPlaces(page), places(page))
	})
	if changed < 120 {
		t.Errorf("only %d fields were changed", changed)
	}
}

// everyField sets one field after the other to something else, in structs and
// slices below as well, and puts it back.
func everyField(v reflect.Value, name string, with func(field string)) {
	before := reflect.New(v.Type()).Elem()
	before.Set(v)
	set := func(x any) {
		if reflect.DeepEqual(x, before.Interface()) {
			return
		}
		v.Set(reflect.ValueOf(x).Convert(v.Type()))
		with(name)
		v.Set(before)
	}
	switch v.Interface().(type) {
	case time.Time:
		set(testNow.Add(-90 * time.Second))
		set(time.Time{})
		return
	case templ.Component:
		set(Words("Something else."))
		return
	}
	switch v.Kind() {
	case reflect.String:
		set("lock") // that is an icon, too
		set("")
	case reflect.Int:
		set(7)
		set(0)
	case reflect.Bool:
		set(!v.Bool())
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name != "Replies" || v.Field(i).Kind() != reflect.Slice { // drawn apart
				everyField(v.Field(i), name+"."+v.Type().Field(i).Name, with)
			}
		}
	case reflect.Slice:
		if v.Len() == 0 {
			return
		}
		for i := range v.Len() {
			everyField(v.Index(i), fmt.Sprintf("%s[%d]", name, i), with)
		}
		v.Set(v.Slice(0, v.Len()-1))
		with(name + " that is shorter")
		v.Set(before)
	}
}

// What is kept holds nobody's key, and everybody gets her own.
func TestKeptPieceHasTheReadersOwnKey(t *testing.T) {
	text := printer(t, "en")
	for _, key := range []string{"first", "second", "sec&nd"} {
		p := fullPost()
		p.Reactions.FormKey, p.Menu[1].Key = key, key
		if got, want := drawnAs(t, PostCard(text, testNow, p)), drawnAs(t, postCard(text, testNow, p)); got != want || strings.Count(got, templ.EscapeString(key)) < 2 {
			t.Errorf("with the key %s it is\n%s\nwanted\n%s", key, got, want)
		}
	}
	p := fullPost()
	p.Menu[1].Key = "another"
	if got, want := drawnAs(t, PostCard(text, testNow, p)), drawnAs(t, postCard(text, testNow, p)); got != want {
		t.Errorf("with two keys it is\n%s\nwanted\n%s", got, want)
	}
	for name, parts := range pieces.drawn {
		for _, held := range append(parts, []byte(name.from)) {
			if bytes.Contains(held, []byte("second")) || bytes.Contains(held, []byte("another")) {
				t.Errorf("the key is kept in %q", held)
			}
		}
	}
}

// Time goes on, and is another one elsewhere and in another language.
func TestKeptPieceSaysWhatTimeItIs(t *testing.T) {
	catalog, err := locale.Load(locale.Messages, Messages)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, zone := range []*time.Location{time.UTC, time.FixedZone("UTC", 3600)} {
		for _, lang := range []string{"en", "de"} {
			for _, later := range []time.Duration{0, time.Minute, 48 * time.Hour} {
				text, now := catalog.Printer(lang, zone), testNow.Add(later)
				got := drawnAs(t, PostCard(text, now, fullPost()))
				if want := drawnAs(t, postCard(text, now, fullPost())); got != want {
					t.Errorf("in %s, %v later it is\n%s\nwanted\n%s", lang, later, got, want)
				}
				seen[got] = true
			}
		}
	}
	if len(seen) != 12 {
		t.Errorf("there are %d different cards", len(seen))
	}
}

// What was deleted does not stay in memory.
func TestKeptPiecesAreForgotten(t *testing.T) {
	text := printer(t, "en")
	old, other := fullPost(), fullPost()
	other.Title = "Peas"
	for _, p := range []*Post{&old, &other} {
		p.At, p.Edited, p.Latest = testNow.AddDate(-1, 0, 0), time.Time{}, time.Time{} // looks the same in an hour
		drawnAs(t, PostCard(text, testNow, *p))
	}
	drawnAs(t, PostCard(text, testNow.Add(time.Hour), other))
	for name := range pieces.drawn {
		if strings.Contains(name.from, "Beans") {
			t.Error("an hour later the old words are still kept")
		}
	}
	for i := range mostPieces + 10 {
		other.Title = fmt.Sprint(i)
		drawnAs(t, PostCard(text, testNow, other))
	}
	if len(pieces.drawn) > mostPieces {
		t.Errorf("%d pieces are kept", len(pieces.drawn))
	}
}
