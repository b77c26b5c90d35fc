package signinweb

import (
	"errors"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// Asked is how somebody who is signed in is asked to prove once more who she is:
// see ProofFields.
type Asked struct {
	HasPassword bool
	// Passkeys says that she has some and that browsers use them here.
	Passkeys bool
	// ByPasskey is what the button says.
	ByPasskey string
	// Problems are those of the whole form.
	Problems []look.Problem
}

// Loose are the problems that are not about the proof, for the top of the form.
func (a Asked) Loose() []look.Problem {
	return except(a.Problems, PasswordField, codeField, PasskeyField)
}

// ProofOf reads what ProofFields asked for.
func ProofOf(r *web.Request) signin.Proof {
	return signin.Proof{
		Password: r.FormValue(PasswordField), Code: r.Value(codeField), Passkey: r.FormValue(PasskeyField),
		Origin: r.Origin(), Network: r.Network(),
	}
}

// proofCodeLabel says "or" where there is a password above.
func proofCodeLabel(p look.Page, a Asked) string {
	if a.HasPassword {
		return p.Text.Text("signin.proof_code")
	}
	return p.Text.Text("signin.code")
}

// confirmView is the page that asks who it is.
type confirmView struct {
	Asked
	Handle, Next string
}

func (h *Handler) askConfirm(r *web.Request) error {
	page, err := h.confirmation(r)
	if err != nil {
		return err
	}
	return r.Show(page(r.Page(""), nil))
}

// confirmation reads what she can prove it with and gives the page.
func (h *Handler) confirmation(r *web.Request) (func(look.Page, []look.Problem) templ.Component, error) {
	o, err := h.SignIn.Overview(r.Ctx(), r.Actor, r.Viewer.Session)
	return func(p look.Page, problems []look.Problem) templ.Component {
		p.Title = r.Text.Text("signin.confirm_title")
		p.Nav, p.Narrow, p.Modules = look.NavYou, true, []string{Module}
		asked := Asked{o.HasPassword, len(o.Passkeys) > 0 && signin.PasskeysAt(r.Origin()), r.Text.Text("signin.confirm_passkey"), problems}
		return confirmPage(p, confirmView{asked, r.Viewer.Handle, r.Value("next")})
	}, err
}

func (h *Handler) confirm(r *web.Request) error {
	err := web.Done(h.SignIn.Confirm(r.Ctx(), r.Actor, r.Key(), r.Viewer.Session, ProofOf(r)))
	if err == nil {
		next := r.Value("next")
		if next == "" {
			next = securityPath
		}
		return r.Say(next, "said.confirmed")
	}
	page, failed := h.confirmation(r)
	if failed != nil {
		return errors.Join(err, failed)
	}
	return r.Again(err, page)
}

// unproved reports whether err says that she has to prove first who she is.
func unproved(err error) bool { return errors.Is(err, signin.ErrProofNeeded) }

// proveFirst leads from a page that lay open for too long to where she does, and
// from there back to what she signs in with.
func proveFirst(r *web.Request) error {
	return r.Say(withNext(confirmPath, securityPath), "said.proof_needed")
}
