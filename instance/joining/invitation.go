package joining

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/space"
)

// Facts about the way in. The subject of Invited and Revoked is the
// invitation, of Decided the member.
const (
	Invited fact.Kind = "invitation.made"
	Revoked fact.Kind = "invitation.revoked"
	Decided fact.Kind = "request.decided"
)

// Operations are what can be done about coming in.
type Operations struct {
	DB          *database.DB
	Keys        *keyring.Keyring
	SignIn      *signin.Operations
	Communities *community.Operations
}

// Limits of an invitation; texts in characters.
const (
	MaxUses     = 1000
	MaxLasts    = 366 * 24 * time.Hour
	MaxNote     = 200
	MaxQuestion = 200
	MaxAnswer   = 500
)

// ErrInvitation is the one answer to an invitation that opens nothing: unknown,
// revoked, expired, used up, or made by somebody who may not invite any more.
var ErrInvitation = fault.New(fault.NotFound, "joining.invitation_gone")

// Draft is what somebody says about an invitation when she makes it.
type Draft struct {
	// Role is what the invited person becomes: member, guest or moderator.
	Role access.Role
	// SpaceID is a space that she is put into; a guest comes into it alone.
	SpaceID string
	// MaxUses is how many may come in with it; 0 is as many as like.
	MaxUses int
	// Lasts is how long it can be used; 0 is until it is revoked.
	Lasts time.Duration
	// Approval lets owners and moderators decide about each; Question is then
	// asked first, empty asks nothing.
	Approval bool
	Question string
	// Note is for the inviting side, such as "choir, first rehearsal".
	Note string
}

// Made is a fresh invitation. Token is shown once.
type Made struct{ ID, Token string }

// invitation is one as it is stored.
type invitation struct {
	id, madeBy, inviter string
	role                access.Role
	space               string
	question            string
	approval            bool
}

func (d Draft) check() (Draft, error) {
	d.Question, d.Note = strings.TrimSpace(d.Question), strings.Join(strings.Fields(d.Note), " ")
	switch {
	case d.Role != access.FullRole && d.Role != access.Guest && d.Role != access.Moderator:
		return d, fault.Bad("role", "joining.role_unknown")
	case d.Role == access.Guest && d.SpaceID == "":
		return d, fault.Bad("space", "joining.guest_space")
	case d.Role == access.Moderator && d.MaxUses != 1:
		return d, fault.Bad("uses", "joining.moderator_once")
	case d.Role == access.Moderator && d.Approval:
		return d, fault.Bad("approval", "joining.moderator_approval")
	case d.MaxUses < 0 || d.MaxUses > MaxUses:
		return d, fault.Bad("uses", "joining.uses_many").With("max", MaxUses)
	case d.Lasts < 0 || d.Lasts > MaxLasts:
		return d, fault.Bad("lasts", "joining.lasts_long")
	case utf8.RuneCountInString(d.Note) > MaxNote:
		return d, fault.Bad("note", "joining.note_long").With("max", MaxNote)
	case utf8.RuneCountInString(d.Question) > MaxQuestion:
		return d, fault.Bad("question", "joining.question_long").With("max", MaxQuestion)
	}
	if !d.Approval {
		d.Question = ""
	}
	return d, nil
}

// mayInvite asks whether an actor may invite like this now: every full member
// may invite members, also into a space that any member may join; who looks
// after a space, into that space, and guests; owners may invite moderators.
func mayInvite(tx *database.Tx, a access.Actor, role access.Role, spaceID string) error {
	if spaceID != "" {
		s, err := space.One(tx, a, spaceID)
		if err != nil {
			return err
		}
		open := s.Visibility == space.Open || s.Visibility == space.Public
		if role == access.Guest || !open {
			if _, err := access.Authorise(tx, a, access.InviteToSpace, spaceID); err != nil {
				return err
			}
		}
	}
	verb := access.Invite
	if role == access.Moderator {
		verb = access.InviteModerator
	}
	_, err := access.Authorise(tx, a, verb, "")
	return err
}

// newToken makes the secret of an invitation: 256 random bits.
func newToken() string {
	b := make([]byte, 32)
	rand.Read(b) // never returns an error: crypto/rand
	return base64.RawURLEncoding.EncodeToString(b)
}

func tokenHash(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

// find gives the invitation of a token if it opens something now.
func find(tx *database.Tx, token string) (i invitation, err error) {
	err = tx.One([]any{&i.id, &i.madeBy, &i.inviter, &i.role, &i.space, &i.question, &i.approval},
		`SELECT i.id, i.made_by, m.name, i.role, coalesce(i.space_id, ''), i.question, i.approval
		FROM invitations i JOIN members m ON m.id = i.made_by AND m.state = 'active'
		WHERE i.token_hash = $1 AND i.revoked_at IS NULL AND (i.expires_at IS NULL OR i.expires_at > $2) AND (i.max_uses = 0 OR i.uses < i.max_uses)
		-- unfiltered: who holds the link is shown who invites her`,
		tokenHash(token), database.Micros(tx.Now()))
	none := errors.Is(err, database.ErrNone)
	if err != nil && !none {
		return i, fmt.Errorf("look for the invitation: %w", err)
	}
	// Asked of nobody too: that somebody may not invite any more takes as long as
	// that there never was a link.
	err = mayInvite(tx, access.Member(i.madeBy), i.role, i.space)
	if err == nil && none || fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return i, ErrInvitation
	}
	return i, err
}
