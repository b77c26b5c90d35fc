package communityweb

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/web"
)

func (h *Handler) about(r *web.Request) error {
	carers, err := h.Communities.Carers(r.Ctx(), r.Actor)
	if err != nil {
		return err
	}
	return r.Show(aboutPage(r.Page(r.Text.Text("about.title")), r.Community, carers, h.Build))
}

func (h *Handler) rules(r *web.Request) error {
	return h.text(r, r.Text.Text("about.rules"), r.Community.Rules)
}

func (h *Handler) imprint(r *web.Request) error {
	return h.text(r, r.Text.Text("about.imprint"), r.Community.Imprint)
}

// text shows a text of the community. One that nobody has written is no page.
func (h *Handler) text(r *web.Request, title, written string) error {
	if written == "" {
		return fault.Missing()
	}
	return r.Show(textPage(r.Page(title), html(written)))
}

// picture serves the community's picture. Its address carries the community's
// version, so that a browser may keep it; not a proxy, because it may be hidden.
func (h *Handler) picture(r *web.Request) error {
	p, err := h.Communities.Picture(r.Ctx(), r.Actor)
	if err != nil {
		return err
	}
	if r.Value("v") != "" && strings.HasSuffix(r.Value("v"), fmt.Sprintf(".%d", r.Community.Version)) {
		r.Response().Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	}
	return r.Blob(http.StatusOK, p.Type, p.Body)
}
