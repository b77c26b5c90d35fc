package poll

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

var testKey = Key{"f", bytes.Repeat([]byte{3}, keySize)}

// draw gives votes of different people, each for one or more options.
func draw(t *rapid.T) (voters []string, votes []Vote) {
	voters = rapid.SliceOfNDistinct(rapid.StringMatching("[a-z]{1,8}"), 1, 12, rapid.ID).Draw(t, "voters")
	for range voters {
		votes = append(votes, Vote(rapid.SliceOfNDistinct(rapid.IntRange(0, MaxOptions-1), 1, MaxOptions, rapid.ID).Draw(t, "vote")))
	}
	return voters, votes
}

func filled(voters []string, votes []Vote) (u urn) {
	for i, v := range voters {
		u = u.with(testKey.voter(v), ballot(testKey.code("form of "+v), votes[i]))
	}
	return u
}

// TestUrnForgetsTheOrder puts the same ballots in another order: nothing in the urn
// tells, and its size is that of as many others, whatever they chose.
func TestUrnForgetsTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		voters, votes := draw(t)
		u := filled(voters, votes)
		order := rapid.Permutation(indices(len(voters))).Draw(t, "order")
		var others []string
		var theirs []Vote
		for _, i := range order {
			others, theirs = append(others, voters[i]), append(theirs, votes[i])
		}
		again := filled(others, theirs)
		if !slices.Equal(u.voters, again.voters) || !slices.Equal(u.ballots, again.ballots) {
			t.Fatal("the urn tells in which order it was filled")
		}
		for i := range theirs {
			theirs[i] = Vote{0}
		}
		a, err := u.seal(testKey, "post")
		b, other := filled(others, theirs).seal(testKey, "post")
		if err != nil || other != nil || len(a) != len(b) || ballotsIn(a) != len(votes) {
			t.Fatalf("the sizes are %d and %d, %d ballots of %d, %v, %v", len(a), len(b), ballotsIn(a), len(votes), err, other)
		}
	})
}

// TestUrnIsWhatWasPutIn opens it again, with its own key and for its own post alone.
func TestUrnIsWhatWasPutIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		voters, votes := draw(t)
		u := filled(voters, votes).without(testKey.voter(voters[0]))
		sealed, err := u.seal(testKey, "post")
		if err != nil {
			t.Fatal(err)
		}
		got, err := open(testKey, "post", sealed)
		if err != nil || !slices.Equal(got.voters, u.voters) || !slices.Equal(got.ballots, u.ballots) || ballotsIn(sealed) != len(votes) {
			t.Fatalf("%v\n%v\n%v", err, got, u)
		}
		if got.has(testKey.voter(voters[0])) {
			t.Fatal("who is erased is still among the voters")
		}
		for i, v := range voters {
			b := read(ballot(testKey.code("form of "+v), votes[i]))
			if !slices.Equal(b.Vote, votes[i]) || b.Code != said(testKey.code("form of "+v)) {
				t.Fatalf("a ballot for %v reads %v", votes[i], b)
			}
		}
		again, err := u.seal(testKey, "post")
		if err != nil || bytes.Equal(again, sealed) {
			t.Fatalf("sealed twice it is the same, %v", err)
		}
		if _, err := open(Key{"f", bytes.Repeat([]byte{4}, keySize)}, "post", sealed); err == nil {
			t.Fatal("another key opens it")
		}
		if _, err := open(testKey, "another", sealed); err == nil {
			t.Fatal("it opens as that of another post")
		}
		at := rapid.IntRange(0, len(sealed)-1).Draw(t, "at")
		sealed[at] ^= 1
		if _, err := open(testKey, "post", sealed); err == nil {
			t.Fatal("it opens though it was changed")
		}
	})
}

func indices(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}
