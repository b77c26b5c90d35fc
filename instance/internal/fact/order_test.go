package fact_test

import (
	"context"
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fact"
)

// A second writer who comes while the first is about to commit must not be
// seen with a later position before the first is there: whoever had read up to
// it would never find the first one's fact.
func TestSecondWriterDoesNotOvertake(t *testing.T) {
	ctx := context.Background()
	db := databasetest.Postgres(t, &databasetest.Clock{})
	subjects := func() (all []string) {
		t.Helper()
		err := db.Read(ctx, func(tx *database.Tx) error {
			facts, err := fact.After(tx, 0, 10)
			for _, f := range facts {
				all = append(all, f.Subject)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	var wait func()
	_, err := db.Write(ctx, database.Op{}, func(tx *database.Tx) (string, error) {
		fact.Record(tx, fact.Fact{Kind: "test.done", Actor: "ada", SubjectKind: "test", Subject: "first", Label: "public"})
		tx.Defer(func(*database.Tx) error {
			wait = databasetest.Overtake(t, db, func() { record(t, db, "second") })
			if seen := subjects(); len(seen) != 0 {
				t.Errorf("before the first writer has committed one reads %q", seen)
			}
			return nil
		})
		return "", nil
	})
	if err != nil {
		t.Fatal(err)
	}
	wait()
	if seen := subjects(); len(seen) != 2 || seen[0] != "first" {
		t.Errorf("in the end the log has %q", seen)
	}
}

// While one process reacts to a fact, another one waits instead of reacting to
// it too.
func TestASecondProcessDoesNotReactToTheSameFact(t *testing.T) {
	db := databasetest.Postgres(t, &databasetest.Clock{})
	record(t, db, "one")
	reacted := 0
	second := fact.Consumer{Name: "test", React: func(*database.Tx, fact.Fact) error { reacted++; return nil }}
	var wait func()
	first := fact.Consumer{Name: "test", React: func(*database.Tx, fact.Fact) error {
		reacted++
		wait = databasetest.Overtake(t, db, func() {
			if _, err := second.Run(context.Background(), db); err != nil {
				t.Error(err)
			}
		})
		return nil
	}}
	if _, err := first.Run(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	wait()
	if reacted != 1 {
		t.Errorf("two processes reacted %d times to one fact", reacted)
	}
}
