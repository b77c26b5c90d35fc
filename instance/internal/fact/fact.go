// Package fact is the log of what happened, written in the transaction that
// did it. It is the only way in which something higher up learns of a change
// further down. A fact holds ids and enumerations, never text, names or
// addresses, so that everything can still be erased. State is never rebuilt
// from facts.
package fact

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
)

// Kind is what happened, in the past tense: "post.published".
type Kind string

// Fact is something that happened.
type Fact struct {
	// Position orders the log. It never leaves the process: see Seal.
	Position int64
	Kind     Kind
	// Actor is who did it.
	Actor string
	// SubjectKind and Subject name what it happened to.
	SubjectKind, Subject string
	// Place is the space where it happened, empty for the whole community.
	Place string
	// Label is the subject's label at that time: a first filter only. Whoever
	// delivers asks the read rule about the subject as it is now.
	Label string
	// Root names the act that this goes back to, and Depth is the number of
	// reactions between: what somebody does by herself is its own root, at depth
	// 0. Loops of agents are broken by it. Record fills both in.
	Root  string
	Depth int
	// Run is the agent's run that did it, empty for people.
	Run string
	At  time.Time
}

// Keep is how long facts stay. An older cursor is answered with ErrTooOld.
const Keep = 30 * 24 * time.Hour

// Record adds a fact to the log when the transaction ends. Positions are given
// under one row lock taken last, so that their order is the order of commits
// on both engines: a sequence alone would hand out numbers that commit later.
//
// What a consumer records has the fact that it reacts to for its cause. All that
// one act records has one root, its first fact. A job begins anew: it does what
// somebody wanted to happen later.
func Record(tx *database.Tx, f Fact) {
	f.At, f.Root, f.Depth = tx.Now(), "", 0
	if c, ok := tx.Noted(cause{}).(Fact); ok {
		f.Root, f.Depth = c.Root, c.Depth+1
	}
	tx.Defer(f.append)
}

// cause is where a transaction keeps the fact that is being reacted to, act
// where it keeps the root of what it does by itself.
type (
	cause struct{}
	act   struct{}
)

func (f Fact) append(tx *database.Tx) error {
	var run any
	if f.Run != "" {
		run = f.Run
	}
	if err := tx.Wake(); err != nil {
		return fmt.Errorf("wake the readers of facts: %w", err)
	}
	var at int64
	if err := tx.One([]any{&at}, "UPDATE fact_head SET position = position + 1 WHERE one = 1 RETURNING position"); err != nil {
		return fmt.Errorf("take the next position: %w", err)
	}
	if f.Root == "" {
		if tx.Noted(act{}) == nil {
			tx.Note(act{}, strconv.FormatInt(at, 10))
		}
		f.Root = tx.Noted(act{}).(string)
	}
	_, err := tx.Exec(`INSERT INTO facts (position, kind, actor_id, subject_kind, subject_id, place_id, label_id, root, depth, run_id, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		at, string(f.Kind), f.Actor, f.SubjectKind, f.Subject, f.Place, f.Label, f.Root, f.Depth, run, database.Micros(f.At))
	if err != nil {
		return fmt.Errorf("record %s: %w", f.Kind, err)
	}
	return nil
}

// Head is the position of the newest fact.
func Head(tx *database.Tx) (int64, error) {
	var at int64
	err := tx.One([]any{&at}, "SELECT position FROM fact_head WHERE one = 1")
	return at, err
}

const columns = "position, kind, actor_id, subject_kind, subject_id, place_id, label_id, root, depth, coalesce(run_id, ''), at"

func scan(r *database.Rows) (f Fact, err error) {
	var at int64
	err = r.Scan(&f.Position, &f.Kind, &f.Actor, &f.SubjectKind, &f.Subject, &f.Place, &f.Label, &f.Root, &f.Depth, &f.Run, &at)
	f.At = database.At(at)
	return f, err
}

// After gives at most limit facts behind a position, in order.
func After(tx *database.Tx, position int64, limit int) ([]Fact, error) {
	return database.Collect(tx, scan, "SELECT "+columns+" FROM facts WHERE position > $1 ORDER BY position LIMIT $2 -- unfiltered: for consumers, who ask the rule before they tell anybody", position, limit)
}

// Forget removes facts older than Keep that every consumer has passed, and gives
// how many. A consumer of a former program, which is not among those given,
// holds nothing; one that is new and has not run yet holds all there is.
func Forget(tx *database.Tx, all Consumers) (int64, error) {
	passed, err := Head(tx)
	if err != nil {
		return 0, err
	}
	for _, c := range all {
		at, err := c.position(tx)
		if err != nil {
			return 0, err
		}
		passed = min(passed, at)
	}
	return tx.Exec("DELETE FROM facts WHERE at < $1 AND position <= $2", database.Micros(tx.Now().Add(-Keep)), passed)
}

// ErrTooOld says that facts behind this cursor are gone: start again.
var ErrTooOld = fault.New(fault.Gone, "fault.cursor_old")

// errCursor refuses what was not sealed for this actor.
var errCursor = fault.New(fault.Invalid, "fault.cursor")

// Seal turns a position into a cursor that only this actor can use and nobody
// can read, so that nobody counts facts she may not see.
func Seal(k *keyring.Keyring, actor string, position int64) (string, error) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(position))
	sealed, err := k.Seal(keyring.Cursor, b[:], []byte(actor))
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

// Unseal gives the position of a cursor. It answers ErrTooOld if facts behind
// it were forgotten.
func Unseal(tx *database.Tx, k *keyring.Keyring, actor, cursor string) (int64, error) {
	sealed, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return 0, errCursor
	}
	b, err := k.Unseal(keyring.Cursor, sealed, []byte(actor))
	if err != nil || len(b) != 8 {
		return 0, errCursor
	}
	position := int64(binary.BigEndian.Uint64(b))
	var first int64
	err = tx.One([]any{&first}, "SELECT position FROM facts ORDER BY position LIMIT 1 -- unfiltered: how far back they go")
	if errors.Is(err, database.ErrNone) {
		if first, err = Head(tx); err == nil {
			first++
		}
	}
	if err != nil {
		return 0, err
	}
	if position < first-1 {
		return 0, ErrTooOld
	}
	return position, nil
}
