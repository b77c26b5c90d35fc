// Package mediaweb shows photos and takes them.
package mediaweb

import (
	"context"
	"embed"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// Messages are the words of these pages.
//
//go:embed messages/*.json
var Messages embed.FS

// Handler serves photos.
type Handler struct{ Media *media.Operations }

// Mount adds the routes. What somebody uploaded herself stays hers where photos
// are switched off.
func (h *Handler) Mount(m *web.Router) {
	m.Of(community.Media).GET(web.Visitors, "/m/:id", h.show)
	m.Of(community.Media).GET(web.Visitors, "/m/:id/:size", h.copy)
	m.Of(community.Media).GET(web.Visitors, "/m/:id/download", h.download)
	m.GET(web.Own, "/m/:id/original", h.original)
}

func (h *Handler) show(r *web.Request) error {
	s, err := h.Media.One(r.Ctx(), r.Actor, r.Param("id"))
	if err != nil {
		return err
	}
	title := r.Text.Text("media.title")
	if s.Of > 1 {
		title = r.Text.Text("media.title_of", locale.N("n", s.Number), locale.N("of", s.Of))
	}
	return r.Show(photoPage(r.Page(title), s))
}

func (h *Handler) copy(r *web.Request) error {
	size := r.Param("size")
	f, err := h.Media.Open(r.Ctx(), r.Actor, r.Param("id"), media.Size(size))
	if err != nil {
		return err
	}
	// The rule is asked each time, so the browser asks each time: whoever has
	// left a space does not see its photos any more. What it has it need not load.
	r.Response().Header().Set("Cache-Control", "private, no-cache")
	r.Response().Header().Set("ETag", `"`+r.Param("id")+"-"+size+`"`)
	return send(r, f)
}

func (h *Handler) download(r *web.Request) error {
	return save(r, h.Media.Download)
}

func (h *Handler) original(r *web.Request) error {
	return save(r, h.Media.Original)
}

// save answers with a file that the browser saves and does not show.
func save(r *web.Request, open func(context.Context, access.Actor, string) (media.File, error)) error {
	f, err := open(r.Ctx(), r.Actor, r.Param("id"))
	if err != nil {
		return err
	}
	_, ending, _ := strings.Cut(f.Type, "/")
	// A slow line may take long for the whole of it. Not every writer has
	// deadlines, such as that of a test.
	_ = http.NewResponseController(r.Response()).SetWriteDeadline(time.Now().Add(longest))
	r.Response().Header().Set("Cache-Control", "no-store")
	r.Response().Header().Set("Content-Disposition", `attachment; filename="photo.`+ending+`"`)
	return send(r, f)
}

// longest is how long sending a photo in full size may take.
const longest = 15 * time.Minute

// noted remembers why reading failed: whoever sends a file does not say.
type noted struct {
	io.ReadSeeker
	err error
}

func (n *noted) Read(b []byte) (int, error) {
	k, err := n.ReadSeeker.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		n.err = err
	}
	return k, err
}

// send answers with a file, or with the part of it that is asked for.
func send(r *web.Request, f media.File) (err error) {
	defer func() { err = errors.Join(err, f.Close()) }()
	header := r.Response().Header()
	header.Set("Content-Type", f.Type)
	header.Set("No-Gzip-Compression", "1") // it is packed already
	from := &noted{ReadSeeker: f}
	http.ServeContent(r.Response(), r.Request(), "", time.Time{}, from)
	return from.err
}

// address is that of a copy.
func address(id string, s media.Size) string { return "/m/" + id + "/" + string(s) }

// shown is how many photos a post shows in a list.
const shown = 4

// Gallery shows the photos of a post: all of them, or in a list the first few
// with a way to the others.
func Gallery(r *web.Request, all []media.Item, post string, whole bool) look.Gallery {
	if !r.Community.Has(community.Media) {
		return look.Gallery{}
	}
	g := look.Gallery{URL: post}
	if some := all[:min(len(all), shown)]; !whole && len(some) < len(all) {
		g.More = len(all) - len(some)
		all = some
	}
	for _, i := range all {
		g.Photos = append(g.Photos, photo(i))
	}
	return g
}

func photo(i media.Item) look.Photo {
	p := look.Photo{URL: "/m/" + i.ID, Alt: i.Alt}
	for _, c := range i.Copies() {
		p.Copies = append(p.Copies, look.PhotoCopy{URL: address(i.ID, c.Size), Width: c.Width, Height: c.Height})
	}
	return p
}
