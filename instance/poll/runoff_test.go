package poll

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// cast reads ballots as books write them: "3 a>b, 2 b" of the options a, b, c, …
func cast(t testing.TB, ballots string) (votes []Vote) {
	t.Helper()
	for line := range strings.SplitSeq(ballots, ",") {
		n, order, _ := strings.Cut(strings.TrimSpace(line), " ")
		var v Vote
		for o := range strings.SplitSeq(order, ">") {
			v = append(v, int(o[0]-'a'))
		}
		var times int
		if _, err := fmt.Sscan(n, &times); err != nil {
			t.Fatal(err)
		}
		votes = append(votes, slices.Repeat([]Vote{v}, times)...)
	}
	return votes
}

// told writes rounds as "[4 3 2] -c | [4 5 0]", with the spent ballots behind a +.
func told(rounds []Round) string {
	var all []string
	for _, r := range rounds {
		s := fmt.Sprint(r.Counts)
		if r.Spent > 0 {
			s += fmt.Sprintf("+%d", r.Spent)
		}
		if len(r.Out) > 0 {
			s += " -" + letters26(r.Out)
		}
		all = append(all, s)
	}
	return strings.Join(all, " | ")
}

func letters26(options []int) (s string) {
	for _, o := range options {
		s += string(rune('a' + o))
	}
	return s
}

// TestRunoff counts by hand what it counts.
func TestRunoff(t *testing.T) {
	for _, c := range []struct {
		name    string
		options int
		ballots string
		rounds  string
		winners string
	}{
		{"more than half at once", 3, "3 a>b>c, 1 b>a>c, 1 c", "[3 1 1]", "a"},
		{"just half is not enough", 3, "3 a, 2 b, 1 c>b", "[3 2 1] -c | [3 3 0] -b | [3 0 0]+3", "a"},
		{"capitals of Tennessee", 4, "42 a>b>c>d, 26 b>c>d>a, 15 c>d>b>a, 17 d>c>b>a", "[42 26 15 17] -c | [42 26 0 32] -b | [42 0 0 58]", "d"},
		{"first of the first round loses", 3, "4 a>b, 3 b>c, 2 c>b", "[4 3 2] -c | [4 5 0]", "b"},
		{"a ballot that is spent", 4, "4 a, 3 b, 2 c>d, 1 d", "[4 3 2 1] -d | [4 3 2 0]+1 -c | [4 3 0 0]+3", "a"},
		{"half of those that still count", 3, "2 a, 2 b>a, 1 c, 1 c>b", "[2 2 2] -c | [2 3 0]+1", "b"},
		{"an earlier round decides", 4, "5 a, 4 b, 3 c, 1 d>c", "[5 4 3 1] -d | [5 4 4 0] -c | [5 4 0 0]+4", "a"},
		{"the latest of earlier rounds decides", 5, "10 a, 4 b, 5 c>b, 1 d>c, 2 d, 2 e>b", "[10 4 5 3 2] -e | [10 6 5 3 0] -d | [10 6 6 0 0]+2 -c | [10 11 0 0 0]+3", "b"},
		{"the second choice decides", 3, "2 a, 1 b>c, 1 c", "[2 1 1] -b | [2 0 2] -c | [2 0 0]+2", "a"},
		{"the third choice decides", 4, "2 a>d, 2 d>a, 1 b>a>c, 1 c>a>d", "[2 1 1 2] -b | [3 0 1 2] -c | [4 0 0 2]", "a"},
		{"equal in all: out together", 4, "3 a>d, 2 d>a, 1 b>d, 1 c>d", "[3 1 1 2] -bc | [3 0 0 4]", "d"},
		{"two of two are equal", 2, "2 a, 2 b", "[2 2]", "ab"},
		{"two are left and equal", 3, "2 a>b, 2 b>a, 1 c", "[2 2 1] -c | [2 2 0]+1", "ab"},
		{"all are equal", 3, "1 a>b>c, 1 b>c>a, 1 c>a>b", "[1 1 1]", "abc"},
		{"nobody wants two", 4, "2 a, 2 b", "[2 2 0 0] -cd | [2 2 0 0]", "ab"},
		{"one ballot", 3, "1 c>a", "[0 0 1]", "c"},
		{"one option is chosen", 3, "5 b", "[0 5 0]", "b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rounds, winners := runoff(c.options, cast(t, c.ballots))
			if got := told(rounds); got != c.rounds || letters26(winners) != c.winners {
				t.Errorf("%s gives %s, and %s wins; want %s, and %s", c.ballots, got, letters26(winners), c.rounds, c.winners)
			}
		})
	}
	if rounds, winners := runoff(3, nil); rounds != nil || winners != nil {
		t.Errorf("without a ballot %v wins after %v", winners, rounds)
	}
}

// drawRanked gives ballots for some options, often few of both, so that there are ties.
func drawRanked(t *rapid.T) (options int, votes []Vote) {
	options = rapid.IntRange(1, 6).Draw(t, "options")
	votes = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Vote {
		return rapid.SliceOfNDistinct(rapid.IntRange(0, options-1), 1, options, rapid.ID).Draw(t, "vote")
	}), 1, 12).Draw(t, "votes")
	return options, votes
}

// TestRunoffKeepsItsRules holds what is true of every count: no ballot is lost or
// counted twice, who goes out has no more than anybody else, stays out, and more
// than half of the first choices are enough.
func TestRunoffKeepsItsRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		options, votes := drawRanked(t)
		rounds, winners := runoff(options, votes)
		if len(rounds) == 0 || len(rounds) > options || len(winners) == 0 {
			t.Fatalf("%d rounds, and %v win", len(rounds), winners)
		}
		var gone []int
		for n, r := range rounds {
			sum := r.Spent
			for o, count := range r.Counts {
				sum += count
				if slices.Contains(gone, o) {
					if count != 0 || slices.Contains(r.Out, o) {
						t.Fatalf("round %d counts %d for an option that is out", n, count)
					}
					continue
				}
				for _, out := range r.Out {
					if r.Counts[out] > count {
						t.Fatalf("out goes one with %d, and one with %d stays", r.Counts[out], count)
					}
				}
			}
			if sum != len(votes) || (len(r.Out) == 0) != (n == len(rounds)-1) {
				t.Fatalf("round %d is of %d ballots of %d, out go %v", n, sum, len(votes), r.Out)
			}
			gone = append(gone, r.Out...)
		}
		for o, count := range rounds[0].Counts {
			if 2*count > len(votes) && !slices.Equal(winners, []int{o}) {
				t.Fatalf("%d of %d want %d first, and %v win", count, len(votes), o, winners)
			}
		}
		last := rounds[len(rounds)-1]
		for _, w := range winners {
			if slices.Contains(gone, w) || last.Counts[w] != slices.Max(last.Counts) {
				t.Fatalf("%d wins with %v after %v went out", w, last.Counts, gone)
			}
		}
		if len(winners) > 1 && len(winners) != options-len(gone) {
			t.Fatalf("%v win together, and %v are out of %d", winners, gone, options)
		}
	})
}

// TestRunoffKnowsNoOrder counts the ballots in another order, and with the options
// written in another order: the same comes of it.
func TestRunoffKnowsNoOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		options, votes := drawRanked(t)
		rounds, winners := runoff(options, votes)
		shuffled := rapid.Permutation(votes).Draw(t, "ballots")
		if again, won := runoff(options, shuffled); told(again) != told(rounds) || !slices.Equal(won, winners) {
			t.Fatalf("%s and %v, in another order %s and %v", told(rounds), winners, told(again), won)
		}
		names := rapid.Permutation(indices(options)).Draw(t, "names")
		named := func(all []int) (out []int) {
			for _, o := range all {
				out = append(out, names[o])
			}
			return out
		}
		var renamed []Vote
		for _, v := range votes {
			renamed = append(renamed, named(v))
		}
		again, won := runoff(options, renamed)
		if want := named(winners); !slices.Equal(sorted(won), sorted(want)) || len(again) != len(rounds) {
			t.Fatalf("%v win, by other names %v", want, won)
		}
		for n, r := range rounds {
			for o, count := range r.Counts {
				if again[n].Counts[names[o]] != count {
					t.Fatalf("round %d counts %v, by other names %v", n, r.Counts, again[n].Counts)
				}
			}
			if !slices.Equal(sorted(named(r.Out)), sorted(again[n].Out)) {
				t.Fatalf("out go %v, by other names %v", named(r.Out), again[n].Out)
			}
		}
	})
}

func sorted(all []int) []int { return slices.Sorted(slices.Values(all)) }
