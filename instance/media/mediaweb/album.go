package mediaweb

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// longestAlbum is how long sending an album may take, whatever its photos.
const longestAlbum = 6 * time.Hour

// everything stands for all months in the address of a download.
const everything = "all"

// albumView is what a page of an album shows.
type albumView struct {
	Months []albumMonth
	Pager  look.Pager
	// Space leads back to the space, and All is where everything in it is.
	Space look.Link
	All   string
}

// albumMonth is a month, or as much of it as is on one page.
type albumMonth struct {
	Title, Download string
	Gallery         look.Gallery
}

// Album shows the photos in a space by month, for package spaceweb. Months are
// those of the community's time zone.
func (h *Handler) Album(r *web.Request, s space.View) error {
	all, older, err := h.Media.Album(r.Ctx(), r.Actor, s.ID, r.Value("before"))
	if err != nil {
		return err
	}
	at := s.Path() + "/photos"
	v := albumView{Space: look.Link{Label: s.Name, URL: s.Path()}, All: at + "/" + everything + "/download", Months: months(r, at, all)}
	if older != "" {
		v.Pager.OlderURL = at + "?before=" + older
	} else if len(all) > 0 {
		v.Pager.End = r.Text.Text("web.list_end")
	}
	if r.Value("before") != "" {
		v.Pager.NewerURL = at
	}
	p := r.Page(r.Text.Text("media.album_in", locale.S("space", s.Name)))
	p.Nav = s.Path()
	return r.Show(albumPage(p, v))
}

func months(r *web.Request, at string, all []media.Entry) (by []albumMonth) {
	last := ""
	for _, e := range all {
		then := e.At.In(r.Community.Location())
		if month := then.Format("2006-01"); month != last {
			last = month
			by = append(by, albumMonth{Title: r.Text.Month(then.Year(), then.Month()), Download: at + "/" + month + "/download", Gallery: look.Gallery{Rows: true}})
		}
		g := &by[len(by)-1].Gallery
		for _, i := range e.Photos {
			g.Photos = append(g.Photos, Photo(i))
		}
	}
	return by
}

// Pack sends the photos of a month in a space, or of all months, in one file, for
// package spaceweb: in full size, as others than their authors get them.
func (h *Handler) Pack(r *web.Request, s space.View) error {
	from, until := time.Unix(0, 0), r.Now
	if month := r.Param("month"); month != everything {
		var ok bool
		if from, until, ok = locale.ParseMonth(month, r.Community.Location()); !ok || from.After(r.Now) {
			return fault.Missing()
		}
	}
	who := cmp.Or(r.Actor.ID(), r.Network())
	if !h.packing.begin(who, r.SignedIn()) {
		return fault.New(fault.TooMany, "media.packing")
	}
	defer h.packing.end(who)
	header := r.Response().Header()
	header.Set("Content-Type", "application/zip")
	header.Set("Cache-Control", "no-store")
	header.Set("No-Gzip-Compression", "1")
	header.Set("Content-Disposition", `attachment; filename="photos-`+r.Param("month")+`.zip"`)
	if r.HeadersOnly() {
		return r.NoContent(http.StatusOK)
	}
	line := &line{Writer: r.Response()}
	k := &packer{r: r, until: time.Now().Add(longestAlbum), to: zip.NewWriter(line), title: r.Text.Text("media.album_in", locale.S("space", s.Name))}
	err := h.Media.Each(r.Ctx(), r.Actor, s.ID, from, until, k.pack)
	if err == nil {
		err = k.end()
	}
	if line.broken {
		panic(http.ErrAbortHandler) // nobody is there to be told
	}
	if err != nil && !r.Response().Committed {
		// The answer is a page that says why.
		header.Del("Content-Disposition")
		header.Del("Content-Type")
	}
	return err
}

// line is the way to the reader, and remembers whether it broke.
type line struct {
	io.Writer
	broken bool
}

func (l *line) Write(b []byte) (int, error) {
	n, err := l.Writer.Write(b)
	l.broken = l.broken || err != nil
	return n, err
}

// packer writes photos one behind the other, as they are: they are packed already.
type packer struct {
	r       *web.Request
	until   time.Time
	to      *zip.Writer
	title   string
	day     string
	ofDay   int
	entries []packed
}

// packed is a photo in the file, for the page that comes with it.
type packed struct {
	Name, Alt, Day string
	Video          bool
}

func (k *packer) pack(p media.Packed) error {
	then := p.At.In(k.r.Community.Location())
	if day := then.Format("2006-01-02"); day != k.day {
		k.day, k.ofDay = day, 0
	}
	k.ofDay++
	name := fmt.Sprintf("%s/%s-%03d.%s", k.day[:len("2006-01")], k.day, k.ofDay, ending(p.File.Type))
	k.entries = append(k.entries, packed{name, p.Alt, k.day, p.Video})
	w, err := k.to.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: then})
	if err != nil {
		return fmt.Errorf("begin a photo in an album: %w", err)
	}
	from := note(k.r, p.File)
	from.until = k.until
	if _, err := io.Copy(w, from); err != nil {
		return fmt.Errorf("pack a photo: %w", err)
	}
	return nil
}

// end adds a page that shows all of them, without a network.
func (k *packer) end() error {
	var b bytes.Buffer
	err := albumIndex(k.r.Text.Lang(), k.title, k.entries).Render(context.WithoutCancel(k.r.Ctx()), &b)
	if err != nil {
		return fmt.Errorf("put the page of an album together: %w", err)
	}
	w, err := k.to.CreateHeader(&zip.FileHeader{Name: "index.html", Method: zip.Deflate, Modified: k.r.Now})
	if err == nil {
		_, err = w.Write(b.Bytes())
	}
	return errors.Join(err, k.to.Close())
}
