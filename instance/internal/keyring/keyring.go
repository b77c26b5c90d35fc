// Package keyring keeps the community's keys: rows sealed under one master
// key, which itself lies outside the database. It decides nothing about what
// a key is used for.
package keyring

import (
	"context"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/opengather/opengather/instance/internal/database"
	"golang.org/x/crypto/chacha20poly1305"
)

// Purpose names a key. A key serves one purpose only.
type Purpose string

const (
	// Cursor seals where something goes on, as far as the place itself tells
	// something: positions of the fact log, people in a list.
	Cursor Purpose = "cursor"
	// Forms authenticates the one-time keys of forms.
	Forms Purpose = "forms"
	// Handles hashes the handles of erased members.
	Handles Purpose = "handles"
	// Instance is the Ed25519 seed that is the community's identity.
	Instance Purpose = "instance"
	// Codes hashes recovery codes.
	Codes Purpose = "codes"
	// Ballots seals the keys of secret polls, which lie outside the database.
	Ballots Purpose = "ballots"
	// Drafts seals what somebody has begun to write.
	Drafts Purpose = "drafts"
)

// size of every key and of the master key, in bytes.
const size = 32

// ErrWrongMaster says that the master key does not open this community's keys.
var ErrWrongMaster = errors.New("the master key does not fit this community's data: restore the one it was started with")

// ErrLostMaster says that there are keys, and no master key to open them with.
var ErrLostMaster = errors.New("the master key of this community's data is gone: put your copy of it back")

// Keyring has every key of the community, opened.
type Keyring struct{ keys map[Purpose][]byte }

// Open reads the keys, and makes those that are missing under a database lock,
// so that two processes that start together get the same ones.
func Open(ctx context.Context, db *database.DB, master []byte) (*Keyring, error) {
	aead, err := chacha20poly1305.NewX(master)
	if err != nil {
		return nil, err
	}
	k := &Keyring{keys: map[Purpose][]byte{}}
	_, err = db.Write(ctx, database.Op{Class: database.System, Name: "keyring.open"}, func(tx *database.Tx) (string, error) {
		if err := tx.Lock("keyring"); err != nil {
			return "", err
		}
		for _, p := range []Purpose{Cursor, Forms, Handles, Instance, Codes, Ballots, Drafts} {
			var sealed []byte
			err := tx.One([]any{&sealed}, "SELECT sealed FROM keys WHERE purpose = $1", string(p))
			if errors.Is(err, database.ErrNone) {
				nonce := random(aead.NonceSize())
				sealed = aead.Seal(nonce, nonce, random(size), []byte(p))
				_, err = tx.Exec("INSERT INTO keys (purpose, sealed, created_at) VALUES ($1, $2, $3)", string(p), sealed, database.Micros(tx.Now()))
			}
			if err != nil {
				return "", fmt.Errorf("key for %s: %w", p, err)
			}
			if k.keys[p], err = unwrap(aead, p, sealed); err != nil {
				return "", err
			}
		}
		return "", nil
	})
	return k, err
}

// Check gives ErrWrongMaster if there are keys that the master key does not
// open, and ErrLostMaster if there are keys and no master key is given. It
// writes nothing, and works on data of every schema.
func Check(ctx context.Context, db *database.DB, master []byte) error {
	return db.Read(ctx, func(tx *database.Tx) error {
		return tx.Each(func(r *database.Rows) error {
			var p Purpose
			var sealed []byte
			if err := r.Scan(&p, &sealed); err != nil {
				return err
			}
			if master == nil {
				return ErrLostMaster
			}
			return Fits(master, p, sealed)
		}, "SELECT purpose, sealed FROM keys")
	})
}

// unwrap opens a key as it lies in the database.
func unwrap(aead cipher.AEAD, p Purpose, sealed []byte) ([]byte, error) {
	if len(sealed) < aead.NonceSize() {
		return nil, ErrWrongMaster
	}
	key, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], []byte(p))
	if err != nil {
		return nil, ErrWrongMaster
	}
	return key, nil
}

// Fits gives ErrWrongMaster if a key as it lies in the database was not sealed
// under this master key.
func Fits(master []byte, p Purpose, sealed []byte) error {
	aead, err := chacha20poly1305.NewX(master)
	if err != nil {
		return err
	}
	_, err = unwrap(aead, p, sealed)
	return err
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never returns an error: crypto/rand
	return b
}

// Key gives the key for a purpose.
func (k *Keyring) Key(p Purpose) []byte { return k.keys[p] }

// MAC authenticates data under the key for a purpose.
func (k *Keyring) MAC(p Purpose, data []byte) []byte {
	h := hmac.New(sha256.New, k.keys[p])
	h.Write(data)
	return h.Sum(nil)
}

// Seal encrypts data for a purpose, bound to what only the right reader has.
func (k *Keyring) Seal(p Purpose, data, bound []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(k.keys[p])
	if err != nil {
		return nil, err
	}
	nonce := random(aead.NonceSize())
	return aead.Seal(nonce, nonce, data, bound), nil
}

// ErrSealed says that something was not sealed by this community for this reader.
var ErrSealed = errors.New("this was not sealed here, or not for you")

// Unseal opens what Seal closed, given the same purpose and bound.
func (k *Keyring) Unseal(p Purpose, sealed, bound []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(k.keys[p])
	if err != nil {
		return nil, err
	}
	if len(sealed) < aead.NonceSize() {
		return nil, ErrSealed
	}
	data, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], bound)
	if err != nil {
		return nil, ErrSealed
	}
	return data, nil
}
