package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/minio/minio-go/v7"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/internal/blob"
	"github.com/opengather/opengather/instance/internal/blob/blobtest"
	"github.com/opengather/opengather/instance/internal/fetch"
)

// The server is killed while it gets a file. Afterwards it works as before, and
// has nothing of it.
func TestServerDiesInTheMiddle(t *testing.T) {
	g := blobtest.StartGateway(t)
	s := blobtest.Bucket(t, g.BucketOptions)
	put(t, s, another+"/o", []byte("before"))
	data := content(1, 8*mega)
	kill := sync.OnceFunc(g.Kill)
	err := s.Put(t.Context(), key, 8*mega, passing{bytes.NewReader(data), 4 * mega, func() error { kill(); return nil }})
	if !isDown(err) {
		t.Errorf("put while the server died: %v", err)
	}
	down(t, s)
	g.Start()
	missing(t, s, key)
	if got := folders(t, s); !slices.Equal(got, []string{another}) || g.Leftovers() != 0 {
		t.Errorf("there is %q and %d unfinished uploads", got, g.Leftovers())
	}
	put(t, s, key, data)
	if !bytes.Equal(get(t, s, key), data) {
		t.Error("it came back otherwise")
	}
}

func TestServerThatIsNotThere(t *testing.T) {
	down(t, blobtest.Bucket(t, nowhere("http://"+program.FreePort(t))))
}

func nowhere(endpoint string) blob.BucketOptions {
	return blob.BucketOptions{Endpoint: endpoint, Bucket: "media", Region: "us-east-1", AccessKey: "a", SecretKey: "b"}
}

// Who is told that a file is missing may forget it, so nothing but its absence
// may look like it.
func TestWrongOptions(t *testing.T) {
	g := blobtest.StartGateway(t)
	put(t, blobtest.Bucket(t, g.BucketOptions), key, []byte("there"))
	for name, change := range map[string]func(*blob.BucketOptions){
		"secret":     func(o *blob.BucketOptions) { o.SecretKey = "wrong" },
		"access key": func(o *blob.BucketOptions) { o.AccessKey = "wrong" },
		"bucket":     func(o *blob.BucketOptions) { o.Bucket = "another" },
		"region":     func(o *blob.BucketOptions) { o.Region = "mars-1" },
	} {
		t.Run(name, func(t *testing.T) {
			o := g.BucketOptions
			change(&o)
			down(t, blobtest.Bucket(t, o))
		})
	}
	if got := get(t, blobtest.Bucket(t, g.BucketOptions), key); string(got) != "there" {
		t.Errorf("it holds %q", got)
	}
}

func TestOptionsThatCannotBe(t *testing.T) {
	door, err := fetch.New(fetch.Config{Record: func(context.Context, fetch.Entry) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	good := nowhere("https://s3.example.org")
	good.SecretKey = "hush"
	if _, err := blob.NewBucket(door, good); err != nil {
		t.Errorf("%+v: %v", good, err)
	}
	for _, change := range []func(*blob.BucketOptions){
		func(o *blob.BucketOptions) { o.Endpoint = "" },
		func(o *blob.BucketOptions) { o.Endpoint = "s3.example.org" },
		func(o *blob.BucketOptions) { o.Endpoint = "ftp://s3.example.org" },
		func(o *blob.BucketOptions) { o.Endpoint = "https://s3.example.org/media" },
		func(o *blob.BucketOptions) { o.Endpoint = "https://a:hush@s3.example.org" },
		func(o *blob.BucketOptions) { o.Bucket = "" },
		func(o *blob.BucketOptions) { o.Bucket = "../etc" },
	} {
		o := good
		change(&o)
		if _, err := blob.NewBucket(door, o); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// Every connection is on the egress log, and a closed door holds.
func TestDoor(t *testing.T) {
	g := blobtest.StartGateway(t)
	var mu sync.Mutex
	var log []fetch.Entry
	record := func(_ context.Context, e fetch.Entry) error {
		mu.Lock()
		defer mu.Unlock()
		log = append(log, e)
		return nil
	}
	put(t, blobtest.BucketBehind(t, g.BucketOptions, fetch.Config{Record: record}), key, []byte("x"))
	if len(log) < 2 {
		t.Errorf("the log has %d entries", len(log))
	}
	for _, e := range log {
		if e.Purpose != fetch.Storage || e.Host != "127.0.0.1" || e.Result != fetch.Asked && e.Result != fetch.Answered {
			t.Errorf("recorded: %+v", e)
		}
	}
	log = nil
	down(t, blobtest.BucketBehind(t, g.BucketOptions, fetch.Config{Record: record, Closed: true}))
	if len(log) == 0 || slices.ContainsFunc(log, func(e fetch.Entry) bool { return e.Result != fetch.Closed }) {
		t.Errorf("recorded at a closed door: %+v", log)
	}
}

// between stands a server between the store and the gateway, which signs for
// the gateway's host.
func between(t *testing.T, g *blobtest.Gateway, change func(*http.Response) error) blob.BucketOptions {
	t.Helper()
	to, err := url.Parse(g.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = to.Scheme, to.Host },
		ModifyResponse: change,
		ErrorHandler:   func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	})
	t.Cleanup(server.Close)
	o := g.BucketOptions
	o.Endpoint = server.URL
	return o
}

// An answer ends in the middle, or is not what was asked for: never does half a
// file pass for a whole one.
func TestCutAnswer(t *testing.T) {
	g := blobtest.StartGateway(t)
	data := content(1, mega)
	put(t, blobtest.Bucket(t, g.BucketOptions), key, data)
	for name, change := range map[string]func(*http.Response){
		"cut": func(r *http.Response) { r.Body = io.NopCloser(io.LimitReader(r.Body, mega/2)) },
		"without a length": func(r *http.Response) {
			r.Body = io.NopCloser(io.LimitReader(r.Body, mega/2))
			r.Header.Del("Content-Length")
			r.ContentLength = -1
		},
		"too long": func(r *http.Response) {
			r.Body = io.NopCloser(io.MultiReader(r.Body, strings.NewReader("more")))
			r.ContentLength += 4
			r.Header.Set("Content-Length", strconv.FormatInt(r.ContentLength, 10))
		},
	} {
		s := blobtest.Bucket(t, between(t, g, func(r *http.Response) error {
			if r.Request.Method == http.MethodGet {
				change(r)
			}
			return nil
		}))
		f := open(t, s, key)
		if got, err := io.ReadAll(f); !isDown(err) || !bytes.HasPrefix(data, got) {
			t.Errorf("%s: read %d bytes, %v", name, len(got), err)
		}
		if n, err := f.ReadAt(make([]byte, mega-1), 1); !isDown(err) {
			t.Errorf("%s: read %d bytes at 1, %v", name, n, err)
		}
		closed(t, f)
	}
}

// The answer to a put is lost. The second attempt heals it; when that is lost
// too, the store counts as down, and doing it again heals it.
func TestLostAnswer(t *testing.T) {
	g := blobtest.StartGateway(t)
	var lose atomic.Int64
	s := blobtest.Bucket(t, between(t, g, func(r *http.Response) error {
		if r.Request.Method == http.MethodPut && lose.Add(-1) >= 0 {
			return errors.New("lost")
		}
		return nil
	}))
	for _, size := range []int{0, 10, 3 * mega} {
		data := content(1, size)
		lose.Store(2)
		if err := s.Put(t.Context(), key, int64(size), bytes.NewReader(data)); !isDown(err) {
			t.Errorf("put of %d bytes: %v", size, err)
		}
		lose.Store(1)
		put(t, s, key, data)
		if !bytes.Equal(get(t, s, key), data) || g.Leftovers() != 0 {
			t.Errorf("%d bytes came back otherwise, or %d uploads are left", size, g.Leftovers())
		}
	}
}

// An empty file leaves nothing on the connection that the next request uses.
func TestRequestsAfterAnEmptyFile(t *testing.T) {
	s := blobtest.Bucket(t, blobtest.StartGateway(t).BucketOptions)
	for range 50 {
		put(t, s, key, nil)
		if got := get(t, s, key); len(got) != 0 {
			t.Errorf("it holds %q", got)
		}
	}
}

// Reading from the beginning is one request beside the question for the size,
// however much is read at a time, and ReadAt asks for no more than it gives.
func TestRequestsAreFew(t *testing.T) {
	g := blobtest.StartGateway(t)
	put(t, blobtest.Bucket(t, g.BucketOptions), key, content(1, mega))
	var asked []string
	s := blobtest.Bucket(t, between(t, g, func(r *http.Response) error {
		asked = append(asked, r.Request.Method+" "+r.Request.Header.Get("Range"))
		return nil
	}))
	f := open(t, s, key)
	defer closed(t, f)
	for range 2 {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		if _, err := io.CopyN(io.Discard, f, mega); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.ReadAt(make([]byte, 8), 100); err != nil {
		t.Fatal(err)
	}
	if want := []string{"HEAD ", "GET bytes=0-1048575", "GET bytes=0-1048575", "GET bytes=100-107"}; !slices.Equal(asked, want) {
		t.Errorf("asked %q, want %q", asked, want)
	}
}

// A server sends elsewhere: nobody goes there.
func TestRedirect(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the store went elsewhere") }))
	defer elsewhere.Close()
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer server.Close()
	down(t, blobtest.Bucket(t, nowhere(server.URL)))
}

// What is deleted or replaced while it is read never comes out mixed.
func TestChangeWhileReading(t *testing.T) {
	g := blobtest.StartGateway(t)
	s := blobtest.Bucket(t, g.BucketOptions)
	for change, want := range map[string]func(error) bool{"delete": func(err error) bool { return errors.Is(err, blob.ErrNone) }, "replace": isDown} {
		put(t, s, key, content(1, 100))
		f := open(t, s, key)
		if change == "delete" {
			if err := s.Delete(t.Context(), key); err != nil {
				t.Fatal(err)
			}
		} else {
			put(t, s, key, content(2, 100))
		}
		if got, err := io.ReadAll(f); len(got) > 0 || !want(err) {
			t.Errorf("%s while reading: %d bytes, %v", change, len(got), err)
		}
		closed(t, f)
	}
}

// A bucket may hold what is not ours.
func TestBucketLeavesOthersAlone(t *testing.T) {
	g := blobtest.StartGateway(t)
	s := blobtest.Bucket(t, g.BucketOptions)
	for _, name := range []string{"README.md", another, "backup/" + folder + "/o", "Z"} {
		if _, err := g.Client().Client.PutObject(t.Context(), g.Bucket, name, strings.NewReader("theirs"), 6, minio.PutObjectOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	put(t, s, key, []byte("mine"))
	if got := folders(t, s); !slices.Equal(got, []string{folder}) {
		t.Errorf("told: %q", got)
	}
	for _, f := range []string{folder, another} {
		if err := s.Drop(t.Context(), f); err != nil {
			t.Error(err)
		}
	}
	n := 0
	for o := range g.Client().ListObjectsIter(t.Context(), g.Bucket, minio.ListObjectsOptions{Recursive: true}) {
		if n++; o.Err != nil {
			t.Error(o.Err)
		}
	}
	if n != 4 {
		t.Errorf("%d of others are left, want 4", n)
	}
}
