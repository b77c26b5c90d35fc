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

// Photo is a photo as people see it in a post.
type Photo struct {
	// URL is the page of the photo alone.
	URL string
	Alt string
	// Copies are its sizes, from small to large.
	Copies []PhotoCopy
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
	// More is how many there are besides, and URL leads to them.
	More int
	URL  string
}

// sizes says about how wide each is shown, by which the browser chooses a copy.
func (g Gallery) sizes() string {
	if len(g.Photos) == 1 {
		return "(min-width: 48rem) 42rem, 100vw"
	}
	return "(min-width: 48rem) 18rem, 50vw"
}

func (g Gallery) class() string {
	if len(g.Photos) == 1 {
		return "gallery gallery-one"
	}
	return "gallery"
}

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
	// Error is what is wrong with the description.
	Error string
}

func (u Uploads) alt(t *locale.Printer, n int) Field {
	x := u.Items[n]
	return Field{
		Name: AltField + x.ID, Label: t.Text("look.photo_alt", locale.N("n", n+1)), Value: x.Alt, Error: x.Error,
		Optional: true, Rows: 2, MaxLength: u.MaxAlt,
	}
}

// moves are the buttons beside a photo.
func (u Uploads) moves(t *locale.Printer, n int) []Action {
	button := func(do, word, which string) Action {
		return Action{
			Label: word, Kind: Quiet, Name: DoField, Value: do + "-" + u.Items[n].ID,
			Attrs: templ.Attributes{"formnovalidate": true, "aria-label": which},
		}
	}
	number := locale.N("n", n+1)
	var all []Action
	if n > 0 {
		all = append(all, button("earlier", t.Text("look.photo_earlier"), t.Text("look.photo_earlier_n", number)))
	}
	if n+1 < len(u.Items) {
		all = append(all, button("later", t.Text("look.photo_later"), t.Text("look.photo_later_n", number)))
	}
	return append(all, button("remove", t.Text("look.photo_remove"), t.Text("look.photo_remove_n", number)))
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
