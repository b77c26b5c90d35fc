// Package server puts the program together from its configuration. It is the
// only package that knows every other: the route table, the table of who
// reacts to which fact, and the table of jobs are here.
package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/feed"
	"github.com/opengather/opengather/instance/internal/config"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fetch"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/internal/telemetry"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/live"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/migrations"
	"github.com/opengather/opengather/instance/page"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/portability"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/preview"
	"github.com/opengather/opengather/instance/setup"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/space"
)

// Options are what a program is put together from.
type Options struct {
	Config *config.Config
	Log    *slog.Logger
	// Version and Commit say which program this is.
	Version, Commit string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Closed shuts the outbound door, for tests that nothing goes out.
	Closed bool
	// Pseudo offers the pseudo-locale, for tests of untranslated text.
	Pseudo bool
}

// Program is a community, ready to be served or worked on.
type Program struct {
	Options
	DB      *database.DB
	Keys    *keyring.Keyring
	Door    *fetch.Door
	Catalog *locale.Catalog
	// Telemetry watches requests.
	Telemetry *telemetry.Telemetry

	Communities *community.Operations
	Members     *member.Operations
	Spaces      *space.Operations
	Media       *media.Operations
	Polls       *poll.Operations
	Previews    *preview.Operations
	Posts       *post.Operations
	Pages       *page.Operations
	Feeds       *feed.Operations
	SignIn      *signin.Operations
	Joining     *joining.Operations
	Portability *portability.Operations
	Setup       *setup.Operations
	Live        *live.Hub

	publicURL *url.URL
	proxies   []netip.Prefix
	egress    *egressLog
	shown     shownPages
	tidying   sync.Mutex
	tidyDue   atomic.Int64 // from when on tidyDaily acts, in microseconds
}

// Open makes the data directory ready, opens the data and migrates it. On
// SQLite it waits while another process serves the same directory.
func Open(ctx context.Context, o Options) (*Program, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	p := &Program{Options: o, egress: &egressLog{}, proxies: o.Config.TrustedProxies}
	if err := os.MkdirAll(o.Config.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make the data directory: %w", err)
	}
	if o.Config.PublicURL != "" {
		u, err := url.Parse(o.Config.PublicURL)
		if err != nil {
			return nil, fmt.Errorf("read the public URL: %w", err)
		}
		p.publicURL = u
	}
	if err := p.openDoor(); err != nil {
		return nil, err
	}
	if err := p.openData(ctx); err != nil {
		return nil, err
	}
	// The folder of copies is there before there are any: operators note in it
	// that they made one of their own.
	if err := os.MkdirAll(p.backups(), 0o700); err != nil {
		return nil, errors.Join(fmt.Errorf("make the folder of copies: %w", err), p.Close())
	}
	if err := p.assemble(ctx); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func (p *Program) openDoor() (err error) {
	p.Door, err = fetch.New(fetch.Config{Record: p.egress.record, Closed: p.Closed, Now: p.Now, Log: p.Log})
	if err != nil {
		return fmt.Errorf("open the outbound door: %w", err)
	}
	return nil
}

// openData opens the database with what is in it.
func (p *Program) openData(ctx context.Context) error {
	o := database.Options{Now: p.Now, Path: filepath.Join(p.Config.Data, "community.sqlite"), Beside: p.Config.Data}
	if p.Config.Database != "" {
		o.DSN = string(p.Config.Database)
		if err := o.Through(p.Door); err != nil {
			return err
		}
	}
	db, err := database.Open(ctx, o)
	if err != nil {
		return err
	}
	p.DB = db
	if err := p.migrate(ctx); err != nil {
		return errors.Join(err, db.Close())
	}
	p.egress.open(db)
	return nil
}

// migrate brings the data to this program's schema, after a backup, and opens
// the keys. Whoever comes without the master key, or with another, changes
// nothing.
func (p *Program) migrate(ctx context.Context) error {
	master, err := p.master()
	if err != nil {
		return err
	}
	err = p.DB.Migrate(ctx, migrations.Files, func(ctx context.Context, from int64) error {
		if err := keyring.Check(ctx, p.DB, master); err != nil {
			return err
		}
		if err := os.MkdirAll(p.backups(), 0o700); err != nil {
			return err
		}
		p.Log.InfoContext(ctx, "backup before migration", "version", from)
		return p.DB.Backup(ctx, p.backups(), from)
	})
	if err == nil && master == nil {
		master, err = p.firstMaster(ctx)
	}
	if err == nil {
		p.Keys, err = keyring.Open(ctx, p.DB, master)
	}
	return err
}

// master is the key to the keys: a file of the data directory with SQLite, given
// by the operator with PostgreSQL, where several machines share the data and
// none of their disks is the right place for it. It is nil if there is no file.
func (p *Program) master() ([]byte, error) {
	if p.DB.Engine() == database.PostgreSQL {
		return keyring.ParseMaster(string(p.Config.MasterKey))
	}
	key, err := keyring.MasterFile(p.masterFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return key, err
}

// firstMaster makes the master key of a new community. A file that is only
// lost is not replaced: the keys that are here would never open again.
func (p *Program) firstMaster(ctx context.Context) ([]byte, error) {
	if err := keyring.Check(ctx, p.DB, nil); err != nil {
		return nil, fmt.Errorf("%w (%s)", err, p.masterFile())
	}
	return keyring.NewMasterFile(p.masterFile())
}

func (p *Program) masterFile() string { return filepath.Join(p.Config.Data, "secrets", "master") }

// closeTime is how long the end waits to write down what went out.
const closeTime = 5 * time.Second

// Close writes down what went out and ends the program's connections.
func (p *Program) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	err := p.egress.flush(ctx)
	p.egress.open(nil)
	return errors.Join(err, p.DB.Close())
}
