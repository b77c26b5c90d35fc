// Package media holds the photos and videos in posts: how they come in, who sees them, and
// how they go.
//
// A photo belongs to at most one post, and whoever may read that post may see
// the photo, asked at each access: nothing has to be changed here when a post
// is hidden or shown to others. The original is for its author alone. Others
// get what was made of it, upright and smaller, and the original cut to its
// pixels: neither has metadata. Of a video others get the original cut to picture
// and sound; nothing is made of it.
//
// What is said of photos here holds of videos too, where it does not say otherwise.
package media

import (
	"time"

	"github.com/opengather/opengather/instance/internal/blob"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/picture"
)

// Limits of photos and videos.
const (
	// MaxPhotos is how many a post has, videos counted.
	MaxPhotos = 20
	// MaxBytes is how large the original of a photo is, and MaxVideo that of a video.
	MaxBytes = 32 << 20
	MaxVideo = 256 << 20
	// MaxAlt is how long a description is, in characters.
	MaxAlt = 500
	// Loose is how long a photo stays that is in no post.
	Loose = 7 * 24 * time.Hour
)

// Operations are what can be done with photos.
type Operations struct {
	DB    *database.DB
	Store blob.Store
	// Incoming is a directory for files that are on their way in.
	Incoming string
	// Free gives how many bytes may still be written to the disk that the photos
	// are on; nil where they are on none of ours.
	Free func() (uint64, error)
	// Press makes the smaller copies, one picture at a time in the process.
	Press *picture.Press
}

// Item is a photo as readers of its post get it.
type Item struct {
	ID string
	// Alt says what can be seen; empty if its author did not.
	Alt string
	// Width and Height are those of the original, upright, in pixels.
	Width, Height int
	// Video says that it is one.
	Video bool
}

// Placed is a photo that is to be in a post, in the order of a list of them.
type Placed struct {
	ID, Alt string
	// Video is how a form shows it. Attach does not believe it.
	Video bool
}

// Size names a copy for others, such as "m.jpg": in its address and in the store.
type Size string

// Copy is one of the copies that there are of a photo.
type Copy struct {
	Size
	// Width and Height are in pixels.
	Width, Height int
}

// The names in the store of the original, and of what is left of it once its
// author is erased. The copies are called by their size.
const (
	original = "o"
	bare     = "c"
)

// Copies are those that there are, from small to large. None is larger than the
// original. Of a video there are none.
func (i Item) Copies() (all []Copy) {
	if i.Video {
		return nil
	}
	for _, f := range picture.Fits(i.Width, i.Height) {
		all = append(all, Copy{Size(f.Name), f.Width, f.Height})
	}
	return all
}
