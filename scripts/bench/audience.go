package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// audience is what some replies cost while people read the thread.
type audience struct {
	readers int
	fetch   bool // they ask for what is new, as browsers do
	replies int
	cpu     time.Duration // of the server, for all replies
	before  memory        // before the first of them came
	after   memory        // after the last reply, while they still read
	heard   time.Duration // from the form of a reply to the last one who heard of it, the median
}

// audiences begins a thread and measures replies in it that nobody reads, that
// everybody hears of who is there, and that they also fetch.
func (b *bench) audiences(ctx context.Context, s *server, c community, e *engine) error {
	form, err := c.composer(ctx, s)
	if err != nil {
		return err
	}
	kind, body, err := withFiles(form, nil)
	if err != nil {
		return err
	}
	if _, c.thread, err = c.ask(ctx, s, attribute(form, "action"), kind, body); err != nil {
		return err
	}
	for i, cookie := range c.readers {
		if c.readers[i], err = c.comes(ctx, s, cookie); err != nil {
			return err
		}
	}
	for _, a := range []audience{{}, {readers: len(c.readers)}, {readers: len(c.readers), fetch: true}} {
		b.say("%s: %d replies before %d people", e.name, b.replies, a.readers)
		if err := b.perform(ctx, s, c, &a); err != nil {
			return err
		}
		e.live = append(e.live, a)
	}
	return nil
}

// comes has a reader open the thread, and once more with what she got: a session may
// be a new one with the first page, and the former one ends when that has arrived. A
// stream alone gets none.
func (c community) comes(ctx context.Context, s *server, cookie string) (string, error) {
	c.cookie = cookie
	w, err := c.way(s)
	for range 2 {
		if err == nil {
			_, _, err = w.ask(ctx, c.thread, "", nil)
		}
	}
	if err != nil {
		return "", err
	}
	return w.session(cookie), nil
}

// perform says the replies one after the other, each when everybody has heard of
// the one before.
func (b *bench) perform(ctx context.Context, s *server, c community, a *audience) (err error) {
	if a.before, err = s.memory(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	h := hall{s: s, thread: c.thread, fetch: a.fetch, told: make(chan error)}
	defer func() { cancel(); h.people.Wait() }()
	for _, cookie := range c.readers[:a.readers] {
		h.people.Go(func() { h.listen(ctx, cookie) })
	}
	if err := h.allHear(ctx, a.readers); err != nil { // what there is already
		return err
	}
	begin, err := s.cpu()
	if err != nil {
		return err
	}
	var took []time.Duration
	for i := range b.replies {
		said := time.Now()
		if err := c.says(ctx, s, fmt.Sprintf("Reply %d before %d people.", i, a.readers)); err != nil {
			return err
		}
		if err := h.allHear(ctx, a.readers); err != nil {
			return err
		}
		took = append(took, time.Since(said))
	}
	end, err := s.cpu()
	if err != nil {
		return err
	}
	a.replies, a.cpu, a.heard = b.replies, end-begin, median(took)
	a.after, err = s.memory()
	return err
}

// A hall is where people listen.
type hall struct {
	s      *server
	thread string
	fetch  bool
	told   chan error // nil from each who has heard of something new
	people sync.WaitGroup
}

// allHear waits until everybody has heard something.
func (h *hall) allHear(ctx context.Context, readers int) error {
	late := time.After(2 * time.Minute)
	for n := range readers {
		select {
		case err := <-h.told:
			if err != nil {
				return err
			}
		case <-late:
			return fmt.Errorf("%d of %d people have heard", n, readers)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// listen is somebody who has the thread open, until ctx ends.
func (h *hall) listen(ctx context.Context, cookie string) {
	err := h.hear(ctx, cookie)
	select {
	case h.told <- fmt.Errorf("a stream ends: %w", err):
	case <-ctx.Done():
	}
}

func (h *hall) hear(ctx context.Context, cookie string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, h.s.url+"/live?page="+url.QueryEscape(h.thread), nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "text/event-stream")
	request.Header.Set("Cookie", cookie)
	response, err := streams.RoundTrip(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errors.New(response.Status)
	}
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		if lines.Text() == "event: end" {
			break
		}
		if lines.Text() != "event: changed" || !lines.Scan() {
			continue
		}
		if err := h.show(ctx, cookie, strings.TrimPrefix(lines.Text(), "data: ")); err != nil {
			return err
		}
		select {
		case h.told <- nil:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return errors.Join(io.ErrUnexpectedEOF, lines.Err())
}

// streams are as many as there are people.
var streams = &http.Transport{MaxIdleConnsPerHost: 16}

// show fetches what is new, as a page that is open does.
func (h *hall) show(ctx context.Context, cookie, data string) error {
	var hint struct {
		Parts []string `json:"parts"`
	}
	if err := json.Unmarshal([]byte(data), &hint); err != nil || !h.fetch || len(hint.Parts) == 0 {
		return err
	}
	query := url.Values{"n": {"1"}, "part": hint.Parts, "new": hint.Parts}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, h.s.url+h.thread+"/parts?"+query.Encode(), nil)
	if err != nil {
		return err
	}
	request.Header.Set("HX-Request", "true")
	request.Header.Set("Cookie", cookie)
	response, err := streams.RoundTrip(request)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, response.Body)
	if response.StatusCode != http.StatusOK {
		err = errors.Join(err, errors.New(response.Status))
	}
	return errors.Join(err, response.Body.Close())
}

// cells are those for one audience. CPU time is for a hundred replies, and its
// ratio to that of the same replies before nobody.
func (a audience) cells(nobody audience) string {
	hundred := func(x audience) float64 { return x.cpu.Seconds() * 100 / float64(max(1, x.replies)) }
	who := fmt.Sprint(a.readers)
	if a.fetch {
		who += ", who fetch it"
	}
	return fmt.Sprintf("%s | %d | %.1f s | %.1f | %s | %s | %s", who, a.replies, hundred(a), hundred(a)/max(0.01, hundred(nobody)),
		milliseconds(a.heard), megabytes(a.before.now), megabytes(a.after.now))
}
