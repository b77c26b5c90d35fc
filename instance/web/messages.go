package web

import "embed"

// Messages are the words of faults and of the shell's own pages.
//
//go:embed messages/*.json
var Messages embed.FS
