package fact_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
)

func record(t *testing.T, db *database.DB, subject string) {
	t.Helper()
	_, err := db.Write(context.Background(), database.Op{}, func(tx *database.Tx) (string, error) {
		fact.Record(tx, fact.Fact{Kind: "test.done", Actor: "ada", SubjectKind: "test", Subject: subject, Label: "public"})
		return "", nil
	})
	if err != nil {
		t.Error(err)
	}
}

// Whoever reads up to a position must never find, later, a fact below it.
func TestPositionsAreInCommitOrder(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		const writers, each = 8, 15
		var wg sync.WaitGroup
		for w := range writers {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for i := range each {
					record(t, db, fmt.Sprintf("%d-%d", w, i))
				}
			}()
		}
		seen := map[string]int{}
		var at int64
		for len(seen) < writers*each {
			err := db.Read(context.Background(), func(tx *database.Tx) error {
				facts, err := fact.After(tx, at, 1000)
				for _, f := range facts {
					if f.Position <= at {
						t.Errorf("position %d came after %d", f.Position, at)
					}
					at = f.Position
					seen[f.Subject]++
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(seen) == 0 && t.Failed() {
				break
			}
		}
		wg.Wait()
		for s, n := range seen {
			if n != 1 {
				t.Errorf("fact %s was seen %d times", s, n)
			}
		}
	})
}

func TestNothingIsRecordedOfAChangeThatFails(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		_, err := db.Write(context.Background(), database.Op{}, func(tx *database.Tx) (string, error) {
			fact.Record(tx, fact.Fact{Kind: "test.done", Actor: "ada", Subject: "x", Label: "public"})
			return "", errors.New("boom")
		})
		if err == nil {
			t.Fatal("no error")
		}
		if err := db.Read(context.Background(), func(tx *database.Tx) error {
			at, err := fact.Head(tx)
			if at != 0 {
				t.Errorf("head is %d after a change that was undone", at)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestConsumersTakeEachFactOnce(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		for i := range 250 {
			record(t, db, fmt.Sprint(i))
		}
		c := fact.Consumer{Name: "test", React: func(tx *database.Tx, f fact.Fact) error {
			_, err := tx.Exec("INSERT INTO features (name, enabled) VALUES ($1, $2)", f.Subject, true)
			return err
		}}
		var wg sync.WaitGroup
		for range 4 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if _, err := c.Run(context.Background(), db); err != nil {
					t.Error(err)
				}
			}()
		}
		wg.Wait()
		var n int
		if err := db.Read(context.Background(), func(tx *database.Tx) error { return tx.One([]any{&n}, "SELECT count(*) FROM features") }); err != nil {
			t.Fatal(err)
		}
		if n != 250 {
			t.Errorf("the consumer took %d of 250 facts", n)
		}
	})
}

func TestCursorsAreSealedAndAge(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		ctx := context.Background()
		k, err := keyring.Open(ctx, db, bytes.Repeat([]byte{1}, 32))
		if err != nil {
			t.Fatal(err)
		}
		record(t, db, "one")
		cursor, err := fact.Seal(k, "ada", 1)
		if err != nil {
			t.Fatal(err)
		}
		other, err := fact.Seal(k, "ada", 1)
		if err != nil {
			t.Fatal(err)
		}
		if cursor == other {
			t.Error("two cursors of one position look the same: one can see that nothing happened")
		}
		unseal := func(actor, c string) (at int64, err error) {
			rerr := db.Read(ctx, func(tx *database.Tx) error { at, err = fact.Unseal(tx, k, actor, c); return nil })
			return at, errors.Join(rerr, err)
		}
		if at, err := unseal("ada", cursor); err != nil || at != 1 {
			t.Errorf("got %d, %v", at, err)
		}
		for _, bad := range []string{"", "1", "AAAA", cursor + "A", "!!"} {
			if _, err := unseal("ada", bad); !fault.Is(err, fault.Invalid) {
				t.Errorf("cursor %q: %v, want Invalid", bad, err)
			}
		}
		if _, err := unseal("bob", cursor); !fault.Is(err, fault.Invalid) {
			t.Errorf("bob used ada's cursor: %v", err)
		}
		record(t, db, "two")
		clock.Add(fact.Keep + 1e9)
		record(t, db, "three")
		if _, err := db.Write(ctx, database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
			n, err := fact.Forget(tx, nil)
			if n != 2 {
				t.Errorf("forgot %d facts, want 2", n)
			}
			return "", err
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := unseal("ada", cursor); !fault.Is(err, fault.Gone) {
			t.Errorf("a cursor before forgotten facts: %v, want Gone", err)
		}
	})
}
