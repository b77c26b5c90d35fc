package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
)

// The reasons for which a file is not taken, to be told by errors.Is.
var (
	// ErrKind says that the file is no picture of a kind that is read.
	ErrKind = errors.New("not a kind of picture that is read")
	// ErrHEIC says that it is one of the pictures of telephones that need a
	// decoder which nobody may give away.
	ErrHEIC = errors.New("pictures in HEIC are not read")
	// ErrSVG says that it is a drawing that is a program.
	ErrSVG = errors.New("drawings in SVG are not read")
	// ErrMoving says that it is an animated WebP file: Go reads none.
	ErrMoving = errors.New("moving pictures in WebP are not read")
	// ErrPixels says that decoding it would take too much memory or time.
	ErrPixels = errors.New("the picture has too many pixels")
	// ErrBroken says that it is damaged or has not arrived whole.
	ErrBroken = errors.New("the picture is broken")
)

// The limits that hold before a pixel is decoded: a file of a few hundred bytes
// can claim a picture that fills the memory.
const (
	// MostPixels is a photograph of the largest cameras that people have.
	MostPixels = 50_000_000
	// LongestSide leaves room for panoramas.
	LongestSide = 30_000
	// MostCost is how many bytes decoding may take.
	MostCost = 256 << 20
)

// Info is what a file says about itself.
type Info struct {
	// Type is image/jpeg, image/png, image/gif or image/webp.
	Type string
	// Width and Height are those of the picture held upright.
	Width, Height int
	// Moving says that the picture is an animation.
	Moving bool
	// Cost is about how many bytes of memory decoding it takes.
	Cost int64
}

// Recognise says by the first bytes of a file which Type it has: 4096 are enough.
// So one that is no picture is refused before the rest of it has arrived, with
// ErrKind, ErrHEIC or ErrSVG. Whether it is a good one is found out by Inspect.
func Recognise(head []byte) (string, error) {
	f, err := recognise(head)
	return f.mime, err
}

// Inspect looks at all parts of a file and says what it is. No pixel is decoded,
// and what the file calls itself does not count. A refusal is one of the errors
// above; any other error comes from the reader.
func Inspect(r io.ReaderAt, size int64) (Info, error) {
	l, err := inspect(&file{r: r, size: size})
	if err != nil {
		return Info{}, err
	}
	info := Info{Type: l.format.mime, Width: l.width, Height: l.height, Moving: l.moving, Cost: l.cost}
	if l.orientation >= 5 {
		info.Width, info.Height = info.Height, info.Width
	}
	return info, nil
}

// look is what an inspected file has.
type look struct {
	format format
	parts  parts
	// width and height are those of the file, before it is turned.
	width, height int
	// orientation is 1 to 8, see turn.
	orientation int
	moving      bool
	cost        int64
}

func (l look) pixels() int64 { return int64(l.width) * int64(l.height) }

func inspect(f *file) (look, error) {
	if f.size <= 0 {
		return look{}, f.broken(errShort)
	}
	head, err := f.bytes(0, min(f.size, 4096))
	if err != nil {
		return look{}, err
	}
	kind, err := recognise(head)
	if err != nil {
		return look{}, err
	}
	c, err := kind.config(f.from(0))
	if err != nil {
		return look{}, f.broken(err)
	}
	l := look{format: kind, width: c.Width, height: c.Height, orientation: 1}
	switch {
	case c.Width <= 0 || c.Height <= 0:
		return look{}, fmt.Errorf("%w: %d by %d pixels", ErrBroken, c.Width, c.Height)
	case c.Width > LongestSide || c.Height > LongestSide || l.pixels() > MostPixels:
		return look{}, fmt.Errorf("%w: %d by %d", ErrPixels, c.Width, c.Height)
	}
	if err := kind.look(f, &l); err != nil {
		return look{}, err
	}
	if l.cost > MostCost {
		return look{}, fmt.Errorf("%w: decoding takes %d bytes", ErrPixels, l.cost)
	}
	return l, nil
}

// decode gives the pixels of an inspected file, the first frame of an animation.
func (f *file) decode(l look) (image.RGBA64Image, error) {
	img, err := l.format.decode(f.from(0))
	if err != nil {
		return nil, f.broken(err)
	}
	canvas := image.Rect(0, 0, l.width, l.height)
	if frame, ok := img.(*image.Paletted); ok && frame.Rect.In(canvas) {
		return onCanvas{frame, canvas}, nil
	}
	whole, ok := img.(image.RGBA64Image)
	if !ok || img.Bounds() != canvas {
		return nil, f.broken(fmt.Errorf("it became %T of %v", img, img.Bounds()))
	}
	return whole, nil
}

// orient asks the n bytes of Exif at an offset how the camera was held. In JPEG
// they are at most one segment; no more is read of other kinds.
func (l *look) orient(f *file, at, n int64) error {
	b, err := f.bytes(at, min(n, 64<<10))
	if err != nil {
		return err
	}
	l.orientation = orientation(bytes.TrimPrefix(b, []byte(exifName)))
	return nil
}

// exifName is what stands before the Exif of a JPEG file. Some writers put it
// into other files too.
const exifName = "Exif\x00\x00"
