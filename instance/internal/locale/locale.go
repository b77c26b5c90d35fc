// Package locale turns message keys, numbers and times into text that people
// read, in their language and time zone.
//
// It owns the message format (a subset of ICU MessageFormat, see parse.go), the
// plural rules (CLDR, through golang.org/x/text), the dates of English and
// German and the words for how long ago something was. It does not own the
// messages themselves: each package that shows text embeds a folder
// messages/<language>.json beside its code and hands it to Load. It knows
// nothing of HTTP: who wants which language is the caller's question.
package locale

import (
	"embed"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Messages are this package's own words (keys "time.…"). Hand them to Load
// like those of every other package: Ago needs them.
//
//go:embed messages/*.json
var Messages embed.FS

// Arg is one named value that a message needs. Value is a string, an int or a
// time.Time; the message shows the argument's name in ⟦brackets⟧ for any other.
type Arg struct {
	Name  string
	Value any
}

// S is an argument that is put into the text as it is.
func S(name, value string) Arg { return Arg{Name: name, Value: value} }

// N is an argument that counts: it chooses plural forms and is written with
// the language's thousands separator. A year is not a count; pass it as S.
func N(name string, n int) Arg { return Arg{Name: name, Value: n} }

// T is a moment, shown in the printer's time zone: {x} as date and time,
// {x, date} as the date, {x, time} as the time of day.
func T(name string, t time.Time) Arg { return Arg{Name: name, Value: t} }

// Printer writes text in one language and one time zone. It is safe for
// concurrent use.
type Printer struct {
	language *lang
	zone     *time.Location
}

// lang is everything known about one language. It does not change after Load.
type lang struct {
	name     string
	tag      language.Tag
	dir      string
	format   *format
	messages map[string]message
}

// Text gives the message of that key with its arguments filled in. A key that
// the language does not have comes back as ⟦key⟧, and an argument that is
// missing or of the wrong type as ⟦name⟧, so that tests find both.
func (p *Printer) Text(key string, args ...Arg) string {
	m, ok := p.language.messages[key]
	switch {
	case !ok:
		return "⟦" + key + "⟧"
	case len(m) == 0:
		return ""
	case len(m) == 1 && m[0].kind == literal:
		return m[0].text
	}
	// Most messages fit, so that only the resulting string is allocated.
	var room [256]byte
	return string(m.append(room[:0], p, args))
}

// Lang is the language's tag, for the lang attribute (BCP 47).
func (p *Printer) Lang() string { return p.language.name }

// Words stands for all that this printer can say: printers with the same one
// say the same, in whatever zone.
func (p *Printer) Words() any { return p.language }

// Offset is how far the printer's zone is from UTC at that moment, in seconds.
func (p *Printer) Offset(t time.Time) int {
	_, offset := t.In(p.zone).Zone()
	return offset
}

// Dir is "ltr" or "rtl", for the dir attribute.
func (p *Printer) Dir() string { return p.language.dir }

// form is the CLDR cardinal category of an integer.
func (l *lang) form(n int) plural.Form {
	if n < 0 {
		n = max(-n, 0) // the smallest int has no positive counterpart
	}
	return plural.Cardinal.MatchPlural(l.tag, n, 0, 0, 0, 0)
}
