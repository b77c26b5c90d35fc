package database

import (
	"context"
	"errors"
	"time"
)

// runner is what a transaction runs on: a SQLite connection or a PostgreSQL
// transaction.
type runner interface {
	// exec gives the number of rows that a statement had to do with.
	exec(ctx context.Context, query string, args []any) (int64, error)
	query(ctx context.Context, query string, args []any) (*Rows, error)
	// atEnd runs a statement last of all; its error may come with the commit.
	atEnd(ctx context.Context, query string) error
}

// Tx is a transaction. It lives as long as the function it was given to, and
// uses that call's context.
type Tx struct {
	ctx      context.Context
	db       *DB
	on       runner
	now      time.Time
	deferred []func(*Tx) error
	undone   []func() error
	wakes    bool
	changes  bool // see count
	noted    map[any]any
}

// Now is when the transaction began: one time for all it writes.
func (tx *Tx) Now() time.Time { return tx.now }

// Context is the context the transaction was begun with.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Engine tells which database this is.
func (tx *Tx) Engine() Engine { return tx.db.engine }

// Beside is the directory of what is kept outside the database; see Options.
func (tx *Tx) Beside() string { return tx.db.beside }

// Note keeps something until the transaction ends, for the package whose
// own type the key is.
func (tx *Tx) Note(key, value any) {
	if tx.noted == nil {
		tx.noted = map[any]any{}
	}
	tx.noted[key] = value
}

// Noted is what was kept under a key, nil if nothing was.
func (tx *Tx) Noted(key any) any { return tx.noted[key] }

// Exec runs a statement and gives the number of rows it changed.
func (tx *Tx) Exec(query string, args ...any) (int64, error) {
	tx.db.watched(query)
	n, err := tx.on.exec(tx.ctx, query, args)
	tx.changes = tx.changes || changing(query, n)
	return n, err
}

// Beneath runs a statement that changes nothing of which a Memo is made: what one
// person alone is shown. The version stays what it is, so that nobody's pages are
// worked out anew for it.
func (tx *Tx) Beneath(query string, args ...any) (int64, error) {
	tx.db.watched(query)
	return tx.on.exec(tx.ctx, query, args)
}

// Rows runs a query and gives its rows; the caller closes them.
func (tx *Tx) Rows(query string, args ...any) (*Rows, error) {
	tx.db.watched(query)
	tx.changes = tx.changes || changing(query, unknown)
	return tx.on.query(tx.ctx, query, args)
}

// Rows are what a scan function reads from; see Each and Collect.
type Rows struct{ rows }

type rows interface {
	Next() bool
	Scan(dest ...any) error
	Columns() ([]string, error)
	Err() error
	Close() error
}

// end closes the rows, and keeps the first error.
func (r *Rows) end(err *error) {
	if closed := r.Close(); *err == nil {
		*err = closed
	}
}

// ErrNone says that a query for one row found none.
var ErrNone = errors.New("no row")

// One scans the first row of a query into dest, or gives ErrNone.
func (tx *Tx) One(dest []any, query string, args ...any) (err error) {
	changed := tx.changes
	rows, err := tx.Rows(query, args...)
	if err != nil {
		return err
	}
	defer rows.end(&err)
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		tx.changes = changed // a statement that returns what it changed found nothing
		return ErrNone
	}
	if err := rows.Scan(dest...); err != nil {
		return err
	}
	return rows.Err()
}

// Has reports whether a query has at least one row.
func (tx *Tx) Has(query string, args ...any) (is bool, err error) {
	rows, err := tx.Rows(query, args...)
	if err != nil {
		return false, err
	}
	defer rows.end(&err)
	return rows.Next(), rows.Err()
}

// Each calls scan for every row of a query. The rows are closed before Each
// returns, and scan must not run statements of its own: PostgreSQL has one
// conversation a connection.
func (tx *Tx) Each(scan func(*Rows) error, query string, args ...any) (err error) {
	rows, err := tx.Rows(query, args...)
	if err != nil {
		return err
	}
	defer rows.end(&err)
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Collect gives every row of a query as a T. The rule of Each holds for scan.
func Collect[T any](tx *Tx, scan func(*Rows) (T, error), query string, args ...any) ([]T, error) {
	var all []T
	err := tx.Each(func(r *Rows) error {
		one, err := scan(r)
		all = append(all, one)
		return err
	}, query, args...)
	return all, err
}

// Read runs fn on one consistent snapshot.
func (db *DB) Read(ctx context.Context, fn func(*Tx) error) error {
	body := func(on runner) error {
		return fn(&Tx{ctx: ctx, db: db, on: on, now: db.now()})
	}
	if db.engine == PostgreSQL {
		return db.readServer(ctx, body)
	}
	return db.reader.within(ctx, "BEGIN", body)
}

// Watch lets a test see the text of every statement before it runs, to count
// and compare instead of measuring time. nil ends it.
func (db *DB) Watch(see func(query string)) {
	if see == nil {
		db.watch.Store(nil)
		return
	}
	db.watch.Store(&see)
}

func (db *DB) watched(query string) {
	if see := db.watch.Load(); see != nil {
		(*see)(query)
	}
}

// Micros is how a time is stored: microseconds since 1970, UTC.
func Micros(t time.Time) int64 { return t.UnixMicro() }

// At is the time that Micros stored.
func At(micros int64) time.Time { return time.UnixMicro(micros).UTC() }
