package demo

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A speech is what one thread is about: the slots that have been filled in it
// stay filled, so that whoever answers about the ladder says ladder, too.
type speech struct {
	rng *rand.Rand
	// topic has a value for every slot that was used, by language and name.
	topic map[string]string
	// about is when the thread began.
	about time.Time
	// mention gives the handle of somebody who could be mentioned.
	mention func() string
}

var slot = regexp.MustCompile(`\{[+@a-z]+\}`)

// fresh are the slots that differ each time.
var fresh = []string{"day", "time", "n", "month", "street", "link"}

// say fills the slots of a text that is said at a time. "{+dish}" is another
// dish than the thread's, "{@}" somebody.
func (s *speech) say(l *lexicon, language, text string, at time.Time) string {
	taken := map[string]bool{}
	text = slot.ReplaceAllStringFunc(text, func(braced string) string {
		name, another := strings.CutPrefix(strings.Trim(braced, "{}"), "+")
		if name == "@" {
			return "@" + s.mention()
		}
		key := language + " " + name
		if v, known := s.topic[key]; known && !another && !slices.Contains(fresh, name) {
			return v
		}
		v := s.fill(l, name, at)
		for tries := 0; taken[v] && tries < 5; tries++ {
			v = s.fill(l, name, at)
		}
		taken[v] = true
		if !another {
			s.topic[key] = v
		}
		return v
	})
	return capital(text)
}

func (s *speech) fill(l *lexicon, name string, at time.Time) string {
	switch name {
	case "n":
		return strconv.Itoa(2 + s.rng.IntN(8))
	case "day":
		return l.slots["days"][s.rng.IntN(7)]
	case "month":
		return l.slots["months"][at.AddDate(0, -1-s.rng.IntN(6), 1-at.Day()).Month()-1]
	case "date":
		on := s.about.AddDate(0, 0, 5+s.rng.IntN(15))
		return fmt.Sprintf(l.slots["date"][0], on.Day(), l.slots["months"][on.Month()-1])
	}
	all := l.slots[name]
	return all[s.rng.IntN(len(all))]
}

// capital begins a text with a capital letter, unless it begins otherwise.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// slip makes a slip of the pen: two letters of a longer word change places. It
// gives the text as it is if there is none.
func slip(rng *rand.Rand, text string) string {
	words := longWord.FindAllStringIndex(text, -1)
	if len(words) == 0 {
		return text
	}
	w := words[rng.IntN(len(words))]
	at := w[0] + 2
	swapped := []byte(text)
	swapped[at], swapped[at+1] = swapped[at+1], swapped[at]
	return string(swapped)
}

// longWord matches words without umlauts, so that bytes are letters, and not
// what is part of a link or a mention.
var longWord = regexp.MustCompile(`\b[a-z]{7,}\b`)
