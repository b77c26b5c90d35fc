package postweb

import (
	"strings"

	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/markup"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// peopleURL is where the script of a composer asks whom a name may mean.
const peopleURL = "/compose/people"

// foresee is what a draft will look like.
func (h *Handler) foresee(r *web.Request, at post.Aim, d post.Draft) (*look.Seen, error) {
	html, err := h.Posts.Foresee(r.Ctx(), r.Actor, at, d)
	if err != nil {
		return nil, err
	}
	return &look.Seen{Title: strings.Join(strings.Fields(d.Title), " "), HTML: html}, nil
}

// named answers the script with whom a name that is being typed may mean there.
func (h *Handler) named(r *web.Request) error {
	at := post.Aim{Space: r.Value("space"), Parent: r.Value("parent"), Post: r.Value("post")}
	found, err := h.Posts.Named(r.Ctx(), r.Actor, at, r.Value("q"))
	if err != nil {
		return err
	}
	people := make([]look.Person, 0, len(found))
	for _, m := range found {
		people = append(people, look.Person{Name: m.Name, Handle: m.Handle})
	}
	return r.ShowOnce(look.Named(people))
}

// longestQuote is how much of what somebody said is quoted, in characters.
const longestQuote = 500

// quoteURL is this page of a thread with a quote in the form. Where there are no
// words, and where a moderator hides them, there is nothing to quote.
func quoteURL(r *web.Request, t post.Thread, x post.Post) string {
	if x.Hidden || markup.Plain(x.HTML) == "" {
		return ""
	}
	return answerURL(r, t, "quote", x.ID)
}

// quoted are the words that the address asks to quote: of something in this
// thread that the reader may read, and that is not under review. They are made of
// what she is shown, never of what is stored.
func (h *Handler) quoted(r *web.Request, t post.Thread) (string, error) {
	id := r.Value("quote")
	if id == "" {
		return "", nil
	}
	x, err := h.Posts.One(r.Ctx(), r.Actor, id)
	if err != nil {
		return "", err
	}
	if x.RootID != t.Root.ID || x.Hidden || !x.DeletedAt.IsZero() {
		return "", fault.Missing()
	}
	return quote(Author(r.Text, x).Handle, markup.Plain(x.HTML)), nil
}

// quote puts words into a text as a quote, as quote.js does.
func quote(handle, words string) string {
	words = strings.TrimSpace(words)
	if some := []rune(words); len(some) > longestQuote {
		words = strings.TrimSpace(string(some[:longestQuote])) + "…"
	}
	var b strings.Builder
	if handle != "" {
		b.WriteString("@" + handle + ":\n\n")
	}
	for line := range strings.Lines(words) {
		b.WriteString(strings.TrimRight("> "+strings.TrimSpace(line), " ") + "\n")
	}
	return b.String() + "\n"
}
