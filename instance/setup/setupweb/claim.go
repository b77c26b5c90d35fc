package setupweb

import (
	"errors"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/setup"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/signin/signinweb"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// claimForm is what the first owner has typed, without the password.
type claimForm struct {
	Token, Community, Name, Handle string
	// Passkeys says whether browsers make them here.
	Passkeys bool
	Problems []look.Problem
}

func (h *Handler) begin(r *web.Request) error {
	switch {
	case r.Community == nil:
	case r.Viewer.Role == access.Owner && !r.Community.Founded():
		return r.See("/setup/kind")
	default:
		return fault.Missing()
	}
	token := r.QueryParam("token")
	err := h.Setup.Open(r.Ctx(), token)
	p := r.Page(r.Text.Text("setup.title"))
	if errors.Is(err, setup.ErrToken) {
		return r.Show(unclaimedPage(p, token != ""))
	}
	if err != nil {
		return err
	}
	return r.Show(claimPage(claimPageOf(p), claimForm{Token: token, Passkeys: signin.PasskeysAt(r.Origin())}))
}

func (h *Handler) claim(r *web.Request) error {
	language := r.Text.Lang()
	made, err := h.Setup.Claim(r.Ctx(), r.Key(), setup.Claim{
		Token: r.Value("token"), Community: r.Value("community"), Language: language, Zone: zoneOf(language), Device: r.Device(),
		Owner: signin.Wish{
			Name: r.Value("name"), Handle: r.Value("handle"), Password: r.FormValue(signinweb.PasswordField), Passkey: r.FormValue(signinweb.PasskeyField),
			Origin: r.Origin(), Network: r.Network(),
		},
	})
	if web.Done(err) == nil {
		if made.Session != "" {
			r.Begin(made.Session)
		}
		return r.See("/setup/kind")
	}
	return r.Again(err, func(p look.Page, problems []look.Problem) templ.Component {
		return claimPage(claimPageOf(p), claimForm{r.Value("token"), r.Value("community"), r.Value("name"), r.Value("handle"), signin.PasskeysAt(r.Origin()), problems})
	})
}

func claimPageOf(p look.Page) look.Page {
	p.Title, p.Modules = p.Text.Text("setup.title"), []string{signinweb.Module}
	return p
}

// zoneOf is a first guess from the language that the owner's browser speaks.
// The page that asks for the zone proposes the device's own where scripts run.
func zoneOf(language string) string {
	if language == "de" {
		return "Europe/Berlin"
	}
	return "UTC"
}
