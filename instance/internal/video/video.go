// Package video reads MP4 and QuickTime films as phones write them, and says
// which of their bytes others may have. Nothing is transcoded and nothing moves:
// what goes becomes zeros where it stood, so that the places of picture and
// sound, of which the file has a list, stay right. It decodes no picture and
// reads none: of a film, it reads the boxes around picture and sound alone.
//
// The formats are ISO/IEC 14496-12 (ISO base media file format) and Apple's
// QuickTime File Format, of which the former was made.
package video

import (
	"errors"
	"fmt"
	"io"

	"github.com/opengather/opengather/instance/internal/cut"
)

// MaxIndex is how many bytes the index of a film may have, its moov box: it is
// held in memory. That of an hour from a phone has about 5 MB.
const MaxIndex = 32 << 20

// The ways in which a film can be refused. An error that is none of them is one
// of reading.
var (
	// ErrKind says that a file is no film of a kind that is taken: no MP4 or
	// QuickTime, in fragments, without a picture track, or of another codec.
	ErrKind = errors.New("not a kind of film that is taken")
	// ErrBroken says that a film contradicts itself, or ends too early.
	ErrBroken = errors.New("the film is broken")
	// ErrIndex says that a film's index, or what is to be left out of the film,
	// is too large to work with.
	ErrIndex = errors.New("the film's index is too large")
)

// Film is what the index of a film says of it.
type Film struct {
	// Video and Sound are the codecs as the file names them, such as avc1 or
	// hvc1, and mp4a. Sound is empty for a silent film.
	Video, Sound string
	// Width and Height are those of the picture as it is shown, upright.
	Width, Height int
	// Millis is the length in milliseconds, 0 if the file does not say.
	Millis int64
}

// Inspect looks at the film of the given size in bytes. It takes what Clean
// can clean, and nothing else. Refusals are ErrKind, ErrBroken or ErrIndex.
func Inspect(r io.ReaderAt, size int64) (Film, error) {
	film, _, err := look(r, size)
	return film, err
}

// Clean gives the film as others get it: as long as the original, with one
// picture track and at most one sound track, and of what lies between them, of
// place, time, device and names, nothing. It asks for what Inspect asks, and
// what it gives is the same Film to Inspect. Cleaned again, it stays the same.
//
// What picture and sound hold inside of them stays, and so does what the film
// skips: a phone that shortens one may only say where to begin.
func Clean(r io.ReaderAt, size int64) (cut.Cut, error) {
	_, c, err := look(r, size)
	return c, err
}

func look(r io.ReaderAt, size int64) (Film, cut.Cut, error) {
	f, err := open(r, size)
	if err != nil {
		return Film{}, nil, err
	}
	kept, err := f.choose()
	if err != nil {
		return Film{}, nil, err
	}
	film, err := f.film(kept)
	if err != nil {
		return Film{}, nil, err
	}
	c, err := f.clean(kept)
	if err != nil {
		return Film{}, nil, err
	}
	return film, c, nil
}

func broken(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrBroken, fmt.Sprintf(format, args...))
}

func unlike(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrKind, fmt.Sprintf(format, args...))
}
