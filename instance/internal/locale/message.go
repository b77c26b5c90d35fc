package locale

import (
	"strconv"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/unicode/bidi"
)

// message is a parsed text: its parts in order.
type message []part

type partKind uint8

const (
	// literal is text to be copied.
	literal partKind = iota
	// number is the # inside a plural arm.
	number
	// plain is {name}, written according to the type of the value.
	plain
	// dateOnly is {name, date}.
	dateOnly
	// timeOnly is {name, time}.
	timeOnly
	// byNumber is {name, plural, …}.
	byNumber
	// byName is {name, select, …}.
	byName
)

// part is one piece of a message. text is the literal's text or the argument's
// name; arms belong to byNumber and byName.
type part struct {
	kind partKind
	text string
	arms []arm
}

// arm is one choice of a plural or select: for =N exact is set and n holds N,
// otherwise selector is the category or name, with its form in a plural.
type arm struct {
	selector string
	exact    bool
	n        int
	form     plural.Form
	body     message
}

// frame is a message being rendered: what is left of it, and what # stands for.
type frame struct {
	rest message
	n    int
}

// append renders m behind b.
//
// It keeps its own stack because the compiler lets a buffer of the caller stay
// on the caller's stack only where no recursion is in the way; with nothing
// kept from args either, rendering allocates just the final string.
func (m message) append(b []byte, p *Printer, args []Arg) []byte {
	var stack [deepest + 1]frame
	stack[0].rest = m
	for top := 0; top >= 0; {
		f := &stack[top]
		if len(f.rest) == 0 {
			top--
			continue
		}
		q := &f.rest[0]
		f.rest = f.rest[1:]
		switch q.kind {
		case literal:
			b = append(b, q.text...)
		case number:
			b = p.language.format.appendInt(b, f.n)
		case byNumber, byName:
			if inner, ok := q.choose(p.language, args); ok {
				top++
				stack[top] = inner
			} else {
				b = appendMissing(b, q.text)
			}
		default:
			b = q.appendValue(b, p, args)
		}
	}
	return b
}

func (q *part) appendValue(b []byte, p *Printer, args []Arg) []byte {
	switch v := value(args, q.text).(type) {
	case string:
		if q.kind == plain {
			return append(b, p.Apart(v)...)
		}
	case int:
		if q.kind == plain {
			return p.language.format.appendInt(b, v)
		}
	case time.Time:
		switch q.kind {
		case dateOnly:
			return p.appendDate(b, v)
		case timeOnly:
			return p.appendClock(b, v)
		}
		return p.appendDateTime(b, v)
	}
	return appendMissing(b, q.text)
}

// Apart is a text to be put into others: isolated (UAX 9, FSI and PDI) if it runs
// against the language, so that a name in Hebrew does not take the words around
// it along. Text does this with its arguments.
func (p *Printer) Apart(s string) string {
	if p.language.foreign(s) {
		return "\u2068" + s + "\u2069"
	}
	return s
}

// foreign reports whether a text runs, or may run, against the language.
func (l *lang) foreign(s string) bool {
	if l.dir == "rtl" {
		return s != ""
	}
	for _, r := range s {
		if r < 0x590 { // before the first letter that runs from right to left
			continue
		}
		if c, _ := bidi.LookupRune(r); c.Class() == bidi.R || c.Class() == bidi.AL {
			return true
		}
	}
	return false
}

func (q *part) choose(l *lang, args []Arg) (frame, bool) {
	switch v := value(args, q.text).(type) {
	case string:
		return frame{rest: q.named(v)}, q.kind == byName
	case int:
		return frame{rest: q.counted(v, l), n: v}, q.kind == byNumber
	}
	return frame{}, false
}

func value(args []Arg, name string) any {
	for i := range args {
		if args[i].Name == name {
			return args[i].Value
		}
	}
	return nil
}

func appendMissing(b []byte, name string) []byte {
	b = append(b, "⟦"...)
	b = append(b, name...)
	return append(b, "⟧"...)
}

// counted is the arm for n: =N before the category, the category before other.
func (q *part) counted(n int, l *lang) message {
	var other message
	form := l.form(n)
	var match *arm
	for i := range q.arms {
		a := &q.arms[i]
		switch {
		case a.exact && a.n == n:
			return a.body
		case a.exact:
		case a.form == form:
			match = a
		case a.form == plural.Other:
			other = a.body
		}
	}
	if match != nil {
		return match.body
	}
	return other
}

func (q *part) named(name string) message {
	var other message
	for i := range q.arms {
		a := &q.arms[i]
		if a.selector == name {
			return a.body
		}
		if a.selector == "other" {
			other = a.body
		}
	}
	return other
}

// appendInt writes n in groups of three digits.
func (f *format) appendInt(b []byte, n int) []byte {
	var room [24]byte
	digits := strconv.AppendInt(room[:0], int64(n), 10)
	if digits[0] == '-' {
		b, digits = append(b, "−"...), digits[1:]
	}
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b = append(b, f.group...)
		}
		b = append(b, d)
	}
	return b
}
