package picture

import (
	"github.com/opengather/opengather/instance/internal/cut"
)

// loops is how the one application begins that browsers know: how often the
// animation is shown. It is followed by two bytes with the number and a zero.
const loops = "\x21\xff\x0bNETSCAPE2.0\x03\x01"

// cleanGIF keeps the frames, how they follow each other, and how often.
func cleanGIF(f *file, l look, _ profile) (cut.Cut, error) {
	var c cut.Cut
	for _, p := range l.parts {
		switch p.kind {
		case "head", "image", "trailer":
			keep(&c, p)
		case "control":
			if p.size == 8 {
				keep(&c, p)
			}
		case "application":
			if p.size != int64(len(loops))+3 {
				continue
			}
			b, err := f.bytes(p.at, int64(len(loops)))
			if err != nil {
				return nil, err
			}
			if string(b) == loops {
				keep(&c, p)
			}
		}
	}
	return c, nil
}
