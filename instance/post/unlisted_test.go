package post_test

import (
	"slices"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
)

// Nobody can make a post unlisted yet; each list leaves it out already, so that
// none has to be remembered then.
func TestUnlistedIsReadByItsAddressAlone(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		ben := access.Member("ben")
		cursor, err := h.posts.Since(h.Context(), ben, "")
		if err != nil {
			h.T.Fatal(err)
		}
		thread := h.publish(access.Member("ada"), "garden", "a whisper")
		h.Do("UPDATE posts SET listed = FALSE WHERE id = $1", thread)
		reply := h.reply(access.Member("ada"), thread, "a whisper below")
		for _, id := range []string{thread, reply} {
			if got := h.channels(ben, id); !slices.Equal(got, []string{"one", "thread of", "reactors", "thread", "live"}) {
				h.T.Errorf("found in %q", got)
			}
		}
		news, err := h.posts.Since(h.Context(), ben, cursor.Cursor)
		if err != nil || news.Count != 0 {
			h.T.Errorf("%d are counted as new, %v", news.Count, err)
		}
		mine, err := h.spaces.Mine(h.Context(), ben)
		if err != nil || len(mine) != 1 || mine[0].Unread != 0 {
			h.T.Errorf("unread: %+v, %v", mine, err)
		}
		if got := h.channels(ben, h.publish(access.Member("ada"), "garden", "a whisper")); len(got) != 13 {
			h.T.Errorf("what is listed is found in %q", got)
		}
	})
}
