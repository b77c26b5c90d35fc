package access

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/opengather/opengather/instance/internal/database"
)

// AtomKind says which set of people an atom names.
type AtomKind string

const (
	// Members are all full members of the community; guests are not.
	Members AtomKind = "members"
	// Space are the readers of a space's content: its members, for an open
	// space all full members, for a public space everybody.
	Space AtomKind = "space"
	// Door are those who may know that a space exists: the readers of its
	// content, and for a closed space all full members.
	Door AtomKind = "door"
	// Review are the author of a held or hidden object and the moderators of
	// its place.
	Review AtomKind = "review"
	// List are the people somebody chose, and herself.
	List AtomKind = "list"
	// Self is one member alone.
	Self AtomKind = "self"
)

// Atom names a set of people by what they are, not by who they are.
type Atom struct {
	Kind AtomKind
	// Ref is the id of the space, object, list or member; empty for Members.
	Ref string
}

func (a Atom) text() string {
	if a.Ref == "" {
		return string(a.Kind)
	}
	return string(a.Kind) + ":" + a.Ref
}

// Label is a set of atoms: whoever reads the object must be a reader of each.
// The zero Label is public. Labels are values and never change.
type Label struct{ atoms []Atom }

// Public is the label of what everybody may read.
func Public() Label { return Label{} }

// Of makes a label of atoms.
func Of(atoms ...Atom) Label {
	l := Label{slices.Clone(atoms)}
	slices.SortFunc(l.atoms, func(a, b Atom) int { return strings.Compare(a.text(), b.text()) })
	l.atoms = slices.Compact(l.atoms)
	return l
}

// ForMembers is the label of what all full members may read.
func ForMembers() Label { return Of(Atom{Members, ""}) }

// InSpace is the label of what people say in a space.
func InSpace(id string) Label { return Of(Atom{Space, id}) }

// AtDoor is the label of a space itself.
func AtDoor(id string) Label { return Of(Atom{Door, id}) }

// UnderReview is the label of an object that is held or hidden.
func UnderReview(id string) Label { return Of(Atom{Review, id}) }

// ForList is the label of what somebody shows to people she chose.
func ForList(id string) Label { return Of(Atom{List, id}) }

// ForSelf is the label of what a member keeps to herself.
func ForSelf(id string) Label { return Of(Atom{Self, id}) }

// With is the union of two labels: fewer people read it than either.
func (l Label) With(other Label) Label {
	return Of(append(slices.Clone(l.atoms), other.atoms...)...)
}

// Without is the label less one atom.
func (l Label) Without(a Atom) Label {
	return Of(slices.DeleteFunc(slices.Clone(l.atoms), func(b Atom) bool { return a == b })...)
}

// Covers reports whether every atom of other is in l: a run with clearance l
// may read an object labelled other.
func (l Label) Covers(other Label) bool {
	for _, a := range other.atoms {
		if !slices.Contains(l.atoms, a) {
			return false
		}
	}
	return true
}

// Atoms are the label's atoms in their order.
func (l Label) Atoms() []Atom { return slices.Clone(l.atoms) }

// ID is the label's name in the database: its atoms in order. Equal labels
// have equal ids, so interning needs no lookup.
func (l Label) ID() string {
	if len(l.atoms) == 0 {
		return "public"
	}
	all := make([]string, len(l.atoms))
	for i, a := range l.atoms {
		all[i] = a.text()
	}
	return strings.Join(all, " ")
}

var errLabel = errors.New("not a label")

// Parse reads the id of a label.
func Parse(id string) (Label, error) {
	if id == "public" {
		return Public(), nil
	}
	var atoms []Atom
	for _, part := range strings.Split(id, " ") {
		kind, ref, _ := strings.Cut(part, ":")
		a := Atom{AtomKind(kind), ref}
		switch a.Kind {
		case Members, Space, Door, Review, List, Self:
		default:
			return Label{}, fmt.Errorf("%w: %q", errLabel, id)
		}
		if (a.Kind == Members) != (ref == "") {
			return Label{}, fmt.Errorf("%w: %q", errLabel, id)
		}
		atoms = append(atoms, a)
	}
	l := Of(atoms...)
	if l.ID() != id {
		return Label{}, fmt.Errorf("%w in order: %q", errLabel, id)
	}
	return l, nil
}

// wide reports whether the label is one of the few that many rows carry: see
// Readable. There are some for each space, and none for each person or object. The
// form of the rule for many rows knows these kinds alone: see inSet.
func (l Label) wide() bool {
	for _, a := range l.atoms {
		if a.Kind != Members && a.Kind != Space && a.Kind != Door {
			return false
		}
	}
	return true
}

// Intern stores a label so that rows can point to it, and gives its id.
func Intern(tx *database.Tx, l Label) (string, error) {
	id := l.ID()
	n, err := tx.Exec("INSERT INTO labels (id, wide) VALUES ($1, $2) ON CONFLICT DO NOTHING", id, l.wide())
	if err != nil || n == 0 {
		return id, err
	}
	for _, a := range l.atoms {
		if _, err := tx.Exec("INSERT INTO label_atoms (label_id, kind, ref) VALUES ($1, $2, $3)", id, string(a.Kind), a.Ref); err != nil {
			return "", fmt.Errorf("store label %s: %w", id, err)
		}
	}
	return id, nil
}
