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
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/internal/blob"
	"github.com/opengather/opengather/instance/internal/blob/blobtest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/fetch"
)

// The server is killed while it gets an object. Afterwards it works as before,
// and what it has of the upload can be swept.
func TestServerDiesInTheMiddle(t *testing.T) {
	g := blobtest.StartGateway(t)
	s := blobtest.Bucket(t, g.BucketOptions)
	put(t, s, "a", []byte("before"))
	_, err := s.Put(t.Context(), key, io.MultiReader(content(1, 2*part), called(g.Kill), content(2, part)), lots)
	if !fault.Is(err, fault.Unavailable) {
		t.Errorf("put while the server died: %v", err)
	}
	down(t, s)
	g.Start()
	if got := names(t, s); !slices.Equal(got, []string{"a"}) {
		t.Errorf("there is %q", got)
	}
	if n := g.Leftovers(); n != 1 {
		t.Errorf("%d unfinished uploads are left, want the one that could not be aborted", n)
	}
	for _, sweep := range []struct {
		before time.Time
		left   int
	}{{time.Now().Add(-time.Hour), 1}, {time.Now().Add(time.Hour), 0}} {
		if err := s.Sweep(t.Context(), sweep.before); err != nil || g.Leftovers() != sweep.left {
			t.Errorf("%d unfinished uploads are left, want %d, %v", g.Leftovers(), sweep.left, err)
		}
	}
	put(t, s, key, all(t, content(1, 2*part)))
}

func TestServerThatIsNotThere(t *testing.T) {
	s := blobtest.Bucket(t, blob.BucketOptions{Endpoint: "http://" + program.FreePort(t), Bucket: "media", AccessKey: "a", SecretKey: "b"})
	down(t, s)
	if err := s.Sweep(t.Context(), time.Now()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("sweep: %v", err)
	}
}

// Who is told that an object is missing may forget it, so nothing but the
// object's absence may look like it.
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
	good := blob.BucketOptions{Endpoint: "https://s3.example.org", Bucket: "media", AccessKey: "a", SecretKey: "hush"}
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
		func(o *blob.BucketOptions) { o.AccessKey = "" },
		func(o *blob.BucketOptions) { o.SecretKey = "" },
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

// An answer ends in the middle: never does half an object pass for a whole one.
func TestCutAnswer(t *testing.T) {
	g := blobtest.StartGateway(t)
	data := all(t, content(1, part))
	put(t, blobtest.Bucket(t, g.BucketOptions), key, data)
	for _, chunked := range []bool{false, true} {
		s := blobtest.Bucket(t, between(t, g, func(r *http.Response) error {
			if r.Request.Method != http.MethodGet {
				return nil
			}
			r.Body = io.NopCloser(io.LimitReader(r.Body, part/2))
			if chunked {
				r.Header.Del("Content-Length")
				r.ContentLength = -1
			}
			return nil
		}))
		o, info, err := s.Open(t.Context(), key)
		if err != nil || info.Size != part {
			t.Fatalf("open: %+v, %v", info, err)
		}
		got, err := io.ReadAll(o)
		if !fault.Is(err, fault.Unavailable) || !bytes.HasPrefix(data, got) {
			t.Errorf("%d bytes of a cut answer (chunked: %v): %v", len(got), chunked, err)
		}
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	}
}

// The last answer of an upload is lost. It counts as failed, and doing it again
// heals it.
func TestLostAnswer(t *testing.T) {
	g := blobtest.StartGateway(t)
	s := blobtest.Bucket(t, between(t, g, func(r *http.Response) error {
		q := r.Request.URL.Query()
		if r.Request.Method == http.MethodPost && q.Has("uploadId") || r.Request.Method == http.MethodPut && !q.Has("uploadId") {
			return errors.New("lost")
		}
		return nil
	}))
	direct := blobtest.Bucket(t, g.BucketOptions)
	for _, size := range []int64{10, 2 * part} {
		data := all(t, content(1, size))
		if _, err := s.Put(t.Context(), key, bytes.NewReader(data), lots); !fault.Is(err, fault.Unavailable) {
			t.Errorf("put of %d bytes: %v", size, err)
		}
		put(t, direct, key, data)
		if !bytes.Equal(get(t, direct, key), data) || g.Leftovers() != 0 {
			t.Errorf("%d bytes came back otherwise, or %d uploads are left", size, g.Leftovers())
		}
	}
}

// A server sends elsewhere: nobody goes there.
func TestRedirect(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the store went elsewhere") }))
	defer elsewhere.Close()
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer server.Close()
	down(t, blobtest.Bucket(t, blob.BucketOptions{Endpoint: server.URL, Bucket: "media", AccessKey: "a", SecretKey: "b"}))
}

// What is deleted or replaced while it is read never comes out mixed.
func TestChangeWhileReading(t *testing.T) {
	g := blobtest.StartGateway(t)
	s := blobtest.Bucket(t, g.BucketOptions)
	for change, want := range map[string]error{"delete": blob.ErrMissing, "replace": nil} {
		put(t, s, key, all(t, content(1, 100)))
		o, _, err := s.Open(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if change == "delete" {
			err = s.Delete(t.Context(), key)
		} else {
			put(t, s, key, all(t, content(2, 100)))
		}
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(o)
		if want != nil && !errors.Is(err, want) || want == nil && !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s while reading: %d bytes, %v", change, len(got), err)
		}
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A bucket may hold what is not ours.
func TestBucketLeavesOthersAlone(t *testing.T) {
	g := blobtest.StartGateway(t)
	s := blobtest.Bucket(t, g.BucketOptions)
	for _, name := range []string{"README.md", "a/x.jpg", "backup/2026", "Z"} {
		if _, err := g.Client().Client.PutObject(t.Context(), g.Bucket, name, strings.NewReader("theirs"), 6, minio.PutObjectOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := g.Client().NewMultipartUpload(t.Context(), g.Bucket, "theirs", minio.PutObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	put(t, s, "a/1", []byte("mine"))
	put(t, s, "f", []byte("mine"))
	if err := s.Sweep(t.Context(), time.Now().Add(time.Hour)); err != nil || g.Leftovers() != 1 {
		t.Errorf("%d uploads of others are left, %v", g.Leftovers(), err)
	}
	if got := names(t, s); !slices.Equal(got, []string{"a/1", "f"}) {
		t.Errorf("listed: %q", got)
	}
}
