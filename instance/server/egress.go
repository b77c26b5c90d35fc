package server

import (
	"context"
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
const maxWaiting = 100

func (l *egressLog) record(ctx context.Context, e fetch.Entry) error {
	l.mu.Lock()
	db := l.db
	if db == nil || e.Purpose == fetch.Database {
		l.waiting = append(l.waiting, e)
		l.waiting = l.waiting[max(0, len(l.waiting)-maxWaiting):]
		l.mu.Unlock()
		return nil
	}
	l.mu.Unlock()
	return write(ctx, db, []fetch.Entry{e})
}

func (l *egressLog) open(db *database.DB) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.db = db
}

// flush writes what waits.
func (l *egressLog) flush(ctx context.Context) error {
	l.mu.Lock()
	entries, db := l.waiting, l.db
	l.waiting = nil
	l.mu.Unlock()
	if db == nil || len(entries) == 0 {
		return nil
	}
	return write(ctx, db, entries)
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
