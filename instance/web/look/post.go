package look

import (
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/opengather/opengather/instance/internal/locale"
)

// Post is something said in a space, as cards and pages show it.
type Post struct {
	// ID becomes the article's id in the page.
	ID  string
	URL string
	// Title is optional; without one the body begins.
	Title  string
	Author Person
	// Space is where it was said. Leave it empty on the space's own page, and
	// where the Audience names the space and leads to it.
	Space Link
	At    time.Time
	// Edited is when it was last changed, zero if never; EditsURL leads to what
	// it said before.
	Edited   time.Time
	EditsURL string
	// Audience says in words who can read this: "Everyone in Garden · 23".
	Audience Audience
	// Body is HTML that has been made safe, as templ.Raw.
	Body templ.Component
	// Lang is the language of Title and Body where it is known and may differ
	// from the page's, for reading aloud and for hyphens (WCAG 2.2, 3.1.2).
	Lang string
	// Gallery are its photos.
	Gallery Gallery
	// Preview is of the page that it links to. Lists show none.
	Preview Preview
	// Clamp shortens a long body to a few lines with a way to see all of it.
	Clamp     bool
	Reactions Reactions
	Save      Save
	// InThread is set for a reply that stands by itself: what answers it is not
	// counted, and a link leads into its thread.
	InThread bool
	// QuoteURL leads to the form for an answer with words of this in it; empty
	// where the viewer may not answer.
	QuoteURL string
	// Replies is their number; Latest, if set, is when the last one came, and is
	// printed because it explains the order of the list.
	Replies int
	Latest  time.Time
	// Pinned posts stay on top; Unread ones are new for the viewer.
	Pinned, Unread bool
	// Signs are what else there is to know of it at a glance.
	Signs []Sign
	// Notice is said above the body, such as that a moderator hides the post.
	Notice Notice
	// Menu holds the less frequent actions.
	Menu []Action
}

// Sign is a fact in a word or two, with a picture for it.
type Sign struct {
	// Icon is a name in icons/.
	Icon, Words string
}

// Audience is who can read something.
type Audience struct {
	// Kind is "public", "members", "space" or "few" and chooses the sign.
	Kind string
	// Words say it: "Everyone in Garden · 23".
	Words string
	// URL leads to those people, often the space; empty makes no link.
	URL string
}

func (a Audience) icon() string {
	switch a.Kind {
	case "public":
		return "globe"
	case "few":
		return "lock"
	}
	return "users"
}

// Reactions are the short answers to a post or reply.
type Reactions struct {
	// URL is where a press on one of them is sent, with "reaction" as its Key;
	// empty when the viewer may not react.
	URL     string
	FormKey string
	Items   []Reaction
	// More leads to the reactions that are not among Items yet.
	More string
	// Who leads to those who said so; empty for whom they are only counted.
	Who string
}

// Save is the button by which somebody keeps something for later.
type Save struct {
	// URL is where it is sent, with "on"; empty where there is no button.
	URL     string
	FormKey string
	// On says that she keeps it.
	On bool
}

// value is what a press sends: the other of the two.
func (s Save) value() string {
	if s.On {
		return "0"
	}
	return "1"
}

// Reaction is one short answer, in words.
type Reaction struct {
	Key, Label string
	// Icon is a name in icons/.
	Icon  string
	Count int
	Mine  bool
	// Names are the people who said so, for the tip and the screen reader.
	Names string
}

// id stays what it is when the reaction is pressed and the bar drawn anew, so
// that the button keeps the focus.
func (r Reaction) id(post string) string { return post + "-" + strings.TrimPrefix(r.Key, "-") }

func (r Reactions) shown() []Reaction {
	if r.URL != "" {
		return r.Items
	}
	var counted []Reaction
	for _, item := range r.Items {
		if item.Count > 0 {
			counted = append(counted, item)
		}
	}
	return counted
}

// counted says in words what was chosen, and how often: links to who it was
// are told apart by it.
func (r Reactions) counted(t *locale.Printer) string {
	var said []string
	for _, item := range r.Items {
		if item.Count > 0 {
			said = append(said, t.Text("look.reaction_count", locale.S("reaction", item.Label), locale.N("count", item.Count)))
		}
	}
	return t.Text("look.reacted_what", locale.S("what", strings.Join(said, ", ")))
}

// lang marks words in a language of their own; dir="auto" lets them run their
// own way.
func (p Post) lang() templ.Attributes {
	attrs := templ.Attributes{"dir": "auto"}
	if p.Lang != "" {
		attrs["lang"] = p.Lang
	}
	return attrs
}

// PostCard shows a post in a list; its title is an h2 that leads to the post.
func PostCard(t *locale.Printer, now time.Time, p Post) templ.Component {
	s := newSource(t, now, "card")
	s.text(p.ID, p.URL, p.Title, p.EditsURL, p.Lang, p.Audience.Kind, p.Audience.Words, p.Audience.URL)
	s.person(p.Author)
	s.link(p.Space)
	s.when(p.At)
	s.when(p.Edited)
	s.when(p.Latest)
	s.component(p.Body)
	s.gallery(p.Gallery)
	s.reactions(p.Reactions)
	s.save(p.Save)
	s.number(p.Replies)
	s.notice(p.Notice)
	s.flag(p.Clamp, p.Pinned, p.Unread, p.InThread)
	s.signs(p.Signs)
	s.actions(p.Menu)
	return piece(s, func() templ.Component { return postCard(t, now, p) }, func() templ.Component {
		if p.Reactions.FormKey != "" {
			p.Reactions.FormKey = keyMark
		}
		if p.Save.FormKey != "" {
			p.Save.FormKey = keyMark
		}
		p.Menu, p.Notice.Actions = keyed(p.Menu, keyMark), keyed(p.Notice.Actions, keyMark)
		return postCard(t, now, p)
	})
}
