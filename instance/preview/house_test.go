package preview_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"image"
	"image/jpeg"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fetch"
	"github.com/opengather/opengather/instance/internal/job"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/internal/picture"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/preview"
)

// house is a community with a secret space: mod moderates it, ada and ben are in it,
// cem is not. olga owns the community and is not in it either. Elsewhere is a server
// that is as bad as a test wants it.
type house struct {
	accesstest.World
	t         *testing.T
	ctx       context.Context
	elsewhere *elsewhere
	previews  *preview.Operations
	posts     *post.Operations
	log       *bytes.Buffer
}

func both(t *testing.T, test func(h house)) {
	t.Helper()
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) { test(houseIn(t, db)) })
}

func houseIn(t *testing.T, db *database.DB) house {
	t.Helper()
	keys, err := keyring.Open(t.Context(), db, bytes.Repeat([]byte{7}, 32))
	must(t, err)
	h := house{World: accesstest.World{T: t, DB: db}, t: t, ctx: t.Context(), elsewhere: serve(t), log: &bytes.Buffer{}}
	h.previews = &preview.Operations{DB: db, Door: h.elsewhere.allowed(h.elsewhere.door(t, usual)), Press: &picture.Press{}}
	h.posts = &post.Operations{DB: db, Keys: keys, Polls: &poll.Operations{DB: db, Keys: keys}}
	h.Community("hidden")
	h.Member("olga", "active", access.Owner)
	h.Space("garden", "secret")
	for _, who := range []string{"mod", "ada", "ben", "cem"} {
		h.Member(who, "active", access.FullRole)
	}
	h.Put("garden", "mod", "moderator")
	h.Put("garden", "ada", "member")
	h.Put("garden", "ben", "member")
	h.Agent("bot")
	return h
}

// elsewhere is a server on a loopback address, and what was asked of it.
type elsewhere struct {
	*httptest.Server
	mu      sync.Mutex
	pages   map[string]http.HandlerFunc
	asked   []*http.Request
	entries []fetch.Entry
}

func serve(t *testing.T) *elsewhere {
	t.Helper()
	e := &elsewhere{pages: map[string]http.HandlerFunc{}}
	e.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.mu.Lock()
		e.asked = append(e.asked, r)
		page := e.pages[r.URL.Path]
		e.mu.Unlock()
		if page == nil {
			http.NotFound(w, r)
			return
		}
		page(w, r)
	}))
	e.Config.ErrorLog = log.New(io.Discard, "", 0)
	e.StartTLS()
	t.Cleanup(e.Close)
	return e
}

// at puts something at a path and gives its address.
func (e *elsewhere) at(path string, page http.HandlerFunc) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pages[path] = page
	return e.URL + path
}

// requests are the paths that were asked for.
func (e *elsewhere) requests() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var all []string
	for _, r := range e.asked {
		all = append(all, r.URL.Path)
	}
	return strings.Join(all, " ")
}

// results are how what went out ended.
func (e *elsewhere) results() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var all []string
	for _, x := range e.entries {
		if x.Result != fetch.Asked {
			all = append(all, string(x.Result))
		}
	}
	return strings.Join(all, " ")
}

const usual = 20 * time.Second

// door is a door that trusts the server, and lets the purpose Webhook reach it.
func (e *elsewhere) door(t *testing.T, timeout time.Duration) *fetch.Door {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(e.Certificate())
	d, err := fetch.New(fetch.Config{
		Record: func(_ context.Context, x fetch.Entry) error {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.entries = append(e.entries, x)
			return nil
		},
		Networks: map[fetch.Purpose][]netip.Prefix{fetch.Webhook: {netip.MustParsePrefix("127.0.0.1/32")}},
		Roots:    roots, Timeout: timeout,
	})
	must(t, err)
	return d
}

// allowed asks as if for a purpose that may reach the server. Nothing else differs.
func (e *elsewhere) allowed(d *fetch.Door) preview.Getter { return asWebhook{d} }

type asWebhook struct{ *fetch.Door }

func (d asWebhook) Get(ctx context.Context, r fetch.Request) (fetch.Answer, error) {
	if r.Purpose != fetch.Preview {
		panic("asked for " + r.Purpose)
	}
	r.Purpose = fetch.Webhook
	return d.Door.Get(ctx, r)
}

func say(kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		io.WriteString(w, body)
	}
}

// web is a page with this in its head.
func web(head string) http.HandlerFunc {
	return say("text/html; charset=utf-8", "<!doctype html><html><head>"+head+"</head><body><p>hello</p></body></html>")
}

const good = `<title>Other</title><meta property="og:title" content="Seeds &amp; beds"><meta property="og:description" content="What grows where."><meta property="og:site_name" content="Seeds"><meta property="og:image" content="/bed.jpg">`

// photo is a picture as a camera makes it, with words hidden in it.
func photo(w, h int) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, w, h)), nil); err != nil {
		panic(err)
	}
	hidden := "Exif\x00\x00" + canary
	segment := append([]byte{0xff, 0xe1, 0, byte(2 + len(hidden))}, hidden...)
	return append(append(append([]byte{}, b.Bytes()[:2]...), segment...), b.Bytes()[2:]...)
}

const canary = "qzwherethiswastaken"

// page puts a good page with a picture elsewhere.
func (h house) page() string {
	h.elsewhere.at("/bed.jpg", say("image/jpeg", string(photo(1200, 800))))
	return h.elsewhere.at("/page", web(good))
}

func (h house) write(who, body string) string {
	h.t.Helper()
	id, err := h.posts.Publish(h.ctx, access.Member(who), "", post.Draft{Space: "garden", Body: body})
	must(h.t, err)
	return id
}

func (h house) edit(who, id, body string) {
	h.t.Helper()
	w, err := h.posts.Words(h.ctx, access.Member(who), id)
	must(h.t, err)
	_, err = h.posts.Edit(h.ctx, access.Member(who), "", id, w.Version, post.Draft{Body: body})
	must(h.t, err)
}

// work does the jobs that are due.
func (h house) work() {
	h.t.Helper()
	w := job.Worker{DB: h.DB, Log: slog.New(slog.NewTextHandler(h.log, nil)), Handlers: map[string]job.Handler{preview.Job: h.previews.Fetch, job.WipeJob: job.Wiping(h.DB)}}
	_, err := w.Drain(h.ctx)
	must(h.t, err)
}

// card is the preview of a post as ada sees it in its thread; nil without.
func (h house) card(id string) *preview.Card {
	h.t.Helper()
	t, err := h.posts.Thread(h.ctx, access.Member("ada"), id, "")
	must(h.t, err)
	p, err := h.posts.One(h.ctx, access.Member("ada"), id)
	must(h.t, err)
	if (p.Preview == nil) != (t.Root.Preview == nil) {
		h.t.Errorf("the thread shows %v, the post alone %v", t.Root.Preview, p.Preview)
	}
	return t.Root.Preview
}

func (h house) count(query string, args ...any) (n int) {
	h.t.Helper()
	must(h.t, h.DB.Read(h.ctx, func(tx *database.Tx) error { return tx.One([]any{&n}, query, args...) }))
	return n
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
