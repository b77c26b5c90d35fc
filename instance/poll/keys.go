package poll

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/opengather/opengather/instance/internal/blob"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
)

// Key opens the urn of one secret poll. It lies in a folder of its own in the store
// of keys, sealed under a key of the community, and is in no database and no copy
// of one.
type Key struct {
	folder string
	secret []byte
}

const (
	keySize  = 32
	keyFile  = "/k"
	maxKey   = 256 // bytes of the file, sealed
	lifetime = time.Minute
)

var errNoKey = errors.New("the key of a poll is gone")

// Secret reports whether polls can be secret here.
func (o *Operations) Secret() bool { return o.Urns != nil }

// NewKey makes the key of a secret poll, before the transaction that stores it.
// Whoever does not store it drops it.
func (o *Operations) NewKey(ctx context.Context) (k Key, err error) {
	if !o.Secret() {
		return k, fault.Bad("secret", "poll.no_secret")
	}
	name, secret := make([]byte, 16), make([]byte, keySize)
	rand.Read(name) // never returns an error: crypto/rand
	rand.Read(secret)
	k = Key{hex.EncodeToString(name), secret}
	sealed, err := o.Keys.Seal(keyring.Ballots, k.secret, []byte(k.folder))
	if err != nil {
		return k, fmt.Errorf("seal the key of a poll: %w", err)
	}
	return k, o.Urns.Put(ctx, k.folder+keyFile, int64(len(sealed)), bytes.NewReader(sealed))
}

// Drop destroys a key that no poll has.
func (o *Operations) Drop(ctx context.Context, k Key) error {
	if k.folder == "" {
		return nil
	}
	return o.Urns.Drop(ctx, k.folder)
}

// key gives the key in a folder, errNoKey if it is gone.
func (o *Operations) key(ctx context.Context, folder string) (k Key, err error) {
	if o.Urns == nil {
		return k, blob.ErrDown // the operator took the bucket away, or its settings
	}
	if folder == "" {
		return k, errNoKey
	}
	if k, ok := o.recent.get(folder, o.DB.Now()); ok {
		return k, nil
	}
	f, err := o.Urns.Open(ctx, folder+keyFile)
	if errors.Is(err, blob.ErrNone) {
		return k, errNoKey
	}
	if err != nil {
		return k, err
	}
	sealed, err := io.ReadAll(io.LimitReader(f, maxKey))
	if err := errors.Join(err, f.Close()); errors.Is(err, blob.ErrNone) {
		return k, errNoKey
	} else if err != nil {
		return k, fmt.Errorf("read the key of a poll: %w", err)
	}
	secret, err := o.Keys.Unseal(keyring.Ballots, sealed, []byte(folder))
	if err != nil {
		return k, fmt.Errorf("open the key of a poll: %w", err)
	}
	k = Key{folder, secret}
	o.recent.put(k, o.DB.Now())
	return k, nil
}

// mac is random to whoever has not the key.
func (k Key) mac(what, of string) []byte {
	h := hmac.New(sha256.New, k.secret)
	h.Write([]byte(what + "\x00" + of))
	return h.Sum(nil)
}

// voter is how somebody stands in the urn: only with the key can be told that she
// does.
func (k Key) voter(id string) (v [voterSize]byte) {
	copy(v[:], k.mac("voter", id))
	return v
}

// code is what a ballot is found by in the end. It follows from the key of the form,
// which is drawn at random, and from nobody's name: sent twice, a form is one ballot.
func (k Key) code(form string) (c [codeSize]byte) {
	copy(c[:], k.mac("code", form))
	return c
}

// recent are the keys that were used within a minute.
type recent struct {
	sync.Mutex
	keys map[string]used
}

type used struct {
	Key
	until time.Time
}

func (r *recent) get(folder string, now time.Time) (Key, bool) {
	r.Lock()
	defer r.Unlock()
	for f, u := range r.keys {
		if !now.Before(u.until) || now.Before(u.until.Add(-lifetime)) {
			delete(r.keys, f)
		}
	}
	u, ok := r.keys[folder]
	return u.Key, ok
}

func (r *recent) put(k Key, now time.Time) {
	r.Lock()
	defer r.Unlock()
	if r.keys == nil {
		r.keys = map[string]used{}
	}
	r.keys[k.folder] = used{k, now.Add(lifetime)}
}

func (r *recent) forget(folder string) {
	r.Lock()
	defer r.Unlock()
	delete(r.keys, folder)
}
