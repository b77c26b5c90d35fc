package limit

import (
	"context"
	"time"
)

// Gate lets a few through at a time to something that takes long. A nil Gate
// lets everybody through.
type Gate struct {
	all, strangers chan struct{}
	wait           time.Duration
}

// NewGate makes a gate that lets most through at the same time, strangers of
// whom may be strangers, and lets nobody wait for longer than wait. As long as
// strangers is less than most, they cannot take it from everybody else.
func NewGate(most, strangers int, wait time.Duration) *Gate {
	return &Gate{make(chan struct{}, most), make(chan struct{}, strangers), wait}
}

// Enter waits for a turn and reports whether there was one. Whoever had one must
// call leave.
func (g *Gate) Enter(ctx context.Context, stranger bool) (leave func(), ok bool) {
	if g == nil {
		return func() {}, true
	}
	ctx, cancel := context.WithTimeout(ctx, g.wait)
	defer cancel()
	through := []chan struct{}{g.all}
	if stranger { // who waits at the second one keeps nobody from the first but strangers
		through = []chan struct{}{g.strangers, g.all}
	}
	for i, turns := range through {
		if !take(ctx, turns) {
			give(through[:i])
			return nil, false
		}
	}
	return func() { give(through) }, true
}

// take waits for a turn, and takes one that is free in any case.
func take(ctx context.Context, turns chan struct{}) bool {
	select {
	case turns <- struct{}{}:
		return true
	default:
	}
	select {
	case turns <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// give makes room for the next.
func give(through []chan struct{}) {
	for _, turns := range through {
		<-turns
	}
}
