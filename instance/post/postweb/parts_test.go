package postweb_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/post"
)

// piece asks for parts of a thread as the script of its page does.
func piece(b *program.Client, root, query string) string {
	b.Header.Set("HX-Request", "true")
	defer b.Header.Del("HX-Request")
	return string(b.Get("/p/" + root + "/parts?" + query).Body)
}

var partIDs = regexp.MustCompile(`id="part-([^"]+)"|hx-swap-oob="([^"]+)"|data-here="([^"]*)"`)

// shape is what an answer puts where: ids of parts by name, and the places.
func shape(body string, names ...string) string {
	var all []string
	for _, m := range partIDs.FindAllStringSubmatch(body, -1) {
		all = append(all, m[1]+m[2]+m[3])
	}
	return strings.NewReplacer(names...).Replace(strings.Join(all, " | "))
}

// TestPartsOfAThread asks for parts of an open page: what has changed in the
// place that it has, what is new behind the part before it, in words only what
// others said, and what is not there not at all.
func TestPartsOfAThread(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		root := c.publish("ada", "a story")
		one := c.reply("ben", root, "chapter one")
		two := c.reply("cem", root, "chapter two")
		below := c.reply("ben", one, "a note on one")
		three := c.reply("ada", root, "chapter three")
		four := c.reply("ben", root, "chapter four")
		names := []string{root, "ROOT", one, "ONE", two, "TWO", three, "THREE", four, "FOUR", "outerMorph", "="}
		ada := c.as("ada")
		for _, x := range []struct{ query, want, say string }{
			{"part=" + one + "&n=3&last=" + two, "ONE | ONE | =", ">1 new reply<"},
			{"part=" + one + "&new=" + three + "&new=" + four + "&last=" + below, "ONE THREE FOUR | ONE | = | afterend:#part-TWO | THREE | FOUR", ">1 new reply<"},
			{"new=" + one + "&new=" + four + "&last=" + root, "ONE FOUR | afterbegin:#thread | ONE | afterend:#part-THREE | FOUR", ">3 new replies<"},
			{"part=head", " | head | = | foot | =", ""},
			{"part=" + two + "&last=" + two + "&shown=" + four, "TWO | TWO | =", ">2 new replies<"},
			{"part=" + two + "&new=" + four + "&last=" + two + "&shown=" + below, "TWO FOUR | TWO | = | afterend:#part-THREE | FOUR", ">2 new replies<"},
			{"part=" + two + "&last=" + two + "&shown=" + two, "TWO | TWO | =", ""},
			{"part=" + one + "&last=" + four + "&shown=" + four, "ONE | ONE | =", ""},
			{"part=" + root + "&part=nothing&new=nothing", " | ROOT | =", ""},
			{"all=1&part=" + one, " | ROOT | = | head | = | foot | = | = | ONE | TWO | THREE | FOUR", ""},
			{"n=x%22%3E", "", ""},
		} {
			body := piece(ada, root, x.query)
			if got := shape(body, names...); got != x.want {
				t.Errorf("%s:\n got %s\nwant %s", x.query, got, x.want)
			}
			if said := strings.Contains(body, "new repl"); said != (x.say != "") || !strings.Contains(body, x.say) {
				t.Errorf("%s: it does not say %q, or more:\n%s", x.query, x.say, body)
			}
		}
		if body := piece(ada, root, "part="+one+"&n=3&last="+two); !strings.Contains(body, `data-n="3"`) || !strings.Contains(body, "#"+below) {
			t.Errorf("the piece does not say which it is, or what is new:\n%s", body)
		}
		c.must(c.posts.Withdraw(c.Ctx, c.people["ben"], "", four))
		if got := shape(piece(ada, root, "part="+four+"&new="+four), names...); got != "" {
			t.Errorf("what was deleted comes as %s", got)
		}
		ada.Get("/p/"+root+"/parts?all=1").At("/p/"+root, http.StatusOK)
	})
}

// TestPartsOfALaterPage asks for parts of the second page of a thread: those of
// the first are not there.
func TestPartsOfALaterPage(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		root, first, last := c.publish("ada", "a long story"), "", ""
		for range post.ThreadSize + 2 {
			last = c.reply("ben", root, "chapter")
			if first == "" {
				first = last
			}
		}
		ada := c.as("ada")
		later := target(t, ada.Get("/p/"+root), "after=", "")
		_, after, _ := strings.Cut(later, "?")
		names := []string{first, "FIRST", last, "LAST", "outerMorph", "="}
		if got := shape(piece(ada, root, after+"&part="+first+"&part="+last), names...); got != "LAST | LAST | =" {
			t.Errorf("on the second page: %s", got)
		}
		if got := shape(piece(ada, root, "part="+first+"&part="+last), names...); got != "FIRST | FIRST | =" {
			t.Errorf("on the first page: %s", got)
		}
	})
}
