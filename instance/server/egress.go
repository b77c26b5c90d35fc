package server

import (
	"context"
	"fmt"
	"sync"

	"github.com/google/uuid"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fetch"
)

// egressLog writes down what goes out. Dialling the database itself is kept in
// memory until there is a connection to write it with.
type egressLog struct {
	mu      sync.Mutex
	db      *database.DB
	waiting []fetch.Entry
}

// maxWaiting bounds what is kept while the database cannot be reached: the
// newest entries are the ones that help.
const maxWaiting = 1000

func (l *egressLog) record(ctx context.Context, e fetch.Entry) error {
	l.mu.Lock()
	db := l.db
	if db == nil || e.Purpose == fetch.Database {
		l.wait(append(l.waiting, e))
		l.mu.Unlock()
		return nil
	}
	l.mu.Unlock()
	return write(ctx, db, []fetch.Entry{e})
}

// wait keeps the newest of all.
func (l *egressLog) wait(all []fetch.Entry) { l.waiting = all[max(0, len(all)-maxWaiting):] }

// open says where to write from now on; nil for nowhere.
func (l *egressLog) open(db *database.DB) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.db = db
}

// flush writes what waits, and nothing if nothing does. If it has to dial for
// that, those entries wait for the next time: it does not begin again by itself.
func (l *egressLog) flush(ctx context.Context) error {
	l.mu.Lock()
	entries, db := l.waiting, l.db
	if db == nil || len(entries) == 0 {
		l.mu.Unlock()
		return nil
	}
	l.waiting = nil
	l.mu.Unlock()
	err := write(ctx, db, entries)
	if err != nil {
		l.mu.Lock()
		l.wait(append(entries, l.waiting...))
		l.mu.Unlock()
		return fmt.Errorf("write down what went out: %w", err)
	}
	return nil
}

func write(ctx context.Context, db *database.DB, entries []fetch.Entry) error {
	_, err := db.Write(ctx, database.Op{Class: database.System, Name: "egress.record"}, func(tx *database.Tx) (string, error) {
		for _, e := range entries {
			_, err := tx.Exec("INSERT INTO egress (id, at, purpose, host, result, bytes) VALUES ($1, $2, $3, $4, $5, $6)",
				uuid.NewString(), database.Micros(e.Time), string(e.Purpose), e.Host, string(e.Result), e.Bytes)
			if err != nil {
				return "", err
			}
		}
		return "", nil
	})
	return err
}
