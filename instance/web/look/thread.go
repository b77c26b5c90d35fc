package look

import (
	"time"

	"github.com/a-h/templ"

	"github.com/opengather/opengather/instance/internal/locale"
)

// Reply is an answer to a post or to another reply.
type Reply struct {
	// ID becomes the id of the reply in the page, for links to it.
	ID     string
	URL    string
	Author Person
	At     time.Time
	Edited time.Time
	// Body is HTML that has been made safe, as templ.Raw.
	Body      templ.Component
	Gallery   Gallery
	Preview   Preview
	Reactions Reactions
	Save      Save
	// ReplyURL leads to the form for an answer to this; empty where the viewer
	// may not answer.
	ReplyURL string
	// QuoteURL leads to the form for an answer with words of this in it.
	QuoteURL string
	// Signs are what else there is to know of it at a glance.
	Signs []Sign
	// Notice is said instead of the body: withdrawn, hidden by a moderator.
	Notice Notice
	Unread bool
	Menu   []Action
	// Replies are the answers to this one, oldest first.
	Replies []Reply
	// Collapsed hides Replies behind their number until somebody opens them.
	Collapsed bool
}

// ThreadID is the id of the list of replies in a page.
const ThreadID = "thread"

// PartID is the id in a page of a part that is drawn anew by itself.
func PartID(name string) string { return "part-" + name }

// Live is what a page that shows what is new by itself says to the script.
type Live struct {
	// Page is its address as streams know it, State what it shows.
	Page, State string
	// Parts is where its parts are asked for; empty for Home.
	Parts string
}

// answer is a reply with the one it answers, if that has to be said.
type answer struct {
	*Reply
	to *Reply
}

// flat lists all that hangs below a reply in order of reading: a thread shows
// two levels, and what lies deeper says whom it answers.
func flat(parent *Reply, deep bool) []answer {
	var answers []answer
	for i := range parent.Replies {
		child := &parent.Replies[i]
		a := answer{Reply: child}
		if deep {
			a.to = parent
		}
		answers = append(answers, a)
		answers = append(answers, flat(child, true)...)
	}
	return answers
}

// keptReply is a reply as it was drawn before from the same, or newly.
func keptReply(t *locale.Printer, now time.Time, a *answer) templ.Component {
	s := newSource(t, now, "reply")
	s.text(a.ID, a.URL, a.ReplyURL, a.QuoteURL)
	s.person(a.Author)
	s.when(a.At)
	s.when(a.Edited)
	s.component(a.Body)
	s.gallery(a.Gallery)
	s.preview(a.Preview)
	s.reactions(a.Reactions)
	s.save(a.Save)
	s.signs(a.Signs)
	s.notice(a.Notice)
	s.flag(a.Unread, a.to == nil)
	s.actions(a.Menu)
	if a.to != nil {
		s.text(a.to.ID, a.to.Author.Name)
	}
	return piece(s, func() templ.Component { return reply(t, now, a) }, func() templ.Component {
		said := *a.Reply
		marked := answer{&said, a.to}
		if marked.Reactions.FormKey != "" {
			marked.Reactions.FormKey = keyMark
		}
		if marked.Save.FormKey != "" {
			marked.Save.FormKey = keyMark
		}
		marked.Menu, marked.Notice.Actions = keyed(a.Menu, keyMark), keyed(a.Notice.Actions, keyMark)
		return reply(t, now, &marked)
	})
}
