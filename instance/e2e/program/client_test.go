package program_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/program"
)

// site serves one page at / and tells at /echo what it was sent.
func site(t *testing.T, body string) (*program.Client, *httptest.Server) {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "ada", Path: "/"})
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Referrer-Policy", r.FormValue("policy"))
		fmt.Fprintf(w, "<!doctype html><html><head><title>Home &amp; garden</title></head><body>%s</body></html>", body)
	})
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		sent, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if err := json.NewEncoder(w).Encode(map[string]any{
			"Method": r.Method, "URI": r.RequestURI, "Body": string(sent), "Header": r.Header,
		}); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/echo", http.StatusSeeOther) })
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://elsewhere.example/", http.StatusSeeOther)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return program.NewClient(t, server.URL), server
}

// echoed is what /echo was sent.
type echoed struct {
	Method, URI, Body string
	Header            http.Header
}

func echo(t *testing.T, p *program.Page) echoed {
	t.Helper()
	var e echoed
	if err := json.Unmarshal(p.Body, &e); err != nil {
		t.Fatalf("%v in %q", err, p.Body)
	}
	return e
}

const fields = `
<form method="post" action="/echo">
 <input type="hidden" name="key" value="one-time &amp; signed">
 <input name="title" value="Old">
 <textarea name="text">
Dear all,
hello</textarea>
 <input type="checkbox" name="notify" checked>
 <input type="checkbox" name="topic" value="garden"><input type="checkbox" name="topic" value="kitchen" checked>
 <input type="radio" name="who" value="members" checked><input type="radio" name="who" value="everybody">
 <select name="space"><option value="a">A</option><option>B</option><option value="c" disabled>C</option></select>
 <select name="langs" multiple><option value="en" selected>English</option><option value="de">Deutsch</option></select>
 <input type="hidden" name="listed" value="no"><input type="checkbox" name="listed" value="yes">
 <input name="off" value="x" disabled><fieldset disabled><input name="off2" value="x"></fieldset>
 <input value="nameless"><input type="reset" name="reset"><button type="button" name="menu">Menu</button>
 <button name="do" value="save">Save</button><button name="do" value="drop" formaction="/echo?drop">Drop</button>
</form>
<input type="hidden" name="astray" value="x"><input form="none" name="astray2" value="x">`

func TestSubmitSendsWhatABrowserSends(t *testing.T) {
	tests := []struct {
		name   string
		values url.Values
		want   string
	}{
		{
			"untouched", nil,
			"key=one-time+%26+signed&title=Old&text=Dear+all%2C%0D%0Ahello&notify=on&topic=kitchen&who=members&space=a&langs=en&listed=no&do=save",
		},
		{
			"filled in",
			url.Values{
				"title": {"Näh & Co"}, "text": {"a\nb"}, "notify": {}, "topic": {"garden", "kitchen"}, "who": {"everybody"},
				"space": {"B"}, "langs": {"en", "de"}, "listed": {"yes"},
			},
			"key=one-time+%26+signed&title=N%C3%A4h+%26+Co&text=a%0D%0Ab&topic=garden&topic=kitchen&who=everybody&space=B&langs=en&langs=de&listed=no&listed=yes&do=save",
		},
		{
			"another button",
			url.Values{"do": {"drop"}, "langs": {}},
			"key=one-time+%26+signed&title=Old&text=Dear+all%2C%0D%0Ahello&notify=on&topic=kitchen&who=members&space=a&listed=no&do=drop",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, server := site(t, fields)
			form := c.Get("/").Form("/echo")
			for range 2 { // sending leaves the form as it was
				got := echo(t, c.Submit(form, test.values))
				if got.Body != test.want {
					t.Errorf("sent\n%s\nwant\n%s", got.Body, test.want)
				}
				if got.Method != "POST" || got.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
					t.Errorf("%s, %v", got.Method, got.Header)
				}
				if dropped := got.URI == "/echo?drop"; dropped != (test.name == "another button") {
					t.Errorf("sent to %s", got.URI)
				}
				if got.Header.Get("Origin") != server.URL || got.Header.Get("Sec-Fetch-Site") != "same-origin" {
					t.Errorf("the headers tell of no browser: %v", got.Header)
				}
			}
		})
	}
}

func TestFormIsRead(t *testing.T) {
	c, _ := site(t, fields)
	form := c.Get("/").Form("/echo")
	if got, want := strings.Join(form.Fields(), " "), "key title text notify topic who space langs listed do"; got != want {
		t.Errorf("the fields are %q, want %q", got, want)
	}
	if got, want := strings.Join(form.Typed(), " "), "title text"; got != want {
		t.Errorf("one can type into %q, want %q", got, want)
	}
	for field, want := range map[string]string{"key": "one-time & signed", "topic": "kitchen", "space": "a", "off": ""} {
		if got := form.Value(field); got != want {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
}

func TestWhatAPersonCannotDo(t *testing.T) {
	tests := []struct {
		name string
		do   func(*program.Client, *program.Page)
		want string
	}{
		{"a field that is not there", func(c *program.Client, p *program.Page) { c.Submit(p.Form("/echo"), url.Values{"titel": {"x"}}) }, `no field "titel"`},
		{"a disabled field", func(c *program.Client, p *program.Page) { c.Submit(p.Form("/echo"), url.Values{"off": {"x"}}) }, `no field "off"`},
		{"a choice that is not offered", func(c *program.Client, p *program.Page) { c.Submit(p.Form("/echo"), url.Values{"space": {"c"}}) }, `does not take ["c"]`},
		{"two of a list", func(c *program.Client, p *program.Page) { c.Submit(p.Form("/echo"), url.Values{"space": {"a", "B"}}) }, `does not take`},
		{"a box with another value", func(c *program.Client, p *program.Page) { c.Submit(p.Form("/echo"), url.Values{"topic": {"cellar"}}) }, `does not take ["cellar"]`},
		{"two texts in one field", func(c *program.Client, p *program.Page) { c.Submit(p.Form("/echo"), url.Values{"title": {"a", "b"}}) }, `does not take ["b"]`},
		{"a button that is not there", func(c *program.Client, p *program.Page) { c.Submit(p.Form("/echo"), url.Values{"do": {"explode"}}) }, `no field "do"`},
		{"a form that is not there", func(_ *program.Client, p *program.Page) { p.Form("/none") }, `0 forms for /none; its forms are ["POST /echo"]`},
		{"a link that is not there", func(c *program.Client, p *program.Page) { c.Follow(p, "Next") }, `links "Next" to 0 places`},
		{"files where none are taken", func(_ *program.Client, p *program.Page) { p.Form("/echo").Attach("title", program.File{}) }, `no field for files "title"`},
		{"another origin", func(c *program.Client, _ *program.Page) { c.Get("http://elsewhere.example/") }, "leaves"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, server := site(t, fields)
			said := complaint(t, func(t testing.TB) {
				c := program.NewClient(t, server.URL)
				test.do(c, c.Get("/"))
			})
			if !strings.Contains(said, test.want) {
				t.Errorf("the test says %q, want %q", said, test.want)
			}
		})
	}
}

func TestGetForm(t *testing.T) {
	c, _ := site(t, `<form action="/echo?old=1"><input type="search" name="q"><button>Search</button></form>`)
	got := echo(t, c.Submit(c.Get("/").Form("/echo"), url.Values{"q": {"rose garden"}}))
	if got.Method != "GET" || got.URI != "/echo?q=rose+garden" {
		t.Errorf("%s %s", got.Method, got.URI)
	}
}

func TestMultipart(t *testing.T) {
	c, _ := site(t, `<form method="post" action="/echo" enctype="multipart/form-data">
		<input name="title" value="a"><input type="file" name="picture"><input type="file" name="empty"></form>`)
	form := c.Get("/").Form("/echo")
	form.Attach("picture", program.File{Name: `my "best".png`, Type: "image/png", Data: []byte("\x89PNG")})
	got := echo(t, c.Submit(form, nil))
	request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(got.Body))
	request.Header.Set("Content-Type", got.Header.Get("Content-Type"))
	if err := request.ParseMultipartForm(1 << 20); err != nil {
		t.Fatalf("%v in %q", err, got.Body)
	}
	if request.FormValue("title") != "a" {
		t.Errorf("the title is %q", request.FormValue("title"))
	}
	if !strings.Contains(got.Body, `name="picture"; filename="my %22best%22.png"`) || !strings.Contains(got.Body, "Content-Type: image/png") {
		t.Errorf("the picture is not sent as a browser does:\n%s", got.Body)
	}
	if !strings.Contains(got.Body, `name="empty"; filename=""`) {
		t.Errorf("a field without a file is not sent:\n%s", got.Body)
	}
}

func TestControlsOutsideTheirForm(t *testing.T) {
	c, _ := site(t, `<form id="f" method="post" action="/echo"></form><input form="f" name="title" value="a">`)
	if got := echo(t, c.Submit(c.Get("/").Form("/echo"), nil)); got.Body != "title=a" {
		t.Errorf("sent %q", got.Body)
	}
}

func TestRedirectsAndCookies(t *testing.T) {
	c, _ := site(t, `<a href="/moved"> Go <b>on</b></a> <a href="/away">Away</a>
		<form method="post" action="/away"></form><form method="post" action="/moved"></form>`)
	c.Header.Set("Accept-Language", "de")
	home := c.Get("/")
	p := c.Submit(home.Form("/moved"), nil)
	if got := echo(t, p); p.URL.Path != "/echo" || got.Method != "GET" || got.Header.Get("Cookie") != "session=ada" || got.Header.Get("Accept-Language") != "de" {
		t.Errorf("after a redirect: %+v", got)
	}
	if p := c.Follow(home, "Go on"); p.URL.Path != "/echo" || p.Status != http.StatusOK {
		t.Errorf("the link leads to %v (%d)", p.URL, p.Status)
	}
	p = c.Submit(home.Form("/away"), nil)
	if p.Status != http.StatusSeeOther || p.Header.Get("Location") != "http://elsewhere.example/" {
		t.Errorf("a redirect to another origin is %d %v", p.Status, p.Header)
	}
	if cookies := c.Cookies(); len(cookies) != 1 || cookies[0].Name != "session" {
		t.Errorf("the cookies are %v", cookies)
	}
}

func TestOriginOfAPageWithoutReferrer(t *testing.T) {
	c, _ := site(t, `<form method="post" action="/echo"></form>`)
	got := echo(t, c.Submit(c.Get("/?policy=no-referrer").Form("/echo"), nil))
	if got.Header.Get("Origin") != "null" {
		t.Errorf("the origin is %q", got.Header.Get("Origin"))
	}
}

func TestText(t *testing.T) {
	c, _ := site(t, `<h1>The
		garden</h1><p>It is <b>gr</b>een, <a href="/x">really</a>.</p><p hidden>never</p><script>no()</script>
		<noscript><p>Without scripts</p></noscript><ul><li>a<li>b</ul><textarea>draft</textarea>`)
	p := c.Get("/")
	if want := "The garden\nIt is green, really.\nWithout scripts\na\nb"; p.Text() != want {
		t.Errorf("the text is %q, want %q", p.Text(), want)
	}
	if p.Title() != "Home & garden" {
		t.Errorf("the title is %q", p.Title())
	}
}

// TestAClientComesFromAnAddress lets two browsers come from two addresses of this
// machine.
func TestAClientComesFromAnAddress(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.RemoteAddr) }))
	t.Cleanup(server.Close)
	for _, address := range []string{"127.1.0.2", "127.2.0.3"} {
		c := program.NewClient(t, server.URL)
		c.From(address)
		if got := string(c.Get("/").Body); !strings.HasPrefix(got, address+":") {
			t.Errorf("who comes from %s comes from %s", address, got)
		}
	}
}
