package browse_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/browser"
	"github.com/opengather/opengather/instance/e2e/village"
	"github.com/opengather/opengather/instance/internal/database"
)

// The longest that a member, a community and a word may be called without a
// place to break at.
const (
	unbroken  = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewi"
	community = "Grundstücksverkehrsgenehmigungszuständigkeitsübertragungen"
)

// full is a community with everything that is hard to fit: words that never end,
// addresses, code, another script, a list in a list.
func full(t *testing.T) *world {
	t.Helper()
	w := settle(t, community, unbroken)
	owner, member := w.people["owner"], w.people["member"]
	for _, kind := range []string{"public", "secret"} {
		w.send(owner, w.spaces[kind]+"/settings", w.spaces[kind]+"/settings", url.Values{"name": {"Wasserzählerablesegemeinschaftsvorsitzende" + kind}, "purpose": {strings.Repeat("unaufhörlich", 20)}})
	}
	w.send(member, "/settings/profile", "/settings/profile", url.Values{"about": {hard}, "pronouns": {unbroken}, "contact": {"https://example.org/" + strings.Repeat("deep/", 30)}})
	w.send(member, "/settings/lists", "/settings/lists", url.Values{"name": {unbroken}})
	w.send(owner, "/community/texts", "/community/texts", url.Values{"welcome": {hard}, "rules": {hard}, "imprint": {hard}, "privacy": {hard}})
	w.send(owner, "/invitations/new", "/invitations", url.Values{"note": {strings.Repeat("unaufhörlich", 10)}})
	for _, kind := range []string{"public", "open", "closed", "secret"} {
		post := member.Asks(w.spaces[kind], "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz", hard, []string{unbroken, strings.Repeat("unaufhörlich", 10)}, village.Photo(2400, 300), village.Photo(300, 2400), village.Photo(900, 900))
		member.Describes(post, strings.Repeat("unaufhörlich", 40), hard[:60])
		owner.Answers(post, 0, hard)
		member.Answers(post, 1, "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft!")
		owner.Answers(post, 2, "Yes.")
		owner.Reacts(post, "thanks")
		w.send(member, post, post+"/vote", url.Values{"choice": {"1"}})
		if kind == "public" {
			w.thread = post
			w.send(member, post+"/edit", post+"/edit", url.Values{"title": {"Straßenverkehrszulassungsordnungsänderung"}})
		}
	}
	w.lookUp("Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsverordnung "+unbroken, hard, hard+"\n\n## "+unbroken+"\n\n| "+unbroken+" | b |\n| --- | --- |\n| c | "+unbroken+" |")
	w.part()
	return w
}

const hard = "**Rinderkennzeichnungsfleischetikettierungsüberwachungsaufgabenübertragungsgesetz**\n\n" +
	"https://example.org/a/very/long/address/that/nobody/wants/to/read/but/everybody/pastes?and=with&a=query&of=course#too\n\n" +
	"    code that goes on and on = and(on, and, on, and, on, and, on, and, on, and, on, and, on);\n\n" +
	"`inline_code_without_any_place_to_break_it_at_all_because_it_is_one_name`\n\n" +
	"- one\n  1. two\n     - three\n       - Donaudampfschifffahrtskapitänsmützenabzeichen\n\n> > > quoted thrice: السلام عليكم، متى نلتقي؟"

// visit opens the pages of everybody, one each of every route. fresh says that
// nobody was at the route before.
func (w *world) visit(t *testing.T, screen browser.Screen, look func(p *browser.Person, fresh bool)) {
	t.Helper()
	pages := 0
	for _, role := range roles {
		p := w.sit(t, role, screen, browser.Light)
		for _, path := range w.addresses(role, 1) {
			fresh := !w.seen[w.route(path)]
			w.seen[w.route(path)] = true
			p.Open(w.origin + path)
			look(p, fresh)
			pages++
		}
		p.NoProblems(t)
	}
	w.everywhere()
	t.Logf("%d pages", pages)
}

// TestNarrowAndStill opens every page as it is at 400 % on a desktop, where
// nothing may need scrolling to the side, by somebody who asks for no motion
// (P159). What is overfull stands on them.
func TestNarrowAndStill(t *testing.T) {
	full(t).visit(t, browser.Zoomed, func(p *browser.Person, _ bool) {
		p.NothingSticksOut(t)
		p.NothingMoves(t)
	})
}

// TestKeyboardAlone goes through every kind of page by Tab, on a phone in the
// light and on a desktop in the dark (P159).
func TestKeyboardAlone(t *testing.T) {
	full(t).visit(t, browser.SmallPhone, func(p *browser.Person, fresh bool) {
		if !fresh {
			return
		}
		p.WalkByTab(t)
		p.Turn(browser.Desktop)
		p.Prefer(browser.Dark)
		p.WalkByTab(t)
		p.Turn(browser.SmallPhone)
		p.Prefer(browser.Light)
	})
}

// TestFromRightToLeft opens every page in a language that runs so, in which
// texts are a third longer (P162): all fits, and names keep their direction.
func TestFromRightToLeft(t *testing.T) {
	w := full(t)
	sat := map[string]*browser.Person{}
	for _, role := range roles {
		sat[role] = w.sit(t, role, browser.SmallPhone, browser.Light)
	}
	mirror := w.send(w.people["owner"], "/community", "/community", url.Values{"language": {"qps-plocm"}, "also_en": nil, "also_de": nil})
	if mirror.Status != http.StatusOK {
		t.Fatalf("the language is not offered: %d\n%s", mirror.Status, mirror.Text())
	}
	_, err := w.program.DB.Write(t.Context(), database.Op{Class: database.System, Name: "test.language"}, func(tx *database.Tx) (string, error) {
		_, err := tx.Exec("UPDATE members SET language = 'qps-plocm' -- unfiltered: test")
		return "", err
	})
	if err != nil {
		t.Fatal(err)
	}
	english := []string{"/privacy/data"}
	for _, role := range roles {
		p := sat[role]
		for _, path := range w.addresses(role, 1) {
			p.Open(w.origin + path)
			for _, screen := range []browser.Screen{browser.Narrow, browser.Desktop} {
				p.Turn(screen)
				p.NothingSticksOut(t)
			}
			if !slices.Contains(english, path) {
				p.RightToLeft(t, unbroken, community, "Ada Lind", "Mo Warden", "Gus Visitor", "Wasserzählerablesegemeinschaftsvorsitzende")
			}
		}
		p.NoProblems(t)
	}
}
