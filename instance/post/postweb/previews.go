package postweb

import (
	"bytes"
	"net/http"
	"time"

	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// linked is the preview of a post as components show it.
func linked(r *web.Request, p post.Post) look.Preview {
	if p.Preview == nil || !r.Community.Has(community.Previews) {
		return look.Preview{}
	}
	c := p.Preview
	v := look.Preview{URL: c.URL, Title: c.Title, Description: c.Description, Site: c.Site, Width: c.Width, Height: c.Height}
	if c.Picture != "" {
		v.Picture = "/previews/" + c.Picture
	}
	return v
}

// previewPicture answers with the picture of a preview, to whom may read its post.
func (h *Handler) previewPicture(r *web.Request) error {
	body, err := h.Previews.Picture(r.Ctx(), r.Actor, r.Param("id"))
	if err != nil {
		return err
	}
	header := r.Response().Header()
	// As for photos: the rule is asked each time, so the browser asks each time.
	header.Set("Cache-Control", "private, no-cache")
	header.Set("ETag", `"`+r.Param("id")+`"`)
	header.Set("Content-Type", "image/jpeg")
	header.Set("No-Gzip-Compression", "1")
	asked := r.Request()
	if r.HeadersOnly() {
		asked = asked.WithContext(r.Ctx()) // a copy: package web asks as if for all of it
		asked.Method = http.MethodHead
	}
	http.ServeContent(r.Response(), asked, "", time.Time{}, bytes.NewReader(body))
	return nil
}

func (h *Handler) removePreview(r *web.Request) error {
	id, err := h.Posts.RemovePreview(r.Ctx(), r.Actor, r.Key(), r.Param("id"))
	if web.Done(err) != nil {
		return err
	}
	return r.Say("/p/"+id, "said.post_preview_removed")
}
