package database_test

import (
	"context"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
)

// What one process commits wakes the other one that shares its PostgreSQL.
func TestAnotherProcessIsWoken(t *testing.T) {
	o := database.Options{DSN: databasetest.DSN(t)}
	var two [2]*database.DB
	for i := range two {
		db, err := database.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		two[i] = db
	}
	for range 3 { // the first time it may have been woken because it began to listen
		woken := two[1].Woken()
		if _, err := two[0].Write(context.Background(), database.Op{}, func(tx *database.Tx) (string, error) { return "", tx.Wake() }); err != nil {
			t.Fatal(err)
		}
		select {
		case <-woken:
		case <-time.After(20 * time.Second):
			t.Fatal("the other process sleeps on")
		}
	}
}
