package pollweb

import (
	"time"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/web/look"
)

// Box is a poll on the page of its post.
type Box struct {
	Poll poll.Poll
	Now  time.Time
	// Key is for its forms.
	Key string
	// MayVote and MayEnd say what the reader may do, MayName that she may see who
	// chose what.
	MayVote, MayEnd, MayName bool
	// Chosen is what is ticked; Error is what is wrong with it.
	Chosen poll.Vote
	Error  string
	// Places is what was sent for each option of a poll in order of preference, if
	// that is no vote.
	Places []string
	// Receipt is the code of a ballot that was just cast.
	Receipt string
}

func (b Box) path() string { return "/p/" + b.Poll.Post }

func (b Box) running() bool { return b.Poll.Running(b.Now) }

// votes reports whether the form is shown: in a secret poll a vote is for good.
func (b Box) votes() bool {
	return b.MayVote && b.running() && b.Receipt == "" && !(b.Poll.Secret && b.Poll.Took)
}

// lists reports whether the options are shown without anything beside them.
func (b Box) lists() bool {
	return !b.votes() && (b.Poll.Result == nil || b.Poll.Result.Few)
}

// when says until when it is open, or that it is not.
func (b Box) when(t *locale.Printer) string {
	switch {
	case b.Poll.State == poll.Lost:
		return t.Text("poll.lost")
	case b.running():
		return t.Text("poll.until", locale.S("until", t.DateTime(b.Poll.ClosesAt)))
	}
	return t.Text("poll.ended")
}

// decided says whether as many took part as had to.
func (b Box) decided(t *locale.Printer) string {
	args := []locale.Arg{locale.N("quorum", b.Poll.Quorum), locale.N("voters", b.Poll.Voters)}
	switch {
	case b.Poll.Quorum == 0 || b.Poll.State == poll.Lost:
		return ""
	case b.Poll.State == poll.Open:
		return t.Text("poll.quorum_open", args...)
	case b.Poll.Reached():
		return t.Text("poll.quorum_reached", args...)
	}
	return t.Text("poll.quorum_missed", args...)
}

// ask is what the fields of the form are headed by.
func (b Box) ask(t *locale.Printer) string {
	switch {
	case b.ranked():
		return t.Text("poll.choose_order")
	case b.Poll.Method == poll.Single:
		return t.Text("poll.choose_one")
	case b.Poll.Most < len(b.Poll.Options):
		return t.Text("poll.choose_most", locale.N("max", b.Poll.Most))
	}
	return t.Text("poll.choose_several")
}

func (b Box) kind() string {
	if b.Poll.Method == poll.Single {
		return "radio"
	}
	return "checkbox"
}

func (b Box) group() templ.Attributes {
	attrs := templ.Attributes{"id": look.Field{Name: "choice"}.ID()}
	if b.Error != "" {
		attrs["aria-invalid"], attrs["aria-describedby"] = "true", "choice-error"
	}
	return attrs
}

func (b Box) chosen(place int) bool {
	for _, p := range b.Chosen {
		if p == place {
			return true
		}
	}
	return false
}

// votesFor says how many chose an option, and which part of all that is.
func (b Box) votesFor(t *locale.Printer, place int) string {
	n := b.Poll.Result.Counts[place]
	return t.Text("poll.votes", locale.N("count", n), locale.N("percent", (100*n+b.Poll.Voters/2)/max(b.Poll.Voters, 1)))
}

// ballots are those of a secret poll.
func (b Box) ballots() (rows []look.Row) {
	for _, x := range b.Poll.Result.Ballots {
		rows = append(rows, look.Row{look.Name(x.Code), look.Name(b.Poll.Chosen(x.Vote))})
	}
	return rows
}
