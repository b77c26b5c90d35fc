package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// A part is one that can be measured alone.
type part struct {
	name    string
	measure func(b *bench, ctx context.Context, s *server, c community, e *engine) error
	posts   bool // it needs a place to post in
}

// parts are all of them, in this order: those that leave much behind come last.
var parts = []part{
	{"pages", (*bench).pages, false},
	{"search", (*bench).questions, false},
	{"upload", (*bench).upload, true},
	{"photos", (*bench).album, true},
	{"live", (*bench).audiences, true},
}

func partNames() (names []string) {
	for _, x := range parts {
		names = append(names, x.name)
	}
	return names
}

// choose takes the names of parts. Without any everything is measured.
func (p *plan) choose(names string) error {
	for name := range strings.SplitSeq(names, ",") {
		if !slices.Contains(partNames(), name) {
			return fmt.Errorf("%q is none of %s", name, strings.Join(partNames(), ", "))
		}
		p.parts = append(p.parts, name)
	}
	return nil
}

func (p *plan) measures(part string) bool {
	return len(p.parts) == 0 || slices.Contains(p.parts, part)
}
