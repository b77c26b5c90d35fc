package database

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// channel is where processes that share a PostgreSQL tell each other that
// something was committed.
const channel = "opengather_wake"

func openPostgres(ctx context.Context, o Options) (*DB, error) {
	cfg, err := pgxpool.ParseConfig(o.DSN)
	if err != nil {
		// pgx quotes the URL, and the URL may hold a password.
		return nil, errors.New("the database URL cannot be read: it should look like postgres://name:password@host/database")
	}
	if o.Dial != nil {
		cfg.ConnConfig.DialFunc = o.Dial
	}
	if o.Lookup != nil {
		cfg.ConnConfig.LookupFunc = o.Lookup
	}
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	cfg.ConnConfig.RuntimeParams["application_name"] = "opengather"
	cfg.AfterConnect = interpret
	cfg.MaxConns, cfg.MaxConnIdleTime = 16, 5*time.Minute
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("reach PostgreSQL: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("reach PostgreSQL: %w", err)
	}
	listen, stop := context.WithCancel(context.WithoutCancel(ctx))
	db := &DB{engine: PostgreSQL, server: pool, now: o.Now, stop: stop, listening: make(chan struct{})}
	go db.listen(listen, cfg.ConnConfig)
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
