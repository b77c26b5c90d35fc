package server

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/erasure"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/page"
	"github.com/opengather/opengather/instance/post"
)

func (p *Program) backups() string { return filepath.Join(p.Config.Data, "backups") }

// replay erases, before anything is served, what was erased and is there again
// because somebody put an older copy of the database back.
func (p *Program) replay(ctx context.Context) error {
	lost, err := p.settle(ctx)
	if err != nil || len(lost) == 0 {
		return err
	}
	again, err := p.Portability.Replay(ctx, lost)
	if err != nil {
		return err
	}
	requests, err := p.Joining.Replay(ctx, lost)
	for kind, n := range map[string]int{"member": again.Members, post.Erasure: again.Posts, media.Erasure: again.Photos, page.Erasure: again.Pages, joining.Erasure: requests} {
		if n > 0 {
			p.Log.WarnContext(ctx, "erased again what the database had back", "kind", kind, "count", n)
		}
	}
	return err
}

// settle is erasure.Settle. Lines that cannot be read do not keep a community
// from being served: they are for somebody to look at.
func (p *Program) settle(ctx context.Context) ([]erasure.Erasure, error) {
	lost, err := erasure.Settle(ctx, p.DB)
	if errors.Is(err, erasure.ErrUnread) {
		p.Log.ErrorContext(ctx, "read what was erased", "error", err)
		err = nil
	}
	return lost, err
}

// tidy looks after what this process has beside the database: copies that are
// too old go, and its list of erasures learns what others erased. One does it at
// a time: at the start the daily job and tidyDaily come together.
func (p *Program) tidy(ctx context.Context) error {
	p.tidying.Lock()
	defer p.tidying.Unlock()
	n, err := database.ForgetCopies(p.backups(), p.Now())
	if n > 0 {
		p.Log.InfoContext(ctx, "deleted old copies made before migrations", "count", n)
	}
	_, failed := p.settle(ctx)
	err = errors.Join(err, failed, erasure.In(p.Config.Data).Compact(p.Now()))
	again := tidyAgain
	if err == nil {
		again = 24 * time.Hour
	}
	p.tidyDue.Store(p.Now().Add(again).UnixMicro())
	return err
}

// tidyAgain is when to tidy again after it failed: not at each commit, where
// tidyDaily looks.
const tidyAgain = time.Hour

// tidyDaily is for the processes that do not happen to do the daily job: it
// wakes them, and each has a directory of its own.
func (p *Program) tidyDaily(ctx context.Context) {
	if p.Now().UnixMicro() < p.tidyDue.Load() {
		return
	}
	if err := p.tidy(ctx); err != nil && ctx.Err() == nil {
		p.Log.ErrorContext(ctx, "tidy up beside the database", "error", err)
	}
}
