package mediaweb

import (
	"io"
	"slices"
	"strings"

	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// Take keeps a photo that came with a form: see web.Router.Upload.
func (h *Handler) Take(r *web.Request, file io.Reader) (string, error) {
	if !r.Community.Has(community.Media) {
		return "", fault.Bad(look.FileField, "media.off")
	}
	if len(r.Request().PostForm[look.MediaField])+len(r.Files) >= media.MaxPhotos {
		return "", fault.Bad(look.FileField, "media.many").With("max", media.MaxPhotos)
	}
	return h.Media.Add(r.Ctx(), r.Actor, r.Key(), file)
}

// Sent are the photos that a form came with, in their order: those that it had,
// as its buttons changed them, and behind them those that were just added.
type Sent struct {
	Placed []media.Placed
	// Again says that the form is to be shown once more and not to be acted on:
	// a button of it was pressed, or a file could not be taken.
	Again bool
	// Refused is why a file could not be taken.
	Refused error
}

// Read reads the photos of a form.
func Read(r *web.Request) (s Sent) {
	form, err := r.FormParams()
	if err != nil || !r.Community.Has(community.Media) {
		return s // who asks for a field is told; a form without photos says nothing of them
	}
	s.Placed = []media.Placed{}
	for _, id := range append(slices.Clone(form[look.MediaField]), r.Files...) {
		if !slices.ContainsFunc(s.Placed, func(p media.Placed) bool { return p.ID == id }) {
			s.Placed = append(s.Placed, media.Placed{ID: id, Alt: r.Value(look.AltField + id)})
		}
	}
	do, id, _ := strings.Cut(r.Value(look.DoField), "-")
	at := slices.IndexFunc(s.Placed, func(p media.Placed) bool { return p.ID == id })
	switch {
	case do == "earlier" && at > 0:
		s.Placed[at], s.Placed[at-1] = s.Placed[at-1], s.Placed[at]
	case do == "later" && at >= 0 && at+1 < len(s.Placed):
		s.Placed[at], s.Placed[at+1] = s.Placed[at+1], s.Placed[at]
	case do == "remove" && at >= 0:
		s.Placed = slices.Delete(s.Placed, at, at+1)
	}
	if len(r.Refused) > 0 {
		s.Refused = r.Refused[0]
	}
	s.Again = do != "" || s.Refused != nil
	return s
}

// Uploads are the photos in a form, and nil where none can be added.
func Uploads(r *web.Request, all []media.Placed) *look.Uploads {
	if !r.Community.Has(community.Media) {
		return nil
	}
	u := &look.Uploads{
		MaxAlt: media.MaxAlt,
		Hint:   r.Text.Text("media.hint", locale.N("max", media.MaxPhotos), locale.N("megabytes", media.MaxBytes>>20)),
	}
	for _, p := range all {
		u.Items = append(u.Items, look.Upload{ID: p.ID, Alt: p.Alt, Src: address(p.ID, "s.jpg")})
	}
	return u
}

// Placed is what stands in a post, for a form that changes it.
func Placed(all []media.Item) (placed []media.Placed) {
	for _, i := range all {
		placed = append(placed, media.Placed{ID: i.ID, Alt: i.Alt})
	}
	return placed
}
