package suite_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/space"
)

const lookedAt = "This is how it will look."

// TestLookFirst looks at a post, a reply and an edit before they are sent, without
// a script: all that was typed and chosen stays, nothing is written, and the form
// is then sent as it is.
func TestLookFirst(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		ada := p.found("Lime Street")
		in := p.space(ada, "Garden", space.Open)
		form := p.form(ada.Get("/compose"), "/compose")
		form.Attach("file", jpegs("qzpixelspublic")...)
		page := ada.Submit(form, url.Values{"space": {in}, "title": {"The shed"}, "do": {"add"}})
		photo := photosOf(page)
		before := p.written()
		page = ada.Submit(p.form(page, "/compose"), url.Values{"body": {"**half** a\n\n- sentence"}, "alt-" + photo[0]: {"red all over"}, "kind": {"question"}, "do": {"look"}})
		for _, want := range []string{lookedAt, "<strong>half</strong>", "<ul>", "**half** a", `value="The shed"`, "red all over", "Who can read this"} {
			if !strings.Contains(string(page.Body), want) {
				t.Errorf("looking first shows no %q", want)
			}
		}
		form = p.form(page, "/compose")
		if got := photosOf(page); !slices.Equal(got, photo) || form.Value("kind") != "question" || form.Value("space") != in {
			t.Errorf("after looking there are the photos %v of %v, and the form has %q in %q", got, photo, form.Value("kind"), form.Value("space"))
		}
		if now := p.written(); now != before {
			t.Errorf("looking writes: %s, and before %s", now, before)
		}
		page = ada.Submit(form, nil)
		root := page.URL.Path
		page.Expect(http.StatusOK, "The shed")

		reply := root + "/reply?to=" + strings.TrimPrefix(root, "/p/")
		before = p.written()
		page = ada.Submit(p.form(page, reply), url.Values{"body": {"*later*"}, "do": {"look"}})
		if !strings.Contains(string(page.Body), "<em>later</em>") || !strings.Contains(string(page.Body), lookedAt) || p.written() != before {
			t.Errorf("a reply is not looked at: %s", page.Text())
		}
		ada.Submit(p.form(page, reply), nil).Expect(http.StatusOK, "later")

		before = p.written()
		page = ada.Submit(p.form(ada.Get(root+"/edit"), root+"/edit"), url.Values{"body": {"`otherwise`"}, "do": {"look"}})
		if !strings.Contains(string(page.Body), "<code>otherwise</code>") || !slices.Equal(photosOf(page), photo) || p.written() != before {
			t.Errorf("an edit is not looked at: %s", page.Text())
		}
		page = ada.Submit(p.form(page, root+"/edit"), nil)
		page.Expect(http.StatusOK, "otherwise")
		page = ada.Submit(p.form(ada.Get("/compose"), "/compose"), url.Values{"space": {in}, "body": {" "}, "do": {"look"}})
		if page.Status != http.StatusUnprocessableEntity || strings.Contains(string(page.Body), lookedAt) {
			t.Errorf("there is nothing to look at: %d", page.Status)
		}
	})
}

// written is how much there is of all that posts are made of.
func (p *place) written() string {
	var all []string
	for _, table := range []string{"posts", "post_versions", "mentions", "facts", "jobs", "media", "labels"} {
		all = append(all, table+" "+strconv.Itoa(p.count(table)))
	}
	return strings.Join(all, ", ")
}

// TestNamesWhileWriting asks in every role and for every space whom a name may
// mean. Who may not say anything there is told what is said of a space that does
// not exist, or that she may not; who may is told those who read it.
func TestNamesWhileWriting(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		for _, role := range roles {
			who := w.people[role]
			nothing := w.ask(who, http.MethodGet, "/compose/people?q=q&space=nowhere", nil)
			for _, in := range []string{"public", "open", "closed", "secret"} {
				a := w.ask(who, http.MethodGet, "/compose/people?q=q&space="+w.spaces[in].ID, nil)
				if a.status == http.StatusOK && !strings.Contains(a.header.Get("Cache-Control"), "no-store") {
					t.Errorf("what %s is told of the %s space may be kept: %v", role, in, a.header)
				}
				if in != "secret" {
					continue
				}
				if inside := slices.Contains([]string{"founder", "insider"}, role); inside != (a.status == http.StatusOK) || !inside && a.status != nothing.status {
					t.Errorf("%s asks for names in a secret space: %d, and in none: %d", role, a.status, nothing.status)
				}
				for _, out := range []string{"member", "quiet", "owner", "pending"} {
					if strings.Contains(a.body, "@"+w.people[out].handle+"\"") {
						t.Errorf("%s is told of %s, who is not in the secret space", role, out)
					}
				}
			}
		}
		a := w.ask(w.people["founder"], http.MethodGet, "/compose/people?q="+w.people["insider"].handle+"&parent="+w.posts["thread secret"], nil)
		if !strings.Contains(a.body, `data-put="@`+w.people["insider"].handle+`"`) {
			t.Errorf("the founder is not told of the insider: %d %s", a.status, a.body)
		}
	})
}

// TestQuotesAreOfWhatMayBeRead opens the form for a reply with a quote in it, in
// every role: what somebody may not read is quoted as what is not there.
func TestQuotesAreOfWhatMayBeRead(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		by := w.people["insider"]
		root := w.posts["thread open"]
		seen := w.must(p.program.Posts.Reply(t.Context(), by.actor(), "", post.Draft{Parent: root, Body: "bring the *qzladder*\n\nand a rope"}))
		hidden := w.must(p.program.Posts.Reply(t.Context(), by.actor(), "", post.Draft{Parent: root, Body: "qzhiddenladder"}))
		w.must(p.program.Posts.Hide(t.Context(), w.people["moderator"].actor(), "", hidden, "because"))
		w.must(p.program.Spaces.Join(t.Context(), w.people["moderator"].actor(), "", w.spaces["open"].ID))
		for _, role := range []string{"member", "insider", "moderator"} {
			who := w.people[role]
			at := "/p/" + root + "?quote="
			page := w.ask(who, http.MethodGet, at+seen, nil)
			if want := "@" + by.handle + ":\n\n&gt; bring the qzladder\n&gt;\n&gt; and a rope\n"; page.status != http.StatusOK || !strings.Contains(page.body, want) {
				t.Errorf("%s quotes, and is shown no %q: %d", role, want, page.status)
			}
			for what, id := range map[string]string{"hidden": hidden, "secret": w.posts["thread secret"], "of another thread": w.posts["thread public"], "nothing": "nothing"} {
				if a := w.ask(who, http.MethodGet, at+id, nil); a.status != http.StatusNotFound || strings.Contains(a.body, "qzhiddenladder") {
					t.Errorf("%s quotes what is %s: %d", role, what, a.status)
				}
			}
			if a := w.ask(who, http.MethodGet, "/p/"+root, nil); strings.Contains(a.body, "quote="+hidden) || !strings.Contains(a.body, "quote="+seen+"#reply") {
				t.Errorf("%s is offered the wrong quotes", role)
			}
		}
	})
}
