package limit

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestGate lets in two at a time, one of whom may be a stranger.
func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(2, 1, 2*time.Second)
		enter := func(stranger, want bool) func() {
			t.Helper()
			leave, ok := g.Enter(t.Context(), stranger)
			if ok != want {
				t.Fatalf("a stranger (%v) is let in: %v", stranger, ok)
			}
			return leave
		}
		first := enter(true, true)
		enter(true, false)
		member := enter(false, true)
		enter(false, false)
		first()
		other := enter(false, true)
		enter(true, false) // although no stranger is in
		other()
		first = enter(true, true) // who was refused left nothing behind
		first()
		first = enter(true, true)

		// Whoever waits gets the turn of who leaves.
		let := make(chan bool)
		go func() {
			_, ok := g.Enter(t.Context(), false)
			let <- ok
		}()
		synctest.Wait()
		member()
		if !<-let {
			t.Error("who waited was not let in")
		}
		first()
	})
}

// TestNobodyWaitsWhoHasGone: a reader who has gone does not wait for her turn.
func TestNobodyWaitsWhoHasGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(1, 1, time.Hour)
		if _, ok := g.Enter(t.Context(), false); !ok {
			t.Fatal("nobody is let in")
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		before := time.Now()
		if _, ok := g.Enter(gone, true); ok || !time.Now().Equal(before) {
			t.Error("who has gone still waits")
		}
	})
}

// TestNoGateIsOpen: what needs none gives none.
func TestNoGateIsOpen(t *testing.T) {
	var g *Gate
	leave, ok := g.Enter(t.Context(), true)
	if !ok {
		t.Fatal("nobody is let in")
	}
	leave()
}
