package post

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/space"
)

// Year says in which months of a year threads began that the reader may read.
type Year struct {
	Year int
	// First and Last are the years of the oldest and of the newest such thread; 0
	// if there is none.
	First, Last int
	// Count is how many there are, from January on.
	Count [12]int
}

// Months gives a year of a space, or of all that the actor may read if space is
// empty, whether or not she has joined it. Year 0 is that of the newest thread.
// Months begin in the zone.
func (o *Operations) Months(ctx context.Context, a access.Actor, in string, year int, zone *time.Location) (y Year, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		if in != "" {
			if _, err := space.One(tx, a, in); err != nil {
				return err
			}
		}
		version, err := tx.Version()
		if err != nil {
			return fmt.Errorf("ask for the version: %w", err)
		}
		asked := strings.Join([]string{in, strconv.Itoa(year), zone.String(), reader(a)}, "\n")
		y, err = o.kept.years.Get(version, asked, func() (Year, error) { return countMonths(tx, a, in, year, zone) })
		return err
	})
	return y, err
}

// beginnings are the threads that lists show, as the reader may read them.
var beginnings = "p.parent_id IS NULL AND p.deleted_at IS NULL AND p.listed AND " + access.Readable("p")

// within narrows a query to a space, unless that is empty: its id comes behind the
// other arguments.
func within(in string, args ...any) (string, []any) {
	if in == "" {
		return "", args
	}
	return " AND p.space_id = $" + strconv.Itoa(len(args)+3), append(args, in)
}

func countMonths(tx *database.Tx, a access.Actor, in string, year int, zone *time.Location) (y Year, err error) {
	here, args := within(in)
	var first, last int64
	err = tx.One([]any{&first, &last}, `SELECT
		coalesce((SELECT p.created_at FROM posts p WHERE `+beginnings+here+` ORDER BY p.created_at LIMIT 1), 0),
		coalesce((SELECT p.created_at FROM posts p WHERE `+beginnings+here+` ORDER BY p.created_at DESC LIMIT 1), 0)`, a.Args(args...)...)
	if err != nil {
		return y, fmt.Errorf("look for the first and the last thread: %w", err)
	}
	if first > 0 {
		y.First, y.Last = database.At(first).In(zone).Year(), database.At(last).In(zone).Year()
	}
	y.Year = year
	if year == 0 {
		y.Year = y.Last
	}
	args = nil
	for m := time.January; m <= 13; m++ {
		args = append(args, database.Micros(time.Date(y.Year, m, 1, 0, 0, 0, 0, zone)))
	}
	here, args = within(in, args...)
	return y, tx.Each(func(r *database.Rows) error {
		var month, count int
		if err := r.Scan(&month, &count); err != nil {
			return err
		}
		y.Count[month-1] = count
		return nil
	}, `SELECT CASE `+monthOf+` END, count(*) FROM posts p WHERE p.created_at >= $3 AND p.created_at < $15 AND `+beginnings+here+` GROUP BY 1`, a.Args(args...)...)
}

// monthOf is the number of a month, which begins at $3 and the eleven behind it.
var monthOf = func() string {
	var s strings.Builder
	for m := 1; m < 12; m++ {
		fmt.Fprintf(&s, "WHEN p.created_at < $%d THEN %d ", m+3, m)
	}
	return s.String() + "ELSE 12"
}()

// Month gives a page of the threads that began between two moments, the oldest
// first. after continues: Page.Older.
func (o *Operations) Month(ctx context.Context, a access.Actor, in string, from, until time.Time, after string) (page Page, err error) {
	at, id := int64(0), ""
	if after != "" {
		if at, id, err = parsePlace(after); err != nil {
			return page, err
		}
	}
	here, args := within(in, database.Micros(from), database.Micros(until), at, id)
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		if in != "" {
			if _, err := space.One(tx, a, in); err != nil {
				return err
			}
		}
		asked := fmt.Sprint("month\n", in, "\n", args[:2])
		page, err = o.list(tx, a, asked, after, func() (p Page, err error) {
			p.Posts, err = database.Collect(tx, scanPost, `SELECT `+columns+` FROM posts p`+joins+`p.created_at >= $3 AND p.created_at < $4 AND (p.created_at, p.id) > ($5, $6)
				AND `+beginnings+here+` ORDER BY p.created_at, p.id LIMIT 21`, a.Args(args...)...)
			if err != nil {
				return p, fmt.Errorf("list a month: %w", err)
			}
			return p, p.fill(tx, a)
		})
		return err
	})
	return page, err
}
