package joining

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/space"
)

// Newcomer is what somebody says who wants to come in.
type Newcomer struct {
	// Wish has her name, her handle (empty lets one be made of the name), how
	// she will sign in, and her network for the limits.
	signin.Wish
	// Agreed says that she has read the rules and keeps to them.
	Agreed bool
	// Answer to the question, if one is asked.
	Answer string
	// Language she reads in.
	Language string
	Device   signin.Device
}

// Arrival is somebody who has just come in, or waits to be let in.
type Arrival struct {
	Member, Handle string
	// Session is her session's token, for the browser alone.
	Session string
	// Codes are her recovery codes, shown once; none for a form that is sent
	// again.
	Codes []string
	// Waits says that owners and moderators decide first.
	Waits bool
	// Path is where she is led.
	Path string
}

// entrance is what somebody comes in through.
type entrance struct {
	role          access.Role
	space         string
	approval      bool
	question      string
	invitedBy     string
	choosesHandle bool
}

// Accept lets the holder of a token in, or makes her wait if the invitation
// says so. See the package's doc.
func (o *Operations) Accept(ctx context.Context, key, token string, n Newcomer) (Arrival, error) {
	refused := o.DB.Read(ctx, func(tx *database.Tx) error {
		i, err := find(tx, token)
		if err != nil {
			return err
		}
		return o.checkNewcomer(tx, n, i.entrance())
	})
	op := database.Op{Class: database.Content, Name: "joining.accept", Target: token + "\x00" + n.Name + "\x00" + n.Handle, Key: key}
	return o.admit(ctx, op, n, refused, func(tx *database.Tx) (entrance, error) {
		i, err := find(tx, token)
		if err != nil {
			return entrance{}, err
		}
		if err := i.use(tx); err != nil {
			return entrance{}, err
		}
		return i.entrance(), nil
	})
}

// entrance is what the invitation lets somebody new in through.
func (i invitation) entrance() entrance {
	return entrance{i.role, i.space, i.approval, i.question, i.madeBy, !i.approval}
}

// use counts a use. The row decides: of two who come at the same time with the
// last one, the second finds it used up. That is the invitation's end, from
// which on it is kept only for a while.
func (i invitation) use(tx *database.Tx) error {
	n, err := tx.Exec(`UPDATE invitations SET uses = uses + 1, expires_at = CASE WHEN max_uses > 0 AND uses + 1 >= max_uses THEN $2 ELSE expires_at END
		WHERE id = $1 AND revoked_at IS NULL AND (max_uses = 0 OR uses < max_uses)`, i.id, database.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("count the use: %w", err)
	}
	if n == 0 {
		return ErrInvitation
	}
	return nil
}

// checkNewcomer looks at what a form says as far as that needs no hash.
func (o *Operations) checkNewcomer(tx *database.Tx, n Newcomer, e entrance) error {
	if e.approval {
		if err := room(tx); err != nil {
			return err
		}
	}
	if _, err := member.CheckName(n.Name); err != nil {
		return err
	}
	c, err := o.Communities.Current(tx)
	if err != nil {
		return err
	}
	if c.Rules != "" && !n.Agreed {
		return fault.Bad("rules", "joining.rules_unread")
	}
	if e.question == "" && strings.TrimSpace(n.Answer) == "" {
		return nil
	}
	return checkAnswer(strings.TrimSpace(n.Answer))
}

// admit makes a member of a newcomer in one transaction, through the entrance
// that open finds there. What was refused before anything was hashed is said
// only inside: a form that is sent twice finds its invitation used up by the
// first sending, and has to reach the write gate to be recognised.
func (o *Operations) admit(ctx context.Context, op database.Op, n Newcomer, refused error, open func(*database.Tx) (entrance, error)) (made Arrival, err error) {
	var credential signin.Credential
	if refused == nil {
		if credential, err = o.SignIn.Prepare(ctx, n.Wish); err != nil {
			return Arrival{}, err
		}
	}
	who, err := o.DB.Write(ctx, op, func(tx *database.Tx) (string, error) {
		if refused != nil {
			return "", refused
		}
		e, err := open(tx)
		if err != nil {
			return "", err
		}
		if err := credential.Refused(); err != nil {
			return "", err
		}
		if made, err = o.arrive(tx, n, e); err != nil {
			return "", err
		}
		if err := credential.Store(tx, made.Member); err != nil {
			return "", err
		}
		if made.Codes, err = o.SignIn.NewCodes(tx, made.Member); err != nil {
			return "", err
		}
		made.Session, err = signin.Begin(tx, made.Member, n.Device)
		return made.Member, err
	})
	if errors.Is(err, database.ErrRepeated) {
		return o.again(ctx, who, n)
	}
	if err != nil {
		return Arrival{}, err
	}
	return made, nil
}

// arrive makes the member and puts her where she belongs.
func (o *Operations) arrive(tx *database.Tx, n Newcomer, e entrance) (Arrival, error) {
	admission := member.Admission{Name: n.Name, Role: e.role, State: "active", InvitedBy: e.invitedBy, Language: n.Language}
	if e.choosesHandle {
		admission.Handle = n.Handle
	}
	made := Arrival{Waits: e.approval, Path: "/home"}
	if e.approval {
		admission.State, made.Path = "pending", "/waiting"
	}
	var err error
	if made.Member, err = member.Admit(tx, o.Keys, admission); err != nil {
		return made, err
	}
	if err := tx.One([]any{&made.Handle}, "SELECT handle FROM members WHERE id = $1 -- unfiltered: her own row", made.Member); err != nil {
		return made, err
	}
	if e.approval {
		if err := request(tx, made.Member, strings.TrimSpace(n.Answer)); err != nil {
			return made, err
		}
	}
	if e.space != "" {
		if err := space.Bring(tx, made.Member, e.space); err != nil {
			return made, err
		}
	}
	if e.approval {
		return made, nil
	}
	if e.role != access.Guest {
		if err := space.Arrive(tx, made.Member); err != nil {
			return made, err
		}
	}
	if e.space != "" {
		s, err := space.One(tx, access.Member(made.Member), e.space)
		if err != nil {
			return made, err
		}
		made.Path = s.Path()
	}
	return made, nil
}

// Follow gives a member who opens an invitation what it has to give her: the
// space, and the role if it is more than hers. It counts as a use. Where the
// invitation wants somebody's approval she only asks to be let into the space,
// unless she could join it anyway. If she has everything already, or has asked,
// nothing is used.
func (o *Operations) Follow(ctx context.Context, a access.Actor, key, token string) (Led, error) {
	op := database.Op{Class: database.Content, Name: "joining.follow", Actor: a.ID(), Target: token, Key: key}
	to, err := o.DB.Write(ctx, op, func(tx *database.Tx) (string, error) {
		i, err := find(tx, token)
		if err != nil {
			return "", err
		}
		st, err := access.Stand(tx, a, i.space)
		if err != nil {
			return "", err
		}
		if !st.Active() {
			return "", fault.New(fault.Forbidden, "fault.forbidden")
		}
		return i.space, o.follow(tx, a, i, st)
	})
	if err != nil && !errors.Is(err, database.ErrRepeated) {
		return Led{}, err
	}
	return o.lead(ctx, a, to)
}

// Led is where somebody is who has followed an invitation.
type Led struct {
	// Path is the address to go to.
	Path string
	// Waits says that she has asked to be let into the space and waits.
	Waits bool
}

// follow gives what she does not have yet.
func (o *Operations) follow(tx *database.Tx, a access.Actor, i invitation, st access.Standing) error {
	raised, brought, asks := i.raises(st), i.space != "" && st.InSpace == "", i.asks(st)
	if asks {
		// Of two presses at the same time, the second finds what the first asked.
		if err := tx.Lock("request:" + a.ID()); err != nil {
			return err
		}
		if waits, err := waiting(tx, a, i.space); err != nil || waits {
			return err
		}
	}
	if !raised && !brought {
		return nil
	}
	if err := i.use(tx); err != nil {
		return err
	}
	if raised {
		if err := o.raise(tx, a, i.role, st.Role); err != nil {
			return err
		}
	}
	switch {
	case asks:
		return space.Request(tx, a, i.space)
	case brought:
		return space.Bring(tx, a.ID(), i.space)
	}
	return nil
}

// lead gives the address of a space as far as the actor may know of it, and Home
// for any other.
func (o *Operations) lead(ctx context.Context, a access.Actor, id string) (l Led, err error) {
	l.Path = "/home"
	if id == "" {
		return l, nil
	}
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		if l.Waits, err = waiting(tx, a, id); err != nil {
			return err
		}
		s, err := space.One(tx, a, id)
		if err == nil {
			l.Path = s.Path()
		}
		if fault.Is(err, fault.NotFound) {
			err = nil
		}
		return err
	})
	return l, err
}

// waiting reports whether the actor has asked to be let into a space.
func waiting(tx *database.Tx, a access.Actor, id string) (bool, error) {
	return tx.Has("SELECT 1 FROM space_requests WHERE space_id = $1 AND member_id = $2", id, a.ID())
}

// raise makes more of a member than she was. A guest who becomes a member
// arrives in the spaces for arrivals.
func (o *Operations) raise(tx *database.Tx, a access.Actor, role, was access.Role) error {
	if err := member.SetRole(tx, a, a.ID(), role); err != nil {
		return err
	}
	if was != access.Guest {
		return nil
	}
	return space.Arrive(tx, a.ID())
}
