package memberweb

import (
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// youView is the viewer's own page: the way to everything that is hers.
type youView struct {
	Person look.Person
	// Offer is of an owner who asks the viewer to be one too.
	Offer   member.Offer
	Offered bool
	Mine    []entry
	Care    []entry
}

// entry is a line of the menu.
type entry struct {
	look.Link
	Icon, Hint string
	Count      int
}

func (h *Handler) you(r *web.Request) error {
	v := youView{Person: look.Person{Name: r.Viewer.Name, Handle: r.Viewer.Handle, URL: "/@" + r.Viewer.Handle, Role: roleWord(r.Text, r.Viewer.Role)}}
	var err error
	if v.Offer, v.Offered, err = h.Members.Offered(r.Ctx(), r.Actor, r.Actor.ID()); err != nil {
		return err
	}
	waiting, err := h.Joining.Waiting(r.Ctx(), r.Actor)
	if err != nil {
		return err
	}
	v.Mine, v.Care = mine(r), care(r, waiting)
	p := r.Page(r.Text.Text("member.you"))
	p.Nav = look.NavYou
	return r.Show(youPage(p, v))
}

func line(r *web.Request, key, url, icon string) entry {
	return entry{Link: look.Link{Label: r.Text.Text("member.menu_" + key), URL: url}, Icon: icon, Hint: r.Text.Text("member.menu_" + key + "_hint")}
}

func mine(r *web.Request) []entry {
	all := []entry{
		line(r, "profile", "/settings/profile", "user"),
		line(r, "saved", "/saved", "bookmark"),
		line(r, "drafts", "/drafts", "file-text"),
		line(r, "lists", "/settings/lists", "users"),
		line(r, "account", "/settings/account", "settings"),
		line(r, "security", "/settings/security", "key-round"),
		line(r, "appearance", "/settings/appearance", "sun"),
		line(r, "data", "/settings/data", "archive"),
	}
	if r.Community.Has(community.Feeds) {
		all = append(all, line(r, "feeds", "/settings/feeds", "link"))
	}
	if r.Community.Has(community.Invitations) && r.Viewer.Role != access.Guest {
		all = append(all, line(r, "invitations", "/invitations", "mail"))
	}
	return all
}

// care is what somebody who looks after the community finds here too.
func care(r *web.Request, waiting int) (all []entry) {
	st := access.Standing{Actor: r.Actor, State: r.Viewer.State, Role: r.Viewer.Role}
	if st.May(access.DecideRequests) {
		e := line(r, "requests", "/requests", "door-open")
		e.Count = waiting
		all = append(all, e)
	}
	if st.May(access.ChangeCommunity) {
		all = append(all, line(r, "community", "/community", "house"))
	}
	return all
}
