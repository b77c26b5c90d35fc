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

// added answers a script that sends a photo before the form that it is in.
func (h *Handler) added(r *web.Request) error {
	if len(r.Files) == 0 {
		err := error(fault.Bad(look.FileField, "media.none"))
		if len(r.Refused) > 0 {
			err = r.Refused[0]
		}
		return r.Tell(err, look.UploadRefused)
	}
	id := r.Files[0]
	films, err := h.Media.Films(r.Ctx(), r.Actor, r.Files)
	if err != nil {
		return err
	}
	return r.Show(look.UploadRow(r.Text, upload(media.Placed{ID: id, Video: films[id]}), media.MaxAlt, ""))
}

func upload(p media.Placed) look.Upload {
	u := look.Upload{ID: p.ID, Alt: p.Alt, Video: p.Video}
	if !p.Video {
		u.Src = address(p.ID, "s.jpg")
	}
	return u
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
func (h *Handler) Read(r *web.Request) (s Sent, err error) {
	form, err := r.FormParams()
	if err != nil || !r.Community.Has(community.Media) {
		return s, nil // who asks for a field is told; a form without photos says nothing of them
	}
	if s.Placed, err = h.placed(r, append(slices.Clone(form[look.MediaField]), r.Files...)); err != nil {
		return s, err
	}
	s.press(r.Value(look.DoField))
	if len(r.Refused) > 0 {
		s.Refused = r.Refused[0]
	}
	s.Again = r.Value(look.DoField) != "" || s.Refused != nil
	return s, nil
}

// placed are the photos with these ids, each once, with what the form says of them.
func (h *Handler) placed(r *web.Request, ids []string) ([]media.Placed, error) {
	all := []media.Placed{}
	if len(ids) == 0 {
		return all, nil
	}
	films, err := h.Media.Films(r.Ctx(), r.Actor, ids)
	for _, id := range ids {
		if !slices.ContainsFunc(all, func(p media.Placed) bool { return p.ID == id }) {
			all = append(all, media.Placed{ID: id, Alt: r.Value(look.AltField + id), Video: films[id]})
		}
	}
	return all, err
}

// press does what a button beside a photo says.
func (s *Sent) press(button string) {
	do, id, _ := strings.Cut(button, "-")
	at := slices.IndexFunc(s.Placed, func(p media.Placed) bool { return p.ID == id })
	switch {
	case do == "earlier" && at > 0:
		s.Placed[at], s.Placed[at-1] = s.Placed[at-1], s.Placed[at]
	case do == "later" && at >= 0 && at+1 < len(s.Placed):
		s.Placed[at], s.Placed[at+1] = s.Placed[at+1], s.Placed[at]
	case do == "remove" && at >= 0:
		s.Placed = slices.Delete(s.Placed, at, at+1)
	}
}

// Uploads are the photos in a form, and nil where none can be added.
func Uploads(r *web.Request, all []media.Placed) *look.Uploads {
	if !r.Community.Has(community.Media) {
		return nil
	}
	u := &look.Uploads{
		MaxAlt: media.MaxAlt,
		Hint:   r.Text.Text("media.hint", locale.N("max", media.MaxPhotos), locale.N("megabytes", media.MaxBytes>>20), locale.N("video", media.MaxVideo>>20)),
	}
	for _, p := range all {
		u.Items = append(u.Items, upload(p))
	}
	return u
}

// Placed is what stands in a post, for a form that changes it.
func Placed(all []media.Item) (placed []media.Placed) {
	for _, i := range all {
		placed = append(placed, media.Placed{ID: i.ID, Alt: i.Alt, Video: i.Video})
	}
	return placed
}
