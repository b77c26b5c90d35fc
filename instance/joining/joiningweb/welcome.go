package joiningweb

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/space/spaceweb"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

const (
	welcomePath = "/welcome"
	// spacesGreeted is how many spaces the page lists before it leads to all.
	spacesGreeted = 8
	// rulesWhole is how long rules are shown whole, in characters.
	rulesWhole = 1500
)

// step is something a newcomer may want to do first.
type step struct {
	look.Link
	Icon, Hint string
	Done       bool
}

// welcomeView is the page that greets newcomers.
type welcomeView struct {
	// Words and Rules are the community's, made safe; nil if there are none.
	Words, Rules templ.Component
	// Long says that the rules are shortened here.
	Long  bool
	Steps []step
	// Spaces are those she may know of, nil if there are none; More says that
	// there are others.
	Spaces templ.Component
	More   bool
	Carers []look.Person
	// MayWrite says that she can write what is missing, Alone that nobody but
	// herself looks after the community.
	MayWrite, Alone bool
}

func (h *Handler) welcome(r *web.Request) error {
	p := r.Page(r.Text.Text("joining.welcome_title", locale.S("community", r.Community.Name)))
	st := access.Standing{Actor: r.Actor, State: r.Viewer.State, Role: r.Viewer.Role}
	v := welcomeView{
		Words: prose(r.Community.Welcome), Rules: prose(r.Community.Rules), Long: len([]rune(r.Community.Rules)) > rulesWhole,
		MayWrite: st.May(access.ChangeCommunity),
	}
	all, err := h.Spaces.List(r.Ctx(), r.Actor)
	if err != nil {
		return fmt.Errorf("list spaces for a newcomer: %w", err)
	}
	if v.Steps, err = h.steps(r, all); err != nil {
		return err
	}
	if len(all) > 0 {
		toJoin(all)
		v.More = len(all) > spacesGreeted
		v.Spaces = spaceweb.Rows(r, p.FormKey, welcomePath+"#spaces", all[:min(len(all), spacesGreeted)])
	}
	v.Carers, v.Alone, err = h.carers(r)
	if err != nil {
		return err
	}
	return r.Show(welcomePage(p, v))
}

// joinable reports whether somebody may come into a space, or ask to.
func joinable(l space.Listed) bool {
	return l.In == "" && (l.Standing.May(access.JoinSpace) || l.Standing.May(access.AskForSpace))
}

// toJoin puts spaces that somebody is not in yet before hers.
func toJoin(all []space.Listed) {
	slices.SortStableFunc(all, func(a, b space.Listed) int {
		switch {
		case joinable(a) == joinable(b):
			return 0
		case joinable(a):
			return -1
		}
		return 1
	})
}

// steps are what there is to do first: of each only what she may do.
func (h *Handler) steps(r *web.Request, all []space.Listed) (steps []step, err error) {
	// Where newcomers are put is not where she went.
	in := slices.ContainsFunc(all, func(l space.Listed) bool { return l.In != "" && !l.Arrivals })
	if slices.ContainsFunc(all, joinable) {
		steps = append(steps, firstStep(r.Text, "spaces", "#spaces", "layers", in))
	}
	writable, err := h.Spaces.Writable(r.Ctx(), r.Actor)
	if err != nil {
		return nil, err
	}
	if len(writable) > 0 {
		spoken, err := h.Posts.Spoken(r.Ctx(), r.Actor)
		if err != nil {
			return nil, err
		}
		hello := firstStep(r.Text, "hello", look.NavWrite, "message-circle", spoken)
		if len(writable) == 1 {
			hello.URL += "?space=" + url.QueryEscape(writable[0].ID)
			hello.Label = r.Text.Text("joining.step_hello_in", locale.S("space", writable[0].Name))
		}
		steps = append(steps, hello)
	}
	own, err := h.Members.Own(r.Ctx(), r.Actor)
	if err != nil {
		return nil, err
	}
	described := slices.ContainsFunc(own, func(e member.Entry) bool { return e.Value != "" })
	return append(steps, firstStep(r.Text, "profile", "/settings/profile", "user", described)), nil
}

func firstStep(t *locale.Printer, key, path, icon string, done bool) step {
	s := step{Link: look.Link{Label: t.Text("joining.step_" + key), URL: path}, Icon: icon, Hint: t.Text("joining.step_" + key + "_hint"), Done: done}
	if done {
		s.Icon = "circle-check"
	}
	return s
}

// carers are whom she can ask: who looks after the community, or for a guest,
// who knows little more of it than her spaces, who looks after those.
func (h *Handler) carers(r *web.Request) (people []look.Person, alone bool, err error) {
	if r.Viewer.Role == access.Guest {
		people, err = h.hosts(r)
		return people, false, err
	}
	all, err := h.Communities.Carers(r.Ctx(), r.Actor)
	if err != nil {
		return nil, false, err
	}
	for _, c := range all {
		if c.ID == r.Viewer.ID {
			alone = len(all) == 1
			continue
		}
		role := r.Text.Text("web.role_moderator")
		if c.Role == access.Owner {
			role = r.Text.Text("web.role_owner")
		}
		people = append(people, look.Person{Name: c.Name, Handle: c.Handle, URL: "/@" + c.Handle, Role: role})
	}
	return people, alone, nil
}

// hosts are who looks after the viewer's spaces.
func (h *Handler) hosts(r *web.Request) (people []look.Person, err error) {
	all, err := h.Joining.Hosts(r.Ctx(), r.Actor)
	if err != nil {
		return nil, err
	}
	for _, x := range all {
		people = append(people, look.Person{
			Name: x.Name, Handle: x.Handle, URL: "/@" + x.Handle, Role: r.Text.Text("joining.host_of", locale.S("space", x.Space)),
		})
	}
	return people, nil
}
