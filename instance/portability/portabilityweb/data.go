package portabilityweb

import (
	"time"

	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/portability"
	"github.com/opengather/opengather/instance/signin/signinweb"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"

	"github.com/a-h/templ"
)

// dataView is what is kept about the viewer.
type dataView struct {
	portability.Kept
	// Active says that she is a member; who waits or leaves has other ways.
	Active bool
}

func (h *Handler) data(r *web.Request) error {
	kept, err := h.Portability.Kept(r.Ctx(), r.Actor)
	if err != nil {
		return err
	}
	return r.Show(dataPage(settings(r, r.Page(""), "portability.data"), dataView{kept, r.Viewer.State == "active"}))
}

// kind of things that are kept: how many, in words, with who sees them and for
// how long.
func (v dataView) kinds(t *locale.Printer) []look.Detail {
	count := func(key string, n int) look.Detail {
		return look.Detail{Name: t.Text("portability.kept_" + key), Value: keptLine(t.Text("portability.count", locale.N("count", n)), t.Text("portability.kept_"+key+"_who"))}
	}
	name := t.Apart(v.Name) + " · " + t.Apart("@"+v.Handle)
	for _, former := range v.Former {
		name += " · " + t.Apart("@"+former)
	}
	all := []look.Detail{
		{Name: t.Text("portability.kept_name"), Value: keptLine(name, t.Text("portability.kept_name_who"))},
		count("fields", v.Fields), count("lists", v.Lists), count("spaces", v.Spaces),
		count("posts", v.Posts), count("replies", v.Replies), count("versions", v.FormerWords), count("pages", v.Pages), count("photos", v.Photos), count("reactions", v.Reactions),
		count("invitations", v.Invitations), count("sessions", v.Sessions), count("passkeys", v.Passkeys), count("codes", v.RecoveryCodes), count("feeds", v.Feeds), count("votes", v.Votes), count("saved", v.Saved), count("drafts", v.Drafts),
	}
	if v.HasPassword {
		all = append(all, look.Detail{Name: t.Text("portability.kept_password"), Value: keptLine(t.Text("portability.kept_password_form"), t.Text("portability.kept_password_who"))})
	}
	return all
}

// postsView is the form for taking back much at once.
type postsView struct {
	Space, From, Until string
	Spaces             []look.Option
	// Counted says that Count posts fit what was chosen.
	Counted  bool
	Count    int
	Problems []look.Problem
}

// choosePosts asks which, and when that is said how many they are.
func (h *Handler) choosePosts(r *web.Request) error {
	v, err := h.postsView(r)
	if err != nil {
		return err
	}
	page := settings(r, r.Page(""), "portability.posts")
	if r.QueryParam("choose") == "" {
		return r.Show(postsPage(page, v))
	}
	chosen, problems := v.chosen(r)
	if v.Problems = problems; len(problems) > 0 {
		return r.Answer(422, postsPage(page, v))
	}
	v.Counted = true
	if v.Count, err = h.Portability.CountPosts(r.Ctx(), r.Actor, chosen); err != nil {
		return err
	}
	return r.Show(postsPage(page, v))
}

func (h *Handler) postsView(r *web.Request) (postsView, error) {
	v := postsView{Space: r.Value("space"), From: r.Value("from"), Until: r.Value("until")}
	v.Spaces = []look.Option{{Value: "", Label: r.Text.Text("portability.posts_anywhere")}}
	mine, err := h.Spaces.Mine(r.Ctx(), r.Actor)
	for _, s := range mine {
		v.Spaces = append(v.Spaces, look.Option{Value: s.ID, Label: s.Name})
	}
	return v, err
}

// chosen reads the form. Days are those of the viewer's time zone, and the last
// one counts.
func (v postsView) chosen(r *web.Request) (c portability.Chosen, problems []look.Problem) {
	c.Space = v.Space
	zone := r.Community.Location()
	if r.Viewer.Zone != "" {
		if z, err := time.LoadLocation(r.Viewer.Zone); err == nil {
			zone = z
		}
	}
	read := func(name, typed string) time.Time {
		if typed == "" {
			return time.Time{}
		}
		t, err := time.ParseInLocation(time.DateOnly, typed, zone)
		if err != nil {
			problems = append(problems, look.Problem{Field: name, Text: r.Text.Text("portability.date_form")})
		}
		return t
	}
	c.From = read("from", v.From)
	if c.Until = read("until", v.Until); !c.Until.IsZero() {
		c.Until = c.Until.AddDate(0, 0, 1)
	}
	return c, problems
}

func (h *Handler) erasePosts(r *web.Request) error {
	v, err := h.postsView(r)
	if err != nil {
		return err
	}
	chosen, problems := v.chosen(r)
	if v.Problems = problems; len(problems) > 0 {
		return r.Answer(422, postsPage(settings(r, r.Page(""), "portability.posts"), v))
	}
	if _, err := h.Portability.ErasePosts(r.Ctx(), r.Actor, chosen); err != nil {
		return err
	}
	return r.Say(dataPath, "said.posts_erased")
}

// leaveView is the page of leaving for good.
type leaveView struct {
	Kept  portability.Kept
	Words string // "keep" or "erase"
	Asked signinweb.Asked
}

func again(r *web.Request, err error, key string, form func(look.Page, []look.Problem) templ.Component) error {
	return r.Again(err, func(p look.Page, problems []look.Problem) templ.Component {
		return form(settings(r, p, key), problems)
	})
}
