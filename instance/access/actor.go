package access

// Kind is what sort of being acts.
type Kind int

const (
	// KindStranger is a visitor nobody knows.
	KindStranger Kind = iota
	// KindMember is somebody with a place in this community: an owner,
	// moderator, member or guest, waiting, active or leaving.
	KindMember
	// KindAgent is a run of an agent, with the clearance it was started with.
	KindAgent
	// KindSystem is the program itself.
	KindSystem
)

// Actor is whoever acts. It is a parameter of every operation and never
// travels in a context. The zero Actor is a stranger.
type Actor struct {
	kind      Kind
	id        string
	clearance Label
}

// Stranger is a visitor nobody knows.
func Stranger() Actor { return Actor{} }

// Member is the member with this id, signed in.
func Member(id string) Actor { return Actor{kind: KindMember, id: id} }

// Agent is a run of the agent with this id. Its clearance is fixed before it
// reads anything: it reads what the clearance covers and nothing else, and
// whatever it writes carries the clearance. A label that grew with what was
// read would tell, by growing, what was there.
func Agent(id string, clearance Label) Actor {
	return Actor{kind: KindAgent, id: id, clearance: clearance}
}

// System is the program itself, which reads everything. The reason is for
// whoever reads the code: a test lists every place that constructs one.
func System(reason string) Actor {
	_ = reason
	return Actor{kind: KindSystem, id: SystemID}
}

// SystemID is the actor id of the program itself.
const SystemID = "system"

// Kind is what sort of being this is.
func (a Actor) Kind() Kind { return a.kind }

// ID is the actor's id, empty for a stranger.
func (a Actor) ID() string { return a.id }

// Clearance is what a run of an agent may read; public for everybody else.
func (a Actor) Clearance() Label { return a.clearance }

// Mark is the label of what this actor writes in a place: the place's own,
// and for an agent its clearance too, so that what it says never reaches
// somebody who may not read what it read.
func (a Actor) Mark(place Label) Label { return place.With(a.clearance) }

// Args are the first two parameters of every query that uses Readable, before
// the given ones.
func (a Actor) Args(more ...any) []any {
	args := make([]any, 0, len(more)+2)
	return append(append(args, a.id, a.pass()), more...)
}

// everything is the pass of the system actor.
const everything = "*"

// pass is the second parameter of Readable: the label an agent is held to,
// empty for people, who are looked up.
func (a Actor) pass() string {
	switch a.kind {
	case KindAgent:
		return a.clearance.ID()
	case KindSystem:
		return everything
	default:
		return ""
	}
}
