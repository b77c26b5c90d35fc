package locale

import (
	"maps"
	"strings"
	"unicode/utf8"
)

// The tags of the languages that no one speaks.
const (
	pseudo   = "qps"
	mirrored = "qps-plocm"
)

// WithPseudo returns a catalogue that also has "qps": English in accented
// letters, in [brackets], a third longer, with arguments untouched. A page in
// it shows plain letters only where somebody wrote text into the code, and
// breaks where a longer language would break. "qps-plocm" is the same from
// right to left: its letters are turned round as those of Arabic would stand.
func (c *Catalog) WithPseudo() *Catalog {
	d := &Catalog{languages: maps.Clone(c.languages)}
	d.languages[pseudo] = c.pseudo(accent)
	d.languages[mirrored] = c.pseudo(func(s string) string { return turned(accent(s)) })
	d.languages[mirrored].name, d.languages[mirrored].dir = mirrored, "rtl"
	return d
}

// pseudo is English said another way.
func (c *Catalog) pseudo(say func(string) string) *lang {
	en := c.languages[source]
	f := *en.format
	for i, month := range f.months {
		f.months[i] = "[" + say(month) + "]"
	}
	q := &lang{name: pseudo, tag: en.tag, dir: en.dir, format: &f, messages: map[string]message{}}
	for key, m := range en.messages {
		body, length := pseudonym(m, say)
		body = append(message{{kind: literal, text: "["}}, body...)
		end := tail((length*3+9)/10) + "]"
		q.messages[key] = append(body, part{kind: literal, text: end})
	}
	return q
}

// tail is so many characters in words of twelve, since longer languages have
// more words, not one without end.
func tail(n int) string {
	const word = "~~~~~~~~~~~~"
	if n <= len(word) {
		return word[:n]
	}
	return word + " " + tail(n-len(word)-1)
}

// pseudonym rewrites the literals of m and counts their letters, in a choice
// those of the longest arm.
func pseudonym(m message, say func(string) string) (message, int) {
	out, length := make(message, len(m)), 0
	for i, q := range m {
		if q.kind == literal {
			length += utf8.RuneCountInString(q.text)
			q.text = say(q.text)
		}
		longest := 0
		arms := make([]arm, len(q.arms))
		for j, a := range q.arms {
			var n int
			a.body, n = pseudonym(a.body, say)
			longest = max(longest, n)
			arms[j] = a
		}
		q.arms = arms
		length += longest
		out[i] = q
	}
	return out, length
}

// turned has a text run from right to left, whatever its letters (UAX 9, RLO).
func turned(s string) string {
	if strings.TrimSpace(s) == "" {
		return s
	}
	return "\u202e" + s + "\u202c"
}

func accent(s string) string {
	const plain, accented = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
		"ÅƁÇĐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽåƀçđéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýž"
	letters := []rune(accented)
	return strings.Map(func(r rune) rune {
		if i := strings.IndexRune(plain, r); i >= 0 {
			return letters[i]
		}
		return r
	}, s)
}
