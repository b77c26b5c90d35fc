package pollweb

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/web/look"
)

// counted is a poll in which one option goes out in each round, the last first.
func counted(options int) Box {
	p := poll.Poll{Method: poll.Ranked, State: poll.Ended, Voters: 9, Result: &poll.Result{Voters: 9, Winners: []int{0}}}
	for i := range options {
		p.Options = append(p.Options, fmt.Sprint("option", i))
	}
	for n := range options - 1 {
		r := poll.Round{Counts: make([]int, options), Out: []int{options - 1 - n}, Spent: n}
		r.Counts[0] = 9 - n
		if n == options-2 {
			r.Out = nil
		}
		p.Result.Rounds = append(p.Result.Rounds, r)
	}
	return Box{Poll: p}
}

// TestRoundsFitTheirTable draws few and many rounds: each row has a cell for each
// column, and who is out has no number any more.
func TestRoundsFitTheirTable(t *testing.T) {
	c, err := locale.Load(locale.Messages, look.Messages, Messages)
	if err != nil {
		t.Fatal(err)
	}
	text := c.Printer("en", time.UTC)
	for options := 2; options <= poll.MaxOptions; options++ {
		b := counted(options)
		columns, rows := b.columns(text), b.rounds(text)
		for _, r := range rows {
			if len(r) != len(columns) || len(columns) > wide+1 {
				t.Fatalf("of %d options a row has %d cells for %q", options, len(r), columns)
			}
		}
		var drawn strings.Builder
		if err := rounds(text, b).Render(t.Context(), &drawn); err != nil {
			t.Fatal(err)
		}
		many := options-1 > wide
		if many && (len(rows) != options-1 || !strings.Contains(drawn.String(), "option0: 9 · option1: 0")) {
			t.Errorf("of %d options there are %d rows: %s", options, len(rows), drawn.String())
		}
		if !many && options > 2 && !strings.Contains(drawn.String(), "0 · out") || strings.Contains(drawn.String(), "No choice left") != (options > 2) {
			t.Errorf("of %d options it says %s", options, drawn.String())
		}
	}
}
