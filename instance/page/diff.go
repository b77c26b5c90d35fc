package page

import (
	"strings"
	"unicode"
)

// Change is what became of a piece of text.
type Change int

// A piece is in both texts, in the former alone, or in the new one alone.
const (
	Same Change = iota
	Gone
	New
)

// Piece is a part of two texts that are compared.
type Piece struct {
	Change Change
	Text   string
}

// Compare gives two texts as one, in pieces: those that are Same and New are the new
// text, those that are Same and Gone the former one. It looks for lines that both
// have, and between them for words.
func Compare(was, is string) (all []Piece) {
	var before, after []string
	flush := func() {
		all = append(all, words(strings.Join(before, ""), strings.Join(after, ""))...)
		before, after = nil, nil
	}
	for _, p := range align(lines(was), lines(is)) {
		switch p.Change {
		case Gone:
			before = append(before, p.Text)
		case New:
			after = append(after, p.Text)
		default:
			flush()
			all = append(all, p)
		}
	}
	flush()
	return joined(all)
}

// lines are those of a text, each with its end: whether the last one has an end is
// no difference.
func lines(text string) []string {
	if text = strings.TrimSuffix(text, "\n"); text == "" {
		return nil
	}
	return strings.SplitAfter(text+"\n", "\n")[:strings.Count(text, "\n")+1]
}

// leastAlike is which part of the longer of two texts has to be in both, so that their
// words are compared: with less in common they are easier to read one after the other.
const leastAlike = 0.3

func words(was, is string) []Piece {
	whole := []Piece{{Gone, was}, {New, is}}
	if was == "" || is == "" {
		return whole
	}
	pieces, same := align(split(was), split(is)), 0
	for _, p := range pieces {
		if p.Change == Same && strings.TrimSpace(p.Text) != "" {
			same += len(p.Text)
		}
	}
	if float64(same) < leastAlike*float64(max(len(was), len(is))) {
		return whole
	}
	return pieces
}

// split cuts a text into words and what is between them.
func split(text string) (all []string) {
	from, kind := 0, -1
	for at, r := range text {
		now := kindOf(r)
		if kind >= 0 && (now != kind || now == 2) {
			all = append(all, text[from:at])
			from = at
		}
		kind = now
	}
	return append(all, text[from:])
}

// kindOf tells letters, white space and single signs apart.
func kindOf(r rune) int {
	switch {
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
		return 0
	case unicode.IsSpace(r):
		return 1
	}
	return 2
}

// mostCells bounds what one comparison costs. Beyond it, what lies between the same
// beginning and the same end is said to be new as a whole.
const mostCells = 1 << 20

// align finds the longest common subsequence of what is between the same beginning
// and the same end.
func align(was, is []string) (all []Piece) {
	from := 0
	for from < len(was) && from < len(is) && was[from] == is[from] {
		all = append(all, Piece{Same, was[from]})
		from++
	}
	behind := 0
	for behind < len(was)-from && behind < len(is)-from && was[len(was)-1-behind] == is[len(is)-1-behind] {
		behind++
	}
	all = append(all, between(was[from:len(was)-behind], is[from:len(is)-behind])...)
	for _, text := range was[len(was)-behind:] {
		all = append(all, Piece{Same, text})
	}
	return all
}

func between(was, is []string) (all []Piece) {
	if len(was)*len(is) <= mostCells {
		longest := table(was, is)
		for len(was) > 0 && len(is) > 0 {
			i, j := len(longest)-1-len(was), len(longest[0])-1-len(is)
			switch {
			case was[0] == is[0]:
				all, was, is = append(all, Piece{Same, was[0]}), was[1:], is[1:]
			case longest[i+1][j] >= longest[i][j+1]:
				all, was = append(all, Piece{Gone, was[0]}), was[1:]
			default:
				all, is = append(all, Piece{New, is[0]}), is[1:]
			}
		}
	}
	for _, text := range was {
		all = append(all, Piece{Gone, text})
	}
	for _, text := range is {
		all = append(all, Piece{New, text})
	}
	return all
}

// table has at i and j how long the longest common subsequence is of what begins
// there.
func table(was, is []string) [][]int32 {
	t := make([][]int32, len(was)+1)
	for i := range t {
		t[i] = make([]int32, len(is)+1)
	}
	for i := len(was) - 1; i >= 0; i-- {
		for j := len(is) - 1; j >= 0; j-- {
			if t[i][j] = max(t[i+1][j], t[i][j+1]); was[i] == is[j] {
				t[i][j] = t[i+1][j+1] + 1
			}
		}
	}
	return t
}

// joined puts neighbours of one kind together, what is gone before what is new.
func joined(pieces []Piece) (all []Piece) {
	var gone, added strings.Builder
	flush := func() {
		for _, p := range []Piece{{Gone, gone.String()}, {New, added.String()}} {
			if p.Text != "" {
				all = append(all, p)
			}
		}
		gone.Reset()
		added.Reset()
	}
	for _, p := range pieces {
		switch p.Change {
		case Gone:
			gone.WriteString(p.Text)
		case New:
			added.WriteString(p.Text)
		default:
			flush()
			if last := len(all) - 1; last >= 0 && all[last].Change == Same {
				all[last].Text += p.Text
			} else if p.Text != "" {
				all = append(all, p)
			}
		}
	}
	flush()
	return all
}
