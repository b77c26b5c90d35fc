package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// writes are what came of replies sent by 16 connections at once.
type writes struct {
	sent, refused int // refused: answered by 4xx or 5xx
	rate          float64
	cpu           time.Duration // of the server, per write
}

// A filledForm is a form that is ready to be sent.
type filledForm struct {
	action string
	body   string
}

// write measures replies to a thread. The forms are fetched before the time
// starts, since each has a key that works once.
func (b *bench) write(ctx context.Context, s *server, c community) (w writes, err error) {
	forms := make([]filledForm, b.writes)
	err = each(len(forms), func(i int) (err error) {
		forms[i], err = replyForm(ctx, s.url+c.thread, c.cookie, fmt.Sprintf("Reply %d: the beans are up.", i))
		return err
	})
	if err != nil {
		return w, err
	}
	before, err := s.cpu()
	if err != nil {
		return w, err
	}
	var refused atomic.Int64
	begin := time.Now()
	err = each(len(forms), func(i int) error {
		status, err := forms[i].send(ctx, s.url, c.cookie)
		if status >= 400 {
			refused.Add(1)
		}
		return err
	})
	took := time.Since(begin)
	if err != nil {
		return w, err
	}
	after, err := s.cpu()
	if err != nil {
		return w, err
	}
	w.sent, w.refused = len(forms), int(refused.Load())
	w.rate = float64(w.sent-w.refused) / took.Seconds()
	w.cpu = (after - before) / time.Duration(max(1, w.sent))
	return w, nil
}

// each calls do for 0 to n-1, 16 at a time, and stops at the first error.
func each(n int, do func(i int) error) error {
	var next, failed atomic.Int64
	var wait sync.WaitGroup
	errs := make([]error, 16)
	for worker := range errs {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && failed.Load() == 0; i = int(next.Add(1)) - 1 {
				if errs[worker] = do(i); errs[worker] != nil {
					failed.Add(1)
				}
			}
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

// connections are as many as each uses.
var connections = &http.Client{
	Transport: &http.Transport{MaxIdleConnsPerHost: 16},
	Timeout:   time.Minute,
	CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	},
}

func replyForm(ctx context.Context, address, cookie, text string) (filledForm, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return filledForm{}, err
	}
	request.Header.Set("Cookie", cookie)
	response, err := connections.Do(request)
	if err != nil {
		return filledForm{}, err
	}
	defer response.Body.Close()
	page, err := html.Parse(response.Body)
	if err != nil {
		return filledForm{}, err
	}
	for n := range page.Descendants() {
		if n.DataAtom != atom.Form || !strings.EqualFold(attribute(n, "method"), "post") {
			continue
		}
		if values, ok := replyValues(n, text); ok {
			return filledForm{action: attribute(n, "action"), body: values.Encode()}, nil
		}
	}
	return filledForm{}, fmt.Errorf("%s (%s) has no form to reply by", address, response.Status)
}

// replyValues fills in a form, if it has a place to write in.
func replyValues(form *html.Node, text string) (values url.Values, ok bool) {
	values = url.Values{}
	for n := range form.Descendants() {
		switch {
		case n.DataAtom == atom.Textarea:
			values.Set(attribute(n, "name"), text)
			ok = true
		case n.DataAtom == atom.Input && attribute(n, "type") == "hidden":
			values.Set(attribute(n, "name"), attribute(n, "value"))
		}
	}
	return values, ok
}

// send sends the form and gives the status of the answer.
func (f filledForm) send(ctx context.Context, origin, cookie string) (status int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, origin+f.action, strings.NewReader(f.body))
	if err != nil {
		return 0, err
	}
	for name, value := range map[string]string{
		"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded", "Origin": origin, "Sec-Fetch-Site": "same-origin",
	} {
		request.Header.Set(name, value)
	}
	response, err := connections.Do(request)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, errors.Join(err, response.Body.Close())
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
