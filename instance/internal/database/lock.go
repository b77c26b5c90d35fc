package database

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"
)

// Conn is the connection type that pgx dials.
type Conn = net.Conn

// lockFile takes an exclusive lock that the kernel drops when the process
// ends, however it ends.
func lockFile(ctx context.Context, path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	retry := time.NewTicker(100 * time.Millisecond)
	defer retry.Stop()
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errors.Join(err, f.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("another process serves this community: %w", ctx.Err()), f.Close())
		case <-retry.C:
		}
	}
}

// Lock serialises transactions that decide on the same thing, such as "is she
// the last owner?". It holds until the transaction ends. SQLite has one writer
// at a time, so there it does nothing.
func (tx *Tx) Lock(what string) error {
	if tx.db.engine == SQLite {
		return nil
	}
	_, err := tx.Exec("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", what)
	return err
}
