package signin

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/job"
)

// ceremonyLength is how long somebody may take to touch her device.
const ceremonyLength = 5 * time.Minute

// maxResponse bounds what a device may answer, in bytes.
const maxResponse = 32 << 10

// ErrPasskey is the one answer to a passkey that opens nothing: unknown,
// removed, of somebody who is gone, too late, or wrongly signed.
var ErrPasskey = fault.Bad("passkey_token", "signin.passkey_refused")

// errNotMade says that no passkey came of it; nothing was changed.
var errNotMade = fault.Bad("passkey_token", "signin.passkey_not_made")

// PasskeysAt reports whether browsers make passkeys for pages at this origin:
// only over https, under a name, or on this machine (Web Authentication Level
// 3, section 5.1.2; an address cannot be a relying party).
func PasskeysAt(origin string) bool {
	_, ok := partyName(origin)
	return ok
}

func partyName(origin string) (host string, ok bool) {
	u, err := url.Parse(origin)
	if err != nil {
		return "", false
	}
	host = u.Hostname()
	_, notAddress := netip.ParseAddr(host)
	return host, host == "localhost" || u.Scheme == "https" && host != "" && notAddress != nil
}

// party is the community towards the devices of this origin. The device must
// find out that it is its owner who uses it, since nothing else is asked for,
// and must be able to name the key by itself, since no handle is typed.
func party(origin string) (*webauthn.WebAuthn, error) {
	host, ok := partyName(origin)
	if !ok {
		return nil, fault.Bad("passkey_token", "signin.passkey_needs_https")
	}
	w, err := webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: host, RPOrigins: []string{origin},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("set up passkeys for %s: %w", host, err)
	}
	return w, nil
}

// ceremony is what is remembered between asking a device and its answer.
type ceremony struct {
	// Makes tells making a passkey from signing in with one.
	Makes bool `json:"makes"`
	// Member is who makes a passkey, empty for somebody new.
	Member  string               `json:"member,omitempty"`
	Session webauthn.SessionData `json:"session"`
}

// store remembers a ceremony by the hash of its challenge, which is all that is
// kept of that.
func (c ceremony) store(tx *database.Tx) error {
	challenge := c.Session.Challenge
	c.Session.Challenge = ""
	state, err := json.Marshal(c)
	if err != nil {
		return err
	}
	now := tx.Now()
	if _, err := tx.Exec("DELETE FROM ceremonies WHERE expires_at <= $1", database.Micros(now)); err != nil {
		return fmt.Errorf("forget old ceremonies: %w", err)
	}
	_, err = tx.Exec("INSERT INTO ceremonies (hash, state, expires_at) VALUES ($1, $2, $3)",
		challengeHash(challenge), string(state), database.Micros(now.Add(ceremonyLength)))
	if err != nil {
		return fmt.Errorf("remember a ceremony: %w", err)
	}
	return job.Enqueue(tx, job.Job{Kind: TidyJob, RunAt: now.Add(ceremonyLength)})
}

func challengeHash(challenge string) []byte {
	h := sha256.Sum256([]byte(challenge))
	return h[:]
}

// findCeremony gives the ceremony of a challenge, or false.
func findCeremony(tx *database.Tx, challenge string) (c ceremony, ok bool, err error) {
	return scanCeremony(tx, "SELECT state FROM ceremonies WHERE hash = $1 AND expires_at > $2", challenge)
}

// takeCeremony gives the ceremony of a challenge and uses it up.
func takeCeremony(tx *database.Tx, challenge string) (c ceremony, ok bool, err error) {
	return scanCeremony(tx, "DELETE FROM ceremonies WHERE hash = $1 AND expires_at > $2 RETURNING state", challenge)
}

func scanCeremony(tx *database.Tx, query, challenge string) (c ceremony, ok bool, err error) {
	var state string
	err = tx.One([]any{&state}, query, challengeHash(challenge), database.Micros(tx.Now()))
	if errors.Is(err, database.ErrNone) {
		return c, false, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(state), &c)
	}
	if err != nil {
		return c, false, fmt.Errorf("look for a ceremony: %w", err)
	}
	c.Session.Challenge = challenge
	return c, true, nil
}

// holder is who a passkey belongs to, as go-webauthn asks for her.
type holder struct {
	id           []byte
	handle, name string
	keys         []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return h.id }
func (h holder) WebAuthnName() string                       { return h.handle }
func (h holder) WebAuthnDisplayName() string                { return h.name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

// storedKey is what is kept of a passkey: what checking a signature needs and
// nothing about the device that made it.
type storedKey struct {
	// Holder is the random id by which the device knows the account.
	Holder []byte `json:"holder"`
	// Key is the public key (COSE, RFC 9052).
	Key   []byte `json:"key"`
	Count uint32 `json:"count"`
	// Synced and Backed are the flags BE and BS: whether the key may be, and is,
	// on several devices.
	Synced bool `json:"synced"`
	Backed bool `json:"backed"`
	// Transports help the browser to find a device that has the key already.
	Transports []protocol.AuthenticatorTransport `json:"transports,omitempty"`
}

func (k storedKey) credential(id []byte) webauthn.Credential {
	return webauthn.Credential{
		ID: id, PublicKey: k.Key, Transport: k.Transports,
		Flags:         webauthn.CredentialFlags{UserPresent: true, UserVerified: true, BackupEligible: k.Synced, BackupState: k.Backed},
		Authenticator: webauthn.Authenticator{SignCount: k.Count},
	}
}

// stripped is what is kept of what a device gave.
func stripped(holder []byte, c *webauthn.Credential) storedKey {
	return storedKey{
		Holder: holder, Key: c.PublicKey, Count: c.Authenticator.SignCount,
		Synced: c.Flags.BackupEligible, Backed: c.Flags.BackupState, Transports: c.Transport,
	}
}
