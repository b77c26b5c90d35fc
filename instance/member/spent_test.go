package member_test

import (
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/member"
)

// TestHandleIsNotTakenWhileItsOwnerIsErased asks for a handle in the moment in
// which it is spent: on PostgreSQL the one waits for the other.
func TestHandleIsNotTakenWhileItsOwnerIsErased(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		keys, err := keyring.Open(t.Context(), db, make([]byte, 32))
		if err != nil {
			t.Fatal(err)
		}
		write := func(do func(tx *database.Tx) error) error {
			_, err := db.Write(t.Context(), database.Op{Class: database.System}, func(tx *database.Tx) (string, error) { return "", do(tx) })
			return err
		}
		err = write(func(tx *database.Tx) error {
			_, err := tx.Exec("INSERT INTO handles (handle, subject_kind, subject_id, current) VALUES ('old', 'member', 'going', $1)", true)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		taken := make(chan error, 1)
		err = write(func(tx *database.Tx) error {
			if _, err := tx.Exec("INSERT INTO spent_handles (hash) VALUES ($1)", keys.MAC(keyring.Handles, []byte("old"))); err != nil {
				return err
			}
			if _, err := tx.Exec("DELETE FROM handles WHERE subject_id = 'going'"); err != nil {
				return err
			}
			go func() {
				taken <- write(func(tx *database.Tx) error {
					return member.TakeHandle(tx, keys, "old", "member", "coming")
				})
			}()
			for waits := db.Engine() == database.SQLite; !waits; {
				var err error
				if waits, err = tx.Has("SELECT 1 FROM pg_locks WHERE NOT granted"); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := <-taken; !fault.Is(err, fault.Invalid) {
			t.Errorf("the handle of somebody who is erased in this moment: %v", err)
		}
	})
}
