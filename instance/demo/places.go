package demo

import (
	"slices"
	"time"

	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/space"
)

// A kind is what a space of the year is.
type kind struct {
	// key names it among the words, or among those of the preset.
	key        string
	visibility space.Visibility
	posting    space.Posting
	arrivals   bool
	// topics are what is talked about in it.
	topics []string
	// share is how many of the members are in it, loud how much is said in it.
	share, loud float64
}

// preset is the kind of community that the year is about. Its spaces come first.
const preset = "club"

// kinds are the spaces in the order in which they are made. The first eight
// have every visibility among them.
var kinds = []kind{
	{key: "news", topics: []string{"news"}, loud: 5},
	{key: "programme", topics: []string{"events"}, loud: 7},
	{key: "board", topics: []string{"board"}, share: .04, loud: 4},
	{key: "documents", topics: []string{"documents"}, share: .5, loud: 3},
	{"talk", space.Open, space.Everyone, true, []string{"talk", "talk", "lost", "kitchen"}, 1, 26},
	{"lend", space.Open, space.Everyone, true, []string{"lend", "lend", "repair", "lost"}, 1, 20},
	{"families", space.Closed, space.Everyone, false, []string{"family"}, .35, 9},
	{"garden", space.Open, space.Everyone, false, []string{"garden"}, .45, 13},
	{"cooking", space.Open, space.Everyone, false, []string{"kitchen"}, .35, 7},
	{"repair", space.Public, space.Everyone, false, []string{"repair"}, .25, 6},
	{"wheels", space.Open, space.Everyone, false, []string{"moving"}, .3, 6},
	{"books", space.Open, space.Everyone, false, []string{"culture"}, .3, 7},
	{"choir", space.Closed, space.Everyone, false, []string{"culture", "events"}, .2, 5},
	{"newcomers", space.Open, space.Everyone, false, []string{"talk", "lend"}, .25, 6},
	{"animals", space.Open, space.Everyone, false, []string{"lost", "talk"}, .2, 4},
	{"stairwell", space.Secret, space.Everyone, false, []string{"talk", "repair"}, .06, 3},
	{"stories", space.Open, space.Everyone, false, []string{"talk", "culture"}, .2, 4},
	{"party", space.Closed, space.Everyone, false, []string{"events", "kitchen"}, .1, 4},
	{"market", space.Public, space.Everyone, false, []string{"kitchen", "garden"}, .15, 4},
	{"nights", space.Closed, space.Everyone, false, []string{"family"}, .08, 3},
	{"youth", space.Closed, space.Everyone, false, []string{"moving", "culture"}, .08, 3},
	{"pictures", space.Public, space.Everyone, false, []string{"culture", "talk"}, .2, 3},
	{"solar", space.Open, space.Everyone, false, []string{"repair"}, .15, 3},
	{"walks", space.Open, space.Everyone, false, []string{"moving"}, .15, 3},
	{"carers", space.Secret, space.Everyone, false, []string{"family", "lend"}, .04, 2},
	{"chess", space.Open, space.Everyone, false, []string{"moving"}, .08, 2},
	{"music", space.Closed, space.Everyone, false, []string{"culture", "lend"}, .12, 3},
	{"hall", space.Open, space.Moderators, false, []string{"repair", "documents"}, .2, 2},
}

// A stay is somebody's time in a place.
type stay struct {
	who      *person
	from, to time.Time // to is the zero time for who stays
}

// A place is a space of the year.
type place struct {
	kind
	space.Draft
	// given says that it comes with the preset.
	given bool
	// made is when it is there, by the founder.
	made    time.Time
	founder *person
	// stays are by their beginning.
	stays []stay
	// id is known once it is made.
	id string
}

// enters notes that somebody is in the place from a time on.
func (p *place) enters(who *person, from time.Time) {
	p.stays = append(p.stays, stay{who: who, from: from})
	who.in = append(who.in, p)
}

// order sorts the stays.
func (p *place) order() {
	slices.SortStableFunc(p.stays, func(a, b stay) int { return a.from.Compare(b.from) })
}

// there gives the stays that have begun at a time.
func (p *place) there(at time.Time) []stay {
	n, _ := slices.BinarySearchFunc(p.stays, at, func(s stay, t time.Time) int { return s.from.Compare(t) })
	return p.stays[:n]
}

// has reports whether somebody is in the place at a time.
func (p *place) has(who *person, at time.Time) bool {
	return slices.ContainsFunc(p.there(at), func(s stay) bool { return s.who == who && (s.to.IsZero() || at.Before(s.to)) })
}

// open reports whether any member may join by herself.
func (p *place) open() bool { return p.Visibility == space.Open || p.Visibility == space.Public }

// announces reports whether only few begin threads.
func (p *place) announces() bool { return p.Posting == space.Moderators }

// furnish makes the places of the year. The first come with the preset.
func furnish(n int, language string, l *lexicon) []*place {
	p, _ := community.PresetNamed(preset)
	openings := map[string]community.Opening{}
	for _, o := range p.Spaces {
		openings[o.Key] = o
	}
	var all []*place
	for i, k := range kinds[:n] {
		here := &place{kind: k}
		if i < len(p.Spaces) {
			here.given = true
			o, w := openings[k.key], p.In(language).Spaces[k.key]
			here.Draft = space.Draft{
				Name: w.Name, Handle: w.Handle, Purpose: w.Purpose,
				Visibility: space.Visibility(o.Visibility), Posting: space.Posting(o.Posting), Arrivals: o.Arrivals,
			}
		} else {
			w := l.names[k.key]
			here.Draft = space.Draft{Name: w[0], Handle: w[1], Purpose: w[2], Visibility: k.visibility, Posting: k.posting, Arrivals: k.arrivals}
		}
		all = append(all, here)
	}
	return all
}
