package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Inspection looks at a community's data without changing it: it makes nothing,
// migrates nothing, and takes no lock, so that it works beside a process that
// serves.
type Inspection struct {
	engine Engine
	pool   *sql.DB
}

// ErrNoData says that there is no database yet.
var ErrNoData = errors.New("there is no database yet")

// Inspect opens the data for looking. Options.Now is not used.
func Inspect(ctx context.Context, o Options) (*Inspection, error) {
	i := &Inspection{engine: SQLite}
	if o.DSN != "" {
		cfg, err := pgx.ParseConfig(o.DSN)
		if err != nil {
			return nil, errors.New("the database URL cannot be read: it should look like postgres://name:password@host/database")
		}
		if o.Dial != nil {
			cfg.DialFunc = o.Dial
		}
		if o.Lookup != nil {
			cfg.LookupFunc = o.Lookup
		}
		cfg.RuntimeParams["default_transaction_read_only"] = "on"
		i.engine, i.pool = PostgreSQL, stdlib.OpenDB(*cfg)
	} else {
		if _, err := os.Stat(o.Path); errors.Is(err, fs.ErrNotExist) {
			return nil, ErrNoData
		}
		pool, err := sql.Open("sqlite", "file:"+(&url.URL{Path: o.Path}).EscapedPath()+"?mode=ro&_pragma=busy_timeout(10000)")
		if err != nil {
			return nil, err
		}
		i.pool = pool
	}
	i.pool.SetMaxOpenConns(1)
	if err := i.pool.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("reach the database: %w", err), i.pool.Close())
	}
	return i, nil
}

// Close ends the connection.
func (i *Inspection) Close() error { return i.pool.Close() }

// Engine tells which database this is.
func (i *Inspection) Engine() Engine { return i.engine }

// Row scans the first row of a query into dest, or gives ErrNone.
func (i *Inspection) Row(ctx context.Context, dest []any, query string, args ...any) error {
	err := i.pool.QueryRowContext(ctx, query, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNone
	}
	return err
}

// Schema is the version of the schema that the data has, 0 for none.
func (i *Inspection) Schema(ctx context.Context) (int64, error) {
	return schemaVersion(ctx, i.pool, i.engine)
}

// Damage says what is wrong with the database's own structure, nothing if all
// is well. On SQLite it reads the whole file (PRAGMA quick_check); PostgreSQL
// looks after its own.
func (i *Inspection) Damage(ctx context.Context) (string, error) {
	if i.engine == PostgreSQL {
		_, err := i.pool.ExecContext(ctx, "SELECT 1")
		return "", err
	}
	var says string
	if err := i.pool.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&says); err != nil {
		if strings.Contains(err.Error(), "malformed") || strings.Contains(err.Error(), "not a database") {
			return err.Error(), nil
		}
		return "", err
	}
	if says == "ok" {
		return "", nil
	}
	return says, nil
}

// Newest is the version of the schema to which a program with these migrations
// brings the data.
func Newest(files fs.FS, e Engine) (newest int64, err error) {
	names, err := ofEngine{files, e}.Glob("*.sql")
	if err != nil {
		return 0, fmt.Errorf("list the migrations: %w", err)
	}
	for _, name := range names {
		number, _, _ := strings.Cut(path.Base(name), "_")
		v, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read the number of the migration %s: %w", name, err)
		}
		newest = max(newest, v)
	}
	return newest, nil
}

// Served reports whether a process holds the lock on a SQLite file.
func Served(path string) (bool, error) {
	f, err := os.Open(path + ".lock")
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return true, f.Close()
	}
	return false, errors.Join(err, f.Close())
}
