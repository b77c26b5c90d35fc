package look

// Empty says what belongs in a place where nothing is yet.
type Empty struct {
	// Drawing is one of "board", "letter", "chairs", "lamp", "gate", "basket".
	Drawing string
	// Title says what belongs here; Text gives one example.
	Title, Text string
	// Action is the one thing to do; without a Label none is shown.
	Action Action
}
