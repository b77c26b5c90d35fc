package database

import (
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Engine is which database stands behind a DB.
type Engine int

const (
	// SQLite is one file in the data directory, served by one process.
	SQLite Engine = iota
	// PostgreSQL is a server that several processes may share.
	PostgreSQL
)

// String is the engine's name as people write it.
func (e Engine) String() string {
	if e == PostgreSQL {
		return "PostgreSQL"
	}
	return "SQLite"
}

// Options say where the data is.
type Options struct {
	// Path is the SQLite file. Used when DSN is empty.
	Path string
	// DSN is a postgres:// URL.
	DSN string
	// Dial opens connections to PostgreSQL; nil means pgx's own dialer.
	Dial func(ctx context.Context, network, addr string) (Conn, error)
	// Lookup resolves the server's name; nil means pgx's own.
	Lookup func(ctx context.Context, host string) ([]string, error)
	// Beside is a directory for what is kept outside the database, and so outside
	// of its copies; empty if nothing is.
	Beside string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// DB is the community's data.
type DB struct {
	engine Engine
	now    func() time.Time
	path   string
	beside string

	writer, reader *files        // SQLite
	lock           *os.File      // SQLite
	server         *pgxpool.Pool // PostgreSQL
	stop           context.CancelFunc
	listening      chan struct{}

	gate    gate
	wake    broadcast
	watch   atomic.Pointer[func(query string)] // see Watch
	closing sync.Once
}

// Open connects, and on SQLite takes the lock that keeps a second process out:
// the second one waits until the first is gone or ctx ends.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	open := openSQLite
	if o.DSN != "" {
		open = openPostgres
	}
	db, err := open(ctx, o)
	if err == nil {
		db.beside = o.Beside
	}
	return db, err
}

// Beside is the directory of what is kept outside the database; empty for none.
func (db *DB) Beside() string { return db.beside }

// Engine tells which database this is.
func (db *DB) Engine() Engine { return db.engine }

// Now is the clock of everything that is written.
func (db *DB) Now() time.Time { return db.now() }

// Close ends all connections after their transactions. On SQLite it also moves
// the WAL into the file, so that a stopped data directory can be copied as it is.
func (db *DB) Close() error {
	var err error
	db.closing.Do(func() {
		if db.engine == PostgreSQL {
			db.stop()
			<-db.listening
			db.server.Close()
			return
		}
		read := db.reader.close() // nobody keeps the WAL any more
		err = errors.Join(read, db.Truncate(context.Background()), db.writer.close(), db.lock.Close())
	})
	return err
}

// ErrBusy says that somebody was still reading what is to be erased: try again.
var ErrBusy = errors.New("the WAL is being read")

// truncateWait is how long, in milliseconds, Truncate holds up other writers to
// wait for who reads. A page is read in less.
const truncateWait = "200"

// Truncate moves SQLite's WAL into the file and empties it, so that nothing
// that was erased stays in it, or gives ErrBusy. It does nothing on PostgreSQL.
func (db *DB) Truncate(ctx context.Context) error {
	if db.engine == PostgreSQL || db.writer == nil {
		return nil
	}
	var busy bool
	err := db.writer.alone(ctx, func(c *file) error {
		// Not by c.exec: this pragma acts when it is compiled.
		if _, err := c.conn.ExecContext(ctx, "PRAGMA busy_timeout("+truncateWait+")"); err != nil {
			return err
		}
		err := c.conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, new(int), new(int))
		_, again := c.conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA busy_timeout("+busyWait+")")
		return errors.Join(err, again)
	})
	if err == nil && busy {
		err = ErrBusy
	}
	return err
}

// Ping asks the database for a sign of life.
func (db *DB) Ping(ctx context.Context) error {
	return db.Read(ctx, func(tx *Tx) error {
		_, err := tx.Has("SELECT 1")
		return err
	})
}
