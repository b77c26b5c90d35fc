package browser

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const form = `<form action="/found">
	<label for="n">Your name</label> <input id="n" name="name" value="old">
	<label>About you <textarea name="about">before</textarea></label>
	<label>Day <input type="date" name="day"></label>
	<label>Colour <input type="color" name="colour"></label>
	<label>Space <select name="space"><option value="g">The garden</option><option value="k">Kitchen</option></select></label>
	<label><input type="checkbox" name="agree" value="yes" class="drawn"> I agree</label>
	<label>Picture <input type="file" name="picture"></label>
	<button>Save</button>
</form>`

func TestFillingInAForm(t *testing.T) {
	server := site(t, strict, map[string]string{
		"/": doc(`<link rel="stylesheet" href="/a.css">`, form), "/found": doc("", "<h1>Found</h1>"),
		// A box that the page draws itself: only its label can be hit.
		"/a.css": ".drawn { position: absolute; width: 1px; height: 1px; clip-path: inset(50%) }",
	})
	picture := filepath.Join(t.TempDir(), "cat.png")
	if err := os.WriteFile(picture, []byte("png"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, scripts := range []Scripts{WithScripts, WithoutScripts} {
		for _, screen := range []Screen{Phone, Desktop} {
			p := Start(t).Person("Ada", screen, Light, scripts)
			p.Open(server.URL)
			p.Fill("Your name", "Ada L.")
			p.Fill("About you", "")
			p.Fill("Day", "2026-03-12")
			p.Fill("Colour", "#336699")
			p.Choose("Space", "Kitchen")
			p.Attach("Picture", picture)
			p.Click("checkbox", "I agree")
			if got := p.Value("Your name"); got != "Ada L." {
				t.Errorf("the name is %q", got)
			}
			p.Click("button", "Save")
			p.See("Found")
			want := server.URL + "/found?name=Ada+L.&about=&day=2026-03-12&colour=%23336699&space=k&agree=yes&picture=cat.png"
			if p.URL() != want {
				t.Errorf("the form leads to\n%s, want\n%s", p.URL(), want)
			}
		}
	}
}

// What follows a click is the next page, however often.
func TestClickWaitsForThePage(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			http.Redirect(w, r, "/?after="+r.FormValue("n"), http.StatusSeeOther)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		n := r.FormValue("after")
		if _, err := w.Write([]byte(`<p>after ` + n + `</p><form method="post"><input type="hidden" name="n" value="` + n + `x"><button>More</button></form><a href="/?after=` + n + `x">Next</a>`)); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	p := Start(t).Person("Ada", Desktop, Light, WithScripts)
	p.Open(server.URL + "/?after=")
	for n := range 10 {
		role, name := "button", "More"
		if n%2 == 1 {
			role, name = "link", "Next"
		}
		p.Click(role, name)
		if want := "after " + strings.Repeat("x", n+1) + " "; !strings.HasPrefix(p.Text(), want) {
			t.Fatalf("after click %d the page reads %q", n+1, p.Text())
		}
	}
}

// A click that leads to no page, as that on a download, isn't waited for.
func TestClickWithoutAPage(t *testing.T) {
	server := site(t, strict, map[string]string{
		"/": doc(`<script src="/a.js" defer></script>`, `<a href="/archive" download>Take everything</a><a href="/nothing">Nothing</a><a href="#end">End</a>
			<a href="/blank" target="_blank">New tab</a><button id="b">Count</button><p id="n">0</p><p id="end">`),
		"/a.js":  `let n = 0; document.getElementById("b").onclick = () => document.getElementById("n").textContent = ++n`,
		"/blank": doc("", "blank"),
	})
	pages := server.Config.Handler
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/archive":
			w.Header().Set("Content-Disposition", "attachment; filename=archive.zip")
		case "/nothing":
			w.WriteHeader(http.StatusNoContent)
		default:
			pages.ServeHTTP(w, r)
		}
	})
	p := Start(t).Person("Ada", Desktop, Light, WithScripts)
	p.Open(server.URL)
	for _, link := range []string{"Take everything", "Nothing", "End", "New tab"} {
		p.Click("link", link)
		p.Click("button", "Count")
	}
	p.See("Count 4")
}

func TestWithin(t *testing.T) {
	server := site(t, strict, map[string]string{
		"/":    doc("", `<article aria-label="Post by Ada">Roses <a href="/ada">Reply</a></article><article aria-label="Post by Eve">Weeds <a href="/eve">Reply</a></article>`),
		"/eve": doc("", "Reply to Eve"),
	})
	p := Start(t).Person("Ada", Desktop, Light, WithScripts)
	p.Open(server.URL)
	p.Within("article", "Post by Ada").See("Roses")
	p.Within("article", "Post by Ada").NotSee("Weeds")
	p.Within("article", "Post by Eve").Click("link", "Reply")
	p.See("Reply to Eve")
}

func TestWhatAPersonCannotDo(t *testing.T) {
	server := site(t, strict, map[string]string{
		"/": doc(`<link rel="stylesheet" href="/a.css">`, form+`<p>shown</p><p class="off">secret</p><a href="/a">Twice</a><a href="/b">Twice</a>
			<button disabled>Off</button><div class="under"><button>Covered</button><div class="over"></div></div><button class="off">Hidden</button>
			<button aria-hidden="true">Unspoken</button>
			<label>Fixed <input readonly value="x"></label><label class="off">Hidden <input></label><label aria-hidden="true">Unspoken <input></label>`),
		"/a.css": `.off { display: none } .under { position: relative } .over { position: absolute; inset: 0 }`,
	})
	tests := map[string]struct {
		do   func(*Person)
		want string
	}{
		"see what is not there":      {func(p *Person) { p.See("a miracle") }, `"a miracle" in the page: it is not there`},
		"see what is hidden":         {func(p *Person) { p.See("secret") }, `it is not there`},
		"not see what is there":      {func(p *Person) { p.NotSee("shown") }, `"shown" to be gone from the page: it is still there`},
		"click what is not there":    {func(p *Person) { p.Click("button", "Sing") }, `the button "Sing" in the page: there are 0`},
		"click what is hidden":       {func(p *Person) { p.Click("button", "Hidden") }, `there are 0`},
		"click what is not spoken":   {func(p *Person) { p.Click("button", "Unspoken") }, `there are 0`},
		"click one of two":           {func(p *Person) { p.Click("link", "Twice") }, `there are 2`},
		"click what is disabled":     {func(p *Person) { p.Click("button", "Off") }, `it is disabled`},
		"click what is covered":      {func(p *Person) { p.Click("button", "Covered") }, `it is covered by <div class="over">`},
		"fill in what is not there":  {func(p *Person) { p.Fill("Age", "9") }, `the field "Age" in the page: there are 0`},
		"fill in what is fixed":      {func(p *Person) { p.Fill("Fixed", "9") }, `nobody can write into it`},
		"fill in what is hidden":     {func(p *Person) { p.Fill("Hidden", "9") }, `there are 0`},
		"fill in what is not spoken": {func(p *Person) { p.Fill("Unspoken", "9") }, `there are 0`},
		"write into a box":           {func(p *Person) { p.Fill("I agree", "9") }, `nobody can write into it`},
		"choose what is not offered": {func(p *Person) { p.Choose("Space", "Cellar") }, `it offers The garden, Kitchen`},
		"press what is no key":       {func(p *Person) { p.Press("Any") }, `there is no key "Any"`},
	}
	p := Start(t).Person("Ada", Desktop, Light, WithScripts)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p.patience = time.Minute
			p.Open(server.URL)
			p.patience = time.Second / 2
			said := complaint(t, func(r testing.TB, _ *Browser) {
				defer func(t testing.TB) { p.t = t }(p.t)
				p.t = r
				test.do(p)
			})
			if !strings.Contains(said, test.want) {
				t.Errorf("the test says %q, want %q", said, test.want)
			}
		})
	}
}
