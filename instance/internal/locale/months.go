package locale

import (
	"strconv"
	"time"
)

// firstYear is the earliest year whose months have an address.
const firstYear = 1990

// ParseMonth reads a month as it stands in an address, such as 2026-03, and gives
// its beginning and its end, which is the beginning of the next, in a time zone.
// ok is false for what is no month, and for one before 1990.
func ParseMonth(text string, zone *time.Location) (from, until time.Time, ok bool) {
	const form = "2006-01"
	// What is written in another way, as in ＋2026 or 2026-3, is no address.
	m, err := time.Parse(form, text)
	if err != nil || m.Format(form) != text || m.Year() < firstYear {
		return from, until, false
	}
	from = time.Date(m.Year(), m.Month(), 1, 0, 0, 0, 0, zone)
	return from, time.Date(m.Year(), m.Month()+1, 1, 0, 0, 0, 0, zone), true
}

// Month names a month with its year: "March 2026", "März 2026". It knows no zone:
// whoever reads far away means the same month.
func (p *Printer) Month(year int, month time.Month) string {
	return p.MonthName(month) + " " + strconv.Itoa(year)
}

// MonthName names a month: "March", "März".
func (p *Printer) MonthName(month time.Month) string { return p.language.format.months[month-1] }
