package demo

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/opengather/opengather/instance/access"
)

// A way is how somebody comes in.
type way int

const (
	byClaim   way = iota // the first owner
	byLink               // an invitation for many
	byFriend             // an invitation of a member's own
	byRequest            // she asked, and somebody let her in
)

// A person is somebody of the year.
type person struct {
	name, handle string
	// language is what she writes in, tongue another one that she knows words of.
	language, tongue string
	// about is what she says of herself, empty for a choice of words.
	about string
	// role is what she is when she comes, becomes what she is in the end.
	role, becomes access.Role
	// arrives is when she is a member.
	arrives time.Time
	way     way
	// zeal is how much she writes, between 0 and 1.
	zeal float64
	// known says that she signs in with Password.
	known bool
	// password is what she came in with.
	password string

	// id is known once she is in.
	id string
	// in are the places she is in or will be.
	in []*place
}

func (p *person) actor() access.Actor { return access.Member(p.id) }

// full reports whether she is more than a guest.
func (p *person) full() bool { return p.role != access.Guest }

// The first few have a part in the story.
const (
	theOwner = iota
	theOther // owner
	theModerator
	theMember
	theGuest
	parts
)

// cast makes as many people as there are to be, in the order in which they come.
func cast(rng *rand.Rand, n int, main string) ([]*person, error) {
	var people []*person
	taken := map[string]bool{}
	text, err := fs.ReadFile(written, "words/people.txt")
	if err != nil {
		return nil, fmt.Errorf("read the people: %w", err)
	}
	for _, row := range readTable(string(text)) {
		p := &person{handle: row[0], name: row[1], language: row[2], tongue: row[3], about: row[4]}
		taken[p.handle] = true
		people = append(people, p)
	}
	strangers, err := readStrangers()
	if err != nil {
		return nil, err
	}
	for len(people) < n {
		people = append(people, strangers.draw(rng, taken))
	}
	people = people[:n]
	for i, p := range people {
		p.role, p.way = access.FullRole, byLink
		p.zeal = min(1, .1+rng.ExpFloat64()/4)
		switch {
		case i == theGuest || i >= parts && i%20 == 0:
			p.role = access.Guest
		case i >= parts && rng.IntN(6) == 0:
			p.way = byRequest
		case i >= parts && rng.IntN(2) == 0:
			p.way = byFriend
		}
	}
	for _, p := range people {
		p.becomes = p.role
	}
	people[theOther].becomes, people[theModerator].becomes, people[theOwner].becomes = access.Owner, access.Moderator, access.Owner
	people[theOwner].role, people[theOwner].way, people[theOwner].zeal = access.Owner, byClaim, .5
	for _, i := range []int{theOwner, theModerator, theMember, theGuest} {
		people[i].known = true
		people[i].language = main
	}
	return people, nil
}

// nation is a list of names.
type nation struct{ first, last []string }

type nations struct {
	order []string
	names map[string]*nation
}

// readStrangers reads lines of "culture first: …" and "culture last: …". A name
// that has no Latin letters is followed by how its bearer spells it in a handle.
func readStrangers() (*nations, error) {
	text, err := fs.ReadFile(written, "words/names.txt")
	if err != nil {
		return nil, fmt.Errorf("read the names: %w", err)
	}
	all := &nations{names: map[string]*nation{}}
	for line := range strings.Lines(string(text)) {
		head, list, _ := strings.Cut(line, ":")
		culture, which, _ := strings.Cut(head, " ")
		n := all.names[culture]
		if n == nil {
			n = &nation{}
			all.names[culture] = n
			all.order = append(all.order, culture)
		}
		if which == "first" {
			n.first = strings.Fields(list)
		} else {
			n.last = strings.Fields(list)
		}
	}
	return all, nil
}

// familyFirst are the cultures in which the family's name comes first, without
// a space between the two where true.
var familyFirst = map[string]bool{"zh": true, "ja": true, "ko": true, "vi": false}

// draw makes somebody with a handle that is not taken.
func (all *nations) draw(rng *rand.Rand, taken map[string]bool) *person {
	culture := all.order[0]
	if rng.IntN(100) >= 40 {
		culture = all.order[rng.IntN(len(all.order))]
	}
	n := all.names[culture]
	first, firstLatin := spelling(n.first[rng.IntN(len(n.first))])
	last, lastLatin := spelling(n.last[rng.IntN(len(n.last))])
	p := &person{name: first + " " + last, language: "en", tongue: culture}
	if joined, ok := familyFirst[culture]; ok {
		p.name = last + " " + first
		if joined {
			p.name = last + first
		}
	}
	if culture == "de" || culture != "en" && rng.IntN(2) == 0 {
		p.language = "de"
	}
	if culture == "de" || culture == "en" {
		p.tongue = ""
	}
	p.handle = firstLatin + "_" + lastLatin
	for i := 2; taken[p.handle]; i++ {
		p.handle = fmt.Sprintf("%s_%s%d", firstLatin, lastLatin, i)
	}
	taken[p.handle] = true
	return p
}

func spelling(name string) (written, latin string) {
	written, latin, ok := strings.Cut(name, "=")
	if !ok {
		latin = strings.ToLower(name)
	}
	return written, latin
}
