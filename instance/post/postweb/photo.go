package postweb

import (
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/web"
)

// askRemovePhoto shows a photo of the viewer's own and asks before it goes.
func (h *Handler) askRemovePhoto(r *web.Request) error {
	s, err := h.Media.Media.One(r.Ctx(), r.Actor, r.Param("id"))
	if err == nil && !s.Mine {
		err = fault.Missing()
	}
	if err != nil {
		return err
	}
	title := "media.remove_title"
	if s.Video {
		title = "media.remove_title_video"
	}
	return r.Show(removePhotoPage(r.Page(r.Text.Text(title)), s))
}

func (h *Handler) removePhoto(r *web.Request) error {
	if _, err := h.Posts.RemovePhoto(r.Ctx(), r.Actor, r.Key(), r.Param("id")); web.Done(err) != nil {
		return err
	}
	return r.Say("/settings/data/photos", "said.photo_removed")
}
