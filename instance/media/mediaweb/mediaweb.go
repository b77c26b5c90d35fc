// Package mediaweb shows photos and videos and takes them.
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

// Handler serves photos and videos.
type Handler struct {
	Media   *media.Operations
	packing packing
}

// Mount adds the routes. What somebody uploaded herself stays hers where photos
// are switched off.
func (h *Handler) Mount(m *web.Router) {
	m.Of(community.Media).GET(web.Visitors, "/m/:id", h.show)
	m.Of(community.Media).GET(web.Visitors, "/m/:id/:size", h.copy)
	m.Of(community.Media).GET(web.Visitors, "/m/:id/download", h.download)
	m.Of(community.Media).GET(web.Visitors, "/m/:id/video", h.video)
	m.Of(community.Media).Upload(web.Members, "/media", h.Take, h.added)
	m.GET(web.Own, "/m/:id/original", h.original)
	m.GET(web.Own, minePath, h.mine)
	m.GET(web.Own, minePath+"/:id", h.ownCopy)
}

func (h *Handler) show(r *web.Request) error {
	s, err := h.Media.One(r.Ctx(), r.Actor, r.Param("id"))
	if err != nil {
		return err
	}
	return r.Show(photoPage(r.Page(title(r.Text, s)), s))
}

func title(t *locale.Printer, s media.Shown) string {
	n, of := locale.N("n", s.Number), locale.N("of", s.Of)
	switch {
	case s.Video && s.Of > 1:
		return t.Text("media.video_of", n, of)
	case s.Video:
		return t.Text("media.video")
	case s.Of > 1:
		return t.Text("media.title_of", n, of)
	}
	return t.Text("media.title")
}

func (h *Handler) copy(r *web.Request) error {
	size := r.Param("size")
	f, err := h.Media.Open(r.Ctx(), r.Actor, r.Param("id"), media.Size(size))
	if err != nil {
		return err
	}
	return here(r, f, size)
}

func (h *Handler) video(r *web.Request) error {
	f, err := h.Media.Film(r.Ctx(), r.Actor, r.Param("id"))
	if err != nil {
		return err
	}
	return here(r, f, "video")
}

// here answers with a file that the browser shows in a page.
func here(r *web.Request, f media.File, name string) error {
	// The rule is asked each time, so the browser asks each time: whoever has
	// left a space does not see its photos any more. What it has it need not load.
	r.Response().Header().Set("Cache-Control", "private, no-cache")
	r.Response().Header().Set("ETag", `"`+r.Param("id")+"-"+name+`"`)
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
	name := "photo."
	if isVideo(f.Type) {
		name = "video."
	}
	r.Response().Header().Set("Cache-Control", "no-store")
	r.Response().Header().Set("Content-Disposition", `attachment; filename="`+name+ending(f.Type)+`"`)
	return send(r, f)
}

func isVideo(kind string) bool { return strings.HasPrefix(kind, "video/") }

// ending is what the name of a file of a type ends with.
func ending(kind string) string {
	if kind == "video/quicktime" {
		return "mov"
	}
	_, end, _ := strings.Cut(kind, "/")
	return end
}

// stall is how long a receiver may take nothing. A film that is paused takes
// nothing: its player asks for the rest when it goes on.
const stall = time.Minute

// noted remembers why reading failed: whoever sends a file does not say. With each
// piece the receiver gets a new deadline: a slow line may take long for the whole.
type noted struct {
	io.ReadSeeker
	control *http.ResponseController
	// until is when the whole has to be through; zero for whenever it is.
	until time.Time
	err   error
}

// note reads a file that is sent as the answer.
func note(r *web.Request, f io.ReadSeeker) *noted {
	return &noted{ReadSeeker: f, control: http.NewResponseController(r.Response())}
}

func (n *noted) Read(b []byte) (int, error) {
	k, err := n.ReadSeeker.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		n.err = err
	}
	// Not every writer has deadlines, such as that of a test.
	_ = n.control.SetWriteDeadline(n.deadline())
	return k, err
}

func (n *noted) deadline() time.Time {
	next := time.Now().Add(stall)
	if !n.until.IsZero() && n.until.Before(next) {
		return n.until
	}
	return next
}

// send answers with a file, or with the part of it that is asked for.
func send(r *web.Request, f media.File) (err error) {
	defer func() { err = errors.Join(err, f.Close()) }()
	header := r.Response().Header()
	header.Set("Content-Type", f.Type)
	header.Set("No-Gzip-Compression", "1") // it is packed already
	from, asked := note(r, f), r.Request()
	if r.HeadersOnly() {
		asked = asked.WithContext(r.Ctx()) // a copy: package web asks as if for all of it
		asked.Method = http.MethodHead
	}
	http.ServeContent(r.Response(), asked, "", time.Time{}, from)
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
		g.Photos = append(g.Photos, Photo(i))
	}
	return g
}

// Photo is one photo as components show it.
func Photo(i media.Item) look.Photo {
	p := look.Photo{URL: "/m/" + i.ID, Alt: i.Alt, Video: i.Video}
	if i.Video {
		p.Copies = []look.PhotoCopy{{URL: p.URL + "/video", Width: i.Width, Height: i.Height}}
	}
	for _, c := range i.Copies() {
		p.Copies = append(p.Copies, look.PhotoCopy{URL: address(i.ID, c.Size), Width: c.Width, Height: c.Height})
	}
	return p
}
