// Package notices holds the licences of the parts of others in the program. Its
// two files are written by make generate.
package notices

import (
	_ "embed" // the list and the texts
	"strings"
)

//go:embed parts.tsv
var list string

// Texts are the licences and notices themselves, to be passed on with the
// program.
//
//go:embed texts.txt
var Texts string

// Part is something that others made.
type Part struct{ Name, Version, Licence string }

// Parts gives the list, in the order of names.
func Parts() (all []Part) {
	_, rows, _ := strings.Cut(list, "\n")
	for row := range strings.Lines(rows) {
		name, rest, _ := strings.Cut(strings.TrimSuffix(row, "\n"), "\t")
		version, licence, _ := strings.Cut(rest, "\t")
		all = append(all, Part{name, version, licence})
	}
	return all
}
