package job

import (
	"errors"
	"testing"

	"github.com/opengather/opengather/instance/internal/database/databasetest"
)

// A job that is due and cannot be leased because the disk is full must not
// keep the worker busy.
func TestAWorkerRestsWhenTheDatabaseRefuses(t *testing.T) {
	w := &Worker{DB: databasetest.SQLite(t, &databasetest.Clock{})}
	if got := w.rest(t.Context(), errors.New("the disk is full")); got != pause {
		t.Errorf("it rests for %v, want %v", got, pause)
	}
	if got := w.rest(t.Context(), nil); got != patience {
		t.Errorf("with nothing to do it rests for %v, want %v", got, patience)
	}
}
