// Package preview holds what a post shows of a page elsewhere that it links to: a
// title, a few words and a small picture.
//
// A preview belongs to one post, and whoever may read the post may see it, asked at
// each access. It is fetched once, by the program, after the post was written, and
// never because somebody looks: see docs/decisions/0012-previews-are-fetched-once.md.
// What comes back is strangers' and may be anything. Where anything is wrong with it
// there is no preview, and nobody is told why.
package preview

import (
	"context"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fetch"
	"github.com/opengather/opengather/instance/internal/picture"
)

// Limits of a preview, in characters, and of what is asked for, in bytes.
const (
	MaxTitle       = 200
	MaxDescription = 400
	MaxSite        = 80
	// MaxURL is how long an address is of which there are previews.
	MaxURL = 2000
	// MaxPage is how large a page is that is taken, and headBytes how much of it is
	// read: what is looked for stands at its beginning.
	MaxPage   = 2 << 20
	headBytes = 512 << 10
	// MaxPicture is how large a picture is that is taken, and MaxPixels how many it
	// has.
	MaxPicture = 5 << 20
	MaxPixels  = 16_000_000
	// least is how many pixels a picture has each way: what is smaller shows nothing,
	// or counts readers elsewhere.
	least = 40
	// patience is how long page and picture may take together.
	patience = 10 * time.Second
	// waiting is how many pages of one author may wait to be fetched: a post more
	// has no preview.
	waiting = 20
)

// Operations are what can be done with previews.
type Operations struct {
	DB *database.DB
	// Door is the way out.
	Door Getter
	// Press makes the small pictures, one at a time in the process.
	Press *picture.Press
}

// Getter fetches what is at an address that a person wrote: the outbound door.
type Getter interface {
	Get(context.Context, fetch.Request) (fetch.Answer, error)
}

// Card is a preview as readers of its post get it.
type Card struct {
	URL                      string
	Title, Description, Site string
	// Picture names the picture in its address; empty without. Width and Height are
	// in pixels.
	Picture       string
	Width, Height int
}

// state is what became of a preview.
type state string

const (
	// pending waits to be fetched.
	pending state = "pending"
	// ready is shown.
	ready state = "ready"
	// none is of a page of which nothing can be shown. It is not asked for again.
	none state = "none"
	// removed was taken away by the author of the post.
	removed state = "removed"
)
