package limit

import (
	"testing"
	"time"
)

// TestMidnightKeepsLimits: whoever signs in across midnight takes back a try of
// yesterday. What others have used up today stays used up.
func TestMidnightKeepsLimits(t *testing.T) {
	before := time.Date(2026, 3, 12, 23, 59, 59, 0, time.UTC)
	after := before.Add(2 * time.Second)
	a := Allowance{"account", 5, time.Minute}
	var l Limits
	if !l.Take(before, a, "ada", "n") {
		t.Fatal("the first try is refused")
	}
	for range a.Burst {
		if !l.Take(after, a, "ben", "n") {
			t.Fatal("a try within the limit is refused")
		}
	}
	l.Give(before, a, "ada", "n")
	if l.Take(after, a, "ben", "n") {
		t.Error("a sign-in across midnight lets others try on")
	}
	if next := after.Add(24 * time.Hour); !l.Take(next, a, "ben", "n") {
		t.Error("the next day does not begin anew")
	}
}

func TestLimits(t *testing.T) {
	a := Allowance{"test", 3, time.Minute}
	now := time.Date(2026, 3, 12, 9, 0, 0, 0, time.UTC)
	var l Limits
	try := func(want bool, whose ...string) {
		t.Helper()
		if got := l.Take(now, a, whose...); got != want {
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
	l.Give(now, a, "ada", "10.0.0.0/24")
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
	a := Allowance{"test", 3, time.Minute}
	now := time.Date(2026, 3, 12, 23, 59, 0, 0, time.UTC)
	var l Limits
	first := l.hash(now, a, []string{"ada", "10.0.0.0/24"})
	if l.hash(now, a, []string{"ada", "10.0.0.0/24"}) != first {
		t.Fatal("the hash changed within a day")
	}
	l.Take(now, a, "ada", "10.0.0.0/24")
	key := l.key
	now = now.Add(2 * time.Minute)
	if l.hash(now, a, []string{"ada", "10.0.0.0/24"}) == first {
		t.Error("the hash is the same on the next day: it could be looked up for ever")
	}
	if l.key == key || len(l.full) != 0 {
		t.Error("yesterday's key or counts are still there")
	}
	var other Limits
	if other.hash(now, a, []string{"ada", "10.0.0.0/24"}) == l.hash(now, a, []string{"ada", "10.0.0.0/24"}) {
		t.Error("two processes hash alike: the key is not random")
	}
}

func TestLimitsStopAtTheirMemory(t *testing.T) {
	a := Allowance{"test", 3, time.Minute}
	now := time.Date(2026, 3, 12, 9, 0, 0, 0, time.UTC)
	var l Limits
	l.Take(now, a, "ada")
	for i := range maxCounted {
		l.full[[32]byte{byte(i), byte(i >> 8), byte(i >> 16), 1}] = now.Add(time.Minute)
	}
	if l.Take(now, a, "bob") {
		t.Error("somebody new was let through although nothing can be counted any more")
	}
	if !l.Take(now, a, "ada") {
		t.Error("who is counted already was refused")
	}
	if !l.Take(now.Add(2*time.Minute), a, "bob") {
		t.Error("nothing was forgotten when it was over")
	}
}
