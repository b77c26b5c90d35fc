package demo

import (
	"math/rand/v2"
	"time"
)

// A calendar knows when people write.
type calendar struct {
	rng         *rand.Rand
	from, until time.Time
	zone        *time.Location
}

// byHour is how likely somebody writes in an hour of the day: before work, at
// lunch, and most of all in the evening.
var byHour = [24]float64{.05, .02, .01, .01, .01, .02, .08, .3, .4, .4, .4, .4, .5, .5, .4, .4, .5, .65, .8, .95, 1, 1, .7, .25}

// byDay is how likely somebody writes on a day of the week, Sunday first.
var byDay = [7]float64{1, .36, .36, .38, .4, .52, .95}

// likely is between 0 and 1.
func (c calendar) likely(t time.Time) float64 {
	t = t.In(c.zone)
	return byHour[t.Hour()] * byDay[t.Weekday()]
}

// moment is a time between two at which somebody could write. The later of two
// is the likelier, since more people are there.
func (c calendar) moment(from, to time.Time) time.Time {
	span := to.Sub(from)
	t := from
	for range 1000 {
		part := c.rng.Float64()
		t = from.Add(time.Duration(part * float64(span)))
		if c.rng.Float64() < c.likely(t)*(.55+.45*part) {
			break
		}
	}
	return t
}

// soon is a time after another, on average a while later, at which somebody
// could write.
func (c calendar) soon(after time.Time, while time.Duration) time.Time {
	t := after.Add(40*time.Second + time.Duration(c.rng.ExpFloat64()*float64(while)))
	for range 40 {
		if c.rng.Float64() < c.likely(t) {
			break
		}
		t = t.Add(time.Duration(15+c.rng.IntN(60)) * time.Minute)
	}
	return t.Add(time.Duration(c.rng.IntN(60_000)) * time.Millisecond)
}

// within moves times of a sequence, which begins at start, so that none is
// later than the end of the year.
func (c calendar) within(start time.Time, times []time.Time) {
	if len(times) == 0 || !times[len(times)-1].After(c.until) {
		return
	}
	shrink := float64(c.until.Sub(start)) / float64(times[len(times)-1].Sub(start))
	for i, t := range times {
		times[i] = start.Add(time.Duration(float64(t.Sub(start)) * shrink))
	}
}
