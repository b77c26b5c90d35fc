// Package fault names the ways in which an operation can refuse, so that one
// place can say it to people. It knows nothing of HTTP or of languages: a
// fault carries a kind, the key of a message and what the message needs.
package fault

import (
	"errors"
	"fmt"
)

// Kind is what went wrong, as far as the person who asked is concerned.
type Kind int

const (
	// Internal is everything nobody foresaw: a bug or a broken disk. It is the
	// kind of every error that is not a Fault.
	Internal Kind = iota
	// NotFound says that there is no such thing for this actor. What an actor
	// may not read is NotFound too, never Forbidden.
	NotFound
	// Invalid says that the input must be changed; Field names which.
	Invalid
	// Forbidden says that the actor may read the thing but not do this to it.
	Forbidden
	// Conflict says that somebody else was first, or that the state has moved on.
	Conflict
	// TooLarge says that the input exceeds a limit of size or number.
	TooLarge
	// TooMany says that the actor has to wait before trying again.
	TooMany
	// Unavailable says that the community cannot do this now (read-only, busy,
	// disk full) and that trying later is right.
	Unavailable
	// Gone says that the thing existed for this actor and was withdrawn.
	Gone
	// Unauthenticated says that the actor has to sign in first.
	Unauthenticated
)

// Fault is an error that can be told to people.
type Fault struct {
	Kind Kind
	// Key is the message's key in the catalogue, such as "post.empty".
	Key string
	// Field is the name of the form field at fault, empty when none is.
	Field string
	// Args are what the message needs, by name: strings and ints.
	Args map[string]any
	// Err is the cause, for the log only.
	Err error
}

// Error is for logs and tests. It holds no personal data as long as Args don't.
func (f *Fault) Error() string {
	if f.Err != nil {
		return fmt.Sprintf("%s: %v", f.Key, f.Err)
	}
	return f.Key
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.Err }

// New makes a fault of a kind with the key of its message.
func New(kind Kind, key string) *Fault { return &Fault{Kind: kind, Key: key} }

// Missing is the one answer for what does not exist and for what is hidden.
// It takes no argument, so that the two cannot differ.
func Missing() *Fault { return New(NotFound, "fault.not_found") }

// Bad refuses one field of a form.
func Bad(field, key string) *Fault { return &Fault{Kind: Invalid, Key: key, Field: field} }

// With returns a copy that carries an argument of the message.
func (f *Fault) With(name string, value any) *Fault {
	g := *f
	g.Args = make(map[string]any, len(f.Args)+1)
	for k, v := range f.Args {
		g.Args[k] = v
	}
	g.Args[name] = value
	return &g
}

// Because returns a copy that carries its cause.
func (f *Fault) Because(err error) *Fault {
	g := *f
	g.Err = err
	return &g
}

// KindOf is the kind of the first Fault in err's chain, Internal if there is none.
func KindOf(err error) Kind {
	var f *Fault
	if errors.As(err, &f) {
		return f.Kind
	}
	return Internal
}

// Is reports whether err is a fault of that kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }
