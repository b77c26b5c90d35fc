package village

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"testing"

	"github.com/opengather/opengather/instance/e2e/program"
)

// Password is everybody's.
const Password = "seven green wheelbarrows"

// A Village is a community that is served by a process of its own, with SQLite,
// or by the test itself.
type Village struct {
	*program.Process
	Owner *Villager
	// Dir is the data directory.
	Dir string
	// Header is what every browser sends, such as what it calls itself.
	Header http.Header

	t testing.TB
}

// A Villager is a member with a browser in which she is signed in.
type Villager struct {
	*program.Client
	Name, Handle string

	v *Village
}

// Empty starts a community that nobody has set up yet.
func Empty(t testing.TB) *Village {
	t.Helper()
	return In(t, t.TempDir(), "127.0.0.1")
}

// Demo starts the community that "opengather demo" makes, and gives the path of
// its longest thread. Who can sign in is said in package demo.
func Demo(t testing.TB) (v *Village, thread string) {
	t.Helper()
	dir := t.TempDir()
	said, err := exec.Command(program.Build(t, binary), "demo", "--data", dir).CombinedOutput()
	found := demoThread.FindSubmatch(said)
	if err != nil || found == nil {
		t.Fatalf("fill the community: %v\n%s", err, said)
	}
	return In(t, dir, "127.0.0.1"), string(found[1])
}

const binary = "github.com/opengather/opengather/instance/cmd/opengather"

var demoThread = regexp.MustCompile(`(?m)^thread: (/p/\S+)`)

// In serves the community in a directory, which may be empty, to whoever
// reaches a host of this machine.
func In(t testing.TB, dir, host string, flags ...string) *Village {
	t.Helper()
	address := program.FreePort(t)
	// The name and not the number, since passkeys exist for names only.
	origin := "http://localhost" + address[len("127.0.0.1"):]
	v := &Village{t: t, Dir: dir, Process: program.Start(t, program.Command{
		Path: program.Build(t, binary), Args: append([]string{"serve", "--data", dir, "--listen", host + address[len("127.0.0.1"):], "--public-url", origin}, flags...), Address: address,
	})}
	v.URL = origin
	return v
}

// Found starts a community and sets it up as a club in one of its languages,
// "en" or "de", that people can ask to join.
func Found(t testing.TB, name, owner, handle, language string) *Village {
	t.Helper()
	v := Empty(t)
	v.SetUp(name, owner, handle, language)
	return v
}

// At is a community that the test serves itself at an origin, set up by the link
// that was printed for it.
func At(t testing.TB, origin, setupLink, name, owner, handle, language string) *Village {
	t.Helper()
	v := &Village{t: t, Process: &program.Process{URL: origin}}
	v.found(setupLink, name, owner, handle, language)
	return v
}

// SetUp sets a community up that is served already.
func (v *Village) SetUp(name, owner, handle, language string) {
	v.t.Helper()
	v.found(v.SetupLink(), name, owner, handle, language)
}

func (v *Village) found(setupLink, name, owner, handle, language string) {
	v.t.Helper()
	link, err := url.Parse(setupLink)
	if err != nil {
		v.t.Fatal(err)
	}
	v.Owner = &Villager{Client: v.browser(language), Name: owner, Handle: handle, v: v}
	page := v.want(v.Owner.Get(link.RequestURI()), "/setup")
	page = v.want(v.Owner.Submit(page.Form("/setup"), url.Values{
		"community": {name}, "name": {owner}, "handle": {handle}, "password": {Password},
	}), "/setup/kind")
	page = v.want(v.Owner.Submit(page.Form("/setup/kind"), url.Values{"kind": {"club"}}), "/setup/look")
	page = v.want(v.Owner.Submit(page.Form("/setup/look"), url.Values{"language": {language}, "zone": {"Europe/Berlin"}}), "/setup/door")
	page = v.want(v.Owner.Submit(page.Form("/setup/door"), url.Values{"door": {"ask"}, "face": {"public"}}), "/setup/people")
	v.want(v.Owner.Submit(page.Form("/setup/people"), url.Values{"invite": nil}), "/setup/people")
}

func (v *Village) browser(language string) *program.Client {
	v.t.Helper()
	c := program.NewClient(v.t, v.URL)
	maps.Copy(c.Header, v.Header)
	c.Header.Set("Accept-Language", language)
	return c
}

// want ends the test if a page is not where it should be.
func (v *Village) want(page *program.Page, path string) *program.Page {
	v.t.Helper()
	if page.URL.Path != path || page.Status != http.StatusOK {
		v.t.Fatalf("at %s with %d, want %s:\n%s", page.URL.Path, page.Status, path, page.Text())
	}
	return page
}

var (
	linkText   = regexp.MustCompile(`https?://[^\s"<]+(/invite/[\w-]{43})`)
	handleText = regexp.MustCompile(`@([\w.-]+)`)
	postPath   = regexp.MustCompile(`^/p/([\w-]+)$`)
)

// posted is the form of the page that sends something there. Those that only
// close a dialog or search have no method.
func posted(page *program.Page, action string) *program.Form {
	for _, f := range page.Forms() {
		if f.Method == http.MethodPost && f.Action.Path == action {
			return f
		}
	}
	return page.Form(action)
}

// Invitation is the path of a new invitation that lets many people in.
func (w *Villager) Invitation(more url.Values) string {
	w.v.t.Helper()
	page := w.Submit(w.v.want(w.Get("/invitations/new?for=group"), "/invitations/new").Form("/invitations"), more)
	link := linkText.FindSubmatch(w.v.want(page, "/invitations").Body)
	if link == nil {
		w.v.t.Fatalf("no link is shown:\n%s", page.Text())
	}
	return string(link[1])
}

// Arrives lets somebody in through an invitation, or ask if it is /join.
func (v *Village) Arrives(door, name, language string) *Villager {
	v.t.Helper()
	w := &Villager{Client: v.browser(language), Name: name, v: v}
	form := v.want(w.Get(door), door).Form(door)
	values := url.Values{"name": {name}, "password": {Password}, "rules": {"yes"}}
	if slices.Contains(form.Fields(), "answer") {
		values.Set("answer", "I live at number 31 and have heard of you at the baker's.")
	}
	page := w.Submit(form, values)
	handle := handleText.FindStringSubmatch(page.Text())
	if page.Status != http.StatusOK || handle == nil {
		v.t.Fatalf("%s did not come in: %d\n%s", name, page.Status, page.Text())
	}
	w.Handle = handle[1]
	return w
}

// Makes gives the path of a new space. Its visibility is "public", "open",
// "closed" or "secret".
func (w *Villager) Makes(name, purpose, visibility string) string {
	w.v.t.Helper()
	form := posted(w.v.want(w.Get("/spaces/new"), "/spaces/new"), "/spaces/new")
	page := w.Submit(form, url.Values{"name": {name}, "purpose": {purpose}, "visibility": {visibility}})
	if page.Status != http.StatusOK || page.URL.Path == "/spaces/new" {
		w.v.t.Fatalf("%s was not made: %d\n%s", name, page.Status, page.Text())
	}
	return page.URL.Path
}

// Joins comes into an open space.
func (w *Villager) Joins(space string) {
	w.v.t.Helper()
	w.v.want(w.Submit(w.v.want(w.Get(space), space).Form(space+"/join"), nil), space)
}

// Adds puts people into a space of hers.
func (w *Villager) Adds(space string, people ...*Villager) {
	w.v.t.Helper()
	for _, p := range people {
		page := w.v.want(w.Get(space+"/members/add?q="+url.QueryEscape(p.Name)), space+"/members/add")
		form := posted(page, space+"/members/add")
		who := regexp.MustCompile(`value="([^"]+)"[^>]* name="who"`).FindSubmatch(page.Body)
		if who == nil {
			w.v.t.Fatalf("%s cannot be added:\n%s", p.Name, page.Text())
		}
		w.Submit(form, url.Values{"who": {string(who[1])}})
	}
}

// Says posts something and gives its path. The space is named as the composer
// lists it.
func (w *Villager) Says(space, title, body string, photos ...program.File) string {
	w.v.t.Helper()
	return w.Asks(space, title, body, nil, photos...)
}

// Asks is Says with a poll of these options, if there are any.
func (w *Villager) Asks(space, title, body string, options []string, photos ...program.File) string {
	w.v.t.Helper()
	id := regexp.MustCompile(`/compose\?space=([^"&]+)`).FindSubmatch(w.v.want(w.Get(space), space).Body)
	if id == nil {
		w.v.t.Fatalf("%s cannot post in %s", w.Name, space)
	}
	page := w.v.want(w.Get("/compose?space="+string(id[1])), "/compose")
	form := posted(page, "/compose")
	if len(photos) > 0 {
		form.Attach("file", photos...)
	}
	values := url.Values{"title": {title}, "body": {body}}
	for i, o := range options {
		values.Set(fmt.Sprint("option-", i), o)
	}
	page = w.Submit(form, values)
	if !postPath.MatchString(page.URL.Path) {
		w.v.t.Fatalf("%q was not posted: %d\n%s", title, page.Status, page.Text())
	}
	return page.URL.Path
}

var replyAddress = regexp.MustCompile(`<article class="reply[^"]*" id="([\w-]+)"`)

// Answers replies to a post, or to its n-th reply if n is not 0.
func (w *Villager) Answers(post string, n int, body string) {
	w.v.t.Helper()
	page := w.v.want(w.Get(post), post)
	if n > 0 {
		ids := replyAddress.FindAllSubmatch(page.Body, -1)
		if len(ids) < n {
			w.v.t.Fatalf("%s has %d replies", post, len(ids))
		}
		page = w.v.want(w.Get(post+"?to="+string(ids[n-1][1])), post)
	}
	w.v.want(w.Submit(page.Form(post+"/reply"), url.Values{"body": {body}}), post)
}

// Reacts gives a short answer to a post or reply: "thanks", "heart", "yes",
// "laugh" or "sorry".
func (w *Villager) Reacts(post, sign string) {
	w.v.t.Helper()
	page := w.v.want(w.Get(post+"/react"), post+"/react")
	w.Submit(posted(page, post+"/react"), url.Values{"reaction": {sign}})
}
