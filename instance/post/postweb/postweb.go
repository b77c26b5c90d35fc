// Package postweb shows what people say: home, threads, the composer, search.
package postweb

import (
	"embed"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/media/mediaweb"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/page/pageweb"
	"github.com/opengather/opengather/instance/poll/pollweb"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/preview"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"

	"github.com/a-h/templ"
)

// Messages are the words of these pages.
//
//go:embed messages/*.json
var Messages embed.FS

// Handler serves posts.
type Handler struct {
	Posts   *post.Operations
	Spaces  *space.Operations
	Members *member.Operations
	Joining *joining.Operations
	Media   *mediaweb.Handler
	// Pages are found beside posts.
	Pages *pageweb.Handler
	// Previews are of pages that posts link to.
	Previews *preview.Operations
}

// Mount adds the routes.
func (h *Handler) Mount(m *web.Router) {
	m.GET(web.Members, "/home", h.home)
	m.GET(web.Members, "/home/new", h.news)
	m.GET(web.Members, "/compose", h.compose)
	m.Upload(web.Members, "/compose", h.Media.Take, h.publish)
	m.GET(web.Members, peopleURL, h.named)
	m.GET(web.Visitors, "/p/:id", h.thread)
	m.GET(web.Members, "/p/:id/parts", h.parts)
	m.Upload(web.Members, "/p/:id/reply", h.Media.Take, h.reply)
	m.GET(web.Members, "/p/:id/edit", h.edit)
	m.Upload(web.Members, "/p/:id/edit", h.Media.Take, h.change)
	m.GET(web.Visitors, "/p/:id/history", h.history)
	m.GET(web.Members, "/p/:id/delete", h.askDelete)
	m.POST(web.Members, "/p/:id/delete", h.delete)
	m.GET(web.Members, "/p/:id/remove", h.askRemove)
	m.POST(web.Members, "/p/:id/remove", h.remove)
	m.GET(web.Members, "/p/:id/hide", h.askHide)
	m.POST(web.Members, "/p/:id/hide", h.hide)
	m.POST(web.Members, "/p/:id/restore", h.restore)
	m.GET(web.Own, "/m/:id/remove", h.askRemovePhoto)
	m.POST(web.Own, "/m/:id/remove", h.removePhoto)
	m.GET(web.Visitors, "/months", h.months)
	m.GET(web.Visitors, "/months/:month", h.month)
	m.POST(web.Members, "/p/:id/pin", h.pin)
	m.POST(web.Members, "/p/:id/lock", h.lock)
	m.GET(web.Members, "/p/:id/move", h.askMove)
	m.POST(web.Members, "/p/:id/move", h.move)
	m.POST(web.Members, "/p/:id/save", h.save)
	m.GET(web.Members, "/saved", h.saved)
	m.GET(web.Members, "/drafts", h.drafts)
	m.POST(web.Members, "/drafts/:id/drop", h.dropDraft)
	m.GET(web.Members, "/p/:id/split", h.askSplit)
	m.POST(web.Members, "/p/:id/split", h.split)
	m.POST(web.Members, "/p/:id/accept", h.accept)
	m.POST(web.Members, "/p/:id/settle", h.settle)
	m.Of(community.Polls).POST(web.Members, "/p/:id/vote", h.vote)
	m.Of(community.Polls).POST(web.Members, "/p/:id/poll/end", h.endPoll)
	m.Of(community.Polls).GET(web.Members, "/p/:id/poll/voters", h.voters)
	m.Of(community.Polls).GET(web.Visitors, "/p/:id/poll/result.csv", h.resultCSV)
	m.Of(community.Polls).GET(web.Visitors, "/p/:id/poll/result.json", h.resultJSON)
	m.Of(community.Previews).GET(web.Visitors, "/previews/:id", h.previewPicture)
	m.Of(community.Previews).POST(web.Members, "/p/:id/preview/remove", h.removePreview)
	m.Of(community.Reactions).GET(web.Members, "/p/:id/react", h.askReact)
	m.Of(community.Reactions).POST(web.Members, "/p/:id/react", h.react)
	m.Of(community.Reactions).GET(web.Members, "/p/:id/reactions", h.reactors)
	m.Of(community.Search).GET(web.Visitors, "/search", h.search)
}

// signs are the icons of reactions.
var signs = map[post.Sign]string{"thanks": "hand-heart", "heart": "heart", "yes": "thumbs-up", "laugh": "laugh", "sorry": "frown"}

// view makes of a post what the look shows. spaceShown says where it was said.
func view(r *web.Request, key string, p post.Post, spaceShown bool) look.Post {
	t := r.Text
	v := look.Post{
		ID: p.ID, URL: p.Path(), Title: p.Title, Author: author(r, p), At: p.CreatedAt, Edited: p.EditedAt,
		Audience: audience(r, p), Body: templ.Raw(p.HTML), Replies: p.Replies, Latest: p.LatestAt,
		Reactions: reactions(r, key, p), Save: save(r, key, p), Gallery: mediaweb.Gallery(r, p.Media, p.Path(), true), Preview: linked(r, p), Pinned: p.Pinned, Signs: signsOf(t, p),
	}
	spaceShown = spaceShown && p.SpaceName != "" // she may not know of it
	if spaceShown && v.Audience.Kind == "space" {
		v.Audience.URL = p.SpacePath // it names the space already
	} else if spaceShown {
		v.Space = look.Link{Label: p.SpaceName, URL: p.SpacePath}
	}
	if p.Poll != nil && r.Community.Has(community.Polls) {
		v.Signs = append(v.Signs, pollweb.Sign(t, r.Now, *p.Poll))
	}
	if !p.EditedAt.IsZero() {
		v.EditsURL = p.Path() + "/history"
	}
	if p.Hidden {
		v.Notice = look.Notice{Tone: look.Warning, Text: t.Text("post.hidden_notice")}
	}
	return v
}

// author is a post's author, with a link to her page for who is here: somebody
// who waits or is leaving reads public words, and no pages about people.
func author(r *web.Request, p post.Post) look.Person {
	person := Author(r.Text, p)
	if r.SignedIn() && r.Viewer.State != "active" {
		person.URL = ""
	}
	return person
}

// Author is a post's author as components show people. Whoever left is a
// former member, without a name.
func Author(t *locale.Printer, p post.Post) look.Person { return person(t, p.Author) }

func person(t *locale.Printer, who member.Byline) look.Person {
	if who.Gone || who.Name == "" {
		return look.Person{Name: t.Text("post.former_member")}
	}
	return personOf(t, who.Name, who.Handle, access.Role(who.Role))
}

func personOf(t *locale.Printer, name, handle string, role access.Role) look.Person {
	person := look.Person{Name: name, Handle: handle, URL: "/@" + handle}
	switch role {
	case access.Owner:
		person.Role = t.Text("web.role_owner")
	case access.Moderator:
		person.Role = t.Text("web.role_moderator")
	case access.Guest:
		person.Role = t.Text("web.role_guest")
	}
	return person
}

// audience says who can read a post.
func audience(r *web.Request, p post.Post) look.Audience {
	t := r.Text
	switch {
	case p.Hidden, p.RootHidden:
		return look.Audience{Kind: "few", Words: t.Text("post.audience_review")}
	case p.SpaceVisibility == space.Public && r.Community.Face == community.Open:
		return look.Audience{Kind: "public", Words: t.Text("post.audience_public")}
	case p.SpaceVisibility == space.Public, p.SpaceVisibility == space.Open:
		return look.Audience{Kind: "members", Words: t.Text("post.audience_members")}
	}
	return look.Audience{Kind: "space", Words: t.Text("post.audience_space", locale.S("space", p.SpaceName))}
}

// reactions are the signs that somebody chose, with a way to the others.
func reactions(r *web.Request, key string, p post.Post) look.Reactions {
	if !r.Community.Has(community.Reactions) || !p.DeletedAt.IsZero() {
		return look.Reactions{}
	}
	v := look.Reactions{FormKey: key}
	if r.SignedIn() {
		v.URL = p.Path() + "/react"
		v.More = v.URL
	}
	if len(p.Reactions) > 0 && r.SignedIn() && r.Viewer.State == "active" {
		v.Who = p.Path() + "/reactions"
	}
	for _, x := range p.Reactions {
		v.Items = append(v.Items, sign(r, x))
	}
	return v
}

// allSigns are all signs there are, for somebody who is about to choose.
func allSigns(r *web.Request, key string, p post.Post) look.Reactions {
	v := reactions(r, key, p)
	v.More, v.Items = "", nil
	chosen := map[post.Sign]post.Reaction{}
	for _, x := range p.Reactions {
		chosen[x.Kind] = x
	}
	for _, s := range post.Signs {
		x := chosen[s]
		x.Kind = s
		v.Items = append(v.Items, sign(r, x))
	}
	return v
}

func sign(r *web.Request, x post.Reaction) look.Reaction {
	v := look.Reaction{Key: string(x.Kind), Label: r.Text.Text("post.sign_" + string(x.Kind)), Icon: signs[x.Kind], Count: x.Count, Mine: x.Mine}
	if x.Mine {
		v.Key = "-" + v.Key // pressing takes it away
	}
	return v
}
