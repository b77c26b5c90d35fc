package suite_test

import (
	"encoding/base64"
	"encoding/json"
	"path"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/canary"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/signin"
)

// secretKind is a secret as somebody was given it.
type secretKind struct {
	name, text string
	// bits are what somebody who guesses has to guess.
	bits int
}

// secretsMade makes every kind of secret there is and gives two of each.
//
// Two are no 256 bits, for their reasons. A recovery code is written on paper
// and typed by a person: 80 bits, of which a keyed hash is kept, so that whoever
// has the data alone cannot try any. And the id by which a device knows an
// account (the WebAuthn user handle) is as long as the others and no secret: it
// opens nothing, the device sends it along, and it is stored beside the key.
func (p *place) secretsMade() (all []secretKind) {
	p.t.Helper()
	add := func(name string, bits int, texts ...string) {
		for _, text := range texts {
			all = append(all, secretKind{name, text, bits})
		}
	}
	links := make([]string, 2)
	for i := range links {
		link, err := p.program.SetupLink(p.t.Context(), nil)
		if err != nil {
			p.t.Fatal(err)
		}
		_, links[i], _ = strings.Cut(link, "token=")
	}
	add("a set-up link", 256, links...)
	owner := p.found("Lime Street")
	other := p.accept("other", p.invite(owner, nil), "Otto Stone", nil)
	add("an invitation", 256, path.Base(p.invite(owner, nil)), path.Base(p.invite(other, nil)))
	add("a feed", 256, p.addressOf(owner), p.addressOf(other))
	add("a session", 256, p.tokenOf(owner), p.tokenOf(other))
	p.must(p.program.Members.ChangeRole(p.t.Context(), owner.actor(), "", other.id, "moderator"))
	add("a renewed session", 256, p.settled(other))
	// A form's key is checked by its MAC; the rest of it says when it was made.
	add("a form key", 256, p.freshKey(owner), p.freshKey(other))
	add("a recovery code", 80, owner.codes...)
	add("a recovery code", 80, other.codes...)
	from := signin.Asker{Origin: "http://localhost", Network: "n", Here: p.one("SELECT id FROM sessions WHERE member_id = $1", other.id)}
	for range 2 {
		add("a passkey to be made", 256, p.challenge(p.program.SignIn.BeginPasskey(p.t.Context(), other.actor(), from)))
		add("a passkey to be used", 256, p.challenge(p.program.SignIn.AskPasskey(p.t.Context(), signin.Asker{Origin: "http://localhost", Network: "n"})))
	}
	add("a password", 0, owner.password, other.password)
	return all
}

// challenge is what a device is asked to sign.
func (p *place) challenge(options json.RawMessage, err error) string {
	p.t.Helper()
	var o struct {
		PublicKey struct {
			Challenge string
			User      struct{ ID string }
		}
	}
	if err == nil {
		err = json.Unmarshal(options, &o)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	if id := o.PublicKey.User.ID; id != "" && bits(id) < 256 {
		p.t.Errorf("the id of an account for devices has %d bits", bits(id))
	}
	return o.PublicKey.Challenge
}

// bits is how much is in a text at most: what it decodes to, or five bits for
// each character of a recovery code.
func bits(text string) int {
	if strings.Count(text, "-") == 3 && len(text) == 19 {
		return 5 * 16
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return 0
	}
	return 8 * len(raw)
}

// TestSecretsAreLongAndNowhere makes every kind of secret, looks how much there
// is to guess, and looks for it in all that is stored (P119).
func TestSecretsAreLongAndNowhere(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		secrets := p.secretsMade()
		canaries, seen := map[string]canary.Bird{}, map[string]bool{}
		for _, s := range secrets {
			if bits(s.text) < s.bits || s.bits == 0 && bits(s.text) > 0 {
				t.Errorf("%s has %d bits, want %d: %s", s.name, bits(s.text), s.bits, s.text)
			}
			if seen[s.text] && s.name != "a password" {
				t.Errorf("%s was given twice", s.name)
			}
			seen[s.text] = true
			canaries[s.name+" "+s.text] = canary.Word(s.text)
		}
		stored := p.stored()
		all := ""
		for _, text := range stored {
			all += text
		}
		if !strings.Contains(all, "Otto Stone") {
			t.Fatal("what is kept was not read")
		}
		canary.Absent(t, stored, canaries)
		p.hashes(secrets)
	})
}

// hashes demands that what is kept of secrets has the length of a hash.
func (p *place) hashes(secrets []secretKind) {
	p.t.Helper()
	kept := map[string]string{
		"setup_tokens": "hash", "invitations": "token_hash", "feeds": "token_hash", "sessions": "token_hash", "form_keys": "hash", "recovery_codes": "hash", "ceremonies": "hash",
	}
	if len(secrets) < len(kept) {
		p.t.Fatalf("%d secrets", len(secrets))
	}
	for table, column := range kept {
		var rows, right int
		err := p.program.DB.Read(p.t.Context(), func(tx *database.Tx) error {
			return tx.One([]any{&rows, &right}, "SELECT count(*), coalesce(sum(CASE WHEN length("+column+") = 32 THEN 1 ELSE 0 END), 0) FROM "+table)
		})
		if err != nil || rows == 0 || rows != right {
			p.t.Errorf("%s: %d of %d rows have a hash of 256 bits: %v", table, right, rows, err)
		}
	}
}
