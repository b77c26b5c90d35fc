package demo

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/space"
)

const day = 24 * time.Hour

// A happening is something that is done at its time.
type happening struct {
	at   time.Time
	what string // for errors
	do   func(ctx context.Context) error
}

// A year is the plan of everything that will happen. Whatever is left to chance
// is drawn while it is made, so that the same seed gives the same year on every
// database.
type year struct {
	*stage
	rng      *rand.Rand
	main     string
	lexicons map[string]*lexicon
	// tongues are a few words in other languages.
	tongues map[string][]string
	calendar
	people     []*person
	places     []*place
	threads    []*thread
	happenings []happening
	made       *Made
}

// at plans something. The clock moves by microseconds while it is done, so that
// the time of what is done is the same to the millisecond on every database.
func (y *year) at(t time.Time, what string, do func(ctx context.Context) error) {
	y.happenings = append(y.happenings, happening{t.Truncate(time.Millisecond), what, do})
}

// newYear plans a year.
func newYear(s *stage, o Options) (*year, error) {
	rng := rand.New(rand.NewPCG(o.Seed, 0x6f70656e676174))
	zone, err := time.LoadLocation(zoneName)
	if err != nil {
		return nil, err
	}
	y := &year{
		stage: s, rng: rng, main: o.Language, lexicons: map[string]*lexicon{}, made: &Made{},
		calendar: calendar{rng: rng, from: s.clock.Now(), until: o.Until, zone: zone},
	}
	for _, language := range languages {
		if y.lexicons[language], err = readLexicon(language); err != nil {
			return nil, err
		}
	}
	text, err := fs.ReadFile(written, "words/voices.txt")
	if err != nil {
		return nil, fmt.Errorf("read the words: %w", err)
	}
	y.tongues = readLists(string(text))
	if y.people, err = cast(rng, o.Members, o.Language); err != nil {
		return nil, err
	}
	y.places = furnish(o.Spaces, o.Language, y.lexicons[o.Language])
	y.schedule()
	y.settle()
	y.begin()
	y.comeIn()
	y.moveIn()
	y.talk(o.Posts)
	y.lookUp()
	y.end()
	slices.SortStableFunc(y.happenings, func(a, b happening) int { return a.at.Compare(b.at) })
	return y, nil
}

// schedule says when everybody comes: many in the first weeks, some until the
// end.
func (y *year) schedule() {
	span := float64(y.until.Sub(y.from) - 12*day)
	var times []time.Time
	for range y.people {
		u := y.rng.Float64()
		around := y.from.Add(5*day + time.Duration(u*u*u*span))
		times = append(times, y.moment(around, around.Add(2*day)))
	}
	slices.SortFunc(times, time.Time.Compare)
	for i, p := range y.people {
		p.arrives = times[i]
	}
	y.people[theOwner].arrives = y.from
	y.people[theOther].arrives = y.from.Add(20 * time.Hour)
	y.people[theModerator].arrives = y.from.Add(31 * time.Hour)
	y.people[theMember].arrives = y.from.Add(50 * time.Hour)
}

// settle says when each place is made, by whom, and who is in it from when.
func (y *year) settle() {
	for i, here := range y.places {
		here.founder, here.made = y.people[theOwner], y.from.Add(time.Duration(20+2*i)*time.Minute)
		if i > 5 {
			here.founder = y.people[[]int{theOther, theModerator, theMember, theOwner}[i%4]]
			around := y.from.Add(4*day + time.Duration(i)*3*day)
			here.made = y.moment(around, around.Add(2*day))
		}
		here.enters(here.founder, here.made)
		y.fill(here)
		here.order()
	}
	for _, p := range y.people {
		if !p.full() {
			y.host(p)
		}
	}
	for _, here := range y.places {
		here.order()
		y.weary(here)
	}
}

// fill puts people into a place.
func (y *year) fill(here *place) {
	first := []*person{y.people[theOther], y.people[theModerator]}
	for i, p := range y.people {
		if p == here.founder || !p.full() {
			continue
		}
		from := p.arrives
		switch {
		case here.Arrivals && p.arrives.After(here.made):
		case here.Arrivals:
			from = y.soon(here.made, day)
		case here.Visibility == space.Secret:
			// The member whom one signs in as knows of none.
			if i == theMember || !slices.Contains(first, p) && y.rng.Float64() > here.share {
				continue
			}
			from = y.soon(later(p.arrives, here.made), 3*day)
		default:
			share := here.share
			if i < parts {
				share = .9
			}
			if y.rng.Float64() > share {
				continue
			}
			from = y.soon(later(p.arrives, here.made), 12*day)
		}
		if from.Before(y.until.Add(-6 * time.Hour)) {
			here.enters(p, from)
		}
	}
}

// host finds the place that a guest is invited into: one of those where
// everybody talks.
func (y *year) host(guest *person) {
	var candidates []*place
	for _, here := range y.places {
		if !here.announces() && here.Visibility != space.Secret && here.made.Before(guest.arrives.Add(-2*day)) {
			candidates = append(candidates, here)
		}
	}
	if len(candidates) == 0 {
		candidates = y.places[4:5]
		guest.arrives = later(guest.arrives, candidates[0].made.Add(5*day))
	}
	candidates[y.rng.IntN(len(candidates))].enters(guest, guest.arrives)
}

// weary lets a few leave a place that they joined by themselves.
func (y *year) weary(here *place) {
	if here.Arrivals || !here.open() {
		return
	}
	for i, s := range here.stays {
		if s.who == here.founder || s.who.known || !s.who.full() || y.rng.IntN(30) > 0 {
			continue
		}
		goes := y.soon(s.from.Add(10*day), 60*day)
		if goes.Before(y.until) {
			here.stays[i].to = goes
		}
	}
}

// speakers are who begins threads in a place at a time.
func (y *year) speaker(here *place, at time.Time) *person {
	if !here.announces() {
		return y.somebody(here, at, nil)
	}
	who := here.founder
	for _, i := range []int{theOther, theModerator} {
		p := y.people[i]
		// By then the owner has given them their roles.
		if at.After(p.arrives.Add(3*day)) && here.has(p, at) && y.rng.IntN(3) == 0 {
			who = p
		}
	}
	return who
}

// somebody draws one of those in a place at a time, those who write much more
// often, and nobody for whom not is true. It gives nil if it finds nobody.
func (y *year) somebody(here *place, at time.Time, not func(*person) bool) *person {
	there := here.there(at)
	if len(there) == 0 {
		return nil
	}
	for range 60 {
		s := there[y.rng.IntN(len(there))]
		gone := !s.to.IsZero() && !at.Before(s.to)
		if !gone && (not == nil || !not(s.who)) && y.rng.Float64() < s.who.zeal {
			return s.who
		}
	}
	return nil
}

// anybody draws a full member who is there at a time.
func (y *year) anybody(at time.Time) *person {
	for {
		p := y.people[y.rng.IntN(len(y.people))]
		if p.full() && p.role != access.Owner && p.arrives.Before(at) || p == y.people[theOwner] {
			return p
		}
	}
}

func later(a, b time.Time) time.Time {
	if cmp.Compare(a.UnixMicro(), b.UnixMicro()) < 0 {
		return b
	}
	return a
}
