// Package member holds the people of the community: who they are to each
// other, what they show of themselves and which role they have. How they come
// in is for package joining, how they prove who they are for package signin.
package member

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
)

// Facts about members.
const (
	Joined      fact.Kind = "member.joined"
	Asked       fact.Kind = "member.asked"
	Changed     fact.Kind = "member.changed"
	RoleChanged fact.Kind = "member.role_changed"
	Raised      fact.Kind = "member.raised" // a guest who becomes a full member
	Offered     fact.Kind = "member.ownership_offered"
	Removed     fact.Kind = "member.removed"
	Left        fact.Kind = "member.left"
	Stayed      fact.Kind = "member.stayed"
	Erased      fact.Kind = "member.erased"
)

// Operations are what can be done about members.
type Operations struct {
	DB   *database.DB
	Keys *keyring.Keyring
}

// Limits on what a member may be called, in characters.
const (
	MaxName   = 80
	MaxHandle = 30
)

// Admission is somebody new.
type Admission struct {
	Name string
	// Handle is what she chose; if it is empty, one is made of her name. Who
	// waits to be let in gets a number with it, because a plain one would tell
	// her who is here already.
	Handle string
	Role   access.Role
	// State is "active", or "pending" for who waits to be let in.
	State string
	// InvitedBy is the member whose invitation it was, or empty.
	InvitedBy string
	Language  string
	Zone      string
}

// Admit makes a member and gives her id. It checks the name and the handle and
// no right: that is for whoever lets her in.
func Admit(tx *database.Tx, k *keyring.Keyring, a Admission) (string, error) {
	name, err := CheckName(a.Name)
	if err != nil {
		return "", err
	}
	id := uuid.NewString()
	if _, err := tx.Exec("INSERT INTO actors (id, kind, created_at) VALUES ($1, 'member', $2)", id, database.Micros(tx.Now())); err != nil {
		return "", fmt.Errorf("make an actor: %w", err)
	}
	if a.Handle == "" {
		a.Handle, err = takeSuggested(tx, k, name, id, a.State == "pending")
	} else {
		err = TakeHandle(tx, k, a.Handle, "member", id)
	}
	if err != nil {
		return "", err
	}
	label, err := access.Intern(tx, access.ForMembers())
	if err != nil {
		return "", err
	}
	var joined, invited any
	if a.State == "active" {
		joined = database.Micros(tx.Now())
	}
	if a.InvitedBy != "" {
		invited = a.InvitedBy
	}
	_, err = tx.Exec(`INSERT INTO members (id, handle, name, role, state, label_id, language, zone, theme, shortcuts, home_order, invited_by, asked_at, joined_at, erase_posts, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'auto', $9, 'newest', $10, $11, $12, $13, 1)`,
		id, a.Handle, name, string(a.Role), a.State, label, a.Language, a.Zone, true, invited, database.Micros(tx.Now()), joined, false)
	if err != nil {
		return "", fmt.Errorf("make a member: %w", err)
	}
	if err := indexName(tx, id, name, a.Handle); err != nil {
		return "", err
	}
	kind := Joined
	if a.State == "pending" {
		kind = Asked
	}
	fact.Record(tx, fact.Fact{Kind: kind, Actor: id, SubjectKind: "member", Subject: id, Label: label})
	return id, nil
}

// CheckName gives a name as it is stored: one line, no control or direction
// characters, between 1 and MaxName characters.
func CheckName(name string) (string, error) {
	name = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, name)), " ")
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return "", fault.Bad("name", "member.name_empty")
	case n > MaxName:
		return "", fault.Bad("name", "member.name_long").With("max", MaxName)
	}
	return name, nil
}

// Byline is what is shown of an author wherever her words are: readers of the
// words may know whose they are.
type Byline struct {
	ID, Name, Handle string
	// Role is owner, moderator, member or guest.
	Role string
	// Agent tells an agent from people.
	Agent bool
	// Gone is true for somebody who left and whose words stayed.
	Gone bool
}
