package access

import (
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Verb is something an actor may or may not do in a place.
type Verb string

// What can be done. Each operation asks for one of these.
const (
	ChangeCommunity Verb = "community.change"
	SeeAudit        Verb = "community.audit"
	ChangeRoles     Verb = "member.role"
	DecideRequests  Verb = "member.decide"
	RemoveMembers   Verb = "member.remove"
	Invite          Verb = "member.invite"
	InviteModerator Verb = "member.invite_moderator"
	InviteToSpace   Verb = "space.invite"
	CreateSpace     Verb = "space.create"
	ChangeSpace     Verb = "space.change"
	JoinSpace       Verb = "space.join"
	AskForSpace     Verb = "space.ask"
	AdmitToSpace    Verb = "space.admit"
	RemoveFromSpace Verb = "space.remove"
	SetSpaceRole    Verb = "space.role"
	Publish         Verb = "post.publish"
	Reply           Verb = "post.reply"
	React           Verb = "post.react"
	Hide            Verb = "post.hide"
	Remove          Verb = "post.remove"
	Pin             Verb = "post.pin"
	Lock            Verb = "post.lock"
	Settle          Verb = "post.settle"
	MoveThread      Verb = "post.move"
	SplitThread     Verb = "post.split"
	Save            Verb = "post.save"
	Vote            Verb = "poll.vote"
	EndPoll         Verb = "poll.end"
	AddPhoto        Verb = "media.add"
	MakeFeed        Verb = "feed.make"
	WritePage       Verb = "page.write"
	TendPage        Verb = "page.tend"
)

// rules is the one table of who may do what. A verb that is not in it is
// allowed to nobody.
var rules = map[Verb]func(Standing) bool{
	ChangeCommunity: Standing.Owns,
	SeeAudit:        Standing.Owns,
	ChangeRoles:     Standing.Owns,
	DecideRequests:  Standing.Cares,
	RemoveMembers:   Standing.Cares,
	Invite:          Standing.Full,
	InviteModerator: Standing.Owns,
	InviteToSpace:   Standing.Moderates,
	CreateSpace:     Standing.Full,
	ChangeSpace:     Standing.Moderates,
	JoinSpace:       Standing.mayJoin,
	AskForSpace:     Standing.mayAsk,
	AdmitToSpace:    Standing.Moderates,
	RemoveFromSpace: Standing.Moderates,
	SetSpaceRole:    Standing.Moderates,
	Publish:         Standing.mayPublish,
	Reply:           Standing.maySpeak,
	React:           Standing.maySpeak,
	Hide:            Standing.Moderates,
	Remove:          Standing.Moderates,
	Pin:             Standing.Moderates,
	Lock:            Standing.Moderates,
	Settle:          Standing.Moderates,
	MoveThread:      Standing.Moderates,
	SplitThread:     Standing.Moderates,
	Save:            Standing.Active,
	Vote:            Standing.maySpeak,
	EndPoll:         Standing.Moderates,
	AddPhoto:        Standing.Active,
	MakeFeed:        Standing.Active,
	WritePage:       Standing.mayPublish,
	TendPage:        Standing.Moderates,
}

// agents is what a run of an agent may do where its clearance covers the
// place. Everything else is for people.
var agents = map[Verb]bool{Publish: true, Reply: true, React: true, Hide: true, WritePage: true}

func (s Standing) mayJoin() bool {
	return s.Full() && (s.Visibility == "open" || s.Visibility == "public")
}

func (s Standing) mayAsk() bool { return s.Full() && s.Visibility == "closed" && s.InSpace == "" }

func (s Standing) maySpeak() bool { return s.Active() && s.InSpace != "" }

func (s Standing) mayPublish() bool {
	return s.maySpeak() && (s.Posting == "everyone" || s.Moderates())
}

// May reports whether an actor of this standing may do something in the place.
func (s Standing) May(v Verb) bool {
	switch s.Actor.kind {
	case KindSystem:
		return true
	case KindAgent:
		return agents[v] && s.SpaceID != "" && s.Actor.clearance.Covers(InSpace(s.SpaceID))
	}
	rule, ok := rules[v]
	return ok && rule(s)
}

// Authorise gives the actor's standing if it may do something in a space, or in
// the whole community if space is empty, and fault.Forbidden if not. Whether
// the actor may know of the object at all is for the read rule to say, before.
func Authorise(tx *database.Tx, a Actor, v Verb, space string) (Standing, error) {
	st, err := Stand(tx, a, space)
	if err != nil {
		return st, err
	}
	if !st.May(v) {
		if a.kind == KindStranger {
			return st, fault.New(fault.Unauthenticated, "fault.sign_in")
		}
		return st, fault.New(fault.Forbidden, "fault.forbidden")
	}
	return st, nil
}
