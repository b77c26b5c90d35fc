// Package community holds the one community that lives here: its name, its
// rules, its look, who can see it and who can come in. Whom it consists of is
// for package member, what it is divided into for package space.
package community

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/internal/picture"
)

// Face is what somebody outside can see.
type Face string

const (
	// Hidden shows the sign-in page and nothing else, not even a name.
	Hidden Face = "hidden"
	// Named shows the name, the picture, what the community is and how to join.
	Named Face = "named"
	// Open shows the content of public spaces, too.
	Open Face = "public"
)

// Door is how somebody can come in.
type Door string

const (
	// ByInvitation lets in whom a member invited.
	ByInvitation Door = "invite"
	// ByAsking lets people ask, and owners and moderators decide.
	ByAsking Door = "ask"
	// ByJoining lets everybody in.
	ByJoining Door = "open"
)

// Feature is a part of the community that can be switched off. Switched off it
// has no page, no place in a menu and no job.
type Feature string

// The features there are.
const (
	Directory   Feature = "directory"
	Search      Feature = "search"
	Reactions   Feature = "reactions"
	Invitations Feature = "invitations"
	Numbers     Feature = "numbers"
	Media       Feature = "media"
	Feeds       Feature = "feeds"
	Live        Feature = "live"
	Polls       Feature = "polls"
	Previews    Feature = "previews"
	Pages       Feature = "pages"
)

// Features lists them all.
var Features = []Feature{Directory, Search, Reactions, Invitations, Numbers, Media, Feeds, Live, Polls, Previews, Pages}

// Community is the community as it is now. It is shared between requests:
// nobody changes one.
type Community struct {
	ID     string
	Name   string
	Preset string
	Face   Face
	Door   Door
	// Question is asked of people who ask to join; empty asks nothing.
	Question string
	// Welcome greets newcomers; Rules, Imprint and Privacy are pages in
	// Markdown, empty when there is none.
	Welcome, Rules, Imprint, Privacy string
	// Languages are offered to readers, the community's own first.
	Languages []string
	// Zone is an IANA time zone.
	Zone string
	// Accent is the colour as chosen, "#rrggbb", or empty.
	Accent string
	// HasPicture reports whether there is a picture.
	HasPicture bool
	// AboutLine says at the foot of pages what software this is.
	AboutLine bool
	// Origin is the community's address, such as https://street.example, and
	// Former are those it had before.
	Origin string
	Former []string
	// FoundedAt is the zero time until set-up is finished.
	FoundedAt time.Time
	Version   int64

	off map[Feature]bool
}

// Founded reports whether set-up is finished.
func (c *Community) Founded() bool { return c != nil && !c.FoundedAt.IsZero() }

// Has reports whether a feature is switched on.
func (c *Community) Has(f Feature) bool { return !c.off[f] }

// Language is the community's own language.
func (c *Community) Language() string {
	if len(c.Languages) == 0 {
		return "en"
	}
	return c.Languages[0]
}

// Location is the community's time zone, UTC if the name is not known here.
func (c *Community) Location() *time.Location {
	l, err := locale.Zone(c.Zone)
	if err != nil {
		return time.UTC
	}
	return l
}

// Operations are what can be done with the community.
type Operations struct {
	DB *database.DB
	// Offered are the languages the program speaks, among which owners choose.
	Offered []string

	last atomic.Pointer[Community]
	// Pictures draws one picture at a time, for the whole program.
	Pictures picture.Press
}

// ErrNone says that nobody has claimed this place yet.
var ErrNone = errors.New("no community here yet")

// Current gives the community. The row is read again only when its version has
// changed, so that this costs one small query; what it gives is never older
// than the transaction.
func (o *Operations) Current(tx *database.Tx) (*Community, error) {
	c, _, err := o.CurrentAt(tx)
	return c, err
}

// CurrentAt is Current together with database.Tx.Version, which is there also
// where there is no community yet: every request asks for both, and this is one
// query.
func (o *Operations) CurrentAt(tx *database.Tx) (c *Community, at string, err error) {
	var own, all int64
	err = tx.One([]any{&own, &all}, "SELECT coalesce(c.version, -1), h.version FROM fact_head h LEFT JOIN community c ON c.one = 1 WHERE h.one = 1")
	if err != nil {
		return nil, "", fmt.Errorf("look for the community: %w", err)
	}
	at = strconv.FormatInt(all, 10)
	if own < 0 {
		return nil, at, ErrNone
	}
	if c := o.last.Load(); c != nil && c.Version == own {
		return c, at, nil
	}
	if c, err = read(tx); err != nil {
		return nil, at, fmt.Errorf("read the community: %w", err)
	}
	o.last.Store(c)
	return c, at, nil
}

func read(tx *database.Tx) (*Community, error) {
	c := &Community{off: map[Feature]bool{}}
	var languages string
	var founded int64
	err := tx.One([]any{
		&c.ID, &c.Name, &c.Preset, &c.Face, &c.Door, &c.Question, &c.Welcome, &c.Rules, &c.Imprint, &c.Privacy,
		&languages, &c.Zone, &c.Accent, &c.HasPicture, &c.AboutLine, &c.Origin, &founded, &c.Version,
	}, `SELECT id, name, preset, face, door, question, welcome, rules, imprint, privacy,
		languages, zone, accent, picture IS NOT NULL, about_line, origin, founded_at, version FROM community WHERE one = 1`)
	if err != nil {
		return nil, err
	}
	c.Languages = strings.Split(languages, ",")
	if founded > 0 {
		c.FoundedAt = database.At(founded)
	}
	err = tx.Each(func(r *database.Rows) error {
		var f Feature
		var on bool
		err := r.Scan(&f, &on)
		c.off[f] = !on
		return err
	}, "SELECT name, enabled FROM features")
	if err != nil {
		return c, err
	}
	c.Former, err = database.Collect(tx, func(r *database.Rows) (origin string, err error) {
		err = r.Scan(&origin)
		return origin, err
	}, "SELECT origin FROM origins WHERE NOT current ORDER BY changed_at, origin")
	return c, err
}

// Facts about the community.
const (
	// Changed is recorded when its settings change.
	Changed fact.Kind = "community.changed"
	// Founded is recorded when set-up is finished and people may come.
	Founded fact.Kind = "community.founded"
)

// Save writes the community as given, if it still has the version that it was
// read with; else fault.Conflict. It checks no right: the operation that calls
// it does.
func Save(tx *database.Tx, actor string, c Community) error {
	n, err := tx.Exec(`UPDATE community SET name = $1, preset = $2, face = $3, door = $4, question = $5, welcome = $6, rules = $7,
		imprint = $8, privacy = $9, languages = $10, zone = $11, accent = $12, about_line = $13, origin = $14, founded_at = $15,
		version = version + 1 WHERE one = 1 AND version = $16`,
		c.Name, c.Preset, string(c.Face), string(c.Door), c.Question, c.Welcome, c.Rules, c.Imprint, c.Privacy,
		strings.Join(c.Languages, ","), c.Zone, c.Accent, c.AboutLine, c.Origin, founded(c), c.Version)
	if err != nil {
		return fmt.Errorf("save the community: %w", err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "community.changed_meanwhile")
	}
	record(tx, Changed, actor, c.ID)
	return nil
}

func record(tx *database.Tx, k fact.Kind, actor, id string) {
	fact.Record(tx, fact.Fact{Kind: k, Actor: actor, SubjectKind: "community", Subject: id, Label: "members"})
}

func founded(c Community) int64 {
	if c.FoundedAt.IsZero() {
		return 0
	}
	return database.Micros(c.FoundedAt)
}

// Switch turns a feature on or off. It checks no right.
func Switch(tx *database.Tx, f Feature, on bool) error {
	_, err := tx.Exec("INSERT INTO features (name, enabled) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET enabled = excluded.enabled", string(f), on)
	if err == nil {
		_, err = tx.Exec("UPDATE community SET version = version + 1 WHERE one = 1")
	}
	return err
}

// Read gives the community on a snapshot of its own.
func (o *Operations) Read(ctx context.Context) (c *Community, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		c, err = o.Current(tx)
		return err
	})
	return c, err
}
