package suite_test

import (
	"net/http"
	"net/url"
	"testing"
)

// TestRemovalIsTakenBack removes somebody, takes it back, and leaves it to her
// to return: to the same account, with everything that was hers.
func TestRemovalIsTakenBack(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		owner, cal := w.people["owner"], w.people["member"]
		out := "/people/" + cal.handle + "/remove"
		w.press(cal, "/compose?space="+w.spaces["open"].ID, "/compose", url.Values{"body": {"Cal was here"}})
		w.press(owner, out, out, nil)
		w.want(cal.Get("/home"), "/leaving", http.StatusOK)
		w.sees(cal, "/leaving", "have removed you", "not: Stay after all")
		back := "/requests/" + cal.id + "/back"
		w.sees(owner, "/requests", "Let Cal Qznamemember come back", "not: Qznameleaving")
		// Only who may remove may take it back, and nobody learns of it otherwise.
		for role, want := range map[string]int{"founder": http.StatusForbidden, "insider": http.StatusForbidden, "guest": http.StatusForbidden, "member": http.StatusSeeOther} {
			if a := w.send(w.people[role], back, nil); a.status != want {
				t.Errorf("%s takes it back: %d", role, a.status)
			}
		}
		// Whoever leaves of her own accord is nobody's to call back.
		if a := w.send(owner, "/requests/"+w.people["leaving"].id+"/back", nil); a.status != http.StatusNotFound {
			t.Errorf("somebody who leaves is called back: %d", a.status)
		}
		w.sees(cal, "/leaving", "have removed you")
		w.press(w.people["moderator"], "/requests", back, nil)
		w.sees(owner, "/requests", "not: Cal Qznamemember")
		w.sees(owner, "/people", "not: Cal Qznamemember")
		w.sees(cal, "/leaving", "taken back that they removed you", "Stay after all")
		w.press(cal, "/leaving", "/leaving/stay", nil)
		w.sees(cal, "/home", "Cal was here")
		w.sees(owner, "/people", "Cal Qznamemember")
		w.sees(cal, w.spaces["open"].Path()+"/members", "Cal Qznamemember")
		if n := w.one("SELECT CAST(count(*) AS TEXT) FROM jobs WHERE kind = 'portability.erase' AND unique_key = $1", cal.id); n != "0" {
			t.Errorf("she is still to be erased: %s", n)
		}
		// Once more, and she may leave it at that.
		w.press(owner, out, out, nil)
		w.sees(cal, "/leaving", "have removed you", "not: Stay after all")
	})
}

// TestTheLastOneInASpaceIsTold asks somebody who is alone in a space that nobody
// else can open whether she means it.
func TestTheLastOneInASpaceIsTold(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		insider, founder := w.people["insider"], w.people["founder"]
		secret := w.spaces["secret"].Path()
		w.sees(founder, secret+"/leave", "not: You are the last one in it")
		w.press(founder, secret+"/leave", secret+"/leave", nil)
		w.sees(insider, secret+"/leave", "You are the last one in it", "not even you", "Add somebody first")
		w.press(insider, secret+"/leave", secret+"/leave", nil)
		for role, who := range w.people {
			if a := p.ask(who, http.MethodGet, secret, nil); a.status == http.StatusOK {
				t.Errorf("%s still reads it", role)
			}
		}
		// What she wrote is hers, as she was told.
		edit := "/p/" + w.posts["edited secret"] + "/edit"
		w.sees(insider, edit, "the same people as before")
		gone := "/p/" + w.posts["edited secret"] + "/delete"
		if a := w.send(insider, gone, nil); a.status != http.StatusSeeOther {
			t.Errorf("she cannot delete it: %d", a.status)
		}
		if body := w.one("SELECT body FROM posts WHERE id = $1", w.posts["edited secret"]); body != "" {
			t.Errorf("it still says %q", body)
		}
	})
}
