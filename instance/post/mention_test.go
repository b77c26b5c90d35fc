package post_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/post"
)

func TestMentionFindsWhomTheAuthorMayKnow(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		h.Member("pia", "pending", access.FullRole)
		// Everybody but pia reads what is said in the street, and gil is a guest.
		h.Space("street", "open")
		h.Put("street", "gil", "member")
		h.Put("street", "ben", "member")
		id := h.publish(access.Member("gil"), "street", "hello @ben, @cem, @pia and @nobody")
		for handle, want := range map[string]bool{"ben": true, "cem": false, "pia": false, "nobody": false} {
			if got := strings.Contains(h.one("ada", id).HTML, `/@`+handle); got != want {
				h.T.Errorf("a guest mentions %s, and it becomes a link: %v", handle, got)
			}
		}
	})
}

// mentioned are the people in a post as it is stored, with the links in it as
// somebody who knows them all sees it. Both must say the same.
func (h house) mentioned(id string) (all []string) {
	h.T.Helper()
	err := h.posts.DB.Read(h.Context(), func(tx *database.Tx) (err error) {
		all, err = database.Collect(tx, func(r *database.Rows) (who string, err error) {
			err = r.Scan(&who)
			return who, err
		}, "SELECT member_id FROM mentions WHERE post_id = $1 ORDER BY member_id", id)
		return err
	})
	if err != nil {
		h.T.Fatal(err)
	}
	html := h.one("mod", id).HTML
	for _, who := range []string{"ada", "ben", "cem", "gil", "mod"} {
		if linked := strings.Contains(html, `href="/@`+who+`"`); linked != slices.Contains(all, who) {
			h.T.Errorf("%s is mentioned: %v, and linked: %v in %s", who, !linked, linked, html)
		}
	}
	return all
}

func (h house) edit(a access.Actor, id, body string) {
	h.T.Helper()
	w, err := h.posts.Words(h.Context(), a, id)
	if err != nil {
		h.T.Fatal(err)
	}
	h.must(h.posts.Edit(h.Context(), a, "", id, w.Version, post.Draft{Body: body}))
}

// TestMentionsAreOfReaders mentions everybody, in posts that some may read
// (P18): they alone are mentioned, as it is when the words are written.
func TestMentionsAreOfReaders(t *testing.T) {
	const everybody = "@ada @ben @cem @gil @mod @nobody"
	houses(t, func(h house, _ *databasetest.Clock) {
		ada, ben, mod := access.Member("ada"), access.Member("ben"), access.Member("mod")
		want := func(what, id string, people ...string) {
			h.T.Helper()
			if got := h.mentioned(id); !slices.Equal(got, people) {
				h.T.Errorf("%s mentions %v, want %v", what, got, people)
			}
		}
		root := h.publish(ada, "garden", everybody)
		want("a post", root, "ada", "ben", "gil", "mod")
		if got := h.one("ada", root).HTML; !strings.Contains(got, "@cem") {
			h.T.Errorf("who cannot read the post is no words in it: %s", got)
		}
		below := h.reply(ben, root, "hello")
		want("a reply", h.reply(ada, below, everybody), "ada", "ben", "gil", "mod")

		h.Put("garden", "cem", "member")
		h.Put("garden", "ben", "")
		want("a post before it is edited", root, "ada", "ben", "gil", "mod")
		h.edit(ada, root, everybody+"!")
		want("an edited post", root, "ada", "cem", "gil", "mod")

		h.hide(root)
		h.edit(ada, root, everybody+"!!")
		want("a hidden post", root, "ada", "mod")
		want("a reply below a hidden post", h.reply(mod, below, everybody), "ada", "mod")

		h.Put("garden", "ben", "member")
		want("what an agent wrote that has read more", h.publish(wide, "garden", everybody), "ada", "mod")
	})
}

// TestMentionsOfNobodyCostTheSame tries a handle of somebody whom the author
// may not know of, and one that nobody has.
func TestMentionsOfNobodyCostTheSame(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		h.Member("pia", "pending", access.FullRole)
		h.Member("lea", "leaving", access.FullRole)
		h.Space("street", "open")
		h.Put("street", "gil", "member")
		for _, in := range []string{"garden", "street"} {
			cost := func(handle string) databasetest.Trace {
				return databasetest.Statements(h.posts.DB, func() { h.publish(access.Member("gil"), in, "to @"+handle) })
			}
			cost("nobody") // prepares what is the same for all
			nobody := cost("nobody")
			for _, handle := range []string{"pia", "lea", "cem"} {
				if got := cost(handle); got != nobody {
					h.T.Errorf("in the %s @%s takes\n%s\nand @nobody\n%s", in, handle, got, nobody)
				}
			}
		}
	})
}

// whispers is the only post on the square, in each way in which somebody is
// shown it.
func (h house) whispers(who access.Actor, id string) (all []string) {
	h.T.Helper()
	for _, o := range []post.Order{post.Newest, post.Active} {
		list, err := h.posts.Threads(h.Context(), who, post.Query{Space: "square", Order: o})
		h.must("", err)
		all = append(all, list.Posts[0].HTML)
	}
	one, err := h.posts.One(h.Context(), who, id)
	h.must("", err)
	thread, err := h.posts.Thread(h.Context(), who, id, "")
	h.must("", err)
	hits, err := h.posts.Search(h.Context(), who, post.Wanted{Words: "whisper"}, "")
	h.must("", err)
	return append(all, one.HTML, thread.Root.HTML, hits.Posts[0].HTML)
}

// TestMentionsAreReadByThoseWhoMayKnow shows who is mentioned to those alone who
// may know of her, everywhere posts are shown (P102).
func TestMentionsAreReadByThoseWhoMayKnow(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		h.Do("UPDATE community SET face = 'public'")
		h.Do("UPDATE members SET name = 'Cem Sevgi' WHERE id = 'cem'")
		h.Space("square", "public")
		h.Put("square", "ada", "member")
		h.Put("square", "gil", "member")
		id := h.publish(access.Member("ada"), "square", "a whisper to @cem")
		check := func(who access.Actor, knows bool) {
			h.T.Helper()
			for range 2 { // the second may be from memory
				for i, html := range h.whispers(who, id) {
					if strings.Contains(html, `<a href="/@cem"`) != knows || strings.Contains(html, "Sevgi") != knows {
						h.T.Errorf("%q, who may know of cem: %v, is shown %s by way %d", who.ID(), knows, html, i)
					}
					if !knows && !strings.Contains(html, "a whisper to @cem") {
						h.T.Errorf("%q is shown other words: %s", who.ID(), html)
					}
				}
			}
		}
		check(access.Member("ben"), true)
		check(access.Stranger(), false)
		check(access.Member("gil"), false)
		check(access.Member("ben"), true)
		h.Put("square", "cem", "member")
		check(access.Member("gil"), true)
		check(access.Stranger(), false)
		h.Do("UPDATE members SET state = 'leaving' WHERE id = 'cem'")
		check(access.Member("ben"), false)
	})
}
