package picture

import (
	"bytes"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"github.com/opengather/opengather/instance/internal/cut"
	"golang.org/x/image/webp"
)

// format is a kind of file that can be read.
type format struct {
	mime string
	// starts reports whether a file begins like one.
	starts func(head []byte) bool
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
	// look finds the parts of a file and what they say, and refuses what would
	// take too much. The size of the picture is known.
	look func(*file, *look) error
	// profile finds the bytes of the colour profile; nil where there is none.
	profile func(*file, parts) (profile, error)
	// clean keeps what others get of a file that was looked at.
	clean func(*file, look, profile) (cut.Cut, error)
	// drawn says that such files mostly hold drawings, which JPEG would blur.
	drawn bool
}

// formats are all that are read. What a file calls itself, by its name or its
// type, does not count: only its first bytes do.
var formats = []format{
	{"image/png", begins(pngSignature), png.DecodeConfig, png.Decode, lookAtPNG, profileOfPNG, cleanPNG, true},
	{"image/jpeg", begins("\xff\xd8\xff"), jpeg.DecodeConfig, jpeg.Decode, lookAtJPEG, profileOfJPEG, cleanJPEG, false},
	{"image/gif", begins("GIF8"), gif.DecodeConfig, gif.Decode, lookAtGIF, nil, cleanGIF, true},
	{"image/webp", riff("WEBP"), webp.DecodeConfig, webp.Decode, lookAtWebP, profileOfWebP, cleanWebP, false},
}

func begins(magic string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(magic)) }
}

func riff(kind string) func([]byte) bool {
	return func(head []byte) bool {
		return len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == kind
	}
}

// recognise tells a file's format. Two that people often try get an answer of
// their own: pictures of iPhones, which Go cannot read, and SVG, which is a
// program rather than a picture.
func recognise(head []byte) (format, error) {
	for _, f := range formats {
		if f.starts(head) {
			return f, nil
		}
	}
	switch {
	case isHEIF(head):
		return format{}, ErrHEIC
	case isSVG(head):
		return format{}, ErrSVG
	}
	return format{}, ErrKind
}

// isHEIF looks for the brand of an ISO media file (ISO/IEC 14496-12, 4.3).
func isHEIF(head []byte) bool {
	if len(head) < 12 || string(head[4:8]) != "ftyp" {
		return false
	}
	switch string(head[8:12]) {
	case "heic", "heix", "hevc", "heim", "heis", "mif1", "msf1", "avif":
		return true
	}
	return false
}

func isSVG(head []byte) bool {
	return bytes.Contains(bytes.ToLower(head), []byte("<svg"))
}
