package database

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// session is a PostgreSQL transaction. Each answer of the server is waited for,
// so the beginning travels with the first statement, and the end with the last.
// pgx keeps the compiled statements.
type session struct {
	conn  *pgx.Conn
	begin string // not sent yet
	last  string // to be sent with the commit
	// broken says that the first statement was refused before the transaction
	// had begun: pgx asks what a statement means before it sends it. As on the
	// server, nothing more is done in it then.
	broken bool
}

var errBroken = errors.New("a statement before this one failed, and the transaction with it")

// idle is the state of a connection that is in no transaction (PostgreSQL,
// "ReadyForQuery" of the protocol).
const idle = 'I'

// readServer runs fn in a transaction that only reads, and sees one moment.
func (db *DB) readServer(ctx context.Context, fn func(runner) error) error {
	return db.onServer(ctx, "begin isolation level repeatable read read only", fn)
}

// writeServer runs fn in a transaction that writes. What fn asks for ends when
// its reader hangs up; the commit does not. It is decided then.
func (db *DB) writeServer(ctx context.Context, fn func(runner) error) (err error) {
	return db.onServer(ctx, "begin", fn)
}

func (db *DB) onServer(ctx context.Context, begin string, fn func(runner) error) (err error) {
	conn, err := db.server.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Release()
	s := &session{conn: conn.Conn(), begin: begin}
	defer func() { err = s.undo(ctx, err) }()
	if err := fn(s); err != nil {
		return err
	}
	return s.commit(context.WithoutCancel(ctx))
}

// undo rolls back what was begun and not committed.
func (s *session) undo(ctx context.Context, err error) error {
	// A statement that was broken off took its connection along.
	if s.conn.IsClosed() || s.conn.PgConn().TxStatus() == idle {
		return err
	}
	if _, undo := s.conn.Exec(context.WithoutCancel(ctx), "rollback"); undo != nil {
		err = errors.Join(err, fmt.Errorf("roll back: %w", undo))
	}
	return err
}

// commit ends the transaction, if a statement began it.
func (s *session) commit(ctx context.Context) error {
	if s.begin != "" {
		return nil
	}
	if s.broken {
		return pgx.ErrTxCommitRollback
	}
	done, err := s.end(ctx)
	if err == nil && done.String() == "ROLLBACK" {
		return pgx.ErrTxCommitRollback
	}
	var pg *pgconn.PgError
	if err != nil && !errors.As(err, &pg) {
		err = errOutcome{err}
	}
	return err
}

func (s *session) end(ctx context.Context) (pgconn.CommandTag, error) {
	if s.last == "" {
		return s.conn.Exec(ctx, "commit")
	}
	both := s.together(ctx, s.last, nil, "commit", nil)
	done, err := both.second()
	return done, both.close(err)
}

// errOutcome says that nobody knows whether a transaction has committed: the
// server was told to, and did not answer.
type errOutcome struct{ error }

func (e errOutcome) Unwrap() error { return e.error }

func (s *session) atEnd(_ context.Context, query string) error {
	s.last = query
	return nil
}

func (s *session) exec(ctx context.Context, query string, args []any) (int64, error) {
	if s.broken {
		return 0, errBroken
	}
	if s.begin == "" {
		done, err := s.conn.Exec(ctx, query, args...)
		return done.RowsAffected(), err
	}
	both := s.first(ctx, query, args)
	done, err := both.second()
	return done.RowsAffected(), s.began(both.close(err))
}

func (s *session) query(ctx context.Context, query string, args []any) (*Rows, error) {
	if s.broken {
		return nil, errBroken
	}
	if s.begin == "" {
		r, err := s.conn.Query(ctx, query, args...)
		return &Rows{serverRows{Rows: r}}, err
	}
	both := s.first(ctx, query, args)
	_, err := both.Exec()
	if err != nil {
		return nil, s.began(both.close(err))
	}
	r, err := both.Query()
	if err != nil {
		return nil, both.close(err)
	}
	return &Rows{serverRows{r, both}}, nil
}

// began passes on what the first statement came to.
func (s *session) began(err error) error {
	s.broken = err != nil && s.conn.PgConn().TxStatus() == idle
	return err
}

// first sends the beginning of the transaction with a statement.
func (s *session) first(ctx context.Context, query string, args []any) pair {
	begin := s.begin
	s.begin = ""
	return s.together(ctx, begin, nil, query, args)
}

// together sends two statements at once.
func (s *session) together(ctx context.Context, one string, its []any, two string, hers []any) pair {
	var b pgx.Batch
	b.Queue(one, its...)
	b.Queue(two, hers...)
	return pair{s.conn.SendBatch(ctx, &b)}
}

// pair is what came of two statements that were sent at once.
type pair struct{ pgx.BatchResults }

// second is what came of the second one, if the first did not fail.
func (p pair) second() (pgconn.CommandTag, error) {
	if done, err := p.Exec(); err != nil {
		return done, err
	}
	return p.Exec()
}

func (p pair) close(err error) error {
	if closed := p.Close(); err == nil {
		err = closed
	}
	return err
}

// serverRows are the rows of a query on PostgreSQL.
type serverRows struct {
	pgx.Rows
	with pgx.BatchResults // what the query was sent in, or nil
}

// Columns are the names of the columns.
func (r serverRows) Columns() (names []string, err error) {
	for _, f := range r.FieldDescriptions() {
		names = append(names, f.Name)
	}
	return names, r.Err()
}

// Close ends the query, and what was sent with it.
func (r serverRows) Close() error {
	r.Rows.Close()
	if r.with == nil {
		return nil
	}
	return r.with.Close()
}
