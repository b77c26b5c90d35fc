package community

import (
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// MaxQuestion is how long the question to newcomers may be, in characters.
const MaxQuestion = 200

// Entrance is what strangers see and how they come in.
type Entrance struct {
	Face Face
	Door Door
	// Question is asked of who asks to join; empty asks nothing.
	Question string
	// Version is the one of the community that the form was made from.
	Version int64
	// Agreed repeats Open where the face opens and there is something to read:
	// see Exposure.
	Agreed Face
}

// Faces and Doors list what can be chosen, from closed to open.
var (
	Faces = []Face{Hidden, Named, Open}
	Doors = []Door{ByInvitation, ByAsking, ByJoining}
)

// ChangeDoor changes what strangers see and how they come in. It takes effect
// at once: what is in public spaces is read by strangers only as long as the
// face is Open, because the read rule asks for it each time. What was written
// while it was not has to be agreed to, else ErrUnconfirmed.
func (o *Operations) ChangeDoor(ctx context.Context, a access.Actor, key string, e Entrance) (string, error) {
	op := database.Op{Name: "community.door", Target: fmt.Sprint(e), Key: key}
	return o.owned(ctx, a, op, func(tx *database.Tx, c Community) error {
		c.Version = e.Version
		before := c.Face
		if err := e.Apply(&c); err != nil {
			return err
		}
		if c.Face == Open && before != Open {
			if err := open(tx, e.Agreed == Open); err != nil {
				return err
			}
		}
		return Save(tx, a.ID(), c)
	})
}

// Apply puts the entrance into a community's settings, or says what is wrong
// with it.
func (e Entrance) Apply(c *Community) error {
	question := line(e.Question)
	switch {
	case !slices.Contains(Faces, e.Face):
		return fault.Bad("face", "community.face_unknown")
	case !slices.Contains(Doors, e.Door):
		return fault.Bad("door", "community.door_unknown")
	case e.Face == Hidden && e.Door != ByInvitation:
		// Where nothing can be seen there is nowhere to ask.
		return fault.Bad("door", "community.door_hidden")
	case utf8.RuneCountInString(question) > MaxQuestion:
		return fault.Bad("question", "community.question_long").With("max", MaxQuestion)
	}
	c.Face, c.Door, c.Question = e.Face, e.Door, question
	return nil
}
