package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// channel is where processes that share a PostgreSQL tell each other that
// something was committed.
const channel = "opengather_wake"

func openPostgres(ctx context.Context, o Options) (*DB, error) {
	cfg, err := pgx.ParseConfig(o.DSN)
	if err != nil {
		// pgx quotes the URL, and the URL may hold a password.
		return nil, errors.New("the database URL cannot be read: it should look like postgres://name:password@host/database")
	}
	if o.Dial != nil {
		cfg.DialFunc = o.Dial
	}
	if o.Lookup != nil {
		cfg.LookupFunc = o.Lookup
	}
	cfg.RuntimeParams["timezone"] = "UTC"
	cfg.RuntimeParams["application_name"] = "opengather"
	pool := stdlib.OpenDB(*cfg, stdlib.OptionAfterConnect(interpret))
	pool.SetMaxOpenConns(16)
	pool.SetMaxIdleConns(8)
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("reach PostgreSQL: %w", err), pool.Close())
	}
	listen, stop := context.WithCancel(context.WithoutCancel(ctx))
	db := &DB{engine: PostgreSQL, server: pool, now: o.Now, stop: stop, listening: make(chan struct{})}
	go db.listen(listen, cfg)
	return db, nil
}

// interpret keeps PostgreSQL from compiling queries. It does so when it believes a
// query to be dear, which it believes of the read rule as soon as there are a
// few thousand members: the compiler then takes a hundred times as long as the
// query. Nor does it plan a query anew for each set of arguments: with the read
// rule in it, that costs ten times what the query does, and the arguments, ids
// and times, hardly ever ask for another plan. Sent as statements, since poolers refuse them
// as parameters.
func interpret(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, "SET jit = off; SET plan_cache_mode = force_generic_plan")
	return err
}

// session is a PostgreSQL transaction. pgx keeps the compiled statements.
type session struct{ tx *sql.Tx }

func (s session) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	return s.tx.ExecContext(ctx, query, args...)
}

func (s session) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	return s.tx.QueryContext(ctx, query, args...)
}

// errOutcome says that nobody knows whether a transaction has committed: the
// server was told to, and did not answer.
type errOutcome struct{ error }

func (e errOutcome) Unwrap() error { return e.error }

// readServer runs fn in a transaction that only reads, and sees one moment.
func (db *DB) readServer(ctx context.Context, fn func(runner) error) error {
	t, err := db.server.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	return run(ctx, t, fn)
}

// writeServer runs fn in a transaction that writes. What fn asks for ends when
// its reader hangs up; the commit does not. It is decided then.
func (db *DB) writeServer(ctx context.Context, fn func(runner) error) (err error) {
	conn, err := db.server.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	t, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	return run(ctx, t, fn)
}

func run(ctx context.Context, t *sql.Tx, fn func(runner) error) (err error) {
	ended := false
	defer func() {
		if ended {
			return
		}
		// A statement that was broken off took its connection along.
		if undo := t.Rollback(); undo != nil && !errors.Is(undo, sql.ErrTxDone) && ctx.Err() == nil {
			err = errors.Join(err, fmt.Errorf("roll back: %w", undo))
		}
	}()
	if err := fn(session{t}); err != nil {
		return err
	}
	ended = true
	err = t.Commit()
	var pg *pgconn.PgError
	if err != nil && !errors.As(err, &pg) && !errors.Is(err, pgx.ErrTxCommitRollback) {
		err = errOutcome{err}
	}
	return err
}

// listen wakes this process when another one has committed. A lost connection
// is taken up again; in between, work is found when it falls due.
func (db *DB) listen(ctx context.Context, cfg *pgx.ConnConfig) {
	defer close(db.listening)
	for ctx.Err() == nil {
		if db.hear(ctx, cfg) != nil {
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}
}

func (db *DB) hear(ctx context.Context, cfg *pgx.ConnConfig) error {
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return err
	}
	db.wake.all()
	for {
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return err
		}
		db.wake.all()
	}
}
