// Package erasure keeps the list of what was erased twice: in the database, and
// in a file beside it. Whoever puts an older copy of the database back brings
// back what has been erased since; the file does not come back with it, and
// says what is to be erased again before anybody is served.
//
// The list holds random ids and days, never a name or a word.
//
// # Order
//
// A line is in the file before the erasing transaction commits, and a row is
// written by that transaction: nothing is ever erased of which the file does
// not know, wherever a process dies. A transaction that does not commit after
// all takes its line back. What is in the file and not in the database was
// erased by a later state of the database, or its transaction was cut off by
// the end of the process: both are finished at the next start.
//
// Several processes on one PostgreSQL have a file each. Each adds to its own
// what the others erased, from the rows: see Settle.
package erasure

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
)

// Kept is how long an erasure stays on the list. A copy of the database that is
// older cannot be put back any more without bringing back who was erased.
const Kept = 400 * 24 * time.Hour

// Day is a day in UTC, counted from 1970.
type Day int64

// DayOf is the day of a time.
func DayOf(t time.Time) Day { return Day(t.Unix() / (24 * 60 * 60)) }

// String is the day as people write it.
func (d Day) String() string { return time.Unix(int64(d)*24*60*60, 0).UTC().Format(time.DateOnly) }

// oldest is the first day that is still kept.
func oldest(now time.Time) Day { return DayOf(now.Add(-Kept)) }

// Erasure is one thing that was erased.
type Erasure struct {
	// Kind says what it was, and so who erases it again.
	Kind string
	// ID is its random id.
	ID  string
	Day Day
}

// state is what a transaction knows of the list.
type state struct {
	// listed says that the file has it already, covered that something else on
	// the list stands for it.
	listed, covered bool
	// news are the lines to write before the transaction commits.
	news []Erasure
}

type stateKey struct{}

func of(tx *database.Tx) *state {
	s, ok := tx.Noted(stateKey{}).(*state)
	if !ok {
		s = &state{}
		tx.Note(stateKey{}, s)
	}
	return s
}

// Listed says that what this transaction erases is in the file already: by List,
// or because the file is where it is known from.
func Listed(tx *database.Tx) { of(tx).listed = true }

// Covered says that what this transaction erases needs no place of its own on
// the list, because something larger on it stands for it.
func Covered(tx *database.Tx) { of(tx).covered = true }

// Record puts on the list what this transaction erases.
func Record(tx *database.Tx, kind, id string) error {
	s := of(tx)
	if s.covered {
		return nil
	}
	e := Erasure{kind, id, DayOf(tx.Now())}
	if err := Learn(tx, e); err != nil {
		return err
	}
	if s.listed || tx.Beside() == "" {
		return nil
	}
	if s.news = append(s.news, e); len(s.news) == 1 {
		tx.Defer(s.write)
	}
	return nil
}

// write appends the lines, and sees to it that they are taken back if the
// transaction does not commit after all.
func (s *state) write(tx *database.Tx) error {
	f := In(tx.Beside())
	if err := f.append("", s.news); err != nil {
		return err
	}
	tx.Undone(func() error { return f.append(not, s.news) })
	return nil
}

// Learn tells the database of an erasure, without the file.
func Learn(tx *database.Tx, e Erasure) error {
	_, err := tx.Exec("INSERT INTO erasures (id, kind, day) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING", e.ID, e.Kind, int64(e.Day))
	if err != nil {
		return fmt.Errorf("put an erasure on the list: %w", err)
	}
	return nil
}

// List puts into the file, ahead of the transactions that erase it, what is
// certain to be erased. Each of them then says Listed.
func List(db *database.DB, kind, id string) error {
	if db.Beside() == "" {
		return nil
	}
	return In(db.Beside()).append("", []Erasure{{kind, id, DayOf(db.Now())}})
}

// Settle compares the two: it adds to the file what only the database knows,
// and gives what only the file knows. Lines that cannot be read are given as
// ErrUnread together with the rest.
func Settle(ctx context.Context, db *database.DB) (unknown []Erasure, err error) {
	if db.Beside() == "" {
		return nil, nil
	}
	f := In(db.Beside())
	listed, err := f.Read()
	if err != nil && !errors.Is(err, ErrUnread) {
		return nil, err
	}
	limit := oldest(db.Now())
	rows, failed := known(ctx, db, limit)
	if failed != nil {
		return nil, failed
	}
	var news []Erasure
	for id, e := range rows {
		if _, ok := listed[id]; !ok && e.valid() {
			news = append(news, e)
		}
	}
	for id, e := range listed {
		if _, ok := rows[id]; !ok && e.Day >= limit {
			unknown = append(unknown, e)
		}
	}
	sorted(unknown)
	return unknown, errors.Join(err, f.append("", sorted(news)))
}

func known(ctx context.Context, db *database.DB, from Day) (map[string]Erasure, error) {
	all := map[string]Erasure{}
	err := db.Read(ctx, func(tx *database.Tx) error {
		return tx.Each(func(r *database.Rows) error {
			var e Erasure
			err := r.Scan(&e.ID, &e.Kind, &e.Day)
			all[e.ID] = e
			return err
		}, "SELECT id, kind, day FROM erasures WHERE day >= $1", int64(from))
	})
	if err != nil {
		return nil, fmt.Errorf("read what was erased: %w", err)
	}
	return all, nil
}

// Forget drops from the database what has been on the list for long enough, and
// gives how much. Compact does the same with the file.
func Forget(tx *database.Tx) (int64, error) {
	n, err := tx.Exec("DELETE FROM erasures WHERE day < $1", int64(oldest(tx.Now())))
	if err != nil {
		return n, fmt.Errorf("forget erasures: %w", err)
	}
	return n, nil
}
