package postweb

import (
	"net/http"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/poll/pollweb"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// pollOf is the poll on the page of a thread, nil without.
func (h *Handler) pollOf(r *web.Request, key string, t post.Thread) (*pollweb.Box, error) {
	if t.Root.Poll == nil || !r.Community.Has(community.Polls) {
		return nil, nil
	}
	p, err := h.Posts.Polls.View(r.Ctx(), r.Actor, t.Root.ID)
	if fault.Is(err, fault.NotFound) {
		return nil, nil // since the thread was read
	}
	st := t.Space.Standing
	return &pollweb.Box{
		Poll: p, Now: r.Now, Key: key, Chosen: p.Mine, MayVote: st.May(access.Vote), MayName: r.SignedIn() && r.Viewer.State == "active",
		MayEnd: st.May(access.EndPoll) || access.Owns(r.Actor, t.Root.Author.ID) && st.May(access.Vote),
	}, err
}

// vote takes a vote: in a named poll to be changed at will, in a secret one for good.
func (h *Handler) vote(r *web.Request) error {
	id := r.Param("id")
	p, err := h.Posts.Polls.View(r.Ctx(), r.Actor, id)
	if err != nil {
		return err
	}
	back := !p.Secret && r.Value(look.DoField) == "back"
	v, err := pollweb.Vote(r, p)
	if err != nil && !back {
		return h.pollAgain(r, err, v)
	}
	if p.Secret {
		receipt, err := h.Posts.Polls.Cast(r.Ctx(), r.Actor, r.Key(), id, v)
		if err != nil {
			return h.pollAgain(r, err, v)
		}
		// No other page and no other address: nothing but this answer has the code.
		page, failed := h.pollPage(r, nil, func(b *pollweb.Box) { b.Receipt = receipt.Code })
		if failed != nil {
			return failed
		}
		return r.ShowOnce(page)
	}
	word := "said.poll_voted"
	if back {
		v, word = poll.Vote{}, "said.poll_taken_back"
	} else if len(v) == 0 {
		return h.pollAgain(r, fault.Bad("choice", "poll.nothing"), v)
	}
	if _, err := h.Posts.Polls.Choose(r.Ctx(), r.Actor, r.Key(), id, v, r.Value("was")); web.Done(err) != nil {
		return h.pollAgain(r, err, v)
	}
	return r.Say("/p/"+id, word)
}

// pollAgain shows a thread with its poll as it stands now, and ticked what was sent.
func (h *Handler) pollAgain(r *web.Request, err error, v poll.Vote) error {
	var failed error
	again := r.Again(err, func(_ look.Page, problems []look.Problem) templ.Component {
		page, err := h.pollPage(r, problems, func(b *pollweb.Box) {
			b.Chosen, b.Places = v, pollweb.Places(r, b.Poll)
			b.Error = look.ProblemOf(problems, "choice")
		})
		failed = err
		return page
	})
	if failed != nil {
		return failed
	}
	return again
}

// pollPage is the page of a thread with its poll changed.
func (h *Handler) pollPage(r *web.Request, problems []look.Problem, change func(*pollweb.Box)) (templ.Component, error) {
	t, err := h.Posts.Thread(r.Ctx(), r.Actor, r.Param("id"), "")
	if err != nil {
		return templ.NopComponent, err
	}
	p := r.Page(Title(r.Text, t.Root))
	v, err := h.viewThread(r, &p, t)
	if err != nil {
		return templ.NopComponent, err
	}
	v.Problems = problems
	if v.Poll != nil {
		change(v.Poll)
	}
	return threadPage(p, v), nil
}

func (h *Handler) endPoll(r *web.Request) error {
	id, err := h.Posts.Polls.End(r.Ctx(), r.Actor, r.Key(), r.Param("id"))
	if web.Done(err) == nil {
		return r.Say("/p/"+id, "said.poll_ended")
	}
	return h.threadAgain(r, err)
}

// votersView is what the page about who chose what shows.
type votersView struct {
	Of      string
	Post    look.Post
	Poll    poll.Poll
	Options []optionVoters
	Pager   look.Pager
}

// optionVoters is an option with those on this page who chose it.
type optionVoters struct {
	Place  int
	Count  int
	People []poll.Chosen
	Others int
}

func (h *Handler) voters(r *web.Request) error {
	p, all, err := h.Posts.Polls.Voters(r.Ctx(), r.Actor, r.Param("id"))
	if err != nil {
		return err
	}
	x, err := h.Posts.One(r.Ctx(), r.Actor, r.Param("id"))
	if err != nil {
		return err
	}
	counts := map[int]int{}
	for _, c := range all {
		counts[c.Place] += max(c.Others, 1)
	}
	v := votersView{Of: said(r.Text, x), Post: view(r, "", x, true), Poll: p}
	some, pager := web.Cut(r, all, x.Path()+"/poll/voters", "page")
	v.Pager = pager
	for _, c := range some {
		if n := len(v.Options); n == 0 || v.Options[n-1].Place != c.Place {
			v.Options = append(v.Options, optionVoters{Place: c.Place, Count: counts[c.Place]})
		}
		last := &v.Options[len(v.Options)-1]
		if c.Others > 0 {
			last.Others = c.Others
		} else {
			last.People = append(last.People, c)
		}
	}
	return r.Show(votersPage(r.Page(r.Text.Text("poll.who")), v))
}

func (h *Handler) resultCSV(r *web.Request) error {
	return h.result(r, "text/csv; charset=utf-8", "csv", poll.File.CSV)
}

func (h *Handler) resultJSON(r *web.Request) error {
	return h.result(r, "application/json", "json", poll.File.JSON)
}

// result sends what came of a poll as a file.
func (h *Handler) result(r *web.Request, kind, ending string, write func(poll.File) ([]byte, error)) error {
	x, err := h.Posts.One(r.Ctx(), r.Actor, r.Param("id"))
	if err != nil {
		return err
	}
	f, err := h.Posts.Polls.Export(r.Ctx(), r.Actor, x.ID, Title(r.Text, x))
	if err != nil {
		return err
	}
	b, err := write(f)
	if err != nil {
		return err
	}
	header := r.Response().Header()
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Disposition", `attachment; filename="poll.`+ending+`"`)
	return r.Blob(http.StatusOK, kind, b)
}
