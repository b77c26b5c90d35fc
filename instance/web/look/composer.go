package look

import (
	"time"

	"github.com/a-h/templ"

	"github.com/opengather/opengather/instance/internal/locale"
)

// Composer is the form in which somebody writes a post or a reply.
type Composer struct {
	// URL is where it is sent, Key its one-time key.
	URL, Key string
	Author   Person
	// Label names the text field, such as "What would you like to say?".
	Label string
	// Body and BodyError belong to the field "body".
	Body, BodyError string
	// Title is the field "title"; nil leaves it out.
	Title *Field
	// Spaces lets the writer choose where it goes, as field "space"; empty
	// where that is settled. The Hint of each says who will be able to read it.
	Spaces []Option
	Space  string
	// Audience says who will be able to read this. Always set it. Where there is
	// a choice of Spaces it is true of all of them; scripts put the words of the
	// chosen one in its place.
	Audience Audience
	// Send is the word on the button: "Post", "Reply".
	Send string
	// Also are further buttons, such as saving a draft.
	Also []Action
	// Draft keeps what is typed until it was sent; nil keeps nothing.
	Draft *Draft
	// Rows is the height of the text field before it grows; 0 means 6.
	Rows int
	// Uploads lets the writer add photos; nil where none can be added.
	Uploads *Uploads
	// Seen is shown above the form; nil before somebody has looked.
	Seen *Seen
	// PeopleURL is where scripts ask whom a name that is being typed may mean.
	PeopleURL string
	// Extra are further fields: options.
	Extra []templ.Component
}

// Draft is what of a form's words is kept already, and how.
type Draft struct {
	// Version is that of the draft that the form goes on with; empty without.
	Version string
	// KeptAt is when that was kept, and DropURL throws it away.
	KeptAt  time.Time
	DropURL string
	// Unkept says that what the form has may not be kept yet: it was sent and came back.
	Unkept bool
	// OthersURL leads to others for the same place; empty without.
	OthersURL string
}

// state tells the script whether there is something to keep.
func (d Draft) state() string {
	if d.Unkept {
		return "unkept"
	}
	return ""
}

// The Values of what keeps a draft, named DoField: the button KeepDraft, and a
// script KeepTyped. VersionField says which draft the form goes on with.
const (
	KeepDraft    = "draft"
	KeepTyped    = "keep"
	VersionField = "draft"
)

// LookFirst is the Value of the button, named DoField, that asks for the form
// again with what is written as it will look.
const LookFirst = "look"

// seenID is the id of that.
const seenID = "seen"

func (c Composer) bodyField() Field {
	rows := c.Rows
	if rows == 0 {
		rows = 6
	}
	some := c.Uploads != nil // photos alone are a post
	return Field{Name: "body", Label: c.Label, Value: c.Body, Error: c.BodyError, Rows: rows, Attrs: templ.Attributes{"required": !some}}
}

// words say who will be able to read this. They stand for a choice as long as
// nobody knows it; scripts that do put its words for the braces.
func (c Composer) words(t *locale.Printer) string {
	return t.Text("look.will_read", locale.S("audience", c.Audience.Words))
}

func (c Composer) following(t *locale.Printer) templ.Attributes {
	if len(c.Spaces) == 0 {
		return nil
	}
	return templ.Attributes{"data-readers": t.Text("look.will_read", locale.S("audience", "{}")), "aria-live": "polite"}
}

func (c Composer) spaceField(label string) Field {
	return Field{Name: "space", Label: label, Value: c.Space}
}
