// Package signinweb shows how a member signs in and what she signs in with. It
// also gives joining and setup the parts of their pages that choose a password
// or a passkey and that show recovery codes, Choice and CodeList, and forms for
// what a session alone must not do the part that asks for a proof: ProofFields.
package signinweb

import (
	"embed"

	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// Messages are the words of these pages.
//
//go:embed messages/*.json
var Messages embed.FS

// Module is the script of pages with a passkey button, for look.Page.Modules.
const Module = "passkey.js"

// The fields of the forms. PasskeyField carries what the device answered.
const (
	PasswordField = "password"
	PasskeyField  = "passkey_token"
	codeField     = "code"
)

const (
	codePath     = look.NavSignIn + "/code"
	passkeyPath  = look.NavSignIn + "/passkey"
	newPath      = passkeyPath + "/new"
	securityPath = "/settings/security"
	confirmPath  = securityPath + "/confirm"
)

// Handler serves signing in.
type Handler struct{ SignIn *signin.Operations }

// Mount adds the routes.
func (h *Handler) Mount(m *web.Router) {
	m.GET(web.Anybody, look.NavSignIn, h.login)
	m.POST(web.Anybody, look.NavSignIn, h.byPassword)
	m.GET(web.Anybody, codePath, h.code)
	m.POST(web.Anybody, codePath, h.byCode)
	m.POST(web.Anybody, passkeyPath+"/begin", h.askPasskey)
	m.POST(web.Anybody, passkeyPath+"/finish", h.byPasskey)
	m.POST(web.Anybody, newPath, h.beginPasskeyNew)
	m.POST(web.Own, "/logout", h.logout)
	m.GET(web.Anybody, "/.well-known/change-password", h.wellKnown)

	m.GET(web.Own, securityPath, h.security)
	m.GET(web.Own, confirmPath, h.askConfirm)
	m.POST(web.Own, confirmPath, h.confirm)
	m.POST(web.Own, securityPath+"/password", h.changePassword)
	m.POST(web.Own, securityPath+"/password/remove", h.removePassword)
	m.POST(web.Own, securityPath+"/passkeys", h.makePasskey)
	m.POST(web.Own, securityPath+"/passkeys/begin", h.beginPasskey)
	m.GET(web.Own, securityPath+"/passkeys/:id/name", h.askPasskeyName)
	m.POST(web.Own, securityPath+"/passkeys/:id/name", h.namePasskey)
	m.POST(web.Own, securityPath+"/passkeys/:id/remove", h.removePasskey)
	m.POST(web.Own, securityPath+"/codes", h.makeCodes)
	m.POST(web.Own, securityPath+"/sessions/end", h.endOthers)
	m.GET(web.Own, securityPath+"/sessions/:id/name", h.askSessionName)
	m.POST(web.Own, securityPath+"/sessions/:id/name", h.nameSession)
	m.POST(web.Own, securityPath+"/sessions/:id/end", h.endSession)
}

// visit is what signing in takes from a request.
func visit(r *web.Request) signin.Visit {
	return signin.Visit{Device: r.Device(), Network: r.Network(), Former: r.Token()}
}

// landing is where somebody goes who has signed in: where she wanted to, unless
// she has to wait or is about to leave. It is for web.Request.See, which leads
// to pages of ours only.
func landing(state, next string) string {
	switch state {
	case "pending":
		return "/waiting"
	case "leaving":
		return "/leaving"
	}
	if next == "" {
		return look.NavHome
	}
	return next
}
