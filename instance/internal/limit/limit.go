// Package limit bounds how often something may be tried. It counts in memory and
// keeps nothing that says who tried.
package limit

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"
)

// Allowance says how often something of a kind may be tried: Burst times at once,
// and then once Every while.
type Allowance struct {
	Kind  string
	Burst int
	Every time.Duration
}

// maxCounted bounds the memory of limits: 64 bytes each.
const maxCounted = 100_000

const secondsOfADay = 24 * 60 * 60

// Limits counts tries of all kinds. What it counts by is hashed under a random
// key that changes every day, so that no address can be found in it. The zero
// Limits is ready to be used.
type Limits struct {
	mu  sync.Mutex
	day int64
	key [32]byte
	// full is when each allowance is whole again, by the hash of whose it is
	// (the "theoretical arrival time" of the generic cell rate algorithm).
	full map[[32]byte]time.Time
}

// Take counts a try and reports whether it is allowed. One that is not allowed
// costs nothing, so waiting always helps.
func (l *Limits) Take(now time.Time, a Allowance, whose ...string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	who := l.hash(now, a, whose)
	full, counted := l.full[who]
	if full.Before(now) {
		full = now
	}
	if full.Sub(now) > time.Duration(a.Burst-1)*a.Every {
		return false
	}
	if !counted && len(l.full) >= maxCounted {
		l.forget(now)
		if len(l.full) >= maxCounted {
			return false
		}
	}
	l.full[who] = full.Add(a.Every)
	return true
}

// Give takes a try back: it was a right one.
func (l *Limits) Give(now time.Time, a Allowance, whose ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	who := l.hash(now, a, whose)
	if full, ok := l.full[who]; ok {
		l.full[who] = full.Add(-a.Every)
	}
}

// hash names whose allowance it is. On a new day everything is forgotten with
// the key it was counted under. A try from before midnight that is taken back
// after it does not bring yesterday back.
func (l *Limits) hash(now time.Time, a Allowance, whose []string) (sum [32]byte) {
	if today := now.Unix() / secondsOfADay; today > l.day || l.full == nil {
		l.day, l.full = today, map[[32]byte]time.Time{}
		rand.Read(l.key[:]) // never returns an error: crypto/rand
	}
	h := hmac.New(sha256.New, l.key[:])
	for _, part := range append([]string{a.Kind}, whose...) {
		one := sha256.Sum256([]byte(part))
		h.Write(one[:])
	}
	h.Sum(sum[:0])
	return sum
}

// forget drops allowances that are whole again.
func (l *Limits) forget(now time.Time) {
	for who, full := range l.full {
		if !full.After(now) {
			delete(l.full, who)
		}
	}
}
