// Package post holds what people say to each other in spaces: posts and
// replies, how they change, what others make of them, and the lists in which
// they are read.
package post

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/internal/limit"
	"github.com/opengather/opengather/instance/internal/searchtext"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/preview"
	"github.com/opengather/opengather/instance/space"
)

// Facts about posts and replies.
const (
	Published fact.Kind = "post.published"
	Edited    fact.Kind = "post.edited"
	Deleted   fact.Kind = "post.deleted"
	Removed   fact.Kind = "post.removed"
	Hidden    fact.Kind = "post.hidden"
	Restored  fact.Kind = "post.restored"
	Reacted   fact.Kind = "post.reacted"
	Unreacted fact.Kind = "post.unreacted"
	Mentioned fact.Kind = "post.mentioned"
	Locked    fact.Kind = "post.locked"
	Unlocked  fact.Kind = "post.unlocked"
	Pinned    fact.Kind = "post.pinned"
	Unpinned  fact.Kind = "post.unpinned"
	Moved     fact.Kind = "post.moved"
	Split     fact.Kind = "post.split"  // what is a thread of its own now
	Parted    fact.Kind = "post.parted" // the thread that it was in
	Accepted  fact.Kind = "post.accepted"
	Settled   fact.Kind = "post.settled"
)

// Limits of a post, in characters, and of a thread's depth, in replies.
const (
	MaxTitle  = 150
	MaxBody   = 20_000
	MaxReason = 300
	maxDepth  = 50
)

// Operations are what can be done with posts.
type Operations struct {
	DB   *database.DB
	Keys *keyring.Keyring
	// Searching bounds how many search at the same time: what one search costs is
	// bounded, what many cost together is not. Nil lets everybody.
	Searching *limit.Gate
	// Polls are what posts come with polls by.
	Polls *poll.Operations

	kept kept
	// limits bound how often somebody is told names while she types.
	limits limit.Limits
}

// Post is something said: the beginning of a thread, or a reply.
type Post struct {
	ID string
	// SpaceID, SpaceName and SpacePath are where it was said; without name and
	// path, if the actor may not know of that space.
	SpaceID, SpaceName, SpacePath string
	// SpaceVisibility says who reads what was said, unless a moderator hid it.
	SpaceVisibility space.Visibility
	// RootID is the thread, ParentID what this answers; empty for a beginning.
	RootID, ParentID string
	Author           member.Byline
	Title            string
	// HTML is the body made safe by package markup.
	HTML      string
	CreatedAt time.Time
	// EditedAt is zero unless the words were changed; ByModerator says that
	// somebody else than the author did.
	EditedAt    time.Time
	ByModerator bool
	// DeletedAt is zero unless only a tombstone is left.
	DeletedAt time.Time
	Label     access.Label
	Version   int64
	// Locked is set for the beginning of a thread that is closed for replies,
	// Pinned for one that stands on top of its space.
	Locked, Pinned bool
	// Kind is that of the beginning of a thread. Settled says that an offer is
	// taken or a request solved; AnswerID is the reply that answers a question,
	// empty where there is none that the reader may read.
	Kind     Kind
	Settled  bool
	AnswerID string
	// Hidden is set for who may know that a moderator hides this.
	Hidden bool
	// RootHidden is set for a reply below a post that a moderator hides: it
	// reaches only those who may read that. One and Search tell.
	RootHidden bool
	// Resembles says that what was searched for does not occur in it, only what
	// resembles it: see Search.
	Resembles bool
	// Replies counts what the reader may read below it, LatestAt is when the
	// newest of those was written.
	Replies  int
	LatestAt time.Time
	// Reactions are what the reader may see of them.
	Reactions []Reaction
	// Saved says that the reader keeps it for later.
	Saved bool
	// Media are its photos, in their order.
	Media []media.Item
	// Poll is the one that it has, at a glance; nil without.
	Poll *poll.Brief
	// Preview is of the page that it links to; nil without, and in lists.
	Preview *preview.Card

	// answered is the version of the reply that answers a question.
	answered int64
	// polled says that there is a poll, previewed that there is a preview.
	polled, previewed bool
	// photos is how many there are.
	photos int
	// moved is its place where that is not when it was said: that of the newest
	// thing in the thread, or with the tier in front.
	moved string
}

// IsReply reports whether this answers something.
func (p Post) IsReply() bool { return p.ParentID != "" }

// Path is the post's permanent address. A reply's leads into its thread.
func (p Post) Path() string { return "/p/" + p.ID }

// Reaction is how many chose a sign for a post.
type Reaction struct {
	Kind  Sign
	Count int
	// Mine says that the reader is one of them.
	Mine bool
}

// Sign is a reaction's kind.
type Sign string

// Signs are the reactions there are, in the order in which they are offered.
var Signs = []Sign{"thanks", "heart", "yes", "laugh", "sorry"}

func (s Sign) known() bool {
	for _, k := range Signs {
		if k == s {
			return true
		}
	}
	return false
}

// Draft is what somebody wrote.
type Draft struct {
	// Space is where a post goes; a reply goes where its Parent is.
	Space, Parent string
	Title, Body   string
	// Kind is what a thread is about; a reply has none.
	Kind Kind
	// Poll is put with a beginning; nil without. It is never changed.
	Poll *poll.Draft
	// Media are its photos: what a post had and is not among them is erased. Nil
	// leaves those it has.
	Media []media.Placed
	// Unsent is the version of the draft that it was kept as, empty without: see
	// Unsent.Version.
	Unsent string
}

// check gives the draft as it is stored, or what is wrong with it.
func (d Draft) check() (Draft, error) {
	d.Title = strings.Join(strings.Fields(d.Title), " ")
	d.Body = strings.ReplaceAll(strings.TrimSpace(strings.ToValidUTF8(d.Body, "")), "\r\n", "\n")
	d.Body = strings.ReplaceAll(d.Body, "\x00", "")
	all, err := media.Check(d.Media)
	d.Media = all
	if d.Poll != nil && err == nil {
		var asks poll.Draft
		asks, err = d.Poll.Check()
		d.Poll = &asks
	}
	switch {
	case err != nil:
		return d, err
	case !d.Kind.Known():
		return d, fault.New(fault.Invalid, "fault.bad_request")
	case d.Body == "" && len(d.Media) == 0:
		return d, fault.Bad("body", "post.empty")
	case utf8.RuneCountInString(d.Body) > MaxBody:
		f := fault.Bad("body", "post.long").With("max", MaxBody)
		f.Kind = fault.TooLarge
		return d, f
	case utf8.RuneCountInString(d.Title) > MaxTitle:
		return d, fault.Bad("title", "post.title_long").With("max", MaxTitle)
	}
	return d, nil
}

// target is what a form key stands for: sent again with other words it is
// another post.
func (d Draft) target() string {
	all := []string{d.Space, d.Parent, d.Title, d.Body, string(d.Kind), d.Poll.Target()}
	for _, m := range d.Media {
		all = append(all, m.ID, m.Alt)
	}
	return strings.Join(all, "\x00")
}

// index has a post found by all of its words.
func index(tx *database.Tx, id string, d Draft, plain string) error {
	all := []string{plain}
	for _, m := range d.Media {
		all = append(all, m.Alt)
	}
	options, err := poll.Words(tx, id)
	if err != nil {
		return err
	}
	return tx.Index("post", id, searchtext.Make(d.Title, strings.Join(append(all, options...), " ")))
}
