package demo

import (
	"sync"
	"time"
)

// Clock is the time of a community whose year is being made.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock begins at a time.
func NewClock(at time.Time) *Clock { return &Clock{at: at.Truncate(time.Microsecond)} }

// Now is the clock's time. Each look is a microsecond later than the one
// before, so that what happens first is also first in every list.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(time.Microsecond)
	return c.at
}

// move sets the clock forward. It never goes back.
func (c *Clock) move(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if to.After(c.at) {
		c.at = to
	}
}
