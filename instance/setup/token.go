package setup

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// ErrClaimed says that this place is a community already.
var ErrClaimed = errors.New("this place has been claimed already: it is a community")

// ErrToken is the one answer to a token that opens nothing while there is no
// community yet: wrong, or replaced by a newer one. Once there is a community
// the answer is fault.Missing, whatever the token.
var ErrToken = fault.New(fault.NotFound, "setup.token_unknown")

// Path is where the link with a token leads.
func Path(token string) string { return "/setup?token=" + token }

// NewToken makes the token of the set-up link, 256 random bits of which only
// the hash is kept. The one before is worth nothing any more. It gives
// ErrClaimed if there is a community.
func (o *Operations) NewToken(ctx context.Context) (string, error) {
	raw := make([]byte, 32)
	rand.Read(raw) // never returns an error: crypto/rand
	token := base64.RawURLEncoding.EncodeToString(raw)
	_, err := o.DB.Write(ctx, database.Op{Class: database.System, Name: "setup.token"}, func(tx *database.Tx) (string, error) {
		if err := tx.Lock("setup"); err != nil {
			return "", err
		}
		claimed, err := tx.Has("SELECT 1 FROM community")
		if err != nil {
			return "", fmt.Errorf("look for a community: %w", err)
		}
		if claimed {
			return "", ErrClaimed
		}
		if _, err := tx.Exec("DELETE FROM setup_tokens"); err != nil {
			return "", fmt.Errorf("forget the former link: %w", err)
		}
		_, err = tx.Exec("INSERT INTO setup_tokens (hash, created_at) VALUES ($1, $2)", tokenHash(token), database.Micros(tx.Now()))
		return "", err
	})
	return token, err
}

// Open reports whether a token would claim this place now: nil, ErrToken or
// fault.Missing.
func (o *Operations) Open(ctx context.Context, token string) error {
	return o.DB.Read(ctx, func(tx *database.Tx) error { return open(tx, token) })
}

// open compares in constant time: whoever guesses learns nothing from how long
// the answer takes.
func open(tx *database.Tx, token string) error {
	claimed, err := tx.Has("SELECT 1 FROM community")
	if err != nil {
		return fmt.Errorf("look for a community: %w", err)
	}
	if claimed {
		return fault.Missing()
	}
	var hash []byte
	err = tx.One([]any{&hash}, "SELECT hash FROM setup_tokens WHERE claimed_at IS NULL")
	if errors.Is(err, database.ErrNone) {
		return ErrToken
	}
	if err != nil {
		return fmt.Errorf("look for the link: %w", err)
	}
	if subtle.ConstantTimeCompare(hash, tokenHash(token)) != 1 {
		return ErrToken
	}
	return nil
}

func tokenHash(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}
