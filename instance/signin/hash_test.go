package signin

import (
	"context"
	"errors"
	"testing"

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
