package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/numbers"
	"github.com/opengather/opengather/instance/page"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/space"
)

// consumers is the table of who reacts to what happened.
func (p *Program) consumers() fact.Consumers {
	return fact.Consumers{
		{Name: "audit", React: audit},
		{Name: "succession", React: space.Succeed},
		{Name: "arrival", React: space.ArriveLate},
		{Name: "numbers", React: count},
	}
}

// audited are the facts that stay longer than the log: how the place was
// looked after. What people say to each other is not among them.
var audited = map[fact.Kind]bool{
	community.Changed: true,
	member.Joined:     true, member.RoleChanged: true, member.Left: true, member.Removed: true, member.Erased: true,
	member.Offered: true, member.Stayed: true, joining.Decided: true, joining.Invited: true, joining.Revoked: true,
	space.Created: true, space.Changed: true, space.RoleChanged: true,
	post.Hidden: true, post.Restored: true, post.Removed: true,
	post.Locked: true, post.Unlocked: true, post.Pinned: true, post.Unpinned: true, post.Moved: true, post.Split: true,
	page.Removed: true, page.Restored: true, page.Pinned: true, page.Unpinned: true,
}

func audit(tx *database.Tx, f fact.Fact) error {
	if !audited[f.Kind] {
		return nil
	}
	_, err := tx.Exec("INSERT INTO audit (id, at, kind, actor_id, subject_kind, subject_id) VALUES ($1, $2, $3, $4, $5, $6)",
		uuid.NewString(), database.Micros(f.At), string(f.Kind), f.Actor, f.SubjectKind, f.Subject)
	return err
}

// count counts what is said.
func count(tx *database.Tx, f fact.Fact) error {
	if f.Kind != post.Published {
		return nil
	}
	return numbers.Add(tx, numbers.Said, f.At, 1)
}

// CatchUp brings every consumer up to date.
func (p *Program) CatchUp(ctx context.Context) (err error) {
	for _, c := range p.consumers() {
		if _, failed := c.Run(ctx, p.DB); failed != nil {
			err = errors.Join(err, fmt.Errorf("consumer %s: %w", c.Name, failed))
		}
	}
	return err
}

// react catches up whenever something was committed, and once a minute, until
// ctx ends.
func (p *Program) react(ctx context.Context) {
	for ctx.Err() == nil {
		woken := p.DB.Woken()
		if err := p.CatchUp(ctx); err != nil && ctx.Err() == nil {
			p.Log.ErrorContext(ctx, "react to facts", "error", err)
		}
		if err := p.egress.flush(ctx); err != nil && ctx.Err() == nil {
			p.Log.ErrorContext(ctx, "look after the egress log", "error", err)
		}
		p.tidyDaily(ctx)
		p.hourly(ctx)
		timer := time.NewTimer(time.Minute)
		select {
		case <-ctx.Done():
		case <-woken:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// retry does the job fact.RetryJob. Each failure is in the log, and so is the
// end: a fact that is given up is missed from then on.
func (p *Program) retry(ctx context.Context, key string) (again time.Time, err error) {
	err = p.consumers().Retry(ctx, p.DB, key)
	if errors.Is(err, fact.ErrSetAside) {
		p.Log.ErrorContext(ctx, "set a fact aside", "error", err)
		return time.Time{}, nil
	}
	return time.Time{}, err
}
