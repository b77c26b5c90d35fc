package postweb

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// draftsView is what the page shows of what somebody began to write.
type draftsView struct {
	Drafts []draft
	Pager  look.Pager
}

// draft is one of them.
type draft struct {
	ID, Title string
	// First are its first words, Rest says that there are more than those in Body.
	First, Body string
	Rest        bool
	Where       string
	KeptAt      time.Time
	// GoOn is empty where it leads nowhere.
	GoOn string
	Drop look.Action
}

// keeps reports whether what is written is to be kept and not to be said.
func keeps(r *web.Request) bool {
	return r.Value(look.DoField) == look.KeepDraft || r.Value(look.DoField) == look.KeepTyped
}

// keep keeps a draft if the form asks for that, and reports whether it has answered.
// A form that was sent leads back to itself; a script is told.
func (h *Handler) keep(r *web.Request, u post.Unsent, back string) (answered bool, err error) {
	if !keeps(r) {
		return false, nil
	}
	u.Version = r.Value(look.VersionField)
	kept, err := h.Posts.KeepDraft(r.Ctx(), r.Actor, r.Key(), u)
	if r.Value(look.DoField) == look.KeepTyped {
		if err != nil {
			return true, r.Tell(err, look.DraftRefused)
		}
		return true, r.ShowOnce(look.DraftKept(r.Text, shownDraft(kept)))
	}
	form, _ := r.FormParams() // it was read before
	switch {
	case err != nil:
		return false, err
	case kept.Version == "":
		return true, r.Say(back, "said.draft_none")
	case len(form[look.MediaField])+len(r.Files) > 0 && u.At.Post == "":
		return true, r.Say(back, "said.draft_kept_words")
	}
	return true, r.Say(back, "said.draft_kept")
}

// begun is the draft with which a form for something new goes on: of the space that
// is asked for, else the last one, as far as she can say it there.
func (h *Handler) begun(r *web.Request) (post.Unsent, error) {
	u, err := h.Posts.DraftAt(r.Ctx(), r.Actor, post.Aim{Space: r.Value("space")}, r.Value("draft"))
	if err != nil || u.ID == "" {
		return u, err
	}
	mine, err := h.Spaces.Writable(r.Ctx(), r.Actor)
	if !writes(mine, u.At.Space) {
		return post.Unsent{}, err
	}
	return u, err
}

func writes(mine []space.Mine, id string) bool {
	return slices.ContainsFunc(mine, func(s space.Mine) bool { return s.ID == id })
}

// sentDraft is the draft with which a form that was sent goes on.
func sentDraft(r *web.Request) *look.Draft {
	return &look.Draft{Version: r.Value(look.VersionField), Unkept: r.Request().Method == http.MethodPost}
}

// goesOn is the draft with which a form begins.
func goesOn(u post.Unsent) *look.Draft {
	d := shownDraft(u)
	return &d
}

func shownDraft(u post.Unsent) look.Draft {
	d := look.Draft{Version: u.Version, KeptAt: u.KeptAt}
	if u.Others {
		d.OthersURL = "/drafts"
	}
	if u.ID != "" {
		d.DropURL = "/drafts/" + u.ID + "/drop?back=" + on
	}
	return d
}

// below puts a quote behind what is written already.
func below(written, quote string) string {
	if written == "" || quote == "" {
		return written + quote
	}
	return strings.TrimRight(written, "\n") + "\n\n" + quote
}

func (h *Handler) drafts(r *web.Request) error {
	all, err := h.Posts.Drafts(r.Ctx(), r.Actor)
	if err != nil {
		return err
	}
	mine, err := h.Spaces.Writable(r.Ctx(), r.Actor)
	if err != nil {
		return err
	}
	p := r.Page(r.Text.Text("post.drafts"))
	p.Nav = look.NavYou
	some, pager := web.Cut(r, all, "/drafts", "page")
	v := draftsView{Pager: pager}
	for _, u := range some {
		v.Drafts = append(v.Drafts, viewDraft(r, p.FormKey, u, writes(mine, u.At.Space)))
	}
	return r.Show(draftsPage(p, v))
}

// longestOpening is how much of a draft stands in the list, in characters.
const longestOpening = 140

func viewDraft(r *web.Request, key string, u post.Unsent, writes bool) draft {
	words := strings.Join(strings.Fields(u.Body), " ")
	d := draft{
		ID: u.ID, Title: u.Title, First: words, Body: u.Body, KeptAt: u.KeptAt, Where: r.Text.Text("post.draft_nowhere"),
		Drop: look.Action{Label: r.Text.Text("post.draft_drop"), URL: "/drafts/" + u.ID + "/drop", Post: true, Key: key, Kind: look.Quiet},
	}
	if some := []rune(words); len(some) > longestOpening {
		d.First, d.Rest = strings.TrimSpace(string(some[:longestOpening]))+"…", true
	}
	d.Rest = d.Rest || strings.Contains(strings.TrimSpace(u.Body), "\n")
	switch {
	case u.About != nil && u.At.Post != "":
		d.Where, d.GoOn = r.Text.Text("post.draft_change", locale.S("title", Title(r.Text, *u.About))), "/p/"+u.At.Post+"/edit?draft="+u.ID
	case u.About != nil:
		d.Where, d.GoOn = r.Text.Text("post.draft_reply", locale.S("title", Title(r.Text, *u.About))), "/p/"+u.At.Parent+"?to="+u.At.Parent+"&draft="+u.ID+"#reply"
	case u.SpaceName != "":
		d.Where = r.Text.Text("post.draft_new", locale.S("space", u.SpaceName))
		if writes {
			d.GoOn = "/compose?space=" + u.At.Space + "&draft=" + u.ID
		}
	}
	return d
}

// where is the form in which something was written.
func where(at post.Aim) string {
	switch {
	case at.Post != "":
		return "/p/" + at.Post + "/edit"
	case at.Parent != "":
		return "/p/" + at.Parent + "?to=" + at.Parent + "#reply"
	}
	return "/compose?space=" + at.Space
}

func (h *Handler) dropDraft(r *web.Request) error {
	at, err := h.Posts.DropDraft(r.Ctx(), r.Actor, r.Key(), r.Param("id"))
	if web.Done(err) != nil {
		return err
	}
	back := "/drafts"
	if err == nil && r.Value("back") == on {
		back = where(at)
	}
	return r.Say(back, "said.draft_dropped")
}
