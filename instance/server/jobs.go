package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/feed"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/erasure"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/job"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/numbers"
	"github.com/opengather/opengather/instance/page"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/portability"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/preview"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
)

// handlers is the table of jobs.
func (p *Program) handlers() map[string]job.Handler {
	return map[string]job.Handler{
		"retention":          p.retain,
		portability.EraseJob: p.Portability.EraseDue,
		joining.Forget:       p.Joining.Expire,
		signin.TidyJob:       p.SignIn.Tidy,
		job.WipeJob:          job.Wiping(p.DB),
		fact.RetryJob:        p.retry,
		media.DropJob:        p.Media.Drop,
		media.BareJob:        p.Media.Strip,
		remakeJob:            p.remake,
		poll.CloseJob:        p.Polls.Close,
		poll.BurnJob:         p.Polls.Burn,
		preview.Job:          p.Previews.Fetch,
	}
}

// Worker does the program's jobs.
func (p *Program) Worker() *job.Worker {
	return &job.Worker{DB: p.DB, Handlers: p.handlers(), Log: p.Log}
}

// Plan enqueues the jobs that come again by themselves, in the caller's
// transaction. Of two processes that begin together both may find none waiting:
// the key makes it one.
func Plan(tx *database.Tx) error {
	if err := planRemake(tx); err != nil {
		return err
	}
	waits, err := tx.Has("SELECT 1 FROM jobs WHERE kind = 'retention'")
	if err != nil || waits {
		return err
	}
	return job.Enqueue(tx, job.Job{Kind: "retention", Key: "daily"})
}

func (p *Program) plan(ctx context.Context) error {
	_, err := p.DB.Write(ctx, database.Op{Class: database.System, Name: "job.plan"}, func(tx *database.Tx) (string, error) { return "", Plan(tx) })
	return err
}

// kept says how long each kind of row stays that a limit is set for and that no
// job of its own removes: docs/data.yaml says the same. What is over is removed
// once a day, so that it may stay up to a day longer.
var kept = []struct {
	what, query string
	after       time.Duration
}{
	{"used form keys", "DELETE FROM form_keys WHERE used_at < $1", web.KeyAge + 24*time.Hour},
	{"egress log", "DELETE FROM egress WHERE at < $1", 90 * 24 * time.Hour},
	{"why posts were removed", "DELETE FROM post_marks WHERE kind = 'removed' AND made_at < $1", 2 * 365 * 24 * time.Hour},
	{"audit", "DELETE FROM audit WHERE at < $1", 2 * 365 * 24 * time.Hour},
	{"ended invitations", "DELETE FROM invitations WHERE expires_at < $1 OR revoked_at < $1", 90 * 24 * time.Hour},
}

// forgotten are the kinds of rows that a package forgets itself, after the limit
// that it names.
var forgotten = []func(*database.Tx) (int64, error){post.Forget, post.ForgetDrafts, page.Forget, space.Forget, media.Forget, feed.Forget, erasure.Forget, numbers.Forget}

// retain removes what is older than it may get, once a day.
func (p *Program) retain(ctx context.Context, _ string) (time.Time, error) {
	_, err := p.DB.Write(ctx, database.Op{Class: database.System, Name: "job.retain"}, func(tx *database.Tx) (string, error) {
		var gone int64
		for _, k := range kept {
			n, err := tx.Exec(k.query, database.Micros(tx.Now().Add(-k.after)))
			if err != nil {
				return "", fmt.Errorf("forget %s: %w", k.what, err)
			}
			gone += n
		}
		for _, forget := range forgotten {
			n, err := forget(tx)
			if err != nil {
				return "", err
			}
			gone += n
		}
		if gone > 0 {
			if err := job.Wipe(tx); err != nil {
				return "", err
			}
		}
		_, err := fact.Forget(tx, p.consumers())
		return "", err
	})
	if err == nil {
		err = errors.Join(p.tidy(ctx), p.Media.Sweep(ctx), p.Polls.Sweep(ctx), p.egress.flush(ctx))
	}
	return p.Now().Add(24 * time.Hour), err
}
