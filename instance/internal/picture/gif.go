package picture

import (
	"errors"
	"fmt"
	"image"
	"image/color"
)

// The limits of an animation: whoever looks at it draws each frame.
const (
	maxFrames  = 500
	mostFrames = 300_000_000 // pixels of all frames
)

// lookAtGIF walks over all blocks to the trailer. Nothing is unpacked.
func lookAtGIF(f *file, l *look) error {
	var err error
	if l.parts, err = gifParts(f); err != nil {
		return f.broken(err)
	}
	frames := int64(0)
	for _, p := range l.parts {
		if p.kind == "image" {
			frames++
		}
	}
	switch {
	case frames == 0:
		return f.broken(errors.New("it has no image"))
	case frames > maxFrames || frames*l.pixels() > mostFrames:
		return fmt.Errorf("%w: %d frames of it", ErrPixels, frames)
	}
	l.moving, l.cost = frames > 1, l.pixels()
	return nil
}

// gifParts names the blocks of GIF89a (its specification, appendix A): "head",
// "image", "control", "comment", "text", "application" and "trailer".
func gifParts(f *file) (parts, error) {
	head, err := f.bytes(0, 13)
	if err != nil {
		return nil, err
	}
	s := f.from(13)
	if err := s.skip(colours(head[10])); err != nil {
		return nil, err
	}
	ps := parts{{"head", 0, s.at}}
	for {
		at := s.at
		kind, err := s.block()
		if err != nil {
			return nil, err
		}
		if err := ps.add(kind, at, s.at); err != nil || kind == "trailer" {
			return ps, err
		}
	}
}

// colours is how many bytes the table of colours has that a packed field
// announces.
func colours(packed byte) int {
	if packed&0x80 == 0 {
		return 0
	}
	return 3 << (packed&7 + 1)
}

var extensions = map[byte]string{0x01: "text", 0xf9: "control", 0xfe: "comment", 0xff: "application"}

// block goes over one block with all its data and says what it is.
func (s *scan) block() (string, error) {
	introducer, err := s.byte()
	if err != nil {
		return "", err
	}
	switch introducer {
	case 0x3b:
		return "trailer", nil
	case 0x21:
		label, err := s.byte()
		if err != nil {
			return "", err
		}
		if extensions[label] == "" {
			return "", fmt.Errorf("an extension %x", label)
		}
		return extensions[label], s.subBlocks()
	case 0x2c:
		if err := s.skip(8); err != nil {
			return "", err
		}
		packed, err := s.byte()
		if err != nil {
			return "", err
		}
		if err := s.skip(colours(packed) + 1); err != nil { // 1: the size of the first code
			return "", err
		}
		return "image", s.subBlocks()
	}
	return "", fmt.Errorf("a block %x", introducer)
}

// subBlocks goes over data that is cut into pieces of at most 255 bytes.
func (s *scan) subBlocks() error {
	for {
		n, err := s.byte()
		if err != nil || n == 0 {
			return err
		}
		if err := s.skip(int(n)); err != nil {
			return err
		}
	}
}

// onCanvas shows a frame where it belongs in the picture. Around it nothing is.
type onCanvas struct {
	*image.Paletted
	canvas image.Rectangle
}

// Bounds are those of the whole picture.
func (c onCanvas) Bounds() image.Rectangle { return c.canvas }

// RGBA64At follows image.RGBA64Image.
func (c onCanvas) RGBA64At(x, y int) color.RGBA64 {
	if !image.Pt(x, y).In(c.Rect) {
		return color.RGBA64{}
	}
	return c.Paletted.RGBA64At(x, y)
}

// At follows image.Image.
func (c onCanvas) At(x, y int) color.Color { return c.RGBA64At(x, y) }
