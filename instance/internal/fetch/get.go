package fetch

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

const (
	maxRedirects = 5
	// sniffBytes is how much http.DetectContentType looks at.
	sniffBytes = 512
)

// Request asks for a URL that came from a person, an agent, a document or a
// remote server.
type Request struct {
	Purpose Purpose
	URL     string
	// Accept are the media types taken, written out ("image/png", never
	// "image/*").
	Accept []string
	// MaxBytes limits the body.
	MaxBytes int64
}

// Answer is what was found.
type Answer struct {
	// URL is where it was found, after redirects.
	URL string
	// Type is one of the Request's Accept. Pictures, sound, film and other
	// formats with a signature are named by their bytes, not by their header.
	Type string
	Body []byte
}

// Get reads a given URL, following up to five redirects, and keeps the answer
// or the failure for a while, so that many views are one fetch. Asking at the
// same time is one fetch too: it goes on when one of those who asked leaves.
// The error is a *Failure, unless the request was incomplete, recording went
// wrong or ctx ended.
func (d *Door) Get(ctx context.Context, r Request) (Answer, error) {
	switch {
	case !r.Purpose.takesGiven():
		return Answer{}, fmt.Errorf("the purpose %q has no given addresses", r.Purpose)
	case len(r.Accept) == 0 || r.MaxBytes <= 0:
		return Answer{}, errors.New("a given fetch needs media types and a limit of size")
	}
	// The URL stands last, because it alone is not ours and could contain anything.
	key := strings.Join([]string{string(r.Purpose), strconv.FormatInt(r.MaxBytes, 10), strings.Join(r.Accept, ","), r.URL}, "\n")
	done := d.flights.DoChan(key, func() (any, error) {
		if k, ok := d.answers.get(key, d.now()); ok {
			return k.answer, k.err
		}
		return d.fetch(context.WithoutCancel(ctx), key, r)
	})
	select {
	case <-ctx.Done():
		return Answer{}, fmt.Errorf("wait for a fetch for %s: %w", r.Purpose, ctx.Err())
	case result := <-done:
		if result.Err != nil {
			return Answer{}, result.Err
		}
		answer := result.Val.(Answer)
		answer.Body = bytes.Clone(answer.Body)
		return answer, nil
	}
}

// fetch goes out and keeps what came of it. A refusal of the closed door and a
// failing record are not kept: they say nothing about the URL.
func (d *Door) fetch(ctx context.Context, key string, r Request) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	k := kept{key: key}
	var header http.Header
	k.answer, header, k.err = d.follow(ctx, r)
	failure, failed := errors.AsType[*Failure](k.err)
	switch {
	case k.err == nil:
		k.until = d.now().Add(lifetime(header))
	case failed && failure.Result != Closed:
		k.until = d.now().Add(shortestLife)
	default:
		return Answer{}, k.err
	}
	d.answers.put(k)
	return k.answer, k.err
}

// follow goes from redirect to redirect. Each step is a request of its own,
// with the whole guard and two entries.
func (d *Door) follow(ctx context.Context, r Request) (Answer, http.Header, error) {
	at, err := url.Parse(r.URL)
	if err != nil {
		// The parser's error would repeat the whole URL.
		return Answer{}, nil, d.attempt(ctx, r.Purpose, "").end(BadURL, 0, nil)
	}
	for range maxRedirects + 1 {
		answer, header, next, err := d.step(ctx, r, at)
		if err != nil || next == nil {
			return answer, header, err
		}
		at = next
	}
	return Answer{}, nil, d.attempt(ctx, r.Purpose, at.Hostname()).end(TooManyRedirects, 0, nil)
}

// step makes one request: it gives an answer, or where to ask next.
func (d *Door) step(ctx context.Context, r Request, at *url.URL) (Answer, http.Header, *url.URL, error) {
	request := (&http.Request{
		Method: http.MethodGet, URL: at, Host: at.Host,
		Header: http.Header{"Accept": {strings.Join(r.Accept, ", ")}},
	}).WithContext(ctx)
	response, b, err := d.pass(r.Purpose, request, r.MaxBytes)
	if err != nil {
		return Answer{}, nil, nil, err
	}
	var answer Answer
	next := redirect(response, at)
	switch {
	case next != nil:
		b.result = Redirected
	case response.StatusCode != http.StatusOK:
		b.fail(BadStatus, Status(response.StatusCode))
	default:
		answer = Answer{URL: at.String()}
		answer.Type, answer.Body = receive(response, b, r.Accept)
	}
	if err := b.Close(); err != nil {
		return Answer{}, nil, nil, err
	}
	return answer, response.Header, next, nil
}

// redirect says where an answer points to, nil if nowhere.
func redirect(response *http.Response, at *url.URL) *url.URL {
	switch response.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil
	}
	location := response.Header.Get("Location")
	if location == "" {
		return nil
	}
	next, err := at.Parse(location)
	if err != nil {
		return nil // and the status makes it a failure
	}
	return next
}

// receive reads the body if its type is taken. What goes wrong is noted on b.
func receive(response *http.Response, b *received, accept []string) (string, []byte) {
	if response.ContentLength > b.limit {
		b.fail(TooLarge, nil)
		return "", nil
	}
	declared, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if encoding := response.Header.Get("Content-Encoding"); err != nil || encoding != "" && encoding != "identity" {
		b.fail(WrongType, nil)
		return "", nil
	}
	buffered := bufio.NewReaderSize(b, sniffBytes)
	head, err := buffered.Peek(sniffBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", nil
	}
	mediaType, ok := taken(declared, head, accept)
	if !ok {
		b.fail(WrongType, nil)
		return "", nil
	}
	body, err := io.ReadAll(buffered)
	if err != nil {
		return "", nil
	}
	return mediaType, body
}
