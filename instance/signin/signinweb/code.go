package signinweb

import (
	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// codeView is the page for who has lost what she signs in with.
type codeView struct {
	Next     string
	Problems []look.Problem
}

func (h *Handler) code(r *web.Request) error {
	if r.Community == nil {
		return r.See("/setup")
	}
	if r.SignedIn() {
		return r.See(landing(r.Viewer.State, r.Value("next")))
	}
	return r.Show(codeShown(r, r.Page(""), nil))
}

// codeShown never repeats a code that was typed: it might be good.
func codeShown(r *web.Request, p look.Page, problems []look.Problem) templ.Component {
	p.Title = r.Text.Text("signin.code_title")
	return codePage(p, codeView{Next: r.Value("next"), Problems: problems})
}

// byCode signs in by a recovery code. Whoever used one should look at what else
// opens her account, unless she came for something.
func (h *Handler) byCode(r *web.Request) error {
	e, err := h.SignIn.ByCode(r.Ctx(), r.Key(), signin.Recovery{Code: r.Value(codeField), Password: r.FormValue(PasswordField)}, visit(r))
	if err != nil {
		return r.Again(err, func(p look.Page, problems []look.Problem) templ.Component { return codeShown(r, p, problems) })
	}
	r.Begin(e.Token)
	if e.State == "active" && r.Value("next") == "" {
		return r.Say(securityPath, "said.code_used")
	}
	return r.See(landing(e.State, r.Value("next")))
}
