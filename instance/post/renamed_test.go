package post_test

import (
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/post"
)

// Who has another name is called by it where she was mentioned, too.
func TestMentionsHaveTheNameOfToday(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		ada, ben := access.Member("ada"), access.Member("ben")
		h.Do("UPDATE members SET name = 'Benjamin' WHERE id = 'ben'")
		id := h.publish(ada, "garden", "a whisper to @ben")
		names := &member.Operations{DB: h.posts.DB, Keys: h.posts.Keys}
		h.must(names.Rename(h.Context(), ben, "", "Bea <b>", "bea"))
		list, err := h.posts.Threads(h.Context(), ada, post.Query{Space: "garden"})
		h.must("", err)
		hits, err := h.posts.Search(h.Context(), ada, post.Wanted{Words: "whisper"}, "")
		h.must("", err)
		thread, err := h.posts.Thread(h.Context(), ada, id, "")
		h.must("", err)
		for i, html := range []string{list.Posts[0].HTML, hits.Posts[0].HTML, thread.Root.HTML} {
			if !strings.Contains(html, `href="/@bea"`) || !strings.Contains(html, ">Bea &lt;b&gt;</a>") || strings.Contains(html, "Benjamin") {
				h.T.Errorf("way %d shows %s", i, html)
			}
		}
	})
}
