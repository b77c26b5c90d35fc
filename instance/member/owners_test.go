package member_test

import (
	"errors"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/member"
)

// One of two owners steps down while the other's leaving is about to commit.
func TestLastOwnerStaysWhileAnotherLeaves(t *testing.T) {
	both(t, "named", func(d town) {
		if d.World.DB.Engine() == database.SQLite {
			d.must(d.ChangeRole(d.ctx, d.actor("olga"), "", d.ids["mo"], access.FullRole))
			if _, err := d.ChangeRole(d.ctx, d.actor("olga"), "", d.ids["olga"], access.FullRole); !errors.Is(err, member.ErrLastOwner) {
				d.Errorf("the only owner steps down: %v", err)
			}
			return
		}
		d.Do("UPDATE members SET role = 'owner' WHERE handle = 'ada'")
		var second error
		var wait func()
		_, err := d.World.DB.Write(d.ctx, database.Op{Class: database.Own}, func(tx *database.Tx) (string, error) {
			if err := member.Depart(tx, d.actor("olga"), d.ids["olga"], member.Departure{After: member.Grace}); err != nil {
				return "", err
			}
			wait = databasetest.Overtake(t, d.World.DB, func() {
				_, second = d.ChangeRole(d.ctx, d.actor("ada"), "", d.ids["ada"], access.FullRole)
			})
			return "", nil
		})
		if err != nil {
			d.Fatal(err)
		}
		wait()
		if !errors.Is(second, member.ErrLastOwner) {
			d.Errorf("the last owner steps down: %v", second)
		}
	})
}
