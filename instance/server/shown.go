package server

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/numbers"
)

// shownPages counts the pages that were shown, in memory. They are written down
// once an hour: each write makes what is kept of pages be put together anew.
type shownPages struct {
	n    atomic.Int64
	last time.Time
}

// shownEvery is how often the pages that were shown are written down.
const shownEvery = time.Hour

// hourly writes the pages of the last hour down. Only react calls it.
func (p *Program) hourly(ctx context.Context) {
	if now := p.Now(); now.Sub(p.shown.last) >= shownEvery {
		p.shown.last = now
		p.countPages(ctx)
	}
}

// countPages adds the pages that were shown to the numbers of today. If that
// does not work they wait for the next time.
func (p *Program) countPages(ctx context.Context) {
	n := p.shown.n.Swap(0)
	if n == 0 {
		return
	}
	_, err := p.DB.Write(ctx, database.Op{Class: database.System, Name: "numbers.pages"}, func(tx *database.Tx) (string, error) {
		return "", numbers.Add(tx, numbers.Pages, tx.Now(), n)
	})
	if err != nil {
		p.shown.n.Add(n)
		p.Log.ErrorContext(ctx, "count the pages", "error", err)
	}
}
