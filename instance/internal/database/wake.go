package database

import "sync"

// broadcast wakes everybody who waits, without keeping what for.
type broadcast struct {
	mu sync.Mutex
	ch chan struct{}
}

func (b *broadcast) wait() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch == nil {
		b.ch = make(chan struct{})
	}
	return b.ch
}

func (b *broadcast) all() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch != nil {
		close(b.ch)
		b.ch = nil
	}
}

// Woken gives a channel that closes at the next commit that called Wake, in
// this process or, on PostgreSQL, in another. Take it before looking for work,
// or a commit in between is missed.
func (db *DB) Woken() <-chan struct{} { return db.wake.wait() }

// Wake says that somebody waits for what this transaction writes: a fact or a
// job. PostgreSQL delivers it to the other processes when it commits.
func (tx *Tx) Wake() error {
	if tx.wakes {
		return nil
	}
	tx.wakes = true
	if tx.db.engine == SQLite {
		return nil
	}
	_, err := tx.Exec("SELECT pg_notify($1, '')", channel)
	return err
}
