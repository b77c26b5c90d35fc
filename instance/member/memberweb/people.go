package memberweb

import (
	"net/url"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// directoryView is a page of the people here.
type directoryView struct {
	member.Directory
	Query string
	// Found are people whose fields have the words, beside those whose name has.
	Found []member.Person
	// Requests counts who waits for the viewer's answer.
	Requests           int
	MayInvite, MaySave bool
	Pager              look.Pager
}

func (h *Handler) directory(r *web.Request) error {
	v := directoryView{Query: r.Value("q"), MayInvite: r.Community.Has(community.Invitations) && r.Viewer.Role != access.Guest}
	var err error
	if v.Directory, err = h.Members.Directory(r.Ctx(), r.Actor, v.Query, r.PageAsked("page")); err != nil {
		return err
	}
	if v.Query != "" && v.Page == 1 {
		if v.Found, err = h.found(r, v); err != nil {
			return err
		}
	}
	if v.Requests, err = h.Joining.Waiting(r.Ctx(), r.Actor); err != nil {
		return err
	}
	v.Pager = r.Pager(look.NavPeople+"?"+url.Values{"q": {v.Query}}.Encode(), "page", v.Page, v.Pages)
	p := r.Page(r.Text.Text("member.people"))
	p.Nav = look.NavPeople
	return r.Show(directoryPage(p, v))
}

// mostFound is how many people are found by their fields: who looks for more
// adds a word.
const mostFound = 20

// found are those whose fields have the words of the query, less those whom the
// page shows already.
func (h *Handler) found(r *web.Request, v directoryView) (more []member.Person, err error) {
	all, err := h.Members.Search(r.Ctx(), r.Actor, v.Query, mostFound)
	if err != nil {
		return nil, err
	}
	here := map[string]bool{}
	for _, p := range v.People {
		here[p.ID] = true
	}
	for _, p := range all {
		if !here[p.ID] {
			more = append(more, p)
		}
	}
	return more, nil
}

// profileView is somebody's page.
type profileView struct {
	member.Profile
	Role string
	// Readers says of each field who sees it, to the one whose it is.
	Readers map[member.Field]string
	// Menu holds what owners and moderators may do about her.
	Menu []look.Action
}

func (h *Handler) profile(r *web.Request) error {
	handle := r.Param("handle")
	p, err := h.Members.Profile(r.Ctx(), r.Actor, handle)
	if err != nil {
		return err
	}
	if p.Handle != handle {
		return r.Redirect(301, "/@"+p.Handle)
	}
	page := r.Page(p.Name)
	page.Nav = look.NavPeople
	v := profileView{Profile: p, Role: roleWord(r.Text, p.Role), Menu: menu(r, p)}
	if p.Mine {
		page.Nav = look.NavYou
		if v.Readers, err = h.readers(r); err != nil {
			return err
		}
	}
	return r.Show(profilePage(page, v))
}

// menu is what the viewer may do about somebody. The operations ask again.
func menu(r *web.Request, p member.Profile) (all []look.Action) {
	st := access.Standing{Actor: r.Actor, State: r.Viewer.State, Role: r.Viewer.Role}
	at := "/people/" + p.Handle
	if st.May(access.ChangeRoles) { // an owner's own too: she may step down
		all = append(all, look.Action{Label: r.Text.Text("member.role_change"), URL: at + "/role", Icon: "shield"})
	}
	if st.May(access.RemoveMembers) && !p.Mine && member.Above(r.Viewer.Role, p.Role) {
		all = append(all, look.Action{Label: r.Text.Text("member.remove"), URL: at + "/remove", Icon: "door-open", Kind: look.Danger})
	}
	return all
}

// somebody is the member with the handle in the address, under her handle of
// today.
func (h *Handler) somebody(r *web.Request) (member.Profile, error) {
	p, err := h.Members.Profile(r.Ctx(), r.Actor, r.Param("handle"))
	if err == nil && p.Handle != r.Param("handle") {
		err = fault.Missing()
	}
	return p, err
}
