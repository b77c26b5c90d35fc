package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/picture"
	"github.com/opengather/opengather/instance/internal/video"
)

// asVideo finds videos by the type of their original.
const asVideo = "m.type LIKE 'video/%'"

func isVideo(kind string) bool { return strings.HasPrefix(kind, "video/") }

// kindOf is the media type of a file by its first bytes. What it calls itself, by
// its name or its type, does not count.
func kindOf(first []byte) (string, error) {
	kind, err := picture.Recognise(first)
	if film := video.Type(first); errors.Is(err, picture.ErrKind) && film != "" {
		return film, nil
	}
	return kind, err
}

// film looks at a video, of which nothing is decoded and nothing made.
func (n *newcomer) film(f io.ReaderAt) error {
	film, err := video.Inspect(f, n.bytes)
	if err != nil {
		return err
	}
	n.Width, n.Height = film.Width, film.Height
	pieces, err := video.Clean(f, n.bytes)
	if err != nil {
		return err
	}
	if n.cut, err = pieces.Bytes(); err != nil {
		return fmt.Errorf("%w: %w", video.ErrIndex, err)
	}
	return nil
}

// Film gives a video to play for whoever may see it, or fault.Missing: picture and
// sound byte for byte as they came, at the place in the file where they were, and
// zeros instead of what else was in it.
func (o *Operations) Film(ctx context.Context, a access.Actor, id string) (File, error) {
	var s stored
	err := o.DB.Read(ctx, func(tx *database.Tx) error {
		return found(tx.One([]any{&s.folder, &s.kind, &s.bytes, &s.cut}, "SELECT m.blob, m.type, m.bytes, m.cut "+readable+" AND m.id = $3 AND "+asVideo, a.Args(id)...))
	})
	if err != nil {
		return File{}, err
	}
	return o.cleaned(ctx, s)
}

// Films are those of the actor's own photos with these ids that are videos.
func (o *Operations) Films(ctx context.Context, a access.Actor, ids []string) (map[string]bool, error) {
	films := map[string]bool{}
	err := o.DB.Read(ctx, func(tx *database.Tx) error {
		for _, id := range ids[:min(len(ids), MaxPhotos)] {
			is, err := tx.Has("SELECT 1 FROM media m WHERE m.id = $2 AND "+asVideo+" AND "+access.Owned("m"), a.ID(), id)
			if err != nil {
				return err
			}
			films[id] = is
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("ask which are videos: %w", err)
	}
	return films, nil
}
