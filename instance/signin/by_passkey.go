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
	h, err := o.hear(origin, response, v.Network)
	if err != nil {
		return Entry{}, err
	}
	var e Entry
	err = o.answered(ctx, "signin.by_passkey", h, func(tx *database.Tx, who string) (err error) {
		e, err = enter(tx, who, v, ErrPasskey)
		return err
	})
	if err != nil {
		return Entry{}, err
	}
	o.limits.Give(o.DB.Now(), perNetwork, v.Network)
	return e, nil
}

// heard is what a device answered to AskPasskey: read, and not checked yet.
type heard struct {
	party  *webauthn.WebAuthn
	answer *protocol.ParsedCredentialAssertionData
}

// hear counts the try and reads the answer.
func (o *Operations) hear(origin, response, network string) (heard, error) {
	w, err := party(origin)
	if err != nil {
		return heard{}, err
	}
	if err := o.Knock(network); err != nil {
		return heard{}, err
	}
	if len(response) > maxResponse {
		return heard{}, ErrPasskey
	}
	answer, err := protocol.ParseCredentialRequestResponseBytes([]byte(response))
	if err != nil {
		return heard{}, ErrPasskey.Because(err)
	}
	return heard{w, answer}, nil
}

// answered finds out whose passkey has answered and does with her what is to be
// done, while it holds her lock. It gives ErrPasskey if the answer is refused.
func (o *Operations) answered(ctx context.Context, operation string, h heard, do func(tx *database.Tx, who string) error) error {
	var refused error
	_, err := o.DB.Write(ctx, database.Op{Class: database.Own, Name: operation}, func(tx *database.Tx) (string, error) {
		refused = nil
		c, found, err := takeCeremony(tx, h.answer.Response.CollectedClientData.Challenge)
		if err != nil {
			return "", err
		}
		if !found || c.Makes {
			refused = ErrPasskey
			return "", nil
		}
		who, err := h.owner(tx, c)
		if err == nil {
			err = do(tx, who)
		}
		if errors.Is(err, ErrPasskey) {
			// Not an error of the transaction: that the ceremony is used up stays.
			refused = err
			return "", nil
		}
		return who, err
	})
	return errors.Join(err, refused)
}

// owner checks the signature, takes the lock of whose passkey it is, and notes
// that it was used.
func (h heard) owner(tx *database.Tx, c ceremony) (who string, err error) {
	var stored string
	err = tx.One([]any{&who, &stored}, `SELECT p.member_id, p.credential FROM passkeys p
		JOIN members m ON m.id = p.member_id WHERE p.id = $1 AND m.state <> 'gone' -- unfiltered: who signs in is nobody yet`, h.answer.RawID)
	if errors.Is(err, database.ErrNone) {
		return "", ErrPasskey
	}
	var k storedKey
	if err == nil {
		err = json.Unmarshal([]byte(stored), &k)
	}
	if err != nil {
		return "", fmt.Errorf("look for a passkey: %w", err)
	}
	has := holder{id: k.Holder, keys: []webauthn.Credential{k.credential(h.answer.RawID)}}
	used, err := h.party.ValidateDiscoverableLogin(func(_, _ []byte) (webauthn.User, error) { return has, nil }, c.Session, h.answer)
	// A counter that went back says that there are two of a key that allows one.
	if err != nil || used.Authenticator.CloneWarning {
		return "", ErrPasskey
	}
	if err := lock(tx, who); err != nil {
		return "", err
	}
	now, err := json.Marshal(stripped(k.Holder, used))
	if err != nil {
		return "", err
	}
	n, err := tx.Exec("UPDATE passkeys SET credential = $1, last_used_day = $2 WHERE id = $3 AND member_id = $4", string(now), day(tx.Now()), h.answer.RawID, who)
	if err != nil {
		return "", fmt.Errorf("note the use of a passkey: %w", err)
	}
	if n == 0 {
		return "", ErrPasskey
	}
	return who, nil
}
