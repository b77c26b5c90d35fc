package fact_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/job"
)

// facts are all that are there.
func facts(t *testing.T, db *database.DB) (all []fact.Fact) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *database.Tx) (err error) {
		all, err = fact.After(tx, 0, 1000)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func write(t *testing.T, db *database.DB, fn func(tx *database.Tx) error) {
	t.Helper()
	if _, err := db.Write(t.Context(), database.Op{Class: database.System}, func(tx *database.Tx) (string, error) { return "", fn(tx) }); err != nil {
		t.Fatal(err)
	}
}

// taken are the subjects that a consumer has reacted to, with how often.
func taken(t *testing.T, db *database.DB) string {
	t.Helper()
	var all []string
	err := db.Read(t.Context(), func(tx *database.Tx) (err error) {
		all, err = database.Collect(tx, func(r *database.Rows) (s string, err error) {
			err = r.Scan(&s)
			return s, err
		}, "SELECT subject_id FROM audit ORDER BY subject_id")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}

// picky takes what it has not been told to refuse.
type picky struct {
	refused map[string]bool
	tries   int
}

func (p *picky) consumer() fact.Consumer {
	return fact.Consumer{Name: "picky", React: func(tx *database.Tx, f fact.Fact) error {
		_, err := tx.Exec("INSERT INTO audit (id, at, kind, actor_id, subject_kind, subject_id) VALUES ($1, 0, '', '', '', $2)", fmt.Sprint(f.Position, " ", p.tries), f.Subject)
		p.tries++
		if err == nil && p.refused[f.Subject] {
			if f.Subject == "panic" {
				panic("no such thing")
			}
			err = errors.New("refused")
		}
		return err
	}}
}

// One fact that cannot be reacted to keeps nobody from the next ones. It is
// tried again, ever later, and counts once.
func TestAFactThatFailsComesAgainAndHoldsNothingUp(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		p := &picky{refused: map[string]bool{"bad": true, "panic": true}}
		for _, subject := range []string{"a", "bad", "b", "panic", "c"} {
			record(t, db, subject)
		}
		c := p.consumer()
		n, err := c.Run(t.Context(), db)
		if n != 5 || err == nil || !strings.Contains(err.Error(), "refused") || !strings.Contains(err.Error(), "panic at consumer_test.go") {
			t.Errorf("it passed %d of 5 facts and says %v", n, err)
		}
		if got := taken(t, db); got != "a b c" {
			t.Errorf("at first it took %q", got)
		}
		record(t, db, "d")
		if n, err := c.Run(t.Context(), db); n != 1 || err != nil {
			t.Errorf("then it passed %d facts, want the new one: %v", n, err)
		}
		w := &job.Worker{DB: db, Log: slog.New(slog.DiscardHandler), Handlers: map[string]job.Handler{
			fact.RetryJob: func(ctx context.Context, key string) (time.Time, error) {
				return time.Time{}, fact.Consumers{c}.Retry(ctx, db, key)
			},
		}}
		for _, step := range []struct {
			wait  time.Duration
			tries int
		}{{0, 0}, {time.Minute, 2}, {time.Minute, 2}, {time.Minute, 0}, {time.Minute, 2}} {
			clock.Add(step.wait)
			if n, err := w.Drain(t.Context()); n != step.tries || err != nil {
				t.Errorf("after %s more, %d tries, want %d: %v", step.wait, n, step.tries, err)
			}
		}
		p.refused = nil
		clock.Add(time.Hour)
		if _, err := w.Drain(t.Context()); err != nil {
			t.Error(err)
		}
		clock.Add(24 * time.Hour)
		if n, err := w.Drain(t.Context()); n != 0 || err != nil {
			t.Errorf("when all is done there are %d tries more: %v", n, err)
		}
		if got := taken(t, db); got != "a b bad c d panic" {
			t.Errorf("in the end it took %q", got)
		}
	})
}

// A job that runs twice, because its process was taken for dead, does nothing
// the second time; and what is forgotten meanwhile is set aside.
func TestARetryCountsOnceAndEndsWhenItsFactIsForgotten(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		p := &picky{refused: map[string]bool{"a": true, "b": true}}
		record(t, db, "a")
		record(t, db, "b")
		all := fact.Consumers{p.consumer()}
		if n, err := all[0].Run(t.Context(), db); n != 2 || err == nil {
			t.Fatalf("it passed %d facts: %v", n, err)
		}
		p.refused = nil
		for range 2 {
			if err := all.Retry(t.Context(), db, "picky 1"); err != nil {
				t.Error(err)
			}
		}
		if got := taken(t, db); got != "a" {
			t.Errorf("two tries took %q", got)
		}
		if err := (fact.Consumers{}).Retry(t.Context(), db, "picky 2"); err == nil {
			t.Error("a program without this consumer takes its fact for done")
		}
		clock.Add(fact.Keep + time.Hour)
		write(t, db, func(tx *database.Tx) error {
			_, err := fact.Forget(tx, all)
			return err
		})
		if err := all.Retry(t.Context(), db, "picky 2"); !errors.Is(err, fact.ErrSetAside) {
			t.Errorf("a forgotten fact gives %v", err)
		}
	})
}

// A community that slept for two months has facts that nobody has read yet.
func TestForgetLeavesWhatAConsumerHasNotPassed(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		none := func(*database.Tx, fact.Fact) error { return nil }
		quick, slow, former := fact.Consumer{Name: "quick", React: none}, fact.Consumer{Name: "slow", React: none}, fact.Consumer{Name: "former", React: none}
		forget := func(want int64, all fact.Consumers) {
			t.Helper()
			write(t, db, func(tx *database.Tx) error {
				n, err := fact.Forget(tx, all)
				if n != want {
					t.Errorf("%d facts are forgotten, want %d", n, want)
				}
				return err
			})
		}
		run := func(all ...fact.Consumer) {
			t.Helper()
			for _, c := range all {
				if _, err := c.Run(t.Context(), db); err != nil {
					t.Fatal(err)
				}
			}
		}
		record(t, db, "one")
		run(quick, slow, former)
		record(t, db, "two")
		run(quick)
		clock.Add(fact.Keep + time.Hour)
		record(t, db, "three")
		forget(1, fact.Consumers{quick, slow})
		forget(0, fact.Consumers{quick, slow})
		forget(0, fact.Consumers{quick, slow, {Name: "new", React: none}})
		run(slow)
		// The former one is not among those of the program: it holds nothing.
		forget(1, fact.Consumers{quick, slow})
		if left := facts(t, db); len(left) != 1 || left[0].Subject != "three" {
			t.Errorf("there are %d facts left: %+v", len(left), left)
		}
	})
}

// What somebody does is its own first cause; what follows from it names it, and
// how far away it is.
func TestFactsNameTheirFirstCause(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		say := func(tx *database.Tx, kind fact.Kind) {
			fact.Record(tx, fact.Fact{Kind: kind, Actor: "ada", SubjectKind: "test", Subject: "thread", Root: "thread", Depth: 7, Label: "public"})
		}
		act := func(kinds ...fact.Kind) {
			write(t, db, func(tx *database.Tx) error {
				for _, k := range kinds {
					say(tx, k)
				}
				return nil
			})
		}
		act("one", "also one")
		act("two")
		c := fact.Consumer{Name: "echo", React: func(tx *database.Tx, f fact.Fact) error {
			if f.Depth < 2 && f.Kind != "also one" {
				say(tx, f.Kind+" echoed")
			}
			return nil
		}}
		for range 3 {
			if _, err := c.Run(t.Context(), db); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		for _, f := range facts(t, db) {
			got = append(got, fmt.Sprintf("%s of %s at %d", f.Kind, f.Root, f.Depth))
		}
		want := []string{
			"one of 1 at 0", "also one of 1 at 0", "two of 3 at 0", "one echoed of 1 at 1", "two echoed of 3 at 1",
			"one echoed echoed of 1 at 2", "two echoed echoed of 3 at 2",
		}
		if !slices.Equal(got, want) {
			t.Errorf("the log says\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}
