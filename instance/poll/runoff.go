package poll

import "slices"

// Round is one count of a poll in order of preference.
type Round struct {
	// Counts is on how many ballots each option stands first of those that are
	// still in, in the order of the options; 0 for one that is out.
	Counts []int `json:"counts"`
	// Out are those that go out after it; empty in the last.
	Out []int `json:"out,omitempty"`
	// Spent is how many ballots name none that is still in.
	Spent int `json:"spent"`
}

// runoff counts orders of preference by instant runoff: see
// docs/decisions/0014-ranked-polls.md. Who has more than half of the ballots that
// still name anybody wins; else the option with the fewest goes out, and its
// ballots move on to the next choice. It depends neither on chance nor on the
// order of anything.
func runoff(options int, votes []Vote) (rounds []Round, winners []int) {
	if len(votes) == 0 {
		return nil, nil
	}
	in := make([]int, options)
	for i := range in {
		in[i] = i
	}
	chosen := choices(options, votes)
	for {
		r := round(options, in, votes)
		if i := slices.IndexFunc(in, func(o int) bool { return 2*r.Counts[o] > len(votes)-r.Spent }); i >= 0 {
			return append(rounds, r), []int{in[i]}
		}
		out := last(in, append(rounds, r), chosen)
		if len(out) == len(in) {
			return append(rounds, r), out
		}
		r.Out = out
		rounds = append(rounds, r)
		in = slices.DeleteFunc(in, func(o int) bool { return slices.Contains(out, o) })
	}
}

// round gives each ballot to the first of its options that is still in.
func round(options int, in []int, votes []Vote) Round {
	r := Round{Counts: make([]int, options)}
	for _, v := range votes {
		i := slices.IndexFunc(v, func(o int) bool { return slices.Contains(in, o) })
		if i < 0 {
			r.Spent++
			continue
		}
		r.Counts[v[i]]++
	}
	return r
}

// choices counts on how many ballots each option stands first, second, and so on.
func choices(options int, votes []Vote) [][]int {
	all := make([][]int, options)
	for rank := range all {
		all[rank] = make([]int, options)
		for _, v := range votes {
			if rank < len(v) {
				all[rank][v[rank]]++
			}
		}
	}
	return all
}

// last are the options with the fewest ballots in the latest round. Of several, it
// is who had fewer in an earlier one, from the latest back; then who is the second
// choice of fewer, then the third, and so on. Those who are equal in all of that
// are in one place, whatever their order.
func last(in []int, rounds []Round, chosen [][]int) []int {
	for _, r := range slices.Backward(rounds) {
		in = fewest(in, r.Counts)
	}
	for _, counts := range chosen {
		in = fewest(in, counts)
	}
	return in
}

func fewest(in, counts []int) (all []int) {
	for _, o := range in {
		switch {
		case len(all) == 0 || counts[o] < counts[all[0]]:
			all = []int{o}
		case counts[o] == counts[all[0]]:
			all = append(all, o)
		}
	}
	return all
}
