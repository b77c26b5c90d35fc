package pollweb

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// RankModule is the script that moves options up and down, for look.Page.Modules.
const RankModule = "rank.js"

// wide is how many rounds stand beside each other; more stand below each other.
const wide = 6

func (b Box) ranked() bool { return b.Poll.Method == poll.Ranked }

// Moves reports whether the form needs RankModule.
func (b Box) Moves() bool { return b.ranked() && b.votes() }

// placeField is what the field is called that says which choice an option is.
func placeField(option int) string { return "place-" + strconv.Itoa(option) }

// Places reads which choice each option is, "" for none.
func Places(r *web.Request, p poll.Poll) (all []string) {
	if p.Method != poll.Ranked {
		return nil
	}
	for option := range p.Options {
		all = append(all, r.Value(placeField(option)))
	}
	return all
}

// inOrder makes a vote of the places. What is between them does not matter: the
// second and the fourth choice are the first and the second.
func inOrder(places []string) (poll.Vote, error) {
	by := make([]int, len(places)) // the option in each place, from 1; 0 for none
	for option, typed := range places {
		if typed == "" {
			continue
		}
		n, err := strconv.Atoi(typed)
		if err != nil || n < 1 || n > len(places) {
			return nil, fault.New(fault.Invalid, "fault.bad_request")
		}
		if by[n-1] != 0 {
			return nil, fault.Bad("choice", "poll.place_twice")
		}
		by[n-1] = option + 1
	}
	v := poll.Vote{}
	for _, option := range by {
		if option != 0 {
			v = append(v, option-1)
		}
	}
	return v, nil
}

// place is which choice an option is in the form.
func (b Box) place(option int) string {
	if b.Places != nil {
		return b.Places[option]
	}
	if i := slices.Index(b.Chosen, option); i >= 0 {
		return strconv.Itoa(i + 1)
	}
	return ""
}

// control is the field of an option.
func (b Box) control(option int) templ.Attributes {
	return templ.Attributes{"id": look.Field{Name: placeField(option)}.ID(), "name": placeField(option)}
}

// wordsID is the id of what an option says.
func wordsID(option int) string { return "words-" + strconv.Itoa(option) }

// named gives a button of an option its name: what it does, and with which.
func named(what, says string, option int) templ.Attributes {
	id := what + "-" + strconv.Itoa(option)
	return templ.Attributes{"id": id, "aria-label": says, "aria-labelledby": id + " " + wordsID(option)}
}

// receipt tells somebody the code of her ballot.
func (b Box) receipt(t *locale.Printer) string {
	if b.ranked() {
		return t.Text("poll.receipt_ranked", locale.S("code", b.Receipt))
	}
	return t.Text("poll.receipt", locale.S("code", b.Receipt))
}

// winners says what came out first.
func (b Box) winners(t *locale.Printer) string {
	won := b.Poll.Result.Winners
	if len(won) == 0 {
		return ""
	}
	last := b.Poll.Result.Rounds[len(b.Poll.Result.Rounds)-1]
	if len(won) > 1 {
		return t.Text("poll.winners", locale.S("options", b.words(won)), locale.N("count", last.Counts[won[0]]))
	}
	return t.Text("poll.winner", locale.S("option", b.Poll.Options[won[0]]), locale.N("count", last.Counts[won[0]]), locale.N("of", b.Poll.Voters-last.Spent))
}

// words are those of options beside each other: a comma may be in one of them.
func (b Box) words(options []int) string {
	all := make([]string, len(options))
	for i, o := range options {
		all[i] = b.Poll.Options[o]
	}
	return strings.Join(all, " · ")
}

// outAfter is the round after which each option goes out, from 0.
func (b Box) outAfter() []int {
	all := slices.Repeat([]int{len(b.Poll.Result.Rounds)}, len(b.Poll.Options))
	for n, r := range b.Poll.Result.Rounds {
		for _, option := range r.Out {
			all[option] = n
		}
	}
	return all
}

// columns are those of the table of rounds.
func (b Box) columns(t *locale.Printer) []string {
	if len(b.Poll.Result.Rounds) > wide {
		return []string{t.Text("poll.column_round"), t.Text("poll.column_counts"), t.Text("poll.column_out")}
	}
	all := []string{t.Text("poll.column_option")}
	for n := range b.Poll.Result.Rounds {
		all = append(all, t.Text("poll.round", locale.N("n", n+1)))
	}
	return all
}

// rounds are the rows of the table: an option each, or a round each where there are
// many.
func (b Box) rounds(t *locale.Printer) []look.Row {
	if len(b.Poll.Result.Rounds) > wide {
		return b.byRound(t)
	}
	out, spent := b.outAfter(), false
	var rows []look.Row
	for option, words := range b.Poll.Options {
		row := look.Row{look.Name(words)}
		for n, r := range b.Poll.Result.Rounds {
			count := strconv.Itoa(r.Counts[option])
			switch {
			case n > out[option]:
				count = "–"
			case n == out[option]:
				count = t.Text("poll.goes_out", locale.N("count", r.Counts[option]))
			}
			row = append(row, look.Words(count))
			spent = spent || r.Spent > 0
		}
		rows = append(rows, row)
	}
	if spent {
		row := look.Row{look.Words(t.Text("poll.spent"))}
		for _, r := range b.Poll.Result.Rounds {
			row = append(row, look.Words(strconv.Itoa(r.Spent)))
		}
		rows = append(rows, row)
	}
	return rows
}

func (b Box) byRound(t *locale.Printer) (rows []look.Row) {
	out := b.outAfter()
	for n, r := range b.Poll.Result.Rounds {
		var counts []string
		for option, words := range b.Poll.Options {
			if n <= out[option] {
				counts = append(counts, t.Text("poll.option_count", locale.S("option", words), locale.N("count", r.Counts[option])))
			}
		}
		if r.Spent > 0 {
			counts = append(counts, t.Text("poll.option_count", locale.S("option", t.Text("poll.spent")), locale.N("count", r.Spent)))
		}
		rows = append(rows, look.Row{look.Words(t.Text("poll.round", locale.N("n", n+1))), look.Name(strings.Join(counts, " · ")), look.Name(b.words(r.Out))})
	}
	return rows
}

// codes are those of the ballots that were counted.
func (b Box) codes() (all []string) {
	for _, x := range b.Poll.Result.Ballots {
		all = append(all, x.Code)
	}
	return all
}
