package browser

import "github.com/chromedp/cdproto/webauthn"

// Passkeys gives the person's device a place for passkeys, empty at first,
// which agrees to every use as she would with her finger. It works where
// passkeys do: over https, and on http://localhost.
func (p *Person) Passkeys() {
	p.t.Helper()
	call(p, webauthn.Enable, webauthn.EnableParams{})
	call(p, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{
		Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
			HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		},
	})
}
