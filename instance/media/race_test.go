package media_test

import (
	"bytes"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
)

// TestTheLastRoomIsTakenOnce: where another photo takes the room while this one
// comes in, this one is refused. SQLite has one writer, so there is no meeting.
func TestTheLastRoomIsTakenOnce(t *testing.T) {
	clock := &databasetest.Clock{}
	h := houseIn(t, databasetest.Postgres(t, clock), clock)
	first := h.add("ada", 640)
	u, err := h.media.Used(h.ctx, access.Member("ada"))
	if err != nil {
		t.Fatal(err)
	}
	h.Do("UPDATE community SET media_all = $1", 2*u.Bytes)
	done := make(chan error, 1)
	_, err = h.DB.Write(h.ctx, database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
		if err := tx.Lock("media"); err != nil {
			return "", err
		}
		go func() {
			_, err := h.media.Add(h.ctx, access.Member("ben"), "", bytes.NewReader(photo(640)))
			done <- err
		}()
		for waits := 0; waits == 0 && len(done) == 0; {
			err := h.DB.Read(h.ctx, func(other *database.Tx) error {
				return other.One([]any{&waits}, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
			})
			if err != nil {
				return "", err
			}
		}
		_, err := tx.Exec("INSERT INTO media (id, author_id, place, type, alt, width, height, blob, bytes, made, cut, created_at) SELECT 'another', author_id, 0, type, '', width, height, blob, bytes, made, cut, created_at FROM media WHERE id = $1", first)
		return "", err
	})
	if err != nil {
		t.Fatal(err)
	}
	h.refused(<-done, "media.full_all")
}
