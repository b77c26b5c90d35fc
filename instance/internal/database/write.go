package database

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Class is what a change is about, so that a community that may not grow can
// still be left.
type Class int

const (
	// Content is what people say and make for each other.
	Content Class = iota
	// Own is what everybody may always do with her own things: sign in, leave,
	// export, delete.
	Own
	// Care is looking after the place: settings, roles, approving, moderating.
	Care
	// System is what the program does by itself: jobs, retention, migrations.
	System
	// Anonymous writes no actor, no key, no fact and no time. Whoever tries is told
	// by Write, and nothing is written.
	Anonymous
	classes
)

// Op describes a change to the write gate.
type Op struct {
	Class Class
	// Name is the operation, such as "post.publish".
	Name string
	// Actor is the id of who acts. A key is valid for its actor alone.
	Actor string
	// Target is what the form was about: an object's id, or what was typed.
	// Somebody who goes back in her browser and sends another text, or acts on
	// another object, with the same key does something new.
	Target string
	// Key is the one-time key of the form, or empty if there is none.
	Key string
}

// ErrRepeated says that this form was already sent and its operation done.
// Write gives it together with the id of what the first sending made.
var ErrRepeated = errors.New("this form was already sent")

// gate says which classes are closed.
type gate struct{ closed [classes]atomic.Bool }

// Shut closes classes: their operations are refused until Reopen.
func (db *DB) Shut(classes ...Class) {
	for _, c := range classes {
		db.gate.closed[c].Store(true)
	}
}

// Reopen lets classes write again.
func (db *DB) Reopen(classes ...Class) {
	for _, c := range classes {
		db.gate.closed[c].Store(false)
	}
}

// ReadOnly closes what adds to the community and leaves each person her own.
func (db *DB) ReadOnly() { db.Shut(Content, Care, Anonymous) }

// retries is how often PostgreSQL may ask for a transaction to be run again.
const retries = 3

// Write runs fn in one transaction. fn returns the id of what it made. If the
// form's key was used before, fn does not run, or its work is undone, and Write
// gives the id from the first time and ErrRepeated. fn may run more than once.
func (db *DB) Write(ctx context.Context, op Op, fn func(*Tx) (made string, err error)) (string, error) {
	if db.gate.closed[op.Class].Load() {
		return "", fault.New(fault.Unavailable, "fault.read_only")
	}
	var made string
	var wakes bool
	var err error
	for try := range retries {
		tx := &Tx{ctx: ctx, db: db}
		body := func(on runner) error {
			tx.on, tx.now = on, db.now()
			var err error
			made, err = db.once(tx, op, fn)
			wakes = tx.wakes
			return err
		}
		if db.engine == PostgreSQL {
			err = db.writeServer(ctx, body)
		} else {
			err = db.writer.within(ctx, "BEGIN IMMEDIATE", body)
		}
		if err != nil {
			err = tx.undo(err)
		}
		// Where the form was sent twice at once, the second waits for the first and
		// may be told that somebody was before her: looking again finds the key.
		twice := try == 0 && op.Key != "" && db.engine == PostgreSQL && fault.Is(err, fault.Conflict)
		if !again(err) && !twice {
			break
		}
	}
	if err == nil && wakes {
		db.wake.all()
	}
	if err != nil && !errors.Is(err, ErrRepeated) {
		return "", full(err)
	}
	return made, err
}

// once runs fn unless the key was used, then what fn deferred, in that order:
// facts take their lock last, and with it the write is counted.
func (db *DB) once(tx *Tx, op Op, fn func(*Tx) (string, error)) (string, error) {
	if op.Class == Anonymous && (op.Key != "" || op.Actor != "" || op.Target != "") {
		return "", errNamed
	}
	hash := keyHash(op)
	if op.Key != "" {
		var made string
		err := tx.One([]any{&made}, "SELECT made FROM form_keys WHERE hash = $1", hash)
		if err == nil {
			return made, ErrRepeated
		}
		if !errors.Is(err, ErrNone) {
			return "", fmt.Errorf("look for the form's key: %w", err)
		}
	}
	made, err := fn(tx)
	if err != nil {
		return "", err
	}
	if op.Key != "" {
		n, err := tx.Exec("INSERT INTO form_keys (hash, operation, made, used_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
			hash, op.Name, made, Micros(tx.Now()))
		if err != nil {
			return "", fmt.Errorf("store the form's key: %w", err)
		}
		if n == 0 {
			// Another process was first, between our look and now. Undo our
			// work; running again finds its key.
			return "", errBeaten
		}
	}
	if op.Class == Anonymous && len(tx.deferred) > 0 {
		return "", errNamed
	}
	for _, f := range tx.deferred {
		if err := f(tx); err != nil {
			return "", err
		}
	}
	return made, tx.count()
}

var errNamed = errors.New("an anonymous change names somebody, or records what happened")

var errBeaten = errors.New("another process used this form's key first")

// keyHash binds a key to its operation, actor and target, so that a key seen
// by somebody else opens nothing. Only the hash of what was typed is kept, and
// nobody can try texts against it without the key.
func keyHash(op Op) []byte {
	h := sha256.Sum256([]byte(op.Name + "\x00" + op.Actor + "\x00" + op.Key + "\x00" + op.Target))
	return h[:]
}

// Defer runs f at the end of the transaction, before it commits.
func (tx *Tx) Defer(f func(*Tx) error) { tx.deferred = append(tx.deferred, f) }

// Undone runs f if the transaction does not commit after all: it takes back what
// was done outside the database. Where nobody knows whether it has committed,
// that stays.
func (tx *Tx) Undone(f func() error) { tx.undone = append(tx.undone, f) }

// Unsure reports whether nobody knows if what failed was written after all.
func Unsure(err error) bool { return errors.As(err, new(errOutcome)) }

func (tx *Tx) undo(err error) error {
	if Unsure(err) {
		return err
	}
	for _, f := range tx.undone {
		if failed := f(); failed != nil {
			err = errors.Join(err, failed)
		}
	}
	return err
}

// again reports whether the transaction should simply be run once more.
func again(err error) bool {
	if errors.Is(err, errBeaten) {
		return true
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// full turns a full disk and a server that has no room into something people can
// be told (PostgreSQL, appendix A, class 53).
func full(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && strings.HasPrefix(pg.Code, "53") {
		word := "fault.busy"
		if pg.Code == "53100" {
			word = "fault.disk_full"
		}
		return fault.New(fault.Unavailable, word).Because(err)
	}
	text := err.Error()
	for _, sign := range []string{"database or disk is full", "disk I/O error", "no space left", "file too large"} {
		if strings.Contains(text, sign) {
			return fault.New(fault.Unavailable, "fault.disk_full").Because(err)
		}
	}
	return err
}
