package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver named "sqlite"
)

// readers is the number of SQLite connections that read at the same time.
// Reading is CPU-bound, so more than a few only cost memory.
const readers = 4

// file is one SQLite connection with its compiled statements: compiling the
// read rule costs more than running it. database/sql would compile anew for
// every transaction, hence this own small pool.
type file struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

// files is a pool of connections to the same file.
type files struct {
	pool *sql.DB
	free chan *file
	size int
}

// busyWait is how long, in milliseconds, a connection waits for a lock. In one
// process the pools keep order, so it is for who comes from outside.
const busyWait = "10000"

// maxStatements bounds a connection's compiled statements. The program has a
// fixed set of texts well below it; what does not fit is compiled each time.
const maxStatements = 500

func openSQLite(ctx context.Context, o Options) (*DB, error) {
	lock, err := lockFile(ctx, o.Path+".lock")
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", filepath.Base(o.Path), err)
	}
	db := &DB{engine: SQLite, path: o.Path, now: o.Now, lock: lock}
	if err := private(o.Path); err != nil {
		return nil, errors.Join(fmt.Errorf("make %s: %w", filepath.Base(o.Path), err), lock.Close())
	}
	if db.writer, err = openFiles(ctx, o.Path, 1, ""); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", filepath.Base(o.Path), err), lock.Close())
	}
	if db.reader, err = openFiles(ctx, o.Path, readers, "&_pragma=query_only(1)"); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s for reading: %w", filepath.Base(o.Path), err), db.Close())
	}
	return db, nil
}

// private makes an empty file that only its owner may read, if there is none:
// SQLite's own would be for everybody. The WAL gets the mode of its database.
func private(name string) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// openFiles opens connections to a SQLite file. FULL syncs the WAL at every
// commit, so what was acknowledged survives a power cut; secure_delete
// overwrites what is deleted.
func openFiles(ctx context.Context, path string, size int, extra string) (*files, error) {
	q := strings.Join([]string{
		"_pragma=busy_timeout(" + busyWait + ")",
		"_pragma=journal_mode(WAL)",
		"_pragma=synchronous(FULL)",
		"_pragma=foreign_keys(1)",
		"_pragma=secure_delete(1)",
		"_pragma=cache_size(-4000)",
		"_pragma=temp_store(MEMORY)",
	}, "&")
	pool, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q+extra)
	if err != nil {
		return nil, err
	}
	f := &files{pool: pool, free: make(chan *file, size), size: size}
	for range size {
		conn, err := pool.Conn(ctx)
		if err != nil {
			return nil, errors.Join(err, pool.Close())
		}
		f.free <- &file{conn: conn, stmts: map[string]*sql.Stmt{}}
	}
	return f, nil
}

// close waits for every transaction, then ends the connections.
func (f *files) close() error {
	if f == nil {
		return nil
	}
	var all []error
	for range f.size {
		c := <-f.free
		if c.conn == nil {
			continue
		}
		for _, s := range c.stmts {
			all = append(all, s.Close())
		}
		all = append(all, c.conn.Close())
	}
	return errors.Join(append(all, f.pool.Close())...)
}

// within is a transaction on a connection of its own.
func (f *files) within(ctx context.Context, begin string, fn func(runner) error) error {
	return f.alone(ctx, func(c *file) error { return c.within(ctx, begin, fn) })
}

// alone runs fn with a connection of its own.
func (f *files) alone(ctx context.Context, fn func(*file) error) error {
	var c *file
	select {
	case c = <-f.free:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { f.free <- c }()
	if err := f.open(ctx, c); err != nil {
		return err
	}
	return fn(c)
}

// within runs fn between begin and COMMIT, and rolls back if fn or the commit
// does not succeed, or fn panics.
func (c *file) within(ctx context.Context, begin string, fn func(runner) error) (err error) {
	// The driver may report a BEGIN as interrupted that was done, and the
	// connection would stay in a transaction for ever.
	if _, err := c.exec(context.WithoutCancel(ctx), begin, nil); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	whole := false
	defer func() {
		if !whole {
			err = errors.Join(err, c.undo(ctx))
		}
	}()
	if err := fn(c); err != nil {
		return err
	}
	// The answer is decided: a reader who hangs up now must not undo it.
	_, err = c.exec(context.WithoutCancel(ctx), "COMMIT", nil)
	whole = err == nil
	return err
}

// open connects again if the connection was given up.
func (f *files) open(ctx context.Context, c *file) (err error) {
	if c.conn != nil {
		return nil
	}
	if c.conn, err = f.pool.Conn(ctx); err != nil {
		return fmt.Errorf("open the database again: %w", err)
	}
	c.stmts = map[string]*sql.Stmt{}
	return nil
}

// undo rolls back. A connection that does not is given up with what is under
// way on it: else whoever comes next would begin inside of it.
func (c *file) undo(ctx context.Context) error {
	_, err := c.exec(context.WithoutCancel(ctx), "ROLLBACK", nil)
	if err == nil || strings.Contains(err.Error(), "no transaction") {
		return nil
	}
	return errors.Join(fmt.Errorf("roll back: %w", err), c.giveUp())
}

// giveUp closes the connection itself: its pool would hand it out as it is.
// Its statements go before it, for they would keep what is under way.
func (c *file) giveUp() error {
	var all []error
	if c.conn.Raw(func(any) error { return nil }) == nil {
		for _, s := range c.stmts {
			all = append(all, s.Close())
		}
	}
	err := c.conn.Raw(func(any) error { return driver.ErrBadConn })
	if !errors.Is(err, driver.ErrBadConn) && !errors.Is(err, sql.ErrConnDone) {
		all = append(all, err)
	}
	c.conn = nil
	return errors.Join(all...)
}

func (c *file) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := c.stmts[query]; ok {
		return s, nil
	}
	if len(c.stmts) >= maxStatements {
		return nil, nil
	}
	s, err := c.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	c.stmts[query] = s
	return s, nil
}

func (c *file) exec(ctx context.Context, query string, args []any) (int64, error) {
	s, err := c.stmt(ctx, query)
	if err != nil {
		return 0, err
	}
	var res sql.Result
	if s == nil {
		res, err = c.conn.ExecContext(ctx, query, args...)
	} else {
		res, err = s.ExecContext(ctx, args...)
	}
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (c *file) query(ctx context.Context, query string, args []any) (*Rows, error) {
	s, err := c.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return fromFile(c.conn.QueryContext(ctx, query, args...))
	}
	return fromFile(s.QueryContext(ctx, args...))
}

func fromFile(r *sql.Rows, err error) (*Rows, error) {
	if err != nil {
		return nil, err
	}
	return &Rows{r}, nil
}

// atEnd runs the statement at once: there is no way to the file that it could
// save.
func (c *file) atEnd(ctx context.Context, query string) error {
	_, err := c.exec(ctx, query, nil)
	return err
}
