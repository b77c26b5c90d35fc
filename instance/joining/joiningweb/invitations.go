package joiningweb

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

const day = 24 * time.Hour

// preset is a kind of invitation that most people want.
type preset struct {
	key, icon string
	uses      int
	lasts     time.Duration
	// careful proposes that somebody agrees to each newcomer.
	careful bool
}

var presets = []preset{
	{key: "one", icon: "user-plus", uses: 1, lasts: 14 * day},
	{key: "group", icon: "users", uses: 50, lasts: 7 * day},
	{key: "board", icon: "pin", lasts: 90 * day, careful: true},
}

func presetNamed(key string) preset {
	for _, p := range presets {
		if p.key == key {
			return p
		}
	}
	return presets[0]
}

// The answers that the form offers; 0 is without limit.
var (
	usesOffered  = []int{1, 5, 10, 50, 200, 0}
	lastsOffered = []int{1, 7, 14, 30, 90, 0} // days
)

func (h *Handler) invitations(r *web.Request) error {
	all, err := h.Joining.Invitations(r.Ctx(), r.Actor)
	if err != nil {
		return err
	}
	p := r.Page(r.Text.Text("joining.invitations"))
	p.Nav = look.NavPeople
	some, pager := web.Cut(r, all, "/invitations", "page")
	return r.Show(invitationsPage(p, some, pager, mayInvite(r, access.Invite, "", "")))
}

// mayInvite asks the one table of rights about the viewer as the page knows
// her; the operation asks again.
func mayInvite(r *web.Request, v access.Verb, visibility, inSpace string) bool {
	st := access.Standing{Actor: r.Actor, State: r.Viewer.State, Role: r.Viewer.Role, Visibility: visibility, InSpace: inSpace}
	if v == access.InviteToSpace {
		st.SpaceID = "asked"
	}
	return st.May(v)
}

// draftView is the form for an invitation.
type draftView struct {
	Draft    joining.Draft
	Lasts    int // days
	Preset   string
	Spaces   []look.Option
	Roles    []look.Option
	Uses     []look.Option
	Days     []look.Option
	Problems []look.Problem
}

func (v draftView) error(field string) string { return look.ProblemOf(v.Problems, field) }

func (h *Handler) compose(r *web.Request) error {
	chosen := presetNamed(r.Value("for"))
	kind, _ := community.PresetNamed(r.Community.Preset)
	d := joining.Draft{
		Role: access.FullRole, SpaceID: r.Value("space"), MaxUses: chosen.uses, Lasts: chosen.lasts,
		Approval: chosen.careful || kind.Approval && chosen.uses != 1, Question: r.Community.Question,
	}
	v, err := h.draft(r, d, chosen.key)
	if err != nil {
		return err
	}
	p := r.Page(r.Text.Text("joining.new_" + chosen.key))
	p.Nav, p.Narrow = look.NavPeople, true
	return r.Show(composePage(p, v))
}

// draft is the form with what may be chosen in it.
func (h *Handler) draft(r *web.Request, d joining.Draft, presetKey string) (draftView, error) {
	t := r.Text
	v := draftView{Draft: d, Lasts: int(d.Lasts / day), Preset: presetKey}
	all, err := h.Spaces.List(r.Ctx(), r.Actor)
	if err != nil {
		return v, fmt.Errorf("list spaces to invite to: %w", err)
	}
	v.Spaces = []look.Option{{Value: "", Label: t.Text("joining.space_none")}}
	guests := false
	for _, s := range all {
		looks := mayInvite(r, access.InviteToSpace, string(s.Visibility), s.In)
		guests = guests || looks
		if looks || s.Visibility == space.Open || s.Visibility == space.Public {
			v.Spaces = append(v.Spaces, look.Option{Value: s.ID, Label: s.Name})
		}
	}
	v.Roles = []look.Option{{Value: string(access.FullRole), Label: t.Text("joining.role_member"), Hint: t.Text("joining.role_member_hint")}}
	if guests {
		v.Roles = append(v.Roles, look.Option{Value: string(access.Guest), Label: t.Text("joining.role_guest"), Hint: t.Text("joining.role_guest_hint")})
	}
	if mayInvite(r, access.InviteModerator, "", "") {
		v.Roles = append(v.Roles, look.Option{Value: string(access.Moderator), Label: t.Text("joining.role_moderator"), Hint: t.Text("joining.role_moderator_hint")})
	}
	for _, n := range usesOffered {
		v.Uses = append(v.Uses, look.Option{Value: strconv.Itoa(n), Label: t.Text("joining.uses", locale.N("count", n))})
	}
	for _, n := range lastsOffered {
		v.Days = append(v.Days, look.Option{Value: strconv.Itoa(n), Label: t.Text("joining.lasts", locale.N("count", n))})
	}
	return v, nil
}

func (h *Handler) invite(r *web.Request) error {
	d := joining.Draft{
		Role: access.Role(r.Value("role")), SpaceID: r.Value("space"), Note: r.Value("note"),
		MaxUses: number(r.Value("uses")), Lasts: time.Duration(min(number(r.Value("lasts")), 10_000)) * day,
		Approval: r.Value("approval") == "yes", Question: r.Value("question"),
	}
	made, err := h.Joining.Invite(r.Ctx(), r.Actor, r.Key(), d)
	if errors.Is(err, database.ErrRepeated) {
		return r.Say("/invitations", "said.invitation_shown")
	}
	if err == nil {
		return h.fresh(r, made, d)
	}
	v, failed := h.draft(r, d, presetNamed(r.Value("for")).key)
	if failed != nil {
		return failed
	}
	return r.Again(err, func(p look.Page, problems []look.Problem) templ.Component {
		v.Problems = problems
		p.Title, p.Nav, p.Narrow = r.Text.Text("joining.new_"+v.Preset), look.NavPeople, true
		return composePage(p, v)
	})
}

// number reads what a form offers; anything else is refused as too many.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// Fresh is a link that is shown this once.
type Fresh struct {
	Community, Link, Code string
	// Words say who can do what with it, Waits that somebody decides first.
	Words string
	Waits bool
}

func (h *Handler) fresh(r *web.Request, made joining.Made, d joining.Draft) error {
	link := r.Origin() + "/invite/" + made.Token
	code, err := joining.QR(link, r.Text.Text("joining.qr_label"))
	if err != nil {
		return err
	}
	p := r.Page(r.Text.Text("joining.fresh_title"))
	p.Nav = look.NavPeople
	return r.ShowOnce(freshPage(p, Fresh{
		Community: r.Community.Name, Link: link, Code: code, Waits: d.Approval,
		Words: r.Text.Text("joining.uses", locale.N("count", d.MaxUses)) + " · " + r.Text.Text("joining.lasts", locale.N("count", int(d.Lasts/day))),
	}))
}

func (h *Handler) revoke(r *web.Request) error {
	_, err := h.Joining.Revoke(r.Ctx(), r.Actor, r.Key(), r.Param("id"))
	if err != nil && !errors.Is(err, database.ErrRepeated) {
		return err
	}
	return r.Say("/invitations", "said.invitation_revoked")
}

// state says what has become of an invitation.
func state(t *locale.Printer, i joining.Invitation, now time.Time) string {
	switch {
	case i.Revoked:
		return t.Text("joining.state_revoked")
	case i.UsedUp():
		return t.Text("joining.state_used")
	case !i.Open(now):
		return t.Text("joining.state_expired", locale.T("at", i.ExpiresAt))
	case i.ExpiresAt.IsZero():
		return t.Text("joining.state_open")
	}
	return t.Text("joining.state_until", locale.T("at", i.ExpiresAt))
}

// uses says how many have come in with an invitation.
func uses(t *locale.Printer, i joining.Invitation) string {
	if i.MaxUses == 0 {
		return t.Text("joining.used", locale.N("count", i.Uses))
	}
	return t.Text("joining.used_of", locale.N("count", i.Uses), locale.N("max", i.MaxUses))
}

// kind says what an invitation is for, in one line.
func kind(t *locale.Printer, i joining.Invitation) string {
	words := t.Text("joining.kind_" + string(i.Role))
	if i.SpaceName != "" {
		words += " · " + t.Apart(i.SpaceName)
	}
	if i.Approval {
		words += " · " + t.Text("joining.kind_approval")
	}
	return words
}
