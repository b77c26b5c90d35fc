package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/opengather/opengather/instance/internal/fault"
	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Cost is what hashing a password takes. The zero Cost is 64 MiB, three passes
// and two threads (RFC 9106, section 4, with two lanes instead of four). Only
// tests, which hash by the hundred, set another.
type Cost struct {
	// Memory is in KiB.
	Memory, Passes uint32
	Threads        uint8
}

var fullCost = Cost{Memory: 64 * 1024, Passes: 3, Threads: 2}

// at most this much is believed of a stored hash's parameters.
var maxCost = Cost{Memory: 256 * 1024, Passes: 10, Threads: 8}

// hashesAtOnce bounds memory and leaves the processor something for readers.
const hashesAtOnce = 2

// maxWaiting bounds how many wait for a turn: about ten seconds of them. Who
// comes later is told at once to try again, instead of holding a connection.
const maxWaiting = 64

const saltSize, hashSize = 16, 32

// hasher lets few hash at the same time and counts.
type hasher struct {
	once  sync.Once
	turns chan struct{}
	// waiting counts those who have no turn yet.
	waiting, runs atomic.Int64
}

// Hashes is how many password hashes were computed. Tests use it to hold that
// an account that does not exist costs the same.
func (o *Operations) Hashes() int64 { return o.hasher.runs.Load() }

// argon is one hash, when it is its turn.
func (h *hasher) argon(ctx context.Context, password string, salt []byte, c Cost) ([]byte, error) {
	h.once.Do(func() { h.turns = make(chan struct{}, hashesAtOnce) })
	if err := h.wait(ctx); err != nil {
		return nil, err
	}
	defer func() { <-h.turns }()
	h.runs.Add(1)
	// The same password typed on another device may be composed differently
	// (RFC 8265, section 4.2.2).
	return argon2.IDKey(norm.NFC.Bytes([]byte(password)), salt, c.Passes, c.Memory, c.Threads, hashSize), nil
}

// wait gives a turn.
func (h *hasher) wait(ctx context.Context) error {
	defer h.waiting.Add(-1)
	if h.waiting.Add(1) > maxWaiting {
		return fault.New(fault.Unavailable, "fault.busy")
	}
	select {
	case h.turns <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (o *Operations) cost() Cost {
	if o.Cost == (Cost{}) {
		return fullCost
	}
	return o.Cost
}

// HashPassword hashes a password for SetPassword. It takes tenths of a second
// and waits for its turn, so it is called outside of transactions.
func (o *Operations) HashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltSize)
	rand.Read(salt) // never returns an error: crypto/rand
	c := o.cost()
	sum, err := o.hasher.argon(ctx, password, salt, c)
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return encode(c, salt, sum), nil
}

// encode writes a hash with its parameters in the PHC string format.
func encode(c Cost, salt, sum []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Passes, c.Threads, b64.EncodeToString(salt), b64.EncodeToString(sum))
}

var errHash = errors.New("not an argon2id hash that we wrote")

func decode(text string) (c Cost, salt, sum []byte, err error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Passes, &c.Threads); err != nil {
		return c, nil, nil, errHash
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	sum, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	tooMuch := c.Memory > maxCost.Memory || c.Passes > maxCost.Passes || c.Threads > maxCost.Threads
	if err1 != nil || err2 != nil || len(sum) != hashSize || c.Passes == 0 || c.Threads == 0 || tooMuch {
		return c, nil, nil, errHash
	}
	return c, salt, sum, nil
}

// fits reports whether a password is the one of a hash. An empty hash, of an
// account that does not exist or has no password, costs one hash as well and
// fits nothing.
func (o *Operations) fits(ctx context.Context, hash, password string) (bool, error) {
	decoy := hash == ""
	if decoy {
		hash = encode(o.cost(), make([]byte, saltSize), make([]byte, hashSize))
	}
	c, salt, want, err := decode(hash)
	if err != nil {
		return false, err
	}
	sum, err := o.hasher.argon(ctx, password, salt, c)
	if err != nil {
		return false, fmt.Errorf("compare a password: %w", err)
	}
	return subtle.ConstantTimeCompare(sum, want) == 1 && !decoy, nil
}
