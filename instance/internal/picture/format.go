package picture

import (
	"bytes"
	"errors"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"github.com/opengather/opengather/instance/internal/fault"
	"golang.org/x/image/webp"
)

// format is a kind of file that can be read.
type format struct {
	// starts reports whether a file begins like one.
	starts func(body []byte) bool
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
	// exif finds the bytes in which the camera says which way is up.
	exif func(body []byte) []byte
	// drawn says that such files mostly hold drawings, which JPEG would blur.
	drawn bool
}

// formats are all that are read. What a file calls itself, by its name or its
// type, does not count: only its first bytes do.
var formats = []format{
	{begins("\x89PNG\r\n\x1a\n"), png.DecodeConfig, png.Decode, exifOfPNG, true},
	{begins("\xff\xd8\xff"), jpeg.DecodeConfig, jpeg.Decode, exifOfJPEG, false},
	{begins("GIF8"), gif.DecodeConfig, gif.Decode, exifOfNone, true},
	{riff("WEBP"), webp.DecodeConfig, webp.Decode, exifOfWebP, false},
}

func begins(magic string) func([]byte) bool {
	return func(body []byte) bool { return bytes.HasPrefix(body, []byte(magic)) }
}

func riff(kind string) func([]byte) bool {
	return func(body []byte) bool {
		return len(body) >= 12 && string(body[:4]) == "RIFF" && string(body[8:12]) == kind
	}
}

// recognise tells a file's format. Two that people often try get an answer of
// their own: pictures of iPhones, which Go cannot read, and SVG, which is a
// program rather than a picture.
func recognise(body []byte) (format, error) {
	for _, f := range formats {
		if f.starts(body) {
			return f, nil
		}
	}
	switch {
	case isHEIF(body):
		return format{}, fault.Bad("picture", "picture.heic")
	case isSVG(body):
		return format{}, fault.Bad("picture", "picture.svg")
	}
	return format{}, fault.Bad("picture", "picture.kind")
}

// isHEIF looks for the brand of an ISO media file (ISO/IEC 14496-12, 4.3).
func isHEIF(body []byte) bool {
	if len(body) < 12 || string(body[4:8]) != "ftyp" {
		return false
	}
	switch string(body[8:12]) {
	case "heic", "heix", "hevc", "heim", "heis", "mif1", "msf1", "avif":
		return true
	}
	return false
}

func isSVG(body []byte) bool {
	return bytes.Contains(bytes.ToLower(body[:min(len(body), 4096)]), []byte("<svg"))
}

// maxScans bounds the passes of a progressive JPEG. Real ones have about ten; a
// file can hold a hundred thousand that each touch every block.
const maxScans = 100

var errScans = errors.New("too many scans")

// size gives a picture's width and height without decoding it.
func (f format) size(body []byte) (w, h int, err error) {
	// FF DA begins a scan; inside of one, FF is always followed by another byte
	// (ITU-T T.81, B.1.1.2 and F.1.2.3).
	if f.starts(body) && begins("\xff\xd8\xff")(body) && bytes.Count(body, []byte{0xff, 0xda}) > maxScans {
		return 0, 0, errScans
	}
	c, err := f.config(bytes.NewReader(body))
	return c.Width, c.Height, err
}
