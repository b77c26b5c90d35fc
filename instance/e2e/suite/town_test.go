package suite_test

import (
	"bytes"
	"image"
	"image/png"
	"net/url"
	"testing"

	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/space"
)

// town is a community with somebody of every role, a space of every visibility,
// and in each of them one of everything that can be said, marked with words
// that occur nowhere else. A mark names what it is and where: "qztitlesecret".
type town struct {
	*place
	people map[string]*person // by role
	spaces map[string]space.Space
	posts  map[string]string // ids by what and where: "thread secret"
	photos map[string]string // likewise, of those in posts, and "loose"
	links  map[string]string // of the pictures of previews, by what and where
	drafts map[string]string // of the insider, by where
	feeds  map[string]string // addresses by role and where, "insider closed", or "insider home"
	list   string            // of the insider, with the member on it
	hidden bool              // nothing in it can be public: what would be is for all members
	// kept is what a role still gets where she has left: "channel: mark".
	kept   map[string][]string
	invite string // path of an invitation of the insider's that nobody has used
}

// roles are the kinds of people there are, from most to least.
//
// The owner and the moderator are in no closed or secret space. The founder
// made those and looks after them; the insider is in all and wrote everything.
// The member is in the public and the open one. The guest is in the closed one
// alone. One waits to be let in, one has asked to leave.
var roles = []string{"owner", "moderator", "founder", "insider", "member", "quiet", "guest", "pending", "leaving", "stranger"}

var wheres = []string{"public", "open", "closed", "secret"}

func settle(t *testing.T, p *place) *town {
	t.Helper()
	return settleAs(t, p, "club")
}

// settleAs settles in a community of a kind.
func settleAs(t *testing.T, p *place, kind string) *town {
	t.Helper()
	w := &town{place: p, people: map[string]*person{}, spaces: map[string]space.Space{}, posts: map[string]string{}, photos: map[string]string{}, links: map[string]string{}, feeds: map[string]string{}, drafts: map[string]string{}}
	w.populate(p.foundAs(kind, "Lime Street"))
	c, err := p.program.Communities.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.hidden = c.Face == community.Hidden
	w.build()
	for _, where := range wheres {
		w.talk(where)
		w.link(where)
		w.lookUp(where)
	}
	w.shoot("loose", "qzloosepixels", "qzloosegps", "")
	w.describe()
	w.dress()
	w.subscribe()
	w.keepForLater()
	w.beginToWrite()
	w.part()
	return w
}

// populate lets everybody in through the pages.
func (w *town) populate(owner *person) {
	w.t.Helper()
	many := w.place.invite(owner, url.Values{"uses": {"0"}, "note": {"qznoteowner"}})
	moderators := w.place.invite(owner, url.Values{"role": {"moderator"}})
	careful := w.place.invite(owner, url.Values{"approval": {"yes"}, "question": {"qzquestion?"}})
	w.people["owner"] = owner
	w.people["moderator"] = w.accept("moderator", moderators, "Mo Warden", nil)
	for key, name := range map[string]string{
		"founder": "Bea Qznamefounder", "insider": "Dan Qznameinsider", "member": "Cal Qznamemember", "quiet": "Quin Qznamequiet", "leaving": "Lea Qznameleaving",
	} {
		w.people[key] = w.accept(key, many, name, nil)
	}
	w.people["pending"] = w.accept("pending", careful, "Pip Qznamepending", url.Values{"answer": {"qzanswer"}})
	w.people["stranger"] = &person{Client: w.browser(), key: "stranger"}
}

// build makes the spaces and puts people into them.
func (w *town) build() {
	w.t.Helper()
	ctx, o := w.t.Context(), w.program.Spaces
	for where, by := range map[string]string{"public": "owner", "open": "owner", "closed": "founder", "secret": "founder"} {
		who := w.people[by]
		v := space.Visibility(where)
		if w.hidden && v == space.Public {
			v = space.Open
		}
		id := w.space(who, "Qzspace"+where, v)
		view, err := o.Find(ctx, who.actor(), id)
		if err != nil {
			w.t.Fatal(err)
		}
		w.spaces[where] = view.Space
	}
	for _, where := range []string{"public", "open"} {
		for _, who := range []string{"founder", "insider", "member", "leaving"} {
			w.must(o.Join(ctx, w.people[who].actor(), "", w.spaces[where].ID))
		}
	}
	for _, where := range []string{"closed", "secret"} {
		w.must(o.Add(ctx, w.people["founder"].actor(), "", w.spaces[where].ID, []string{w.people["insider"].id, w.people["leaving"].id}))
	}
	guests := w.place.invite(w.people["founder"], url.Values{"role": {"guest"}, "space": {w.spaces["closed"].ID}})
	w.people["guest"] = w.accept("guest", guests, "Gus Qznameguest", nil)
}

// keeper is who hides posts in a space.
func (w *town) keeper(where string) *person {
	if where == "public" || where == "open" {
		return w.people["owner"]
	}
	return w.people["founder"]
}

// polls are those in what is said in each space. The first has ended, the other is
// open.
func polls(what, where string) *poll.Draft {
	d := &poll.Draft{Method: poll.Single, Length: poll.Usual}
	switch what {
	case "thread":
		d.Options = []string{"qzoption" + where, "neither"}
	case "hidden":
		d.Secret, d.Options = true, []string{"qzhiddenoption" + where, "neither"}
	default:
		return nil
	}
	return d
}

// kinds are those of what is said in each space, by what it is.
var kinds = map[string]post.Kind{"thread": post.Question, "edited": post.Offer, "hidden": post.Request}

// talk says one of everything in a space. Each text has the word "harvest", so
// that one search finds all that can be found.
func (w *town) talk(where string) {
	w.t.Helper()
	ctx, o, by := w.t.Context(), w.program.Posts, w.people["insider"].actor()
	write := func(what, title, body string, photos ...media.Placed) string {
		id := w.must(o.Publish(ctx, by, "", post.Draft{Space: w.spaces[where].ID, Title: title, Body: body, Media: photos, Kind: kinds[what], Poll: polls(what, where)}))
		w.posts[what+" "+where] = id
		return id
	}
	reply := func(what, parent, body string, photos ...media.Placed) string {
		id := w.must(o.Reply(ctx, by, "", post.Draft{Parent: parent, Body: body, Media: photos}))
		w.posts[what+" "+where] = id
		return id
	}
	thread := write("thread", "qztitle"+where, "harvest qzbody"+where+" for @"+w.people["member"].handle, w.shoot("thread "+where, "qzpixels"+where, "qzgps"+where, "qzalt"+where)...)
	w.must(w.program.Polls.Choose(ctx, by, "", thread, poll.Vote{0}, ""))
	w.must(w.program.Polls.End(ctx, by, "", thread))
	first := reply("reply", thread, "harvest qzreply"+where, w.shoot("reply "+where, "qzpixels"+where, "qzgps"+where, "qzreplyalt"+where)...)
	reply("nested", first, "harvest qznested"+where, w.film("nested", where))
	w.must(o.React(ctx, by, thread, "heart", true))
	edited := write("edited", "qzedited"+where, "harvest qzformer"+where, w.shoot("edited "+where, "qzpixels"+where, "qzgps"+where, "qzformeralt"+where)...)
	w.must(o.Edit(ctx, by, "", edited, 1, post.Draft{Kind: kinds["edited"], Title: "qzedited" + where, Body: "harvest qznow" + where, Media: []media.Placed{}}))
	photo := w.shoot("hidden "+where, "qzhiddenpixels"+where, "qzhiddengps"+where, "qzhiddenalt"+where)
	hidden := write("hidden", "qzhidden"+where, "harvest qzhiddenformer"+where, photo...)
	w.must(o.Edit(ctx, by, "", hidden, 1, post.Draft{Kind: kinds["hidden"], Title: "qzhidden" + where, Body: "harvest qzhiddenbody" + where, Media: photo}))
	if _, err := w.program.Polls.Cast(ctx, by, "a form", hidden, poll.Vote{0}); err != nil {
		w.t.Fatal(err)
	}
	w.must(o.Hide(ctx, w.keeper(where).actor(), "", hidden, "qzreason"+where))
	hidden = reply("hidden reply", thread, "harvest qzhiddenreply"+where, append(w.shoot("hidden reply "+where, "qzhiddenpixels"+where, "qzhiddengps"+where, "qzhiddenreplyalt"+where), w.film("hidden reply", where))...)
	w.must(o.Accept(ctx, by, "", thread, hidden, ""))
	w.must(o.Hide(ctx, w.keeper(where).actor(), "", hidden, "qzreason"+where))
	for _, what := range []string{"thread", "hidden"} {
		w.must(o.Pin(ctx, w.keeper(where).actor(), "", w.posts[what+" "+where], true))
	}
	w.must(o.Withdraw(ctx, by, "", write("deleted", "qzdeleted"+where, "harvest qzdeletedbody"+where, w.shoot("deleted "+where, "qzpixels"+where, "qzgps"+where, "qzdeletedalt"+where)...)))
}

// describe fills the insider's profile in, each field for others.
func (w *town) describe() {
	w.t.Helper()
	ctx, o, by := w.t.Context(), w.program.Members, w.people["insider"].actor()
	outside := member.ToPublic
	if w.hidden {
		outside = member.ToMembers
	}
	w.list = w.must(o.MakeList(ctx, by, "", "qzlist"))
	w.must(o.Choose(ctx, by, "", w.list, w.people["member"].id))
	w.must(o.Describe(ctx, by, "", []member.Entry{
		{Field: member.About, Value: "qzfieldmembers", Audience: member.Audience{Kind: member.ToMembers}},
		{Field: member.Pronouns, Value: "qzfieldpublic", Audience: member.Audience{Kind: outside}},
		{Field: member.Interests, Value: "qzfieldlist", Audience: member.Audience{Kind: member.Chosen, Ref: w.list}},
		{Field: member.Skills, Value: "qzfieldsecret", Audience: member.Audience{Kind: member.Within, Ref: w.spaces["secret"].ID}},
		{Field: member.Availability, Value: "qzfieldclosed", Audience: member.Audience{Kind: member.Within, Ref: w.spaces["closed"].ID}},
		{Field: member.Contact, Value: "qzfieldown", Audience: member.Audience{Kind: member.Me}},
	}))
	w.invite = w.place.invite(w.people["insider"], url.Values{"note": {"qznoteinsider"}})
}

// dress gives the community a picture and its texts.
func (w *town) dress() {
	w.t.Helper()
	owner := w.people["owner"]
	form := w.form(owner.Get("/community"), "/community/picture")
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 64))); err != nil {
		w.t.Fatal(err)
	}
	form.Attach("picture", program.File{Name: "us.png", Type: "image/png", Data: b.Bytes()})
	w.want(owner.Submit(form, nil), "/community", 200)
	w.want(owner.Submit(w.form(owner.Get("/community/texts"), "/community/texts"), url.Values{
		"welcome": {"qzwelcome"}, "rules": {"qzrules"}, "imprint": {"qzimprint"}, "privacy": {"qzprivacy"},
	}), "/community/texts", 200)
}

// part lets one person ask to leave. Her session ends with it; she signs in
// again, as who wants to take it back would.
func (w *town) part() {
	w.t.Helper()
	who := w.people["leaving"]
	page := who.Submit(w.form(who.Get("/settings/data/leave"), "/settings/data/leave"), url.Values{"password": {who.password}, "words": {"keep"}})
	if page.Status >= 400 {
		w.t.Fatalf("leaving: %d\n%s", page.Status, page.Text())
	}
	w.want(w.signIn(who), "/leaving", 200)
}

// signIn sends the form at /login.
func (p *place) signIn(who *person) *program.Page {
	p.t.Helper()
	return who.Submit(p.want(who.Get("/login"), "/login", 200).Form("/login"), url.Values{"handle": {who.handle}, "password": {who.password}})
}
