package numbers_test

import (
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/numbers"
)

type world struct {
	accesstest.World
	clock *databasetest.Clock
	o     *numbers.Operations
}

func both(t *testing.T, test func(t *testing.T, w world)) {
	t.Helper()
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		w := world{accesstest.World{T: t, DB: db}, clock, &numbers.Operations{DB: db}}
		w.Community("named")
		w.Member("ada", "active", access.Owner)
		w.Member("gil", "active", access.Guest)
		w.Member("pia", "pending", access.FullRole)
		test(t, w)
	})
}

func (w world) add(kind numbers.Kind, n int64) {
	w.T.Helper()
	_, err := w.DB.Write(w.T.Context(), database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
		return "", numbers.Add(tx, kind, tx.Now(), n)
	})
	if err != nil {
		w.T.Fatal(err)
	}
}

func (w world) days(who string) []numbers.Day {
	w.T.Helper()
	all, err := w.o.Days(w.T.Context(), access.Member(who))
	if err != nil {
		w.T.Fatal(err)
	}
	return all
}

// TestFewAreNotTold: what could be somebody is not shown, nor is a day that can
// be watched while it grows (P107).
func TestFewAreNotTold(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		for range 4 {
			w.add(numbers.Here, 1)
		}
		w.add(numbers.Said, 3)
		w.add(numbers.Said, 2)
		if got := w.days("ada"); len(got) != 0 {
			t.Errorf("a day that is not over is %+v", got)
		}
		w.clock.Add(24 * time.Hour)
		w.add(numbers.Pages, 900)
		for _, who := range []string{"ada", "gil"} {
			got := w.days(who)
			if len(got) != 1 {
				t.Fatalf("%s sees %+v", who, got)
			}
			want := map[numbers.Kind]numbers.Number{numbers.Here: {Few: true}, numbers.Said: {N: 5}, numbers.Pages: {Few: true}}
			for kind, n := range want {
				if got[0].Numbers[kind] != n {
					t.Errorf("%s sees %+v of %s, want %+v", who, got[0].Numbers[kind], kind, n)
				}
			}
		}
		w.clock.Add(24 * time.Hour)
		if got := w.days("ada"); len(got) != 2 || !got[0].Date.After(got[1].Date) || got[0].Numbers[numbers.Pages].N != 900 {
			t.Errorf("two days are %+v", got)
		}
	})
}

func TestOnlyWhoIsHereSeesNumbers(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		w.add(numbers.Said, 50)
		w.clock.Add(24 * time.Hour)
		for _, a := range []access.Actor{access.Stranger(), access.Member("pia"), access.Member("nobody")} {
			if got, err := w.o.Days(t.Context(), a); !fault.Is(err, fault.NotFound) || got != nil {
				t.Errorf("%q gets %+v, %v", a.ID(), got, err)
			}
		}
	})
}

func TestNothingIsCountedWhereItIsSwitchedOff(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		w.Do("INSERT INTO features (name, enabled) VALUES ('numbers', $1)", false)
		w.add(numbers.Said, 50)
		w.clock.Add(24 * time.Hour)
		if got := w.days("ada"); len(got) != 0 {
			t.Errorf("there is %+v", got)
		}
	})
}

// TestNumbersHoldNobody: there is no column that could name somebody, and each
// day has one row of a kind, whoever did it.
func TestNumbersHoldNobody(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		w.add(numbers.Here, 1)
		w.add(numbers.Here, 1)
		err := w.DB.Read(t.Context(), func(tx *database.Tx) error {
			rows, err := tx.Rows("SELECT * FROM numbers")
			if err != nil {
				return err
			}
			defer rows.Close()
			names, err := rows.Columns()
			if err != nil || len(names) != 3 || names[0] != "day" || names[1] != "kind" || names[2] != "n" {
				t.Errorf("the columns are %q, %v", names, err)
			}
			n := 0
			for rows.Next() {
				n++
			}
			if n != 1 {
				t.Errorf("there are %d rows of one day and kind", n)
			}
			return rows.Err()
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestNumbersGoInTime(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		w.add(numbers.Said, 50)
		w.clock.Add(numbers.Kept)
		if got := w.forget(); got != 0 {
			t.Errorf("%d went too early", got)
		}
		w.clock.Add(24 * time.Hour)
		if got := w.forget(); got != 1 {
			t.Errorf("%d went, want 1", got)
		}
	})
}

func (w world) forget() (n int64) {
	w.T.Helper()
	_, err := w.DB.Write(w.T.Context(), database.Op{Class: database.System}, func(tx *database.Tx) (_ string, err error) {
		n, err = numbers.Forget(tx)
		return "", err
	})
	if err != nil {
		w.T.Fatal(err)
	}
	return n
}
