package look_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/browser"
	"github.com/opengather/opengather/instance/e2e/village"
)

// refusedPages are forms that come back with what was wrong with them.
func refusedPages(t *testing.T, v *village.Village) {
	w := visit(t, v, "refused", browser.WithScripts)
	w.Open(v.URL + "/join")
	w.Fill("Your name", " ")
	w.Fill("Password", "short")
	w.Fill("What brings you to us?", "I moved in at number 31.")
	w.Click("checkbox", "I have read the rules and keep to them")
	w.Click("button", "Ask to come in")
	w.look("join")
	w.Open(v.URL + "/login/code")
	w.Fill("Recovery code", "wrong-wrong-wrong")
	w.Click("button", "Sign in")
	w.look("code")
	w.at("invitation", "/invite/"+strings.Repeat("a", 43))
	w.signIn("ben_okafor", "Sign in")
	w.at("403", "/community")
	w.Open(v.URL + "/settings/lists")
	w.Fill("A new list", " ")
	w.Click("button", "Make the list")
	w.look("list")
	w.Open(v.URL + "/settings/data/leave")
	w.Click("button", "Leave and delete")
	w.look("leave")
	w.at("people", "/people?q=nobodyiscalledthis")
	w.at("search", "/search?q=nobodysaidthis")
	w.leave()
}

// deedPages are those that one only gets to by doing something.
func deedPages(t *testing.T, v *village.Village, at map[string]string) {
	w := visit(t, v, "deed", browser.WithScripts)
	w.signIn("ben_okafor", "Sign in")
	w.Open(v.URL + "/settings/lists")
	w.Fill("A new list", "My neighbours")
	w.Click("button", "Make the list")
	w.look("list")
	w.Fill("Find somebody to put on it", "cem")
	w.Click("button", "Search")
	w.look("list-search")
	w.at("lists", "/settings/lists")
	w.Open(v.URL + "/settings/data/posts?choose=yes")
	w.look("posts-counted")
	w.Open(v.URL + at["closed"])
	w.Click("button", "Ask to be let in")
	w.look("space-asked")
	w.at("space-leave", at["open"]+"/leave")
	w.Open(v.URL + "/settings/security")
	w.Click("button", "Make new codes")
	w.look("codes")
	w.leave()

	w = visit(t, v, "deed-owner", browser.WithScripts)
	w.signIn("ada", "Sign in")
	session := regexp.MustCompile(`/settings/security/sessions/[\w-]+/name`).FindString(string(v.Owner.Get("/settings/security").Body))
	w.at("session-name", session)
	w.at("space-requests", at["closed"]+"/members")
	w.Open(v.URL + at["closed"] + "/settings")
	w.Click("radio", "Everybody Also people who are not members. Members join by themselves.")
	w.Click("button", "Save")
	w.look("space-confirm")
	w.Open(v.URL + "/people/cem_yildiz/role")
	w.Click("button", "Ask Cem Yıldız to be an owner")
	w.at("role-offered", "/people/cem_yildiz/role")
	w.Open(v.URL + "/community")
	w.Fill("Name of the community", " ")
	w.Click("button", "Save")
	w.look("community-mistakes")
	w.at("remove-post", at["alone"]+"/remove")
	w.Fill("Why? The author will read this. · optional", "It is settled.")
	w.Click("button", "Remove")
	w.look("removed-post")
	w.Open(v.URL + at["mine"] + "/hide")
	w.Fill("Why? The author will read this. · optional", "It names somebody who does not want that.")
	w.Click("button", "Hide")
	w.look("hidden")
	w.at("you", "/you")
	w.leave()

	w = visit(t, v, "deed-author", browser.WithScripts)
	w.signIn("ben_okafor", "Sign in")
	w.at("removed-post", at["alone"])
	w.at("hidden-post", at["mine"])
	w.leave()

	w = visit(t, v, "deed-offered", browser.WithScripts)
	w.signIn("cem_yildiz", "Sign in")
	w.at("you", "/you")
	w.leave()
}

// invitedPages are for who follows an invitation into one space: somebody who is
// here already, and a guest.
func invitedPages(t *testing.T, v *village.Village) {
	form := string(v.Owner.Get("/invitations/new?for=group").Body)
	space := func(name string) string {
		m := regexp.MustCompile(`<option value="([^"]+)"[^>]*>` + name).FindStringSubmatch(form)
		if m == nil {
			t.Fatalf("%s is not to be chosen:\n%s", name, form)
		}
		return m[1]
	}
	w := visit(t, v, "invited", browser.WithScripts)
	w.signIn("ben_okafor", "Sign in")
	w.at("member", v.Owner.Invitation(url.Values{"space": {space("House 12")}}))
	w.at("member-asks", v.Owner.Invitation(url.Values{"space": {space("Treasury")}, "approval": {"yes"}}))
	w.leave()
	guest := v.Arrives(v.Owner.Invitation(url.Values{"space": {space("Street news")}, "role": {"guest"}}), "Greta Gast", "en")
	w = visit(t, v, "guest", browser.WithScripts)
	w.signIn(guest.Handle, "Sign in")
	w.at("welcome", "/welcome")
	w.at("home", "/home")
	w.leave()
}

// passkeyPages are for somebody whose device keeps a passkey.
func passkeyPages(t *testing.T, v *village.Village) {
	w := visit(t, v, "passkey", browser.WithScripts)
	w.Passkeys()
	w.signIn("cem_yildiz", "Sign in")
	w.Open(v.URL + "/settings/security")
	w.Click("button", "Make a passkey on this device")
	w.See("Your new passkey works from now on.")
	w.look("made")
	w.Within("region", "Passkeys").Click("", "More about Computer")
	w.Click("link", "Give it a name")
	w.look("name")
	w.leave()
}

// partingPages are for whoever leaves, was removed or was not let in.
func partingPages(t *testing.T, v *village.Village, at map[string]string) {
	w := visit(t, v, "parting", browser.WithScripts)
	w.Open(v.URL + "/login")
	w.Fill("Handle", at["leaver"])
	w.Fill("Password", village.Password)
	w.Click("button", "Sign in")
	w.look("removed")
	v.Arrives(at["invitation"], "Gustav Geht", "en")
	w = visit(t, v, "parting", browser.WithScripts)
	w.signIn("gustav_geht", "Sign in")
	w.Open(v.URL + "/settings/data/leave")
	w.Fill("Your password", village.Password)
	w.Click("button", "Leave and delete")
	w.look("left")
	w.Open(v.URL + "/login")
	w.Fill("Handle", "gustav_geht")
	w.Fill("Password", village.Password)
	w.Click("button", "Sign in")
	w.look("leaving")
	w.leave()
}

// germanOwnerPages are the places with the longest words.
func germanOwnerPages(w *visitor) {
	for name, path := range map[string]string{
		"people": "/people", "profile": "/@annegret", "settings-profile": "/settings/profile", "settings-account": "/settings/account",
		"settings-appearance": "/settings/appearance", "lists": "/settings/lists", "posts": "/settings/data/posts", "leave": "/settings/data/leave",
		"invitations": "/invitations", "invitation-new": "/invitations/new?for=group", "requests": "/requests", "community": "/community",
		"community-texts": "/community/texts", "community-features": "/community/features", "space-new": "/spaces/new", "search": "/search?q=nichts",
		"about": "/about", "numbers": "/about/numbers", "licences": "/about/licences", "privacy": "/privacy", "privacy-data": "/privacy/data",
	} {
		w.at(name, path)
	}
	w.Open(w.v.URL + "/invitations/new?for=board")
	w.Click("button", "Link machen")
	w.look("invitation-fresh")
}
