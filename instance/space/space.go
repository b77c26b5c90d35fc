// Package space holds the parts of the community: who may know of them, who is
// in them, who may speak. What is said in them is for package post.
package space

import (
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
)

// Facts about spaces. Their subject is the space, except for those about
// somebody in it, whose subject is the member and whose place is the space.
const (
	Created     fact.Kind = "space.created"
	Changed     fact.Kind = "space.changed"
	Joined      fact.Kind = "space.joined"
	Asked       fact.Kind = "space.asked"
	Declined    fact.Kind = "space.declined"
	Left        fact.Kind = "space.left"
	RoleChanged fact.Kind = "space.role_changed"
)

// Visibility says who may know of a space and who reads what is said in it.
type Visibility string

const (
	// Public spaces are read by everybody, outside the community too, if the
	// community's face allows it.
	Public Visibility = "public"
	// Open spaces are read by all full members, who join as they like.
	Open Visibility = "open"
	// Closed spaces are known to all full members and read by who is in them.
	Closed Visibility = "closed"
	// Secret spaces are known only to who is in them.
	Secret Visibility = "secret"
)

// Wider reports whether more people read what is said than with the other
// visibility.
func (v Visibility) Wider(than Visibility) bool { return v.reach() > than.reach() }

func (v Visibility) reach() int {
	switch v {
	case Public:
		return 2
	case Open:
		return 1
	}
	return 0
}

// Posting says who begins threads.
type Posting string

const (
	// Everyone in the space may post.
	Everyone Posting = "everyone"
	// Moderators post, everyone in the space may reply.
	Moderators Posting = "moderators"
)

// Role is what somebody is in a space.
type Role string

const (
	// Moderator looks after the space.
	Moderator Role = "moderator"
	// Member is in the space.
	Member Role = "member"
)

// Limits of texts, in characters.
const (
	MaxName    = 60
	MaxPurpose = 300
)

// Space is a part of the community.
type Space struct {
	ID string
	// Handle is its name in addresses; a secret space has none.
	Handle     string
	Name       string
	Purpose    string
	Visibility Visibility
	Posting    Posting
	// Arrivals says that new members are put into it.
	Arrivals  bool
	CreatedAt time.Time
	Version   int64
}

// Path is the space's address: by handle, or by its random id if it is secret.
func (s Space) Path() string {
	if s.Handle != "" {
		return "/s/" + s.Handle
	}
	return "/s/" + s.ID
}

// standing is somebody's standing here, from her standing in the community and
// her role in the space.
func (s Space) standing(community access.Standing, role string) access.Standing {
	st := community
	st.SpaceID, st.Visibility, st.Posting, st.InSpace = s.ID, string(s.Visibility), string(s.Posting), role
	return st
}

// Operations are what can be done with spaces.
type Operations struct {
	DB   *database.DB
	Keys *keyring.Keyring
}

const columns = "s.id, coalesce(s.handle, ''), s.name, s.purpose, s.visibility, s.posting, s.arrivals, s.created_at, s.version"

func (s *Space) fields(created *int64) []any {
	return []any{&s.ID, &s.Handle, &s.Name, &s.Purpose, &s.Visibility, &s.Posting, &s.Arrivals, created, &s.Version}
}

// One gives a space that the actor may know of, else fault.Missing.
func One(tx *database.Tx, a access.Actor, id string) (Space, error) {
	return one(tx, a, "s.id = $3", id)
}

// one gives the space that a condition on s and $3 chooses. What is hidden and
// what does not exist are found missing by the same single query.
func one(tx *database.Tx, a access.Actor, which, arg string) (s Space, err error) {
	var created int64
	err = tx.One(s.fields(&created), "SELECT "+columns+" FROM spaces s WHERE "+which+" AND "+access.ReadableRow("s"), a.Args(arg)...)
	if errors.Is(err, database.ErrNone) {
		return s, fault.Missing()
	}
	s.CreatedAt = database.At(created)
	return s, err
}

// Hold does the same for what is decided elsewhere about what is said in it.
func Hold(tx *database.Tx, id string) error { return hold(tx, id) }

// hold makes whoever else decides on who is in a space, or on what it is, wait
// until this transaction ends.
func hold(tx *database.Tx, id string) error { return tx.Lock("space:" + id) }

// Draft is what somebody says about a space when she makes or changes it.
type Draft struct {
	Name, Handle, Purpose string
	Visibility            Visibility
	Posting               Posting
	Arrivals              bool
}

// typed is all of the draft, to tell two forms apart.
func (d Draft) typed() string {
	arrivals := ""
	if d.Arrivals {
		arrivals = "arrivals"
	}
	return strings.Join([]string{d.Name, d.Handle, d.Purpose, string(d.Visibility), string(d.Posting), arrivals}, "\x00")
}

// check gives the draft as it is stored, or what is wrong with it.
func (d Draft) check() (Draft, error) {
	d.Name, d.Purpose = line(d.Name), line(d.Purpose)
	switch {
	case d.Name == "":
		return d, fault.Bad("name", "space.name_empty")
	case utf8.RuneCountInString(d.Name) > MaxName:
		return d, fault.Bad("name", "space.name_long").With("max", MaxName)
	case utf8.RuneCountInString(d.Purpose) > MaxPurpose:
		return d, fault.Bad("purpose", "space.purpose_long").With("max", MaxPurpose)
	}
	switch d.Visibility {
	case Public, Open, Closed, Secret:
	default:
		return d, fault.Bad("visibility", "space.visibility_unknown")
	}
	switch d.Posting {
	case Everyone, Moderators:
	default:
		return d, fault.Bad("posting", "space.posting_unknown")
	}
	return d, nil
}

// line is a text on one line, without control or direction characters.
func line(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, text)), " ")
}
