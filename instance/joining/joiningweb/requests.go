package joiningweb

import (
	"errors"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

func (h *Handler) requests(r *web.Request) error {
	v, err := h.queue(r)
	if err != nil {
		return err
	}
	p := r.Page(r.Text.Text("joining.requests"))
	p.Nav = look.NavPeople
	return r.Show(requestsPage(p, v, ""))
}

// queueView is who waits for an answer, and whose removal can be taken back,
// each with the links to those before and behind.
type queueView struct {
	Requests             []joining.Request
	Removed              []joining.Removed
	Waiting, CanBeCalled look.Pager
}

func (h *Handler) queue(r *web.Request) (v queueView, err error) {
	asking, err := h.Joining.Requests(r.Ctx(), r.Actor)
	if err != nil {
		return v, err
	}
	removed, err := h.Joining.Removed(r.Ctx(), r.Actor)
	if err != nil {
		return v, err
	}
	v.Requests, v.Waiting = web.Cut(r, asking, "/requests", "page")
	v.Removed, v.CanBeCalled = web.Cut(r, removed, "/requests", "removed")
	return v, nil
}

// readmit takes back that somebody was removed.
func (h *Handler) readmit(r *web.Request) error {
	_, err := h.Joining.Readmit(r.Ctx(), r.Actor, r.Key(), r.Param("id"))
	if err != nil && !errors.Is(err, database.ErrRepeated) {
		return err
	}
	return r.Say("/requests", "said.readmitted")
}

func (h *Handler) decide(r *web.Request) error {
	answer := r.Value("answer")
	if answer != "yes" && answer != "no" {
		return fault.New(fault.Invalid, "fault.bad_request")
	}
	_, err := h.Joining.Decide(r.Ctx(), r.Actor, r.Key(), r.Param("id"), answer == "yes")
	if err == nil || errors.Is(err, database.ErrRepeated) {
		if answer == "yes" {
			return r.Say("/requests", "said.request_accepted")
		}
		return r.Say("/requests", "said.request_declined")
	}
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind != fault.Conflict {
		return err
	}
	v, failed := h.queue(r)
	if failed != nil {
		return failed
	}
	return r.Again(err, func(p look.Page, _ []look.Problem) templ.Component {
		p.Title, p.Nav = r.Text.Text("joining.requests"), look.NavPeople
		return requestsPage(p, v, r.Words(f))
	})
}

// asker is somebody who waits, as people are shown. She has no page yet.
func asker(q joining.Request) look.Person { return look.Person{Name: q.Name} }
