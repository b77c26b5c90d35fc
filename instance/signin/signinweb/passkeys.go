package signinweb

import (
	"net/http"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/web"
)

// beginPasskey gives what a member's device is asked, as JSON.
func (h *Handler) beginPasskey(r *web.Request) error { return h.begin(r, r.Actor) }

// beginPasskeyNew gives what the device of somebody new is asked. Whether the
// handle is free is for joining to say, when she is let in.
func (h *Handler) beginPasskeyNew(r *web.Request) error { return h.begin(r, access.Stranger()) }

func (h *Handler) begin(r *web.Request, a access.Actor) error {
	options, err := h.SignIn.BeginPasskey(r.Ctx(), a, signin.Asker{
		Origin: r.Origin(), Network: r.Network(), Here: r.Viewer.Session, Handle: short(r.Value("handle")), Name: short(r.Value("name")),
	})
	if unproved(err) {
		return proveFirst(r) // passkey.js follows
	}
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, options)
}

// short bounds what a device is told to show beside the key.
func short(s string) string {
	all := []rune(s)
	return string(all[:min(len(all), 80)])
}

// makePasskey adds a passkey, named after the kind of device it was made on.
func (h *Handler) makePasskey(r *web.Request) error {
	from := signin.Asker{Origin: r.Origin(), Network: r.Network(), Here: r.Viewer.Session}
	err := h.SignIn.MakePasskey(r.Ctx(), r.Actor, r.Key(), from, r.FormValue(PasskeyField), r.Text.Text(deviceKey(r.Device())))
	return h.changed(r, err, "said.passkey_made")
}

func (h *Handler) removePasskey(r *web.Request) error {
	return h.changed(r, h.SignIn.RemovePasskey(r.Ctx(), r.Actor, r.Key(), r.Param("id"), r.Viewer.Session), "said.passkey_removed")
}
