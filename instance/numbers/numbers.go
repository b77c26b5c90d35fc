// Package numbers counts what happens in a community on a day: how many were
// here, how much was said, how many pages were shown. It holds numbers and no
// people, and shows none that could be somebody (P107).
package numbers

import (
	"context"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Kind is something that is counted.
type Kind string

const (
	// Here counts the members who were here, once a day each. Who signs out and
	// in again on one day counts twice: that she was here before is not kept.
	Here Kind = "here"
	// Said counts posts and replies, also those that were deleted later.
	Said Kind = "said"
	// Pages counts the pages that were shown, to whomever.
	Pages Kind = "pages"
)

// Kinds are all of them, in the order in which they are shown.
var Kinds = []Kind{Here, Said, Pages}

// Kept is how long the numbers of a day stay.
const Kept = 2 * 365 * 24 * time.Hour

// least is the smallest number that is shown: fewer might be somebody.
const least = 5

// Operations reads the numbers.
type Operations struct{ DB *database.DB }

// Add counts n more of a kind on the day of a time, in the caller's transaction,
// unless the community does not want to count. It checks no right.
func Add(tx *database.Tx, kind Kind, at time.Time, n int64) error {
	_, err := tx.Exec(`INSERT INTO numbers (day, kind, n) SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM features WHERE name = $4 AND NOT enabled)
		ON CONFLICT (day, kind) DO UPDATE SET n = numbers.n + excluded.n`, day(at), string(kind), n, string(community.Numbers))
	if err != nil {
		return fmt.Errorf("count %s: %w", kind, err)
	}
	return nil
}

// Number is how many there were. Few says that there were fewer than five, none
// included; how many then is not told.
type Number struct {
	N   int64
	Few bool
}

// Day has the numbers of a day of UTC, by kind.
type Day struct {
	Date    time.Time
	Numbers map[Kind]Number
}

// Days gives the days that are over and on which something was counted, the last
// one first, to everybody who is in the community. The day that is not over is
// missing: who looked again and again would see each count.
func (o *Operations) Days(ctx context.Context, a access.Actor) (all []Day, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		st, err := access.Stand(tx, a, "")
		if err != nil {
			return err
		}
		if !st.Active() {
			return fault.Missing()
		}
		return tx.Each(func(r *database.Rows) error {
			var at, n int64
			var kind Kind
			if err := r.Scan(&at, &kind, &n); err != nil {
				return err
			}
			if len(all) == 0 || !all[len(all)-1].Date.Equal(noon(at)) {
				all = append(all, newDay(at))
			}
			if n >= least {
				all[len(all)-1].Numbers[kind] = Number{N: n}
			}
			return nil
		}, "SELECT day, kind, n FROM numbers WHERE day < $1 ORDER BY day DESC, kind", day(tx.Now()))
	})
	return all, err
}

func newDay(at int64) Day {
	d := Day{Date: noon(at), Numbers: map[Kind]Number{}}
	for _, k := range Kinds {
		d.Numbers[k] = Number{Few: true}
	}
	return d
}

// noon is within the day of UTC that began then, also in most zones in which the
// date is shown.
func noon(began int64) time.Time { return database.At(began).Add(12 * time.Hour) }

// Forget removes the numbers of days long past, in the caller's transaction. It
// checks no right.
func Forget(tx *database.Tx) (int64, error) {
	return tx.Exec("DELETE FROM numbers WHERE day < $1", day(tx.Now().Add(-Kept)))
}

// day is when a day of UTC began, in microseconds.
func day(t time.Time) int64 { return database.Micros(t.UTC().Truncate(24 * time.Hour)) }
