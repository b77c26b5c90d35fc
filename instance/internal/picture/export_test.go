package picture

import "bytes"

// Part is a piece of a file as the tests see it.
type Part struct {
	Kind     string
	At, Size int64
}

// Parts are the pieces that the parsers find.
func Parts(b []byte) ([]Part, error) {
	l, err := inspect(&file{r: bytes.NewReader(b), size: int64(len(b))})
	var all []Part
	for _, p := range l.parts {
		all = append(all, Part{p.kind, p.at, p.size})
	}
	return all, err
}
