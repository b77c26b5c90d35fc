package database_test

import (
	"context"
	"errors"
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
)

// A form's key is used up in the transaction that does what the form says: if
// that fails, at its very end too, the form can be sent again.
func TestFormThatFailedCanBeSentAgain(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		op := database.Op{Name: "test.make", Actor: "ada", Key: "k1"}
		boom := errors.New("boom")
		for name, broken := range map[string]func(tx *database.Tx) (string, error){
			"at once": func(*database.Tx) (string, error) { return "", boom },
			"at the end": func(tx *database.Tx) (string, error) {
				tx.Defer(func(*database.Tx) error { return boom })
				return insertKey("thing")(tx)
			},
		} {
			if _, err := db.Write(context.Background(), op, broken); !errors.Is(err, boom) {
				t.Fatalf("%s: got %v, want %v", name, err, boom)
			}
		}
		if made, err := db.Write(context.Background(), op, insertKey("thing")); err != nil || made != "thing" {
			t.Errorf("sent again it made %q, %v", made, err)
		}
		if made, err := db.Write(context.Background(), op, insertKey("another")); !errors.Is(err, database.ErrRepeated) || made != "thing" {
			t.Errorf("sent a third time it made %q, %v", made, err)
		}
	})
}
