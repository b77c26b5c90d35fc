package look_test

import (
	"maps"
	"net/url"
	"testing"

	"github.com/opengather/opengather/instance/e2e/browser"
	"github.com/opengather/opengather/instance/e2e/village"
)

// pollPages are those of polls: put, open and ended, named and secret, and one to
// which nobody came.
func pollPages(t *testing.T, v *village.Village, at map[string]string) {
	ada := v.Owner
	m := writeIn.FindStringSubmatch(string(ada.Get(at["open"]).Body))
	if m == nil {
		t.Fatal("nobody can write there")
	}
	compose := "/compose?space=" + m[1]
	puts := func(title string, more url.Values) string {
		values := url.Values{"title": {title}, "body": {"It rains on one of them, says the forecast."}, "option-0": {"Saturday, the 12th of June"}, "option-1": {"Sunday"}, "option-2": {"Neither: I would rather wait until the barn is dry"}}
		maps.Copy(values, more)
		return ada.Submit(ada.Get(compose).PostForm("/compose"), values).URL.Path
	}
	dora, emil := v.Arrives(at["invitation"], "Dora Meier", "en"), v.Arrives(at["invitation"], "Emil Sørensen", "en")
	dora.Joins(at["open"])
	emil.Joins(at["open"])
	vote := func(post string, choices ...string) {
		for i, who := range []*village.Villager{ada, dora, emil}[:len(choices)] {
			who.Submit(who.Get(post).PostForm(post+"/vote"), url.Values{"choice": {choices[i]}})
		}
	}
	end := func(post string) { ada.Submit(ada.Get(post).PostForm(post+"/poll/end"), nil) }
	named := puts("When do we mow the meadow?", url.Values{"method": {"several"}, "quorum": {"4"}})
	vote(named, "0", "2")
	ended := puts("Who cooks on the first evening?", nil)
	vote(ended, "1", "1", "0")
	end(ended)
	secret := puts("Shall Ben look after the purse?", url.Values{"secret": {"yes"}})
	vote(secret, "0", "1")
	counted := puts("Shall we leave the association?", url.Values{"secret": {"yes"}})
	vote(counted, "0", "1", "0")
	end(counted)
	rank := func(post string, places ...url.Values) {
		for i, who := range []*village.Villager{ada, dora, emil}[:len(places)] {
			who.Submit(who.Get(post).PostForm(post+"/vote"), places[i])
		}
	}
	order := url.Values{"method": {"ranked"}}
	ranking := puts("Which day suits you best?", order)
	rank(ranking, url.Values{"place-1": {"1"}, "place-2": {"2"}}, url.Values{"place-0": {"1"}, "place-1": {"2"}})
	ranked := puts("Where do we hold the summer feast?", order)
	rank(ranked, url.Values{"place-0": {"1"}}, url.Values{"place-1": {"1"}, "place-2": {"2"}}, url.Values{"place-2": {"1"}, "place-1": {"2"}})
	end(ranked)
	sealed := puts("Who keeps the key to the shed?", url.Values{"method": {"ranked"}, "secret": {"yes"}})
	rank(sealed, url.Values{"place-0": {"1"}}, url.Values{"place-1": {"1"}, "place-2": {"2"}}, url.Values{"place-2": {"1"}, "place-1": {"2"}})
	end(sealed)
	few := puts("A party in the yard?", url.Values{"secret": {"yes"}})
	end(few)
	w := visit(t, v, "polls", browser.WithScripts)
	w.signIn("ada", "Sign in")
	for name, path := range map[string]string{"named": named, "voters": named + "/poll/voters", "ended": ended, "secret-voted": secret, "counted": counted, "few": few, "ranked": ranked, "ranked-voters": ranked + "/poll/voters", "ranked-counted": sealed, "space": at["open"]} {
		w.at(name, path)
	}
	w.Open(v.URL + compose)
	w.Click("DisclosureTriangle", "Add a poll")
	w.Fill("What would you like to say?", "What do we need?")
	w.Fill("Option 1 · optional", "Bread")
	w.Click("button", "Post")
	w.look("composed")
	w.leave()
	w = visit(t, v, "polls-member", browser.WithScripts)
	w.signIn(emil.Handle, "Sign in")
	w.at("secret", secret)
	w.Click("button", "Vote")
	w.look("nothing-chosen")
	w.Click("radio", "Sunday")
	w.Click("button", "Vote")
	w.look("receipt")
	w.at("order", ranking)
	w.Click("button", "Up Sunday")
	w.Click("button", "Up Saturday, the 12th of June")
	w.look("ordered")
	w.leave()
	w = visit(t, v, "polls-plain", browser.WithoutScripts)
	w.signIn(emil.Handle, "Sign in")
	w.at("order", ranking)
	w.Choose("Sunday", "1")
	w.Choose("Saturday, the 12th of June", "1")
	w.Click("button", "Vote")
	w.look("place-twice")
	w.leave()
}
