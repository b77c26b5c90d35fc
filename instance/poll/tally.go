package poll

// Result is what came of a poll. It is stored as JSON, and is in the files that
// readers can take along.
type Result struct {
	// Few says that fewer than Floor took part in a secret poll: nothing is told.
	Few bool `json:"few,omitempty"`
	// Voters is how many took part.
	Voters int `json:"voters"`
	// Counts is how many chose each option, in the order of the options. Where they
	// are ranked there are rounds instead.
	Counts []int `json:"counts,omitempty"`
	// Rounds are those of a poll in order of preference, and Winners what came out
	// first: several if they are equal in all that decides.
	Rounds  []Round `json:"rounds,omitempty"`
	Winners []int   `json:"winners,omitempty"`
	// Ballots are all of a secret poll, in the order of their codes. Where options
	// are ranked they have codes alone: an order can be a signature.
	Ballots []Ballot `json:"ballots,omitempty"`
}

// Ballot is what somebody chose in a secret poll, and the code that she alone was
// told.
type Ballot struct {
	Code string `json:"code"`
	Vote Vote   `json:"vote,omitempty"`
}

// Floor is how many have to take part in a secret poll for its result to be told:
// of two, each would know what the other chose.
const Floor = 3

// tally counts votes. Their order changes nothing.
func tally(p Poll, votes []Vote) *Result {
	r := &Result{Voters: len(votes)}
	if p.Method == Ranked {
		r.Rounds, r.Winners = runoff(len(p.Options), votes)
		return r
	}
	r.Counts = make([]int, len(p.Options))
	for _, v := range votes {
		for _, place := range v {
			r.Counts[place]++
		}
	}
	return r
}

// Reached reports whether as many took part as had to.
func (p Poll) Reached() bool { return p.Voters >= p.Quorum }
