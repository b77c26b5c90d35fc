package setupweb

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/joining/joiningweb"
	"github.com/opengather/opengather/instance/setup"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
)

// firstInvitation is how long the invitation on the last page can be used.
const firstInvitation = 14 * 24 * time.Hour

// summary is what finishing will make.
type summary struct {
	*community.Community
	Spaces []space.Draft
}

func (h *Handler) people(r *web.Request) error {
	c, err := h.settingUp(r)
	if err != nil {
		return err
	}
	p, _ := community.PresetNamed(c.Preset)
	s := summary{Community: c}
	for _, o := range p.Spaces {
		s.Spaces = append(s.Spaces, setup.Draft(o, p.In(c.Language()).Spaces[o.Key], c.Face))
	}
	return r.Show(peoplePage(r.Page(r.Text.Text("setup.people")), s))
}

// opened is what the owner gets when the community opens. Codes and Fresh are
// shown this once; they are empty when the page is loaded again.
type opened struct {
	Codes []string
	Fresh joiningweb.Fresh
	// Invites says that invitations are switched on, Failed that the first one
	// could not be made.
	Invites, Failed bool
}

func (h *Handler) finish(r *web.Request) error {
	codes, err := h.Setup.Finish(r.Ctx(), r.Actor, r.Key())
	if web.Done(err) != nil {
		return err
	}
	// The request was read before the community opened.
	if r.Community, err = h.Communities.Read(r.Ctx()); err != nil {
		return err
	}
	o := opened{Codes: codes, Invites: r.Community.Has(community.Invitations)}
	if o.Invites && r.Value("invite") != "" {
		// The community is open by now, and the codes are shown this once: what
		// comes of the invitation does not keep them back. The page says so.
		o.Fresh, err = h.invite(r)
		o.Failed = err != nil
	}
	return r.ShowOnce(openedPage(r.Page(r.Text.Text("setup.opened")), o))
}

// invite makes the first invitation, for as many as the owner gives it to.
func (h *Handler) invite(r *web.Request) (joiningweb.Fresh, error) {
	p, _ := community.PresetNamed(r.Community.Preset)
	d := joining.Draft{Role: access.FullRole, Lasts: firstInvitation, Approval: p.Approval, Question: r.Community.Question, Note: r.Text.Text("setup.invitation_note")}
	made, err := h.Joining.Invite(r.Ctx(), r.Actor, r.Key(), d)
	if errors.Is(err, database.ErrRepeated) {
		return joiningweb.Fresh{}, nil
	}
	if err != nil {
		return joiningweb.Fresh{}, fmt.Errorf("make the first invitation: %w", err)
	}
	link := r.Origin() + "/invite/" + made.Token
	code, err := joining.QR(link, r.Text.Text("setup.invitation_code"))
	if err != nil {
		return joiningweb.Fresh{}, fmt.Errorf("draw the first invitation: %w", err)
	}
	days := locale.N("days", int(firstInvitation/(24*time.Hour)))
	words := r.Text.Text("setup.invitation_text", days)
	if d.Approval {
		words = r.Text.Text("setup.invitation_looked", days)
	}
	return joiningweb.Fresh{Community: r.Community.Name, Link: link, Code: code, Waits: d.Approval, Words: words}, nil
}

func joined(codes []string) string { return strings.Join(codes, " ") }
