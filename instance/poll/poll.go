// Package poll holds questions that people answer by choosing: how they are put,
// how people vote, how they end, and what came of them.
//
// A poll belongs to the post that begins a thread, and whoever may read the post
// may read the poll, asked at each access. There are two modes. In a named poll
// everybody who reads it sees who chose what. In a secret one nobody can find out:
// who has voted and all ballots lie in one sealed urn, whose key is in no copy of
// the database and is destroyed at the end: see urn.go and
// docs/decisions/0011-secret-polls.md.
package poll

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/opengather/opengather/instance/internal/blob"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/keyring"
)

// Facts about polls. Of secret ones only the end is one.
const (
	Voted  fact.Kind = "poll.voted"
	Closed fact.Kind = "poll.closed"
)

// Limits of a poll.
const (
	MinOptions = 2
	MaxOptions = 20
	// MaxOption is how long an option is, in characters.
	MaxOption = 120
	MaxQuorum = 100_000
)

// Operations are what can be done with polls.
type Operations struct {
	DB   *database.DB
	Keys *keyring.Keyring
	// Urns keeps the keys of secret polls, outside of the database and its copies;
	// nil where none can be kept, and so no poll can be secret.
	Urns blob.Store

	recent recent
}

// Method is how people choose.
type Method string

const (
	// Single lets each choose one option.
	Single Method = "single"
	// Several lets each choose more than one.
	Several Method = "several"
	// Ranked lets each put options in the order of her preference.
	Ranked Method = "ranked"
)

// Methods are those there are, in the order in which they are offered.
var Methods = []Method{Single, Several, Ranked}

// State is what has become of a poll.
type State string

const (
	// Open takes votes until its time is over.
	Open State = "open"
	// Ended has a result.
	Ended State = "closed"
	// Lost is a secret poll whose key is gone: nobody can count it.
	Lost State = "lost"
)

// Vote is what somebody chose: places of options, from 0, each once; where options
// are ranked, what she likes best comes first. An empty one is no vote.
type Vote []int

// String is the vote as a form carries it: "2,5".
func (v Vote) String() string {
	all := make([]string, len(v))
	for i, place := range v {
		all[i] = strconv.Itoa(place)
	}
	return strings.Join(all, ",")
}

// Poll is a poll as its readers see it.
type Poll struct {
	Post   string
	Method Method
	Secret bool
	// Most is how many options may be chosen.
	Most int
	// Quorum is how many have to take part for anything to be decided; 0 for any.
	Quorum   int
	ClosesAt time.Time
	State    State
	// Reworded says that the words of the post were changed after somebody voted.
	Reworded bool
	Options  []string
	// Voters is how many took part so far, or in the end.
	Voters int
	// Result is what is known of the outcome: of a named poll at any time, of a
	// secret one at the end.
	Result *Result
	// Mine is what the reader chose in a named poll; Took that she took part, in
	// either. Unknown says that nobody can tell at the moment whether she did.
	Mine          Vote
	Took, Unknown bool
}

// Running reports whether votes are taken at a time.
func (p Poll) Running(now time.Time) bool { return p.State == Open && now.Before(p.ClosesAt) }

// Brief is a poll at a glance, for lists.
type Brief struct {
	State    State
	ClosesAt time.Time
}

// Running reports whether votes are taken at a time.
func (b Brief) Running(now time.Time) bool { return b.State == Open && now.Before(b.ClosesAt) }

// ordered is a vote whose order means nothing, in the order of the options.
func ordered(v Vote) Vote {
	v = slices.Clone(v)
	slices.Sort(v)
	return v
}
