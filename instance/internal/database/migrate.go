package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// ErrNewer says that the data was written by a newer version of the program.
var ErrNewer = errors.New("this community's data was written by a newer version of OpenGather; start that version, or a newer one")

// Migrate brings the schema to the newest in files. If the data already has a
// schema, backup is called first with the version it has, and nothing is
// changed unless backup succeeds. Newer data is refused without a write.
func (db *DB) Migrate(ctx context.Context, files fs.FS, backup func(ctx context.Context, from int64) error) (err error) {
	var pool *sql.DB
	options := []goose.ProviderOption{goose.WithVerbose(false)}
	dialect := goose.DialectPostgres
	if db.engine == SQLite {
		dialect, pool = goose.DialectSQLite3, db.writer.pool
		pool.SetMaxIdleConns(0)
	} else {
		pool = stdlib.OpenDBFromPool(db.server)
		defer func() { err = errors.Join(err, pool.Close()) }()
		l, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return err
		}
		options = append(options, goose.WithSessionLocker(l))
	}
	p, err := goose.NewProvider(dialect, pool, ofEngine{files, db.engine}, options...)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	has, err := schemaVersion(ctx, pool, db.engine)
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	sources := p.ListSources()
	newest := sources[len(sources)-1].Version
	switch {
	case has > newest:
		return fmt.Errorf("%w (its schema is %d, this program knows %d)", ErrNewer, has, newest)
	case has == newest:
		return nil
	case has > 0:
		if err := backup(ctx, has); err != nil {
			return fmt.Errorf("back up before the migration: %w", err)
		}
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate from %d to %d: %w", has, newest, err)
	}
	return nil
}

// schemaVersion reads without writing, unlike goose's own, which makes its table.
func schemaVersion(ctx context.Context, pool *sql.DB, e Engine) (int64, error) {
	q := "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'goose_db_version'"
	if e == PostgreSQL {
		q = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'goose_db_version'"
	}
	var n int
	if err := pool.QueryRowContext(ctx, q).Scan(&n); err != nil || n == 0 {
		return 0, err
	}
	var v int64
	err := pool.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&v)
	return v, err
}

// Backup copies the data to a new file while others read and write: on SQLite
// a database, on PostgreSQL each table's rows in COPY format.
func (db *DB) Backup(ctx context.Context, dir string, from int64) error {
	name := path.Join(dir, fmt.Sprintf("before-schema-%d-%s", from+1, db.now().UTC().Format(stamp)))
	if db.engine == PostgreSQL {
		return db.copyTables(ctx, name+".tar.gz")
	}
	return db.copyFile(ctx, name+".sqlite")
}

// copyFile writes a copy under its name only when it is whole.
func (db *DB) copyFile(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Hour)
	defer cancel()
	partial := name + ".partial"
	if err := private(partial); err != nil {
		return err
	}
	if _, err := db.writer.pool.ExecContext(ctx, "VACUUM INTO $1", partial); err != nil {
		return errors.Join(err, os.Remove(partial))
	}
	return os.Rename(partial, name)
}

// ofEngine shows the migrations of one engine: those for both, and its own.
type ofEngine struct {
	fs.FS
	engine Engine
}

// ReadDir implements fs.ReadDirFS.
func (o ofEngine) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(o.FS, name)
	mine := all[:0]
	other := ".postgres.sql"
	if o.engine == PostgreSQL {
		other = ".sqlite.sql"
	}
	for _, e := range all {
		if !strings.HasSuffix(e.Name(), other) {
			mine = append(mine, e)
		}
	}
	return mine, err
}

// Glob implements fs.GlobFS, which goose uses to find the files.
func (o ofEngine) Glob(pattern string) ([]string, error) {
	entries, err := o.ReadDir(".")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		ok, err := path.Match(pattern, e.Name())
		if err != nil {
			return nil, err
		}
		if ok {
			names = append(names, e.Name())
		}
	}
	return names, nil
}
