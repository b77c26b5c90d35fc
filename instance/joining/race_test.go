package joining_test

import (
	"errors"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/joining"
)

// Somebody uses an invitation while another is about to commit its last use.
func TestLastUseIsCountedWhileAnotherComesIn(t *testing.T) {
	both(t, func(d door) {
		made := d.invite("mia", joining.Draft{Role: access.FullRole, MaxUses: 1})
		if d.World.DB.Engine() == database.SQLite {
			d.Do("UPDATE invitations SET uses = uses + 1")
			if _, err := d.Accept(d.ctx, "", made.Token, newcomer("Late")); !errors.Is(err, joining.ErrInvitation) {
				d.Errorf("after the last use: %v", err)
			}
			return
		}
		var late error
		var wait func()
		_, err := d.World.DB.Write(d.ctx, database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
			if _, err := tx.Exec("UPDATE invitations SET uses = uses + 1"); err != nil {
				return "", err
			}
			wait = databasetest.Overtake(t, d.World.DB, func() { _, late = d.Accept(d.ctx, "", made.Token, newcomer("Late")) })
			return "", nil
		})
		if err != nil {
			d.Fatal(err)
		}
		wait()
		if !errors.Is(late, joining.ErrInvitation) || d.count("SELECT uses FROM invitations") != 1 {
			d.Errorf("who came at the same time with the last use: %v", late)
		}
	})
}
