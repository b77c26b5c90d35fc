package locale

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
)

// Check reports what a reader of some language would stumble over, one line a
// finding, sorted; none is the wish:
//
//   - a key that English has and another language lacks, or the reverse
//   - arguments that differ from those of English
//   - a plural or select without other
//   - a plural that gives some number the wrong form: its category has no arm
//   - an arm that no number of that language ever reaches
//   - an empty text
func Check(c *Catalog) []string {
	var out []string
	en := c.languages[source].messages
	for _, tag := range c.Languages() {
		l := c.languages[tag]
		report := func(key, format string, args ...any) {
			out = append(out, fmt.Sprintf("%s: %s: ", tag, key)+fmt.Sprintf(format, args...))
		}
		for _, key := range sortedKeys(en) {
			if _, ok := l.messages[key]; !ok {
				report(key, "missing")
			}
		}
		for _, key := range sortedKeys(l.messages) {
			m := l.messages[key]
			if original, ok := en[key]; !ok {
				report(key, "not in %s", source)
			} else if have, want := arguments(m), arguments(original); !slices.Equal(have, want) {
				report(key, "takes %s, %s takes %s", list(have), source, list(want))
			}
			if len(m) == 0 {
				report(key, "empty")
			}
			l.checkChoices(m, func(finding string) { report(key, "%s", finding) })
		}
	}
	slices.Sort(out)
	return out
}

func list(names []string) string {
	if len(names) == 0 {
		return "no argument"
	}
	return strings.Join(names, " ")
}

// arguments are the distinct {name} and {name, kind} of a message, sorted. The
// kind counts: {n} and {n, plural} need the same int, but a time is no count.
func arguments(m message) []string {
	var out []string
	for _, q := range m {
		switch q.kind {
		case plain, byNumber:
			out = append(out, "{"+q.text+"}")
		case dateOnly, timeOnly:
			out = append(out, "{"+q.text+", date or time}")
		case byName:
			out = append(out, "{"+q.text+", select}")
		}
		for _, a := range q.arms {
			out = append(out, arguments(a.body)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (l *lang) checkChoices(m message, report func(string)) {
	for _, q := range m {
		if len(q.arms) > 0 && !q.has(func(a arm) bool { return a.selector == "other" }) {
			report(fmt.Sprintf("{%s, …} has no other", q.text))
		}
		if q.kind == byNumber {
			l.checkPlural(q, report)
		}
		for _, a := range q.arms {
			l.checkChoices(a.body, report)
		}
	}
}

// checkPlural tries numbers: up to 200 every category of integers occurs in
// every language, except those that some keep for millions.
func (l *lang) checkPlural(q part, report func(string)) {
	reached := map[plural.Form]bool{plural.Other: true}
	lacking := map[plural.Form]bool{}
	try := func(n int) {
		form := l.form(n)
		reached[form] = reached[form] || !q.has(func(a arm) bool { return a.exact && a.n == n })
		if reached[form] && !lacking[form] && form != plural.Other && n <= 200 &&
			!q.has(func(a arm) bool { return !a.exact && a.form == form }) {
			lacking[form] = true
			report(fmt.Sprintf("{%s, plural} has no form for %d", q.text, n))
		}
	}
	for n := range 201 {
		try(n)
	}
	try(1_000_000)
	for _, a := range q.arms {
		if !a.exact && !reached[a.form] {
			report(fmt.Sprintf("{%s, plural}: no number reaches %s", q.text, a.selector))
		}
	}
}

func (q *part) has(is func(arm) bool) bool { return slices.ContainsFunc(q.arms, is) }
