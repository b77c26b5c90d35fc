package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// userAgent is all that the other side learns about who is asking.
const userAgent = "OpenGather"

// outgoing are the headers that a request through Client may carry; names that
// begin with "Webhook-" are the other ones. A list of what may leave, because
// a list of what may not is never complete.
var outgoing = []string{"Accept", "Authorization", "Content-Type"}

// Client is the given entrance for third-party clients and for what is more
// than reading: signed deliveries, OpenID Connect. It guards and records like
// Get, and limits time and size (reading past maxBytes is a Failure), but it
// has no cache, follows no redirect and leaves type and status to the caller.
// Headers that are not in the package's list are left out.
//
// The answer is recorded when its body is closed. An error is a *url.Error
// around a *Failure; its text carries the URL, as with any http.Client.
func (d *Door) Client(p Purpose, maxBytes int64) (*http.Client, error) {
	if !p.takesGiven() {
		return nil, fmt.Errorf("the purpose %q has no given addresses", p)
	}
	if maxBytes <= 0 {
		return nil, fmt.Errorf("a client for %s needs a limit of size", p)
	}
	return &http.Client{
		Transport: &passage{door: d, purpose: p, maxBytes: maxBytes},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}, nil
}

// passage is the guarded http.RoundTripper.
type passage struct {
	door     *Door
	purpose  Purpose
	maxBytes int64
}

// RoundTrip implements http.RoundTripper.
func (g *passage) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(r.Context(), g.door.timeout)
	response, b, err := g.door.pass(g.purpose, r.WithContext(ctx), g.maxBytes)
	if err != nil {
		cancel()
		return nil, err
	}
	response.Body = &timed{received: b, cancel: cancel}
	return response, nil
}

// timed ends the time limit of an answer that is read by the caller.
type timed struct {
	*received
	cancel context.CancelFunc
}

// Close gives what received.Close gives.
func (t *timed) Close() error {
	defer t.cancel()
	return t.received.Close()
}

// pass sends one request to one host. The caller limits the time by the
// request's context, and closes received, which records the end of the attempt.
func (d *Door) pass(p Purpose, r *http.Request, maxBytes int64) (*http.Response, *received, error) {
	a := d.attempt(r.Context(), p, r.URL.Hostname())
	if err := d.admit(a, r); err != nil {
		if r.Body != nil {
			_ = r.Body.Close() // a RoundTripper owes this; the refusal is what the caller needs to know
		}
		return nil, nil, err
	}
	out := r.WithContext(r.Context())
	out.Header = withoutVisitor(r.Header)
	response, err := d.transport(p, r.URL.Scheme).RoundTrip(out)
	if err != nil {
		return nil, nil, a.end(outcome(err), 0, err)
	}
	return response, &received{attempt: a, from: response.Body, limit: maxBytes, result: Answered}, nil
}

func (d *Door) admit(a attempt, r *http.Request) error {
	if !d.acceptable(a.purpose, r.URL) {
		return a.end(BadURL, 0, nil)
	}
	return a.begin()
}

// withoutVisitor asks for bodies as they are, so that a limit of size means
// bytes received and nothing unfolds.
func withoutVisitor(in http.Header) http.Header {
	out := http.Header{"User-Agent": {userAgent}, "Accept-Encoding": {"identity"}}
	for name, values := range in {
		if slices.Contains(outgoing, name) || strings.HasPrefix(name, "Webhook-") {
			out[name] = values
		}
	}
	return out
}

// received is the body of an answer. It counts, stops at its limit, and
// records the end of the attempt when it is closed.
type received struct {
	attempt
	from   io.ReadCloser
	limit  int64
	read   int64
	result Result
	cause  error
	closed bool
}

// Read gives at most limit bytes; when there are more, that is a Failure.
func (b *received) Read(to []byte) (int, error) {
	if b.result.failed() {
		return 0, b.failure()
	}
	n, err := b.from.Read(to)
	b.read += int64(n)
	if over := b.read - b.limit; over > 0 {
		b.fail(TooLarge, nil)
		return n - int(over), b.failure()
	}
	if err != nil && !errors.Is(err, io.EOF) {
		b.fail(outcome(err), err)
		return n, b.failure()
	}
	return n, err
}

// Close gives the Failure of a failed answer, or the error of recording it.
func (b *received) Close() error {
	if b.closed {
		return nil
	}
	b.closed = true
	_ = b.from.Close() // the connection is not used again, and result already says how reading went
	return b.end(b.result, b.read, b.cause)
}

func (b *received) fail(r Result, cause error) {
	if !b.result.failed() {
		b.result, b.cause = r, cause
	}
}

func (b *received) failure() *Failure {
	return &Failure{Purpose: b.purpose, Host: b.host, Result: b.result, Err: b.cause}
}
