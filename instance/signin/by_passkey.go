package signin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/opengather/opengather/instance/internal/database"
)

// AskPasskey asks a device for any passkey it has for this community. It gives
// the options of navigator.credentials.get as JSON
// (PublicKeyCredentialRequestOptionsJSON, inside "publicKey"). They name no
// account, so they are the same for everybody but for the challenge.
func (o *Operations) AskPasskey(ctx context.Context, from Asker) (json.RawMessage, error) {
	w, err := party(from.Origin)
	if err != nil {
		return nil, err
	}
	if err := o.Knock(from.Network); err != nil {
		return nil, err
	}
	assertion, session, err := w.BeginDiscoverableLogin()
	if err != nil {
		return nil, fmt.Errorf("ask for a passkey: %w", err)
	}
	_, err = o.DB.Write(ctx, database.Op{Class: database.Own, Name: "signin.ask_passkey"}, func(tx *database.Tx) (string, error) {
		return "", ceremony{Session: *session}.store(tx)
	})
	if err != nil {
		return nil, err
	}
	return json.Marshal(assertion)
}

// ByPasskey signs in whoever the passkey belongs to. It takes what the device
// answered to AskPasskey (a PublicKeyCredential as JSON). Right or wrong, the
// answer uses its ceremony up.
func (o *Operations) ByPasskey(ctx context.Context, origin, response string, v Visit) (Entry, error) {
	w, err := party(origin)
	if err != nil {
		return Entry{}, err
	}
	if err := o.Knock(v.Network); err != nil {
		return Entry{}, err
	}
	if len(response) > maxResponse {
		return Entry{}, ErrPasskey
	}
	answer, err := protocol.ParseCredentialRequestResponseBytes([]byte(response))
	if err != nil {
		return Entry{}, ErrPasskey.Because(err)
	}
	var e Entry
	var refused error
	_, err = o.DB.Write(ctx, database.Op{Class: database.Own, Name: "signin.by_passkey"}, func(tx *database.Tx) (string, error) {
		e, refused = Entry{}, nil
		c, found, err := takeCeremony(tx, answer.Response.CollectedClientData.Challenge)
		if err != nil {
			return "", err
		}
		if !found || c.Makes {
			refused = ErrPasskey
			return "", nil
		}
		e, err = o.answer(tx, w, c, answer, v)
		if errors.Is(err, ErrPasskey) {
			// Not an error of the transaction: that the ceremony is used up stays.
			refused = err
			return "", nil
		}
		return e.Member, err
	})
	if err := errors.Join(err, refused); err != nil {
		return Entry{}, err
	}
	o.limits.give(o.DB.Now(), perNetwork, v.Network)
	return e, nil
}

// answer checks the signature and begins a session for whose passkey it is.
func (o *Operations) answer(tx *database.Tx, w *webauthn.WebAuthn, c ceremony, answer *protocol.ParsedCredentialAssertionData, v Visit) (Entry, error) {
	var who, stored string
	err := tx.One([]any{&who, &stored}, `SELECT p.member_id, p.credential FROM passkeys p
		JOIN members m ON m.id = p.member_id WHERE p.id = $1 AND m.state <> 'gone' -- unfiltered: who signs in is nobody yet`, answer.RawID)
	if errors.Is(err, database.ErrNone) {
		return Entry{}, ErrPasskey
	}
	var k storedKey
	if err == nil {
		err = json.Unmarshal([]byte(stored), &k)
	}
	if err != nil {
		return Entry{}, fmt.Errorf("look for a passkey: %w", err)
	}
	h := holder{id: k.Holder, keys: []webauthn.Credential{k.credential(answer.RawID)}}
	used, err := w.ValidateDiscoverableLogin(func(_, _ []byte) (webauthn.User, error) { return h, nil }, c.Session, answer)
	// A counter that went back says that there are two of a key that allows one.
	if err != nil || used.Authenticator.CloneWarning {
		return Entry{}, ErrPasskey
	}
	if err := lock(tx, who); err != nil {
		return Entry{}, err
	}
	now, err := json.Marshal(stripped(k.Holder, used))
	if err != nil {
		return Entry{}, err
	}
	n, err := tx.Exec("UPDATE passkeys SET credential = $1, last_used_day = $2 WHERE id = $3 AND member_id = $4", string(now), day(tx.Now()), answer.RawID, who)
	if err != nil {
		return Entry{}, fmt.Errorf("note the use of a passkey: %w", err)
	}
	if n == 0 {
		return Entry{}, ErrPasskey
	}
	return enter(tx, who, v, ErrPasskey)
}
