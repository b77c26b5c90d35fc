// Package sample holds the sizes of tests that draw at random. Never make one
// smaller: make the test cheaper.
package sample

// Sizes of the drawn tests (docs/decisions and DESIGN, "Commands").
const (
	// Sequences of operations per engine in the property test, and Operations
	// in each.
	Sequences, Operations = 2000, 40
	// Kills of the process under load, and TornWALs cut at random.
	Kills, TornWALs = 50, 50
)
