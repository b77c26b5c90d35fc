package look_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/demo"
	"github.com/opengather/opengather/instance/e2e/browser"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/e2e/village"
)

// TestScreenshots visits every page there is, empty, typical, full and with
// mistakes in it.
func TestScreenshots(t *testing.T) {
	t.Run("setup", setupPages)
	t.Run("empty", emptyPages)
	v, at := street(t)
	t.Run("stranger", func(t *testing.T) { strangerPages(t, v, at) })
	t.Run("newcomer", func(t *testing.T) { newcomerPages(t, v, at) })
	t.Run("owner", func(t *testing.T) { ownerPages(t, v, at) })
	t.Run("member", func(t *testing.T) { memberPages(t, v, at) })
	t.Run("without scripts", func(t *testing.T) { plainPages(t, v, at) })
	t.Run("refused", func(t *testing.T) { refusedPages(t, v) })
	t.Run("deeds", func(t *testing.T) { deedPages(t, v, at) })
	t.Run("care", func(t *testing.T) { carePages(t, v, at) })
	t.Run("kept", func(t *testing.T) { keptPages(t, v, at) })
	t.Run("polls", func(t *testing.T) { pollPages(t, v, at) })
	t.Run("wiki", func(t *testing.T) { wikiPages(t, v, at) })
	t.Run("invited", func(t *testing.T) { invitedPages(t, v) })
	t.Run("parting", func(t *testing.T) { partingPages(t, v, at) })
	t.Run("deutsch", germanPages)
	t.Run("passkey", func(t *testing.T) { passkeyPages(t, v) })
	t.Run("a year later", fullPages)
	t.Run("everywhere", everywhere)
}

func setupPages(t *testing.T) {
	v := village.Empty(t)
	w := visit(t, v, "setup", browser.WithScripts)
	w.at("0-nobody", "/")
	link, err := url.Parse(v.SetupLink())
	if err != nil {
		t.Fatal(err)
	}
	w.at("1-you", link.RequestURI())
	w.Fill("What is the community called?", "Garden Street")
	w.Fill("What are you called?", " ")
	w.Fill("Password", "short")
	w.Click("button", "Begin")
	w.look("1-you-mistakes")
	w.Fill("What are you called?", "Ada Lind")
	w.Fill("Password", village.Password)
	w.Click("button", "Begin")
	for _, step := range []string{"2-kind", "3-look", "4-door"} {
		w.look(step)
		w.Click("button", "Continue")
	}
	w.look("5-people")
	w.Click("button", "Open the community")
	w.look("6-opened")
	w.leave()
}

func emptyPages(t *testing.T) {
	v := village.Found(t, "Garden Street", "Ada Lind", "ada", "en")
	w := visit(t, v, "empty", browser.WithScripts)
	w.signIn("ada", "Sign in")
	bees := v.Owner.Makes("Bees", "Two hives behind the chapel.", "open")
	for name, path := range map[string]string{
		"album": bees + "/photos", "own-photos": "/settings/data/photos",
		"home": "/home", "people": "/people", "profile": "/@ada", "invitations": "/invitations", "requests": "/requests",
		"search": "/search?q=nothing", "months": "/months", "month": "/months/2001-01", "welcome": "/welcome", "lists": "/settings/lists", "space": bees,
	} {
		w.at(name, path)
	}
	w.leave()
}

func strangerPages(t *testing.T, v *village.Village, at map[string]string) {
	w := visit(t, v, "stranger", browser.WithScripts)
	w.at("front", "/")
	w.at("login", "/login")
	w.Fill("Handle", "ada")
	w.Fill("Password", "not hers")
	w.Click("button", "Sign in")
	w.look("login-refused")
	for name, path := range map[string]string{
		"code": "/login/code", "join": "/join", "invite": at["invitation"], "about": "/about", "licences": "/about/licences", "rules": "/about/rules", "imprint": "/about/imprint", "privacy": "/privacy", "data": "/privacy/data", "search": "/search?q=road",
		"spaces": "/spaces", "space": at["public"], "thread": at["news"], "photo-alone": at["one"], "404": "/p/nothing",
	} {
		w.at(name, path)
	}
	w.leave()
}

// newcomerPages come in by an invitation, and by asking.
func newcomerPages(t *testing.T, v *village.Village, at map[string]string) {
	w := visit(t, v, "newcomer", browser.WithScripts)
	w.Open(v.URL + at["invitation"])
	w.Fill("Your name", "Emil Neumann")
	w.Fill("Password", village.Password)
	w.Click("checkbox", "I have read the rules and keep to them")
	w.Click("button", "Come in")
	w.look("arrived")
	w.Click("link", "Go in")
	w.look("welcome")
	w.at("home", "/home")
	w.leave()
	w = visit(t, v, "waiting", browser.WithScripts)
	w.Open(v.URL + "/join")
	w.Fill("Your name", "Fatima Weit")
	w.Fill("Password", village.Password)
	w.Fill("What brings you to us?", "I moved in at number 31.")
	w.Click("checkbox", "I have read the rules and keep to them")
	w.Click("button", "Ask to come in")
	w.look("asked")
	w.at("waiting", "/welcome")
	w.leave()
}

func ownerPages(t *testing.T, v *village.Village, at map[string]string) {
	w := visit(t, v, "owner", browser.WithScripts)
	w.signIn("ada", "Sign in")
	for name, path := range map[string]string{
		"home": "/home", "months": "/months", "month": "/months/" + time.Now().Format("2006-01"), "spaces": "/spaces", "space": at["open"], "space-months": at["open"] + "/months", "space-month": at["open"] + "/months/" + time.Now().Format("2006-01"), "space-settings": at["open"] + "/settings", "space-members": at["open"] + "/members",
		"space-add": at["open"] + "/members/add", "space-new": "/spaces/new", "thread-50": at["long"], "people": "/people", "profile-other": "/@ben_okafor",
		"role": "/people/ben_okafor/role", "remove": "/people/ben_okafor/remove", "you": "/you", "invitation-new": "/invitations/new?for=group", "requests": "/requests",
		"community": "/community", "community-door": "/community/door", "community-texts": "/community/texts", "community-features": "/community/features",
		"preview": "/community/preview?as=member", "preview-stranger": "/community/preview?as=stranger&face=public", "security": "/settings/security", "hide": at["news"] + "/hide", "reactors": at["news"] + "/reactions",
	} {
		w.at(name, path)
	}
	w.Open(v.URL + "/invitations/new?for=board")
	w.Click("button", "Make the link")
	w.look("invitation-fresh")
	w.at("invitations", "/invitations")
	w.Open(v.URL + "/people/" + at["leaver"] + "/remove")
	w.Click("button", "Remove Wolfeschlegelsteinhausenbergerdorff Hubert Blaine the Elder")
	w.at("requests-removed", "/requests")
	w.leave()
}

func memberPages(t *testing.T, v *village.Village, at map[string]string) {
	w := visit(t, v, "member", browser.WithScripts)
	w.signIn("ben_okafor", "Sign in")
	for name, path := range map[string]string{
		"home": "/home", "welcome": "/welcome", "space-closed": at["closed"], "compose": "/compose", "profile-mine": "/@ben_okafor", "settings-profile": "/settings/profile",
		"settings-account": "/settings/account", "settings-appearance": "/settings/appearance", "settings-data": "/settings/data", "settings-feeds": "/settings/feeds", "saved": "/saved", "drafts-none": "/drafts",
		"settings-posts": "/settings/data/posts", "leave": "/settings/data/leave", "confirm": "/settings/security/confirm", "search": "/search?q=ladder", "search-narrow": "/search?q=ladder&in=" + strings.TrimPrefix(at["open"], "/s/") + "&since=2001-01-01&sort=newest",
		"search-wrong": "/search?q=ladder&from=nobody&since=tomorrow", "edit": at["mine"] + "/edit",
		"photos": at["photos"], "photos-edit": at["photos"] + "/edit", "photo": at["photo"], "photo-alone": at["one"], "photo-remove": at["photo"] + "/remove", "own-photos": "/settings/data/photos", "album": at["open"] + "/photos", "video": at["video"], "video-edit": at["video"] + "/edit", "film": at["film"], "history": at["mine"] + "/history", "delete": at["mine"] + "/delete", "react": at["news"] + "/react", "404": "/s/nowhere",
	} {
		w.at(name, path)
	}
	w.Open(v.URL + "/settings/feeds")
	w.Fill("What is it for? · optional", strings.Repeat("phone ", 20))
	w.Click("button", "Make an address")
	w.look("settings-feeds-mistakes")
	w.Fill("What is it for? · optional", "My phone")
	w.Click("button", "Make an address")
	w.look("settings-feeds-made")
	w.Click("link", "All your addresses")
	w.look("settings-feeds-some")
	w.Open(v.URL + "/compose")
	w.Fill("What would you like to say?", strings.Repeat(" ", 3))
	w.Click("button", "Post")
	w.look("compose-mistakes")
	photosOnTheWay(w, at)
	w.leave()
}

// photosOnTheWay looks at a photo as large as the window, and at a form with one
// that arrived and one that was refused.
func photosOnTheWay(w *visitor, at map[string]string) {
	w.t.Helper()
	w.Open(w.v.URL + at["photos"])
	w.Click("link", "The shed from the gate, with its new green door")
	w.look("photo-viewer")
	w.Open(w.v.URL + "/compose")
	w.Click("DisclosureTriangle", "Add photos or a video")
	w.Attach("Choose photos or a video optional", village.OnDisk(w.t, village.Photo(800, 600)), village.OnDisk(w.t, program.File{Name: "not.jpg", Data: []byte("This is a letter.")}))
	w.See("Try again")
	w.look("compose-photos")
}

func plainPages(t *testing.T, v *village.Village, at map[string]string) {
	w := visit(t, v, "plain", browser.WithoutScripts)
	w.signIn("ben_okafor", "Sign in")
	for name, path := range map[string]string{"home": "/home", "welcome": "/welcome", "thread": at["news"], "photos": at["photos"], "photo": at["photo"], "compose": "/compose", "security": "/settings/security"} {
		w.at(name, path)
	}
	w.leave()
}

func germanPages(t *testing.T) {
	v := village.Found(t, "Kleingartenverein „Zur frohen Zukunft“ Oberwiesental", "Annegret Müller-Lüdenscheidt", "annegret", "de")
	space := v.Owner.Makes("Wasserzählerablesegemeinschaft", "Wer wann abliest, und wem das Wasser abgestellt wird.", "closed")
	post := v.Owner.Says(space, "Die Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsverordnung", "Das gilt *ab März*.\n\n- Erstens\n- Zweitens\n\n> Wer hat das beschlossen?\n\nالسلام عليكم، متى نلتقي؟")
	v.Owner.Answers(post, 0, "Rinderkennzeichnungsfleischetikettierungsüberwachungsaufgabenübertragungsgesetz!")
	v.Owner.Reacts(post, "sorry")
	photos := v.Owner.Says(space, "Die Laube", "So sieht sie jetzt aus.", village.Photo(1200, 900), village.Photo(900, 1200))
	w := visit(t, v, "deutsch", browser.WithScripts)
	w.at("front", "/")
	w.Open(v.URL + "/login")
	w.look("login")
	w.signIn("annegret", "Anmelden")
	for name, path := range map[string]string{
		"home": "/home", "space": space, "thread": post, "spaces": "/spaces", "you": "/you", "space-settings": space + "/settings",
		"community-door": "/community/door", "security": "/settings/security", "data": "/settings/data", "compose": "/compose",
		"welcome": "/welcome", "reactors": post + "/reactions", "photo": v.Owner.Photos(photos)[0], "photos-edit": photos + "/edit",
		"album": space + "/photos", "own-photos": "/settings/data/photos",
		"search-space": "/search?q=wasser", "search-inside": "/search?q=fleisch", "search-photo": "/search?q=laube", "search-wrong": "/search?q=laube&from=niemand&until=morgen",
	} {
		w.at(name, path)
	}
	germanOwnerPages(w)
	germanKept(t, w, space, post)
	w.leave()
}

// fullPages are those of a community that has been talking for a year.
func fullPages(t *testing.T) {
	v, thread := village.Demo(t)
	w := visit(t, v, "full", browser.WithScripts)
	w.at("front", "/")
	w.signInWith("yuki", demo.Password, "Sign in")
	for name, path := range map[string]string{
		"home": "/home", "active": "/home?sort=active", "thread": thread, "reactors": thread + "/reactions", "spaces": "/spaces", "people": "/people", "search": "/search?q=chairs", "search-photos": "/search?photos=1", "search-garden": "/search?q=gar", "profile": "/@nora_haddad",
		"welcome": "/welcome", "numbers": "/about/numbers", "months": "/months", "month": "/months/" + time.Now().AddDate(0, -2, 0).Format("2006-01"), "pages": "/pages", "search-page": "/search?q=key",
	} {
		w.at(name, path)
	}
	w.leave()
}

// street is a community with some life in it, and the paths of what is there.
func street(t *testing.T) (*village.Village, map[string]string) {
	t.Helper()
	v := village.Found(t, "Garden Street", "Ada Lind", "ada", "en")
	ada, at := v.Owner, map[string]string{"invitation": v.Owner.Invitation(nil)}
	ben, cem := v.Arrives(at["invitation"], "Ben Okafor", "en"), v.Arrives(at["invitation"], "Cem Yıldız", "en")
	at["leaver"] = v.Arrives(at["invitation"], "Wolfeschlegelsteinhausenbergerdorff Hubert Blaine the Elder", "en").Handle
	v.Arrives("/join", "Dora Stranger", "en")
	for _, f := range ada.Get("/community/texts").Forms() {
		if f.Method == http.MethodPost && f.Action.Path == "/community/texts" {
			ada.Submit(f, url.Values{"imprint": {imprint}})
		}
	}
	at["open"] = ada.Makes("Seeds and tools", "Who has what, who needs what, and when it comes back.", "open")
	at["public"] = ada.Makes("Street news", "For everybody who lives here or walks by.", "public")
	at["closed"] = ada.Makes("Treasury", "Money and other quiet things.", "closed")
	ben.Joins(at["open"])
	ben.Joins(at["public"])
	cem.Joins(at["open"])
	at["mine"] = ben.Says(at["open"], "", "Has anybody seen the long ladder? It was behind the shed on Sunday.")
	ada.Answers(at["mine"], 0, "In my cellar. I bring it on Thursday.")
	at["alone"] = ben.Says(at["open"], "", "Who has parked in front of the gate?")
	at["long"] = cem.Says(at["open"], "Summer party: who brings what?", party)
	for i := range 50 {
		[]*village.Villager{ada, ben, cem}[i%3].Answers(at["long"], []int{0, 0, 1, 0, 2}[i%5], answers[i%len(answers)])
	}
	at["news"] = ada.Says(at["public"], "The road is closed on Saturday", "From 8 to 18 h they dig in front of number 14. **Move your cars** before, please.\n\nThe bus stops at the church.")
	ben.Answers(at["news"], 0, "Also for bicycles?")
	ada.Answers(at["news"], 1, "You can push them through.")
	for _, w := range []*village.Villager{ada, ben} {
		w.Reacts(at["news"], "thanks")
		w.Reacts(at["news"], "yes")
	}
	at["photos"] = ben.Says(at["open"], "The new shed", "Three days of work, and it stands.", village.Photo(1600, 1200), village.Photo(900, 1600), village.Photo(2400, 700), village.Photo(1200, 1200), village.Photo(640, 480))
	ben.Describes(at["photos"], "The shed from the gate, with its new green door", "", "The whole garden from the roof")
	at["photo"] = ben.Photos(at["photos"])[0]
	at["video"] = ben.Says(at["open"], "The shed in the wind", "It holds.", village.Film(t, "place.mov"), village.Photo(1600, 1200))
	at["film"] = ben.Photos(at["video"])[0]
	at["one"] = ben.Says(at["public"], "", "Our street this morning.", village.Photo(1600, 1000))
	for i := range 14 {
		ada.Makes(fmt.Sprintf("House %d", 2*i+12), "Stairs, bins, keys.", "open")
	}
	return v, at
}

const imprint = "Ada Lind for the neighbours of Garden Street\n\nGarden Street 20, 1st floor\n\nWhoever finds something here that is not right: please ring, or write to ada@example.org."

const party = `We meet on the **14th of June** from four in the afternoon, behind number 20.

- Tables and benches: Ben asks the fire brigade
- Cake: please three at least, one without nuts
- Music: whoever can play

Last year's list is at [the old page](https://example.org/list), and @ben_okafor has the key to the cellar.`

var answers = []string{
	"I bring a cheese cake.", "Two benches from us, and the big pot.", "Could somebody fetch my mother? She is at number 31, second floor.",
	"We come a little later, the train arrives at five.", "Lovely idea. Last year there was far too much potato salad and far too little of everything else, so let us write down who brings what before everybody decides on potato salad again.",
	"Yes!", "I have a gazebo, three by four metres, but it takes four people to put it up.",
}
