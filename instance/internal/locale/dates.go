package locale

import (
	"strconv"
	"sync"
	"time"

	"golang.org/x/text/language"
)

// format is how a language writes numbers and dates.
type format struct {
	group  string
	dayEnd string
	months [12]string
}

var (
	english = format{",", " ", [12]string{
		"January", "February", "March", "April", "May", "June", "July",
		"August", "September", "October", "November", "December",
	}}
	german = format{".", ". ", [12]string{
		"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli",
		"August", "September", "Oktober", "November", "Dezember",
	}}
)

// formatOf is English for every language that nobody has written down here.
func formatOf(t language.Tag) *format {
	if base, _ := t.Base(); base.String() == "de" {
		return &german
	}
	return &english
}

// zones are the time zones that were asked for: reading one takes a file.
var zones sync.Map

// Zone gives a time zone by its name, such as Europe/Berlin.
func Zone(name string) (*time.Location, error) {
	if z, ok := zones.Load(name); ok {
		return z.(*time.Location), nil
	}
	z, err := time.LoadLocation(name)
	if err == nil {
		zones.Store(name, z)
	}
	return z, err
}

// Date is the day with its year: "12 March 2026", "12. März 2026".
func (p *Printer) Date(t time.Time) string {
	var room [48]byte
	return string(p.appendDate(room[:0], t))
}

// Clock is the time of day on 24 hours: "18:05".
func (p *Printer) Clock(t time.Time) string {
	var room [8]byte
	return string(p.appendClock(room[:0], t))
}

// DateTime is both: "12 March 2026, 18:05".
func (p *Printer) DateTime(t time.Time) string {
	var room [64]byte
	return string(p.appendDateTime(room[:0], t))
}

// ISO is the moment for <time datetime> (RFC 3339, UTC, whole seconds).
func (p *Printer) ISO(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// Ago says how far t lies before now: minutes, then hours on the same day (or
// up to six across midnight), "yesterday", the day, and with the year when it
// is another one. Days are those of the printer's zone. What lies less than a
// minute back or ahead (clocks differ) is "just now"; later moments get their
// date.
func (p *Printer) Ago(t, now time.Time) string {
	past := now.Sub(t)
	t, now = t.In(p.zone), now.In(p.zone)
	sameDay := t.YearDay() == now.YearDay() && t.Year() == now.Year()
	yesterday := now.AddDate(0, 0, -1)
	switch {
	case past > -time.Minute && past < time.Minute:
		return p.Text("time.now")
	case past > 0 && past < time.Hour:
		return p.Text("time.minutes", N("count", int(past/time.Minute)))
	case past > 0 && (sameDay || past < 6*time.Hour):
		return p.Text("time.hours", N("count", int(past/time.Hour)))
	case t.YearDay() == yesterday.YearDay() && t.Year() == yesterday.Year():
		return p.Text("time.yesterday")
	case t.Year() == now.Year():
		var room [32]byte
		return string(p.appendDay(room[:0], t))
	}
	return p.Date(t)
}

// appendDay writes "12 March". t is in the printer's zone.
func (p *Printer) appendDay(b []byte, t time.Time) []byte {
	b = strconv.AppendInt(b, int64(t.Day()), 10)
	b = append(b, p.language.format.dayEnd...)
	return append(b, p.language.format.months[t.Month()-1]...)
}

func (p *Printer) appendDate(b []byte, t time.Time) []byte {
	t = t.In(p.zone)
	b = append(p.appendDay(b, t), ' ')
	return strconv.AppendInt(b, int64(t.Year()), 10)
}

func (p *Printer) appendClock(b []byte, t time.Time) []byte {
	return t.In(p.zone).AppendFormat(b, "15:04")
}

func (p *Printer) appendDateTime(b []byte, t time.Time) []byte {
	b = append(p.appendDate(b, t), ", "...)
	return p.appendClock(b, t)
}
