package post_test

import (
	"context"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/post"
)

// photoName is the id of the photo that a step brings, whatever else the world says.
func photoName(i int) string { return fmt.Sprint("photo", i) }

// pictured reports whether a step brings a photo, so that a seed that once saw a
// fault plays the same steps.
func pictured(st step) bool { return st.Kind <= doReply && st.What%3 == 0 }

// photos are what a person says at a step with a photo: its description has the
// words, which differ between the two worlds. Its row is there before, as that of
// a file that was sent while somebody wrote.
func (w *world) photos(i int, st step, m int, body string) []media.Placed {
	if !pictured(st) {
		return nil
	}
	w.rows.Do("INSERT INTO media (id, author_id, place, type, alt, width, height, blob, bytes, cut, made, created_at) VALUES ($1, $2, 0, 'image/jpeg', '', 640, 480, $1, 1, $3, 1, 0)",
		photoName(i), memberID(m), []byte{1})
	return []media.Placed{{ID: photoName(i), Alt: "shows " + body}}
}

// bring notes the photo of a step in the model. If the step was refused, it is
// taken back.
func (w *world) bring(i int, st step, err error) {
	switch {
	case !pictured(st):
	case err != nil:
		w.rows.Do("DELETE FROM media WHERE id = $1", photoName(i))
	default:
		w.model[len(w.model)-1].photo = photoName(i)
	}
}

// picture is what somebody gets who asks for a photo by its id: who is outside of the
// secret in every way there is.
func (w *world) picture(m int, id string, seen map[string]bool) string {
	ctx, a := context.Background(), w.actor(m)
	one, err := w.media.One(ctx, a, id)
	w.sound("photo", err)
	if err == nil {
		seen[id] = true
	}
	if m != w.s.Outside {
		return ""
	}
	films, other := w.media.Films(ctx, a, []string{id})
	w.sound("films", other)
	_, own := w.media.Original(ctx, access.Stranger(), id)
	return fmt.Sprint("photo ", fault.KindOf(err), err == nil, one.Alt, w.names[one.PostID], one.Mine, one.Number, one.Of, one.Earlier, one.Later, films, fault.KindOf(own))
}

// pictures are the lists that have photos: for who is outside of the secret all.
func (w *world) pictures(m int, seen map[string]bool) (v []string) {
	ctx, a := context.Background(), w.actor(m)
	for x := range w.s.Spaces {
		all, older, err := w.media.Album(ctx, a, spaceID(x), "")
		w.sound("album", err)
		v = append(v, fmt.Sprint("album ", spaceID(x), fault.KindOf(err), err == nil, older != ""))
		for _, e := range all {
			seen[e.PostID] = true
			v = append(v, "  "+w.names[e.PostID]+" "+described(e.Photos))
			for _, p := range e.Photos {
				seen[p.ID] = true
			}
		}
	}
	if m != w.s.Outside {
		return v
	}
	page, err := w.posts.Search(ctx, a, post.Wanted{Photos: true}, "")
	v = append(v, w.shown("with photos", page.Posts, err, seen))
	page, err = w.posts.Search(ctx, a, post.Wanted{Words: "shows", Photos: true, Since: time.Unix(1, 0)}, "")
	return append(v, w.shown("what photos show", page.Posts, err, seen))
}

// described are photos as a page has them.
func described(all []media.Item) (line string) {
	for _, p := range all {
		line += fmt.Sprint("[", p.ID, " ", p.Alt, " ", p.Width, "]")
	}
	return line
}

// checkPictures holds the photos that somebody was shown against the model: their
// readers are those of what they are in, and their author.
func (w *world) checkPictures(m int, seen map[string]bool) {
	for _, p := range w.model {
		if p.photo == "" {
			continue
		}
		may := !p.deleted && (w.mayRead(m, p) || p.author == memberID(m))
		if seen[p.photo] != may {
			w.t.Errorf("member %d sees the photo of %s: %t, want %t", m, w.names[p.id], seen[p.photo], may)
		}
	}
}
