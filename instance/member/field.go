package member

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Field is something a member may say of herself.
type Field string

// The fields of a profile.
const (
	About        Field = "about"
	Pronouns     Field = "pronouns"
	Interests    Field = "interests"
	Skills       Field = "skills"
	Availability Field = "availability"
	Contact      Field = "contact"
)

// Fields are all of them, in the order in which they are shown.
var Fields = []Field{About, Pronouns, Interests, Skills, Availability, Contact}

// Max is how long a field may be, in characters.
func (f Field) Max() int {
	switch f {
	case About:
		return 1500
	case Pronouns:
		return 60
	}
	return 400
}

// Audience is who reads a field before its member has chosen anybody: how to
// reach her is for herself alone, the rest for the members (P102).
func (f Field) Audience() Audience {
	if f == Contact {
		return Audience{Kind: Me}
	}
	return Audience{Kind: ToMembers}
}

// check gives a value as it is stored: lines without control or direction
// characters.
func (f Field) check(value string) (string, error) {
	value = strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsControl(r) && r != '\t', unicode.Is(unicode.Bidi_Control, r), r == utf8.RuneError:
			return -1
		}
		return r
	}, strings.ReplaceAll(value, "\r\n", "\n")))
	if utf8.RuneCountInString(value) > f.Max() {
		return "", fault.Bad(string(f), "member.field_long").With("max", f.Max())
	}
	return value, nil
}

// AudienceKind says which set of people reads a field.
type AudienceKind string

const (
	// Me is the member herself and nobody else.
	Me AudienceKind = "me"
	// Chosen are the people on one of her lists.
	Chosen AudienceKind = "list"
	// Within are those who read what is said in a space she is in.
	Within AudienceKind = "space"
	// ToMembers are all full members.
	ToMembers AudienceKind = "members"
	// ToPublic is everybody, outside the community too, as long as the
	// community itself can be seen from there.
	ToPublic AudienceKind = "public"
)

// Audience is who reads a field.
type Audience struct {
	Kind AudienceKind
	// Ref is the id of the list or the space, else empty.
	Ref string
}

// String is the audience as a form sends it: "members", "list:…".
func (a Audience) String() string {
	if a.Ref == "" {
		return string(a.Kind)
	}
	return string(a.Kind) + ":" + a.Ref
}

// ParseAudience reads what String wrote.
func ParseAudience(s string) (Audience, bool) {
	kind, ref, _ := strings.Cut(s, ":")
	a := Audience{AudienceKind(kind), ref}
	switch a.Kind {
	case Me, ToMembers, ToPublic:
		return a, ref == ""
	case Chosen, Within:
		return a, ref != ""
	}
	return Audience{}, false
}

// label is what a field with this audience carries.
func (a Audience) label(owner string) access.Label {
	switch a.Kind {
	case Chosen:
		return access.ForList(a.Ref)
	case Within:
		return access.InSpace(a.Ref)
	case ToMembers:
		return access.ForMembers()
	case ToPublic:
		return access.Public()
	}
	return access.ForSelf(owner)
}

// audienceOf is the audience that a label stands for. Every label of a field
// has at most one atom.
func audienceOf(l access.Label) Audience {
	atoms := l.Atoms()
	if len(atoms) == 0 {
		return Audience{Kind: ToPublic}
	}
	switch atom := atoms[0]; atom.Kind {
	case access.List:
		return Audience{Chosen, atom.Ref}
	case access.Space:
		return Audience{Within, atom.Ref}
	case access.Members:
		return Audience{Kind: ToMembers}
	}
	return Audience{Kind: Me}
}
