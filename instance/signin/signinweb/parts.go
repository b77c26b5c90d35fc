package signinweb

import (
	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/web/look"
)

// asTyped keeps phones from improving what is no word.
var asTyped = templ.Attributes{"autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}

// Chosen is how somebody new chooses what to sign in with: see Choice.
type Chosen struct {
	// Passkeys says whether browsers make them here: signin.PasskeysAt.
	Passkeys bool
	// Problems are those of the whole form.
	Problems []look.Problem
}
