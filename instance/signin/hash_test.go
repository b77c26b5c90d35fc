package signin

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/fault"
)

var cheap = Cost{Memory: 8, Passes: 1, Threads: 1}

func TestOnlyTwoHashesAtOnce(t *testing.T) {
	o := &Operations{Cost: cheap}
	ctx := context.Background()
	if _, err := o.HashPassword(ctx, "zebra-kite"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		select {
		case o.hasher.turns <- struct{}{}:
		default:
			t.Fatal("there are fewer than two turns")
		}
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := o.HashPassword(gone, "zebra-kite"); !errors.Is(err, context.Canceled) {
		t.Errorf("a third hash beside two: %v, want it to wait until its reader is gone", err)
	}
	o.hasher.waiting.Store(maxWaiting)
	if _, err := o.HashPassword(ctx, "zebra-kite"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("behind %d who wait: %v, want it to be told at once", maxWaiting, err)
	}
	if n := o.hasher.waiting.Load(); n != maxWaiting {
		t.Errorf("%d wait, want %d: who was sent away still counts", n, maxWaiting)
	}
	<-o.hasher.turns
	o.hasher.waiting.Store(0)
	if _, err := o.HashPassword(ctx, "zebra-kite"); err != nil {
		t.Errorf("a turn was free: %v", err)
	}
	if n := o.Hashes(); n != 2 {
		t.Errorf("%d hashes ran, want 2", n)
	}
}

func TestFits(t *testing.T) {
	o := &Operations{Cost: cheap}
	ctx := context.Background()
	hash, err := o.HashPassword(ctx, "gru\u0308ne-zebras")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, hash, password string
		want                 bool
	}{
		{"the same", hash, "gru\u0308ne-zebras", true},
		{"composed by another keyboard", hash, "gr\u00fcne-zebras", true},
		{"another", hash, "grune-zebras", false},
		{"a space more", hash, "gr\u00fcne-zebras ", false},
		{"no account", "", "gr\u00fcne-zebras", false},
	} {
		before := o.Hashes()
		got, err := o.fits(ctx, c.hash, c.password)
		if err != nil || got != c.want {
			t.Errorf("%s: got %v, %v; want %v", c.name, got, err, c.want)
		}
		if n := o.Hashes() - before; n != 1 {
			t.Errorf("%s took %d hashes, want 1", c.name, n)
		}
	}
	for _, broken := range []string{
		"$argon2i$v=19$m=8,t=1,p=1$AAAA$AAAA", "$argon2id$v=19$m=99999999,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "x",
	} {
		if ok, err := o.fits(ctx, broken, "zebra-kite"); ok || !errors.Is(err, errHash) {
			t.Errorf("%q was read: %v, %v", broken, ok, err)
		}
	}
}

func TestLimits(t *testing.T) {
	a := allowance{"test", 3, time.Minute}
	now := time.Date(2026, 3, 12, 9, 0, 0, 0, time.UTC)
	var l limits
	try := func(want bool, whose ...string) {
		t.Helper()
		if got := l.take(now, a, whose...); got != want {
			t.Errorf("%v at %s: got %v, want %v", whose, now.Format("15:04:05"), got, want)
		}
	}
	for range 3 {
		try(true, "ada", "10.0.0.0/24")
	}
	try(false, "ada", "10.0.0.0/24")
	try(true, "ada", "10.0.1.0/24")
	try(true, "bob", "10.0.0.0/24")
	try(true, "ad", "a10.0.0.0/24")
	now = now.Add(59 * time.Second)
	try(false, "ada", "10.0.0.0/24")
	now = now.Add(2 * time.Second)
	try(true, "ada", "10.0.0.0/24")
	try(false, "ada", "10.0.0.0/24")
	l.give(now, a, "ada", "10.0.0.0/24")
	try(true, "ada", "10.0.0.0/24")
	now = now.Add(time.Hour)
	l.forget(now)
	if len(l.full) != 0 {
		t.Errorf("%d allowances are still counted although all are whole", len(l.full))
	}
	for range 3 {
		try(true, "ada", "10.0.0.0/24")
	}
	try(false, "ada", "10.0.0.0/24")
}

// TestLimitsKeepNoAddress: what is counted by is hashed under a key that is
// thrown away every day.
func TestLimitsKeepNoAddress(t *testing.T) {
	a := allowance{"test", 3, time.Minute}
	now := time.Date(2026, 3, 12, 23, 59, 0, 0, time.UTC)
	var l limits
	first := l.hash(now, a, []string{"ada", "10.0.0.0/24"})
	if l.hash(now, a, []string{"ada", "10.0.0.0/24"}) != first {
		t.Fatal("the hash changed within a day")
	}
	l.take(now, a, "ada", "10.0.0.0/24")
	key := l.key
	now = now.Add(2 * time.Minute)
	if l.hash(now, a, []string{"ada", "10.0.0.0/24"}) == first {
		t.Error("the hash is the same on the next day: it could be looked up for ever")
	}
	if l.key == key || len(l.full) != 0 {
		t.Error("yesterday's key or counts are still there")
	}
	var other limits
	if other.hash(now, a, []string{"ada", "10.0.0.0/24"}) == l.hash(now, a, []string{"ada", "10.0.0.0/24"}) {
		t.Error("two processes hash alike: the key is not random")
	}
}

func TestLimitsStopAtTheirMemory(t *testing.T) {
	a := allowance{"test", 3, time.Minute}
	now := time.Date(2026, 3, 12, 9, 0, 0, 0, time.UTC)
	var l limits
	l.take(now, a, "ada")
	for i := range maxCounted {
		l.full[[32]byte{byte(i), byte(i >> 8), byte(i >> 16), 1}] = now.Add(time.Minute)
	}
	if l.take(now, a, "bob") {
		t.Error("somebody new was let through although nothing can be counted any more")
	}
	if !l.take(now, a, "ada") {
		t.Error("who is counted already was refused")
	}
	if !l.take(now.Add(2*time.Minute), a, "bob") {
		t.Error("nothing was forgotten when it was over")
	}
}
