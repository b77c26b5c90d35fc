package locale

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
)

// parse reads one text of the format: a subset of ICU MessageFormat
// (https://unicode-org.github.io/icu/userguide/format_parse/messages/).
//
//	{name}  {name, date}  {name, time}
//	{name, plural, =0 {…} one {…} other {# …}}   =N and the CLDR categories
//	{name, select, key {…} other {…}}
//
// Quoting is ICU's default: two apostrophes are one; an apostrophe before { or
// }, or before # directly inside a plural arm, begins quoted text that ends at
// the next single apostrophe; any other apostrophe is itself. As in ICU, # means
// the number only directly inside a plural arm, not in a select within it.
//
// It is stricter than ICU in two points that are nearly always mistakes: a }
// that closes nothing and a quotation that never ends are errors.
// There is no offset, selectordinal, number skeleton or choice.
func parse(text string) (message, error) {
	p := parser{text: text}
	m, err := p.message(false, 0)
	if err != nil {
		return nil, fmt.Errorf("at byte %d: %w", p.at, err)
	}
	return m, nil
}

type parser struct {
	text string
	at   int
}

// deepest is how far choices may be nested. People lose track earlier.
const deepest = 4

// message reads up to the end of the text, or, when nested, up to the } that
// closes the arm (which it leaves to be read).
func (p *parser) message(inPlural bool, depth int) (message, error) {
	if depth > deepest {
		return nil, fmt.Errorf("nested more than %d deep", deepest)
	}
	var m message
	var run strings.Builder
	flush := func() {
		if run.Len() > 0 {
			m = append(m, part{kind: literal, text: run.String()})
			run.Reset()
		}
	}
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '\'':
			if err := p.apostrophe(&run, inPlural); err != nil {
				return nil, err
			}
		case c == '{':
			flush()
			q, err := p.argument(depth)
			if err != nil {
				return nil, err
			}
			m = append(m, q)
		case c == '}' && depth > 0:
			flush()
			return m, nil
		case c == '}':
			return nil, fmt.Errorf("} closes nothing (write '}' for the character)")
		case c == '#' && inPlural:
			flush()
			m = append(m, part{kind: number})
			p.at++
		default:
			run.WriteByte(c)
			p.at++
		}
	}
	if depth > 0 {
		return nil, fmt.Errorf("the text ends inside {…}")
	}
	flush()
	return m, nil
}

// apostrophe reads what begins with ': a doubled one, quoted text, or itself.
func (p *parser) apostrophe(run *strings.Builder, inPlural bool) error {
	p.at++
	rest := p.text[p.at:]
	switch {
	case strings.HasPrefix(rest, "'"):
		run.WriteByte('\'')
		p.at++
		return nil
	case rest == "" || !(rest[0] == '{' || rest[0] == '}' || inPlural && rest[0] == '#'):
		run.WriteByte('\'')
		return nil
	}
	for {
		end := strings.IndexByte(p.text[p.at:], '\'')
		if end < 0 {
			return fmt.Errorf("the quotation does not end (write '' for an apostrophe)")
		}
		run.WriteString(p.text[p.at : p.at+end])
		p.at += end + 1
		if !strings.HasPrefix(p.text[p.at:], "'") {
			return nil
		}
		run.WriteByte('\'')
		p.at++
	}
}

// argument reads {name…}.
func (p *parser) argument(depth int) (part, error) {
	p.at++
	name := p.word()
	if name == "" {
		return part{}, fmt.Errorf("an argument needs a name")
	}
	if p.take('}') {
		return part{kind: plain, text: name}, nil
	}
	if !p.take(',') {
		return part{}, fmt.Errorf("after {%s comes a comma or }", name)
	}
	switch kind := p.word(); kind {
	case "date", "time":
		if !p.take('}') {
			return part{}, fmt.Errorf("{%s, %s} takes no style", name, kind)
		}
		if kind == "date" {
			return part{kind: dateOnly, text: name}, nil
		}
		return part{kind: timeOnly, text: name}, nil
	case "plural":
		arms, err := p.choices(name, depth, true)
		return part{kind: byNumber, text: name, arms: arms}, err
	case "select":
		arms, err := p.choices(name, depth, false)
		return part{kind: byName, text: name, arms: arms}, err
	default:
		return part{}, fmt.Errorf("{%s, %s} is not one of plural, select, date, time", name, kind)
	}
}

// choices reads ", selector {…} selector {…} }".
func (p *parser) choices(name string, depth int, isPlural bool) ([]arm, error) {
	if !p.take(',') {
		return nil, fmt.Errorf("{%s, … needs a comma before its choices", name)
	}
	var arms []arm
	for !p.take('}') {
		a, err := p.selector(isPlural)
		if err != nil {
			return nil, err
		}
		for _, b := range arms {
			if b.selector == a.selector {
				return nil, fmt.Errorf("{%s, …} has %q twice", name, a.selector)
			}
		}
		if !p.take('{') {
			return nil, fmt.Errorf("%q needs its text in {…}", a.selector)
		}
		if a.body, err = p.message(isPlural, depth+1); err != nil {
			return nil, err
		}
		p.at++
		arms = append(arms, a)
	}
	if len(arms) == 0 {
		return nil, fmt.Errorf("{%s, …} has no choices", name)
	}
	return arms, nil
}

func (p *parser) selector(isPlural bool) (arm, error) {
	if isPlural && p.take('=') {
		digits := p.word()
		n, err := strconv.Atoi(digits)
		if err != nil {
			return arm{}, fmt.Errorf("=%s is not a whole number", digits)
		}
		return arm{selector: "=" + strconv.Itoa(n), exact: true, n: n}, nil
	}
	word := p.word()
	if word == "" {
		return arm{}, fmt.Errorf("a choice needs a selector")
	}
	if !isPlural {
		return arm{selector: word}, nil
	}
	form, ok := category(word)
	if !ok {
		return arm{}, fmt.Errorf("%q is not a plural category", word)
	}
	return arm{selector: word, form: form}, nil
}

func category(word string) (plural.Form, bool) {
	switch word {
	case "zero":
		return plural.Zero, true
	case "one":
		return plural.One, true
	case "two":
		return plural.Two, true
	case "few":
		return plural.Few, true
	case "many":
		return plural.Many, true
	case "other":
		return plural.Other, true
	}
	return plural.Other, false
}

// word skips space and reads letters, digits and underscores.
func (p *parser) word() string {
	p.space()
	start := p.at
	for p.at < len(p.text) {
		c := p.text[p.at]
		if c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			break
		}
		p.at++
	}
	return p.text[start:p.at]
}

// take skips space and reads c if it is next.
func (p *parser) take(c byte) bool {
	p.space()
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *parser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}
