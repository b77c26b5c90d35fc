package post_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/post"
)

// TestForeseenIsWhatIsPublished sees in every place what is written, and then
// says it: the author reads the very same. Seeing writes nothing.
func TestForeseenIsWhatIsPublished(t *testing.T) {
	const words = "**Hello** @ada @ben @cem @gil @mod @nobody\n\n- a list\n\n> a quote <b>"
	houses(t, func(h house, _ *databasetest.Clock) {
		ada := access.Member("ada")
		root := h.publish(ada, "garden", "before")
		under := h.publish(ada, "garden", "to be hidden")
		h.hide(under)
		seen := func(at post.Aim, body string) (html string) {
			h.T.Helper()
			trace := databasetest.Statements(h.posts.DB, func() {
				html = h.must(h.posts.Foresee(h.Context(), ada, at, post.Draft{Space: at.Space, Parent: at.Parent, Body: body}))
			})
			for _, write := range []string{"INSERT", "UPDATE", "DELETE"} {
				if strings.Contains(strings.ToUpper(string(trace)), write+" ") {
					h.T.Errorf("to look says %s:\n%s", write, trace)
				}
			}
			return html
		}
		same := func(what, seen, id string) {
			h.T.Helper()
			if got := h.one("ada", id).HTML; got != seen {
				h.T.Errorf("%s was seen as\n%s\nand is\n%s", what, seen, got)
			}
		}
		html := seen(post.Aim{Space: "garden"}, words)
		if !strings.Contains(html, `href="/@ben"`) || strings.Contains(html, `href="/@cem"`) {
			h.T.Errorf("in the garden @ben and not @cem can be mentioned: %s", html)
		}
		same("a post", html, h.publish(ada, "garden", words))
		same("a reply", seen(post.Aim{Parent: root}, words), h.reply(ada, root, words))
		html = seen(post.Aim{Post: root}, words)
		h.edit(ada, root, words)
		same("an edit", html, root)
		html = seen(post.Aim{Post: under}, words)
		h.edit(ada, under, words)
		same("an edit of what is hidden", html, under)
	})
}

// TestForeseeingIsRefusedAsSayingIs looks at what could not be said.
func TestForeseeingIsRefusedAsSayingIs(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		hidden, locked, adas := h.publish(access.Member("ada"), "garden", "hidden"), h.publish(access.Member("ben"), "garden", "locked"), h.publish(access.Member("ada"), "attic", "hers")
		h.hide(hidden)
		h.must(h.posts.Lock(h.Context(), access.Member("mod"), "", locked, true))
		for _, c := range []struct {
			what, who, body string
			at              post.Aim
			want            fault.Kind
		}{
			{"a space that she may not know of", "cem", "x", post.Aim{Space: "garden"}, fault.NotFound},
			{"no space", "cem", "x", post.Aim{Space: "nowhere"}, fault.NotFound},
			{"a post that she may not read", "cem", "x", post.Aim{Parent: locked}, fault.NotFound},
			{"a post that is hidden from her", "ben", "x", post.Aim{Parent: hidden}, fault.NotFound},
			{"a post that is hidden", "ada", "x", post.Aim{Parent: hidden}, fault.Conflict},
			{"a closed thread", "ben", "x", post.Aim{Parent: locked}, fault.Conflict},
			{"somebody else's words", "mod", "x", post.Aim{Post: adas}, fault.Forbidden},
			{"nothing", "ada", " ", post.Aim{Space: "garden"}, fault.Invalid},
			{"too much", "ada", strings.Repeat("x", post.MaxBody+1), post.Aim{Space: "garden"}, fault.TooLarge},
		} {
			if _, err := h.posts.Foresee(h.Context(), access.Member(c.who), c.at, post.Draft{Body: c.body}); !fault.Is(err, c.want) {
				h.T.Errorf("%s: %v", c.what, err)
			}
			if c.want == fault.Invalid || c.want == fault.TooLarge {
				continue
			}
			if named, err := h.posts.Named(h.Context(), access.Member(c.who), c.at, "a"); !fault.Is(err, c.want) || named != nil {
				h.T.Errorf("names for %s: %v %v", c.what, named, err)
			}
		}
	})
}

func (h house) named(who string, at post.Aim, typed string) (handles []string) {
	h.T.Helper()
	all, err := h.posts.Named(h.Context(), access.Member(who), at, typed)
	if err != nil {
		h.T.Fatal(err)
	}
	for _, m := range all {
		handles = append(handles, m.Handle)
	}
	return handles
}

// TestNamedAreThoseWhoCanBeMentioned holds the names against the mentions of what
// is then said: in each place, for each writer, whoever is named becomes a link
// and whoever is not becomes none.
func TestNamedAreThoseWhoCanBeMentioned(t *testing.T) {
	everybody := []string{"ada", "ben", "cem", "gil", "mod", "pia"}
	houses(t, func(h house, _ *databasetest.Clock) {
		h.Member("pia", "pending", access.FullRole)
		h.Space("street", "open")
		for _, who := range []string{"ada", "ben", "gil"} {
			h.Put("street", who, "member")
		}
		under := h.publish(access.Member("ada"), "garden", "to be hidden")
		h.hide(under)
		root := h.publish(access.Member("mod"), "attic", "up here")
		for _, c := range []struct {
			what, who string
			at        post.Aim
			want      []string
		}{
			{"a secret space", "ada", post.Aim{Space: "garden"}, []string{"ben", "gil", "mod"}},
			{"the same for a guest", "gil", post.Aim{Space: "garden"}, []string{"ada", "ben", "mod"}},
			{"another", "ada", post.Aim{Space: "attic"}, []string{"mod"}},
			{"an answer there", "ada", post.Aim{Parent: root}, []string{"mod"}},
			{"an open space", "ben", post.Aim{Space: "street"}, []string{"ada", "cem", "gil", "mod"}},
			{"an open space for a guest", "gil", post.Aim{Space: "street"}, []string{"ada", "ben"}},
			{"what is under review", "ada", post.Aim{Post: under}, []string{"mod"}},
		} {
			var got []string
			for _, who := range everybody {
				got = append(got, h.named(c.who, c.at, who[:1])...)
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				h.T.Errorf("%s: %s is told %v, want %v", c.what, c.who, got, c.want)
			}
			html, err := h.posts.Foresee(h.Context(), access.Member(c.who), c.at, post.Draft{Body: "@" + strings.Join(everybody, " @")})
			if err != nil {
				h.T.Fatal(err)
			}
			for _, who := range everybody {
				if linked := strings.Contains(html, `href="/@`+who+`"`); linked != slices.Contains(got, who) && who != c.who {
					h.T.Errorf("%s: %s is told of %s: %v, and mentions her: %v", c.what, c.who, who, !linked, linked)
				}
			}
		}
	})
}

// TestNamesAreFoundByHowTheyBegin, by handle and by each word of a name, those of
// the space first, at most eight of them, and by whole handles alone where the
// community keeps no directory.
func TestNamesAreFoundByHowTheyBegin(t *testing.T) {
	houses(t, func(h house, clock *databasetest.Clock) {
		in := post.Aim{Space: "garden"}
		for _, c := range []struct {
			typed string
			want  []string
		}{{"be", []string{"ben"}}, {"BE", []string{"ben"}}, {"en", nil}, {"", nil}, {"%", nil}, {"_", nil}, {"ben", []string{"ben"}}, {"benn", nil}, {"a", nil}} {
			if got := h.named("ada", in, c.typed); !slices.Equal(got, c.want) {
				h.T.Errorf("%q finds %v, want %v", c.typed, got, c.want)
			}
		}
		h.Space("street", "open")
		h.Put("street", "ada", "member")
		for _, n := range "0123456789" {
			h.Member("zoe"+string(n), "active", access.FullRole)
		}
		h.Put("street", "zoe9", "member")
		if got := h.named("ada", post.Aim{Space: "street"}, "zo"); len(got) != post.MaxNamed || got[0] != "zoe9" {
			h.T.Errorf("of eleven %v are named", got)
		}
		h.Do("INSERT INTO features (name, enabled) VALUES ('directory', $1)", false)
		if got := h.named("ada", in, "be"); got != nil {
			h.T.Errorf("without a directory %v are found", got)
		}
		if got := h.named("ada", in, "ben"); !slices.Equal(got, []string{"ben"}) {
			h.T.Errorf("a whole handle finds %v", got)
		}
		var err error
		for range 100 {
			if _, err = h.posts.Named(h.Context(), access.Member("ada"), in, "b"); err != nil {
				break
			}
		}
		if !fault.Is(err, fault.TooMany) {
			h.T.Errorf("somebody who asks a hundred times at once: %v", err)
		}
	})
}
