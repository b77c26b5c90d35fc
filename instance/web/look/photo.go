package look

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/opengather/opengather/instance/internal/locale"
)

// Photo is a photo or a video as people see it in a post.
type Photo struct {
	// URL is the page of the photo alone.
	URL string
	Alt string
	// Copies are its sizes, from small to large. A video has one.
	Copies []PhotoCopy
	// Video says that it is played, and is no picture.
	Video bool
	// Eager loads it with the page: for one that is in sight at once.
	Eager bool
}

// PhotoCopy is one of the sizes of a photo, in pixels.
type PhotoCopy struct {
	URL           string
	Width, Height int
}

// shapes are the proportions, width to height in hundredths, that there is a
// class for.
var shapes = []int{40, 45, 50, 56, 62, 69, 75, 83, 92, 100, 110, 120, 133, 150, 165, 178, 200, 225, 250, 300, 400}

// shape is the class of the proportions that come nearest.
func (p Photo) shape() string {
	ratio := float64(p.largest().Width) / float64(max(p.largest().Height, 1))
	nearest := slices.MinFunc(shapes, func(a, b int) int {
		return cmp.Compare(math.Abs(math.Log(float64(a)/100/ratio)), math.Abs(math.Log(float64(b)/100/ratio)))
	})
	return "ratio-" + strconv.Itoa(nearest)
}

func (p Photo) small() PhotoCopy { return p.Copies[0] }

func (p Photo) largest() PhotoCopy { return p.Copies[len(p.Copies)-1] }

// set is the srcset: the browser takes the size that it needs.
func (p Photo) set() string {
	var all []string
	for _, c := range p.Copies {
		all = append(all, c.URL+" "+strconv.Itoa(c.Width)+"w")
	}
	return strings.Join(all, ", ")
}

func (p Photo) loading() string {
	if p.Eager {
		return "eager"
	}
	return "lazy"
}

// Gallery are the photos of a post.
type Gallery struct {
	Photos []Photo
	// Rows shows one alone as small as several, as in an album.
	Rows bool
	// More is how many there are besides, and URL leads to them.
	More int
	URL  string
}

// sizes says about how wide each is shown, by which the browser chooses a copy.
func (g Gallery) sizes() string {
	if g.alone() {
		return "(min-width: 48rem) 42rem, 100vw"
	}
	return "(min-width: 48rem) 18rem, 50vw"
}

// number is which of the photos one is, from 0, and photos how many there are: a
// viewer shows no videos.
func (g Gallery) number(at int) (n int) {
	for _, p := range g.Photos[:at] {
		if !p.Video {
			n++
		}
	}
	return n
}

func (g Gallery) photos() int { return g.number(len(g.Photos)) + g.More }

// alone says that there is one photo, which has the width of the post.
func (g Gallery) alone() bool { return len(g.Photos) == 1 && !g.Rows }

func (g Gallery) class() string {
	if g.alone() {
		return "gallery gallery-one"
	}
	return "gallery"
}

// name is what a screen reader says of a video.
func (p Photo) name(t *locale.Printer) string { return cmp.Or(p.Alt, t.Text("look.video")) }

// label is what a screen reader says of a photo that leads to its own page.
func label(t *locale.Printer, p Photo, n, of int) string {
	if p.Alt != "" {
		return p.Alt
	}
	return t.Text("look.photo", locale.N("n", n+1), locale.N("of", of))
}

// FileField, MediaField and AltField are the names of fields of a form with
// photos: files to add, the ids of those that are there, and, with the id behind
// it, what can be seen on one. DoField is that of the buttons which change the
// form and do not send it.
const (
	FileField  = "file"
	MediaField = "media"
	AltField   = "alt-"
	DoField    = "do"
)

// Uploads are the photos in a form.
type Uploads struct {
	Items []Upload
	// Hint says how many there may be, and who sees what of them.
	Hint string
	// Error is what is wrong with a file.
	Error string
	// MaxAlt is the length of a description, in characters.
	MaxAlt int
}

// Upload is a photo that was added to a form.
type Upload struct {
	ID  string
	Src string
	Alt string
	// Video says that it is one: of those there is no small picture, and no Src.
	Video bool
	// Error is what is wrong with the description.
	Error string
}

func (x Upload) alt(t *locale.Printer) string {
	if x.Alt != "" {
		return x.Alt
	}
	if x.Video {
		return t.Text("look.video_yours")
	}
	return t.Text("look.photo_yours")
}

func (x Upload) field(t *locale.Printer, most int) Field {
	asks := t.Text("look.photo_alt")
	if x.Video {
		asks = t.Text("look.video_alt")
	}
	return Field{Name: AltField + x.ID, Label: asks, Value: x.Alt, Error: x.Error, Optional: true, Rows: 2, MaxLength: most}
}

// moves are the buttons beside a photo. The first has nothing before it and the
// last nothing behind it: the stylesheet hides what leads nowhere.
func (x Upload) moves(t *locale.Printer) []Action {
	button := func(do, word string) Action {
		return Action{Label: word, Kind: Quiet, Name: DoField, Value: do + "-" + x.ID, Attrs: templ.Attributes{"formnovalidate": true}}
	}
	return []Action{button("earlier", t.Text("look.photo_earlier")), button("later", t.Text("look.photo_later")), button("remove", t.Text("look.photo_remove"))}
}

// Mark says beside a photo, or where files are chosen, what is wrong.
func (u *Uploads) Mark(p Problem) {
	for i := range u.Items {
		if p.Field == AltField+u.Items[i].ID {
			u.Items[i].Error = p.Text
			return
		}
	}
	if p.Field == FileField {
		u.Error = p.Text
	}
}
