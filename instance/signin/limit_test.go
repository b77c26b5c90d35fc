package signin

import (
	"testing"
	"time"
)

// TestMidnightKeepsLimits: whoever signs in across midnight takes back a try of
// yesterday. What others have used up today stays used up.
func TestMidnightKeepsLimits(t *testing.T) {
	before := time.Date(2026, 3, 12, 23, 59, 59, 0, time.UTC)
	after := before.Add(2 * time.Second)
	var l limits
	if !l.take(before, perAccount, "ada", "n") {
		t.Fatal("the first try is refused")
	}
	for range perAccount.burst {
		if !l.take(after, perAccount, "ben", "n") {
			t.Fatal("a try within the limit is refused")
		}
	}
	l.give(before, perAccount, "ada", "n")
	if l.take(after, perAccount, "ben", "n") {
		t.Error("a sign-in across midnight lets others try on")
	}
	if next := after.Add(24 * time.Hour); !l.take(next, perAccount, "ben", "n") {
		t.Error("the next day does not begin anew")
	}
}
