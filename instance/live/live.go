// Package live tells pages that are open that something in them has changed. It
// never says what: a hint names a page and the parts of it that look different,
// and the browser asks for those as for the page itself.
//
// Everything is worked out in rounds. A round asks anew, in one snapshot of the
// data, whether the session is there, whether its member is active, and what she
// reads; there is no other way into a stream. Facts say only which pages to look
// at, so that one that is missing makes something late and never visible. Who
// reads what is known here, in memory, and nowhere else.
package live

import (
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/post"
)

// Limits of streams.
const (
	mostStreams = 2000 // in this process
	mostMember  = 20   // of a member
	mostSession = 3    // of a session: a browser has six connections at most
	mostPages   = 8    // of a stream
	mostParts   = 20   // of a hint; more are all
	mostNew     = 50   // streams that a round takes up
	// pause is the least time between two hints about a page, and whole how
	// long a round may look at nothing but new streams: sessions end by the clock.
	pause = 2 * time.Second
	whole = time.Minute
)

// Kind is what a stream says.
type Kind string

const (
	// Hello comes first, with the pages that are watched.
	Hello Kind = "hello"
	// Changed says that parts of a page look different.
	Changed Kind = "changed"
	// Gone says that there is no such page, or no more.
	Gone Kind = "gone"
	// News says that something was said in one of her spaces.
	News Kind = "news"
	// End comes last.
	End Kind = "end"
)

// Why says for what reason a stream ends.
type Why string

const (
	// Later asks to come again: something is to be asked anew.
	Later Why = "later"
	// Out says that the session is over.
	Out Why = "out"
	// Off says that there are no streams here, or not for her.
	Off Why = "off"
	// Full says that this session has newer streams.
	Full Why = "full"
)

// Event is what is said once.
type Event struct {
	Kind Kind `json:"-"`
	// Pages are those that are watched, with Hello.
	Pages []string `json:"pages,omitempty"`
	// Page is what it is about.
	Page string `json:"page,omitempty"`
	// Parts look different or are new, in the order of the page; Parted are not
	// there any more. All says that anything may look different.
	Parts  []string `json:"parts,omitempty"`
	Parted []string `json:"gone,omitempty"`
	All    bool     `json:"all,omitempty"`
	// State is what the page has when it shows that; see State.
	State string `json:"state,omitempty"`
	// Why it ends, and In how many milliseconds she shall come again.
	Why Why `json:"why,omitempty"`
	In  int `json:"in,omitempty"`
}

// Reader is who reads.
type Reader struct {
	Member string
	// Session is the public id of the session that she reads with.
	Session string
}

// Hub has all streams of this process.
type Hub struct {
	DB          *database.DB
	Keys        *keyring.Keyring
	Posts       *post.Operations
	Communities *community.Operations
	Log         *slog.Logger

	// rounds is held during a round, and guards what rounds know.
	rounds sync.Mutex
	known  known

	// compared has a lock of its own.
	compared comparisons

	// mu guards the streams with what waits in them. Nothing is asked or written
	// while it is held.
	mu      sync.Mutex
	streams []*Stream // oldest first
	closed  bool
	joined  chan struct{} // closed when a stream comes
}

// known is what rounds know of before: never about anybody's access.
type known struct {
	version  string
	at       time.Time        // of the last whole round
	position int64            // of the log of facts
	pages    map[string]*page // nil before the first round
}

// page is one that somebody watches.
type page struct {
	labels post.Labels
	// looks are those of the classes of readers: who reads the same labels.
	looks map[string]*post.Look
	space string
	// authors are all that any of the looks shows.
	authors map[string]bool
	failed  error // it could not be looked at
}

// later is an end after which she comes again within so many milliseconds,
// drawn for each stream, so that not all come at once.
func later(within int) Event { return Event{Kind: End, Why: Later, In: 1 + rand.IntN(within)} }

const (
	soon = 1000 // a second
	anew = 8000 // when a program ends: the next one may be starting
	// broken is for a page that cannot be looked at.
	broken = 60_000
)
