// Package pollweb shows polls: the fields in which one is put, the form in which
// people vote, and what came of it.
package pollweb

import (
	"embed"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// Messages are the words of these parts of pages.
//
//go:embed messages/*.json
var Messages embed.FS

// fewOptions is how many fields for options are offered at first, and how many more
// by a button.
const fewOptions = 4

// Sent is what the fields of a poll were sent with.
type Sent struct {
	// Typed is all of it, Most and Quorum what was typed for the numbers.
	Typed        poll.Draft
	Most, Quorum string
	// Again says that a button of it was pressed: the form is to be shown once more.
	Again bool
	// Refused is what is no number.
	Refused error
}

// Draft is the poll to be put; nil where no option was typed.
func (s Sent) Draft() *poll.Draft {
	if !slices.ContainsFunc(s.Typed.Options, func(o string) bool { return strings.TrimSpace(o) != "" }) {
		return nil
	}
	return &s.Typed
}

// Begun is what the fields begin with.
func Begun() Sent {
	return Sent{Typed: poll.Draft{Method: poll.Single, Length: poll.Usual, Options: make([]string, fewOptions)}}
}

// Read reads the fields of a poll.
func Read(r *web.Request) Sent {
	s := Begun()
	if !r.Community.Has(community.Polls) {
		return s
	}
	s.Typed.Options = nil
	for i := range poll.MaxOptions {
		s.Typed.Options = append(s.Typed.Options, r.FormValue(poll.OptionField(i)))
	}
	for n := len(s.Typed.Options); n > fewOptions && s.Typed.Options[n-1] == ""; n-- {
		s.Typed.Options = s.Typed.Options[:n-1]
	}
	if m := r.Value("method"); m != "" {
		s.Typed.Method = poll.Method(m)
	}
	s.Typed.Secret = r.Value("secret") == "yes"
	if hours := r.Value("length"); hours != "" {
		n, err := strconv.Atoi(hours)
		if err != nil {
			s.Refused = fault.New(fault.Invalid, "fault.bad_request")
		}
		s.Typed.Length = time.Duration(n) * time.Hour
	}
	s.Most, s.Quorum = r.Value("most"), r.Value("quorum")
	s.Typed.Most = s.number(s.Most, "most", "poll.most_range", poll.MaxOptions)
	s.Typed.Quorum = s.number(s.Quorum, "quorum", "poll.quorum_range", poll.MaxQuorum)
	s.press(r)
	return s
}

func (s *Sent) number(typed, field, word string, most int) int {
	if typed == "" {
		return 0
	}
	n, err := strconv.Atoi(typed)
	if err != nil || n < 0 || n > most {
		s.Refused = fault.Bad(field, word).With("max", most)
	}
	return n
}

// press does what a button of the fields is for.
func (s *Sent) press(r *web.Request) {
	switch r.Value(look.DoField) {
	case "options":
		s.Again = true
		more := min(poll.MaxOptions-len(s.Typed.Options), fewOptions)
		s.Typed.Options = append(s.Typed.Options, make([]string, more)...)
	case "consent":
		s.Again = true
		s.Typed.Method = poll.Single
		s.Typed.Options = make([]string, fewOptions)
		for i, word := range []string{"poll.consent_agree", "poll.consent_aside", "poll.consent_object"} {
			s.Typed.Options[i] = r.Text.Text(word)
		}
	}
}

// Fields are those of a poll for a form, nil where polls are switched off. secret
// says that polls can be secret here.
func Fields(r *web.Request, s Sent, secret bool) *Editor {
	if !r.Community.Has(community.Polls) {
		return nil
	}
	return &Editor{t: r.Text, sent: s, secret: secret}
}

// Editor is where a poll is put.
type Editor struct {
	t        *locale.Printer
	sent     Sent
	secret   bool
	problems []look.Problem
}

// Mark says beside its fields what is wrong with them.
func (e *Editor) Mark(problems []look.Problem) { e.problems = append(e.problems, problems...) }

// Component draws the fields.
func (e *Editor) Component() templ.Component { return editor(e) }

// unfolded says that something was typed in, or is wrong with it.
func (e *Editor) unfolded() bool {
	return e.sent.Again || e.sent.Draft() != nil || e.sent.Refused != nil
}

func (e *Editor) field(name, label, value string) look.Field {
	return look.Field{Name: name, Label: label, Value: value, Optional: true, Error: look.ProblemOf(e.problems, name)}
}

func (e *Editor) option(i int) look.Field {
	f := e.field(poll.OptionField(i), e.t.Text("poll.option", locale.N("n", i+1)), e.sent.Typed.Options[i])
	f.MaxLength = poll.MaxOption
	return f
}

func (e *Editor) count(name, typed string, most int) look.Field {
	f := e.field(name, e.t.Text("poll."+name), typed)
	f.Type, f.Hint = "number", e.t.Text("poll."+name+"_hint")
	f.Attrs = templ.Attributes{"min": "0", "max": strconv.Itoa(most), "inputmode": "numeric"}
	return f
}

func (e *Editor) methods() (all []look.Option) {
	for _, m := range poll.Methods {
		all = append(all, look.Option{Value: string(m), Label: e.t.Text("poll.method_" + string(m))})
	}
	return all
}

func (e *Editor) lengths() (all []look.Option) {
	for _, l := range poll.Lengths {
		hours := strconv.Itoa(int(l.Hours()))
		all = append(all, look.Option{Value: hours, Label: e.t.Text("poll.length_" + hours)})
	}
	return all
}

// modes are who sees who chose what.
func (e *Editor) modes() []look.Option {
	all := []look.Option{{Value: "no", Label: e.t.Text("poll.named"), Hint: e.t.Text("poll.named_hint")}}
	if e.secret {
		all = append(all, look.Option{Value: "yes", Label: e.t.Text("poll.secret"), Hint: e.t.Text("poll.secret_hint")})
	}
	return all
}

func (e *Editor) mode() string {
	if e.sent.Typed.Secret {
		return "yes"
	}
	return "no"
}

// Vote reads what somebody chose in a poll.
func Vote(r *web.Request, p poll.Poll) (poll.Vote, error) {
	if p.Method == poll.Ranked {
		return inOrder(Places(r, p))
	}
	form, err := r.FormParams()
	if err != nil {
		return nil, fault.New(fault.Invalid, "fault.bad_request").Because(err)
	}
	v := poll.Vote{}
	for _, x := range form["choice"] {
		place, err := strconv.Atoi(x)
		if err != nil || len(v) > poll.MaxOptions {
			return nil, fault.New(fault.Invalid, "fault.bad_request")
		}
		v = append(v, place)
	}
	return v, nil
}

// Sign says of a poll in a list that there is one.
func Sign(t *locale.Printer, now time.Time, b poll.Brief) look.Sign {
	if b.Running(now) {
		return look.Sign{Icon: "check", Words: t.Text("poll.sign_open", locale.S("until", t.DateTime(b.ClosesAt)))}
	}
	return look.Sign{Icon: "check", Words: t.Text("poll.sign_ended")}
}
