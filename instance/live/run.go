package live

import (
	"context"
	"maps"
	"time"
)

const (
	// tick is how long what wakes nobody is late at most.
	tick = time.Second
	// breath is the least time between rounds, and share how many times as long
	// as the last round took: at most a fifth of one core goes into them.
	breath, share = 250 * time.Millisecond, 4
	// mostWait is how long it waits after rounds that failed.
	mostWait = time.Minute
)

// Run does rounds until ctx ends, whenever something was written that wakes
// somebody or a stream comes, and once a second to see whether anything else
// was. While nobody reads it sleeps.
func (h *Hub) Run(ctx context.Context) {
	wait := tick
	for ctx.Err() == nil {
		woken, door, some := h.DB.Woken(), h.door(), h.some()
		began := time.Now()
		if err := h.Round(ctx); err != nil && ctx.Err() == nil {
			h.Log.ErrorContext(ctx, "tell pages what has changed", "error", err)
			sleep(ctx, wait, nil, nil)
			wait = min(2*wait, mostWait)
			continue
		}
		wait = tick
		if !some {
			sleep(ctx, 0, door, nil)
			continue
		}
		sleep(ctx, max(breath, share*time.Since(began)), nil, nil)
		sleep(ctx, tick, door, woken)
	}
}

// sleep waits for so long, if that is not 0, or until one of the channels closes.
func sleep(ctx context.Context, long time.Duration, a, b <-chan struct{}) {
	var over <-chan time.Time
	if long > 0 {
		timer := time.NewTimer(long)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-ctx.Done():
	case <-over:
	case <-a:
	case <-b:
	}
}

// door gives a channel that closes when a stream comes.
func (h *Hub) door() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.joined == nil {
		h.joined = make(chan struct{})
	}
	return h.joined
}

func (h *Hub) some() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.streams) > 0
}

// clone copies what rounds know, so that a round that fails leaves it as it was.
func (k known) clone() known {
	k.pages = maps.Clone(k.pages)
	return k
}
