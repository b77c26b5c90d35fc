package signin

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/opengather/opengather/instance/internal/fault"
)

// allowance says how often something may be tried: burst times at once, and
// then once every while.
type allowance struct {
	kind  string
	burst int
	every time.Duration
}

var (
	// perAccount bounds guessing at one account from one network. It counts by
	// what was typed, so it is the same for accounts that do not exist, and a
	// stranger elsewhere cannot lock a member out.
	perAccount = allowance{"account", 5, time.Minute}
	// perNetwork bounds everything a network's strangers may ask for: a class
	// that joins in one lesson passes, a guesser of many handles does not.
	perNetwork = allowance{"network", 60, 2 * time.Second}
)

// maxCounted bounds the memory of limits: 64 bytes each.
const maxCounted = 100_000

// limits counts tries in memory. What it counts by is hashed under a random key
// that changes every day, so that no address can be found in it.
type limits struct {
	mu  sync.Mutex
	day int64
	key [32]byte
	// full is when each allowance is whole again, by the hash of whose it is
	// (the "theoretical arrival time" of the generic cell rate algorithm).
	full map[[32]byte]time.Time
}

// take counts a try and reports whether it is allowed. One that is not allowed
// costs nothing, so waiting always helps.
func (l *limits) take(now time.Time, a allowance, whose ...string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	who := l.hash(now, a, whose)
	full, counted := l.full[who]
	if full.Before(now) {
		full = now
	}
	if full.Sub(now) > time.Duration(a.burst-1)*a.every {
		return false
	}
	if !counted && len(l.full) >= maxCounted {
		l.forget(now)
		if len(l.full) >= maxCounted {
			return false
		}
	}
	l.full[who] = full.Add(a.every)
	return true
}

// give takes a try back: it was a right one.
func (l *limits) give(now time.Time, a allowance, whose ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	who := l.hash(now, a, whose)
	if full, ok := l.full[who]; ok {
		l.full[who] = full.Add(-a.every)
	}
}

// hash names whose allowance it is. On a new day everything is forgotten with
// the key it was counted under. A try from before midnight that is taken back
// after it does not bring yesterday back.
func (l *limits) hash(now time.Time, a allowance, whose []string) (sum [32]byte) {
	if today := day(now); today > l.day || l.full == nil {
		l.day, l.full = today, map[[32]byte]time.Time{}
		rand.Read(l.key[:]) // never returns an error: crypto/rand
	}
	h := hmac.New(sha256.New, l.key[:])
	for _, part := range append([]string{a.kind}, whose...) {
		one := sha256.Sum256([]byte(part))
		h.Write(one[:])
	}
	h.Sum(sum[:0])
	return sum
}

// forget drops allowances that are whole again.
func (l *limits) forget(now time.Time) {
	for who, full := range l.full {
		if !full.After(now) {
			delete(l.full, who)
		}
	}
}

// Knock counts a try of somebody unknown against her network and gives
// fault.TooMany if there were too many. It depends on the network alone.
func (o *Operations) Knock(network string) error {
	if !o.limits.take(o.DB.Now(), perNetwork, network) {
		return fault.New(fault.TooMany, "fault.too_many")
	}
	return nil
}
