package mediaweb

import (
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// minePath is the page of somebody's own photos.
const minePath = "/settings/data/photos"

// mineView is what the page of somebody's own photos shows.
type mineView struct {
	Used  media.Used
	All   []media.Own
	Pager look.Pager
}

func (h *Handler) mine(r *web.Request) (err error) {
	var v mineView
	var older string
	if v.Used, err = h.Media.Used(r.Ctx(), r.Actor); err != nil {
		return err
	}
	if v.All, older, err = h.Media.Mine(r.Ctx(), r.Actor, r.Value("before")); err != nil {
		return err
	}
	if older != "" {
		v.Pager.OlderURL = minePath + "?before=" + older
	}
	if r.Value("before") != "" {
		v.Pager.NewerURL, v.Pager.End = minePath, r.Text.Text("web.list_end")
	}
	p := r.Page(r.Text.Text("media.mine"))
	p.Nav, p.Narrow = look.NavYou, true
	return r.Show(minePage(p, v))
}

// ownCopy shows one's own photo, and no video, also where photos are switched off,
// and to who may not come in any more.
func (h *Handler) ownCopy(r *web.Request) error {
	f, err := h.Media.OpenOwn(r.Ctx(), r.Actor, r.Param("id"))
	if err != nil {
		return err
	}
	return send(r, f)
}

// OwnPhoto is a photo of one's own, and no video, as components show it.
func OwnPhoto(i media.Item) look.Photo {
	c := i.Copies()[0]
	return look.Photo{Alt: i.Alt, Copies: []look.PhotoCopy{{URL: minePath + "/" + i.ID, Width: c.Width, Height: c.Height}}}
}

// ownUpload is the same in a list, where a video has no picture.
func ownUpload(i media.Item) look.Upload {
	u := look.Upload{ID: i.ID, Alt: i.Alt, Video: i.Video}
	if !i.Video {
		u.Src = minePath + "/" + i.ID
	}
	return u
}

// saving is what having a file in full size is called: of a video there is no
// other size.
func saving(i media.Item) string {
	if i.Video {
		return "media.video_save"
	}
	return "media.download"
}

// room says how much room her photos take. The copies count too, so that it is
// never quite the sum of what she sent.
func room(t *locale.Printer, u media.Used) string {
	used := locale.N("used", int((u.Bytes+1<<20-1)>>20))
	if u.Limit == 0 {
		return t.Text("media.used", used)
	}
	return t.Text("media.used_of", used, locale.N("limit", int(u.Limit>>30)))
}
