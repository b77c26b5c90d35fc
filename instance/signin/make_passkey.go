package signin

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// maxPasskeys bounds what a member keeps here.
const maxPasskeys = 20

// Asker is who wants to make or use a passkey, and from where.
type Asker struct {
	// Origin is the address of the page: see web.Request.Origin.
	Origin string
	// Network is what tries are counted by.
	Network string
	// Here is the session of a member, empty for somebody new.
	Here string
	// Handle and Name are what somebody new has typed so far. The device shows
	// them beside the key. A member's own are used instead.
	Handle, Name string
}

// BeginPasskey asks a device for a new passkey, of a member or of somebody new.
// It gives the options of navigator.credentials.create as JSON
// (PublicKeyCredentialCreationOptionsJSON, inside "publicKey"), or to a member
// ErrProofNeeded.
func (o *Operations) BeginPasskey(ctx context.Context, a access.Actor, from Asker) (json.RawMessage, error) {
	w, err := party(from.Origin)
	if err != nil {
		return nil, err
	}
	if err := o.Knock(from.Network); err != nil {
		return nil, err
	}
	var options json.RawMessage
	_, err = o.DB.Write(ctx, database.Op{Class: database.Own, Name: "signin.begin_passkey", Actor: a.ID()}, func(tx *database.Tx) (string, error) {
		if a.ID() != "" {
			if err := proved(tx, a.ID(), from.Here); err != nil {
				return "", err
			}
		}
		h, err := holderOf(tx, a, from)
		if err != nil {
			return "", err
		}
		creation, session, err := w.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.keys).CredentialDescriptors()))
		if err != nil {
			return "", fmt.Errorf("ask for a passkey: %w", err)
		}
		if err := (ceremony{Makes: true, Member: a.ID(), Session: *session}).store(tx); err != nil {
			return "", err
		}
		options, err = json.Marshal(creation)
		return "", err
	})
	return options, err
}

// holderOf is who the new passkey will belong to. All passkeys of a member have
// one holder id, so that a device replaces its key instead of piling them up.
func holderOf(tx *database.Tx, a access.Actor, from Asker) (holder, error) {
	h := holder{handle: from.Handle, name: from.Name}
	if a.ID() != "" {
		err := tx.One([]any{&h.handle, &h.name}, "SELECT handle, name FROM members WHERE id = $1 -- unfiltered: her own row", a.ID())
		if err != nil {
			return h, fmt.Errorf("look up who makes a passkey: %w", err)
		}
		err = tx.Each(func(r *database.Rows) error {
			var id []byte
			var stored string
			var k storedKey
			if err := errors.Join(r.Scan(&id, &stored), json.Unmarshal([]byte(stored), &k)); err != nil {
				return err
			}
			h.id = k.Holder
			h.keys = append(h.keys, k.credential(id))
			return nil
		}, "SELECT id, credential FROM passkeys WHERE member_id = $1", a.ID())
		if err != nil {
			return h, fmt.Errorf("list passkeys: %w", err)
		}
	}
	if len(h.keys) >= maxPasskeys {
		return h, fault.New(fault.TooLarge, "signin.passkeys_many").With("max", maxPasskeys)
	}
	if h.id == nil {
		h.id = make([]byte, 32)
		rand.Read(h.id) // never returns an error: crypto/rand
	}
	if h.handle == "" {
		h.handle = h.name
	}
	return h, nil
}

// Passkey is a new one that was checked and is not stored yet.
type Passkey struct {
	id        []byte
	key       storedKey
	challenge string
}

// CheckPasskey checks what the device answered to BeginPasskey (a
// PublicKeyCredential as JSON). It changes nothing: AddPasskey does, in the
// transaction that the passkey belongs to.
func (o *Operations) CheckPasskey(ctx context.Context, a access.Actor, origin, response string) (Passkey, error) {
	w, err := party(origin)
	if err != nil {
		return Passkey{}, err
	}
	if len(response) > maxResponse {
		return Passkey{}, errNotMade
	}
	answer, err := protocol.ParseCredentialCreationResponseBytes([]byte(response))
	if err != nil {
		return Passkey{}, errNotMade.Because(err)
	}
	challenge := answer.Response.CollectedClientData.Challenge
	var c ceremony
	var found bool
	err = o.DB.Read(ctx, func(tx *database.Tx) (err error) {
		c, found, err = findCeremony(tx, challenge)
		return err
	})
	if err != nil {
		return Passkey{}, err
	}
	if !found || !c.Makes || c.Member != a.ID() {
		return Passkey{}, errNotMade
	}
	made, err := w.CreateCredential(holder{id: c.Session.UserID}, c.Session, answer)
	if err != nil {
		return Passkey{}, errNotMade.Because(err)
	}
	return Passkey{id: made.ID, key: stripped(c.Session.UserID, made), challenge: challenge}, nil
}

// AddPasskey stores a checked passkey for a member in the caller's transaction
// and uses its ceremony up. It checks no right. Name is what the member calls
// it, or empty.
func AddPasskey(tx *database.Tx, who string, p Passkey, name string) error {
	name, err := label(name)
	if err != nil {
		return err
	}
	c, found, err := takeCeremony(tx, p.challenge)
	if err != nil {
		return err
	}
	if !found || c.Member != "" && c.Member != who {
		return errNotMade
	}
	stored, err := json.Marshal(p.key)
	if err != nil {
		return err
	}
	n, err := tx.Exec("INSERT INTO passkeys (id, member_id, credential, name, created_day) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
		p.id, who, string(stored), name, day(tx.Now()))
	if err != nil {
		return fmt.Errorf("store a passkey: %w", err)
	}
	if n == 0 {
		return errNotMade
	}
	return nil
}

// MakePasskey adds a passkey to those of a member, or gives ErrProofNeeded. It
// takes what the device answered to BeginPasskey; from is where she asks from.
func (o *Operations) MakePasskey(ctx context.Context, a access.Actor, key string, from Asker, response, name string) error {
	p, refused := o.CheckPasskey(ctx, a, from.Origin, response)
	if refused != nil && fault.KindOf(refused) == fault.Internal {
		return refused
	}
	_, err := o.DB.Write(ctx, database.Op{Class: database.Own, Name: "signin.make_passkey", Actor: a.ID(), Key: said(key, response)}, func(tx *database.Tx) (string, error) {
		if err := proved(tx, a.ID(), from.Here); err != nil {
			return "", err
		}
		// Only here: the same form sent twice is recognised first, and finds
		// its ceremony used up.
		if refused != nil {
			return "", refused
		}
		if err := AddPasskey(tx, a.ID(), p, name); err != nil {
			return "", err
		}
		return a.ID(), renewAll(tx, a.ID())
	})
	return err
}
