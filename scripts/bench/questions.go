package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// What is asked of the search beside the word that many posts have: one that is
// said once, in a reply that is written for it, and one that nobody says.
const (
	rare    = "quincewhisker"
	nowhere = "quincewhiskerless"
)

// questions measures the search beside home. Somebody reacts to a post meanwhile,
// since an answer that is kept in memory is no search.
func (b *bench) questions(ctx context.Context, s *server, c community, e *engine) error {
	if err := c.says(ctx, s, "Who has a "+rare+"?"); err != nil {
		return err
	}
	form, err := reaction(ctx, s, c)
	if err != nil {
		return err
	}
	for _, t := range c.questions() {
		b.say("%s: %s", e.name, t.name)
		l, err := b.whileStirring(ctx, s, c, form, t)
		if err != nil {
			return fmt.Errorf("load %s: %w", t.name, err)
		}
		e.search = append(e.search, l)
	}
	return nil
}

// questions are home, which the others are compared with, and searches.
func (c community) questions() []target {
	all := []target{{name: "home", path: c.home}, {name: "a word that many posts have", path: c.search}}
	for _, q := range []struct{ name, word string }{{"a word that is said once", rare}, {"a word that nobody says", nowhere}} {
		all = append(all, target{name: q.name, path: "/search?q=" + url.QueryEscape(q.word)})
	}
	for i := range all {
		all[i].who, all[i].cookie, all[i].readers = "member", c.cookie, 16
	}
	return all
}

// says writes a reply to the thread.
func (c community) says(ctx context.Context, s *server, words string) error {
	form, err := replyForm(ctx, s.url+c.thread, c.cookie, words)
	if err != nil {
		return err
	}
	status, err := form.send(ctx, s.url, c.cookie)
	if err == nil && status >= http.StatusBadRequest {
		err = errors.New("a reply is answered by " + http.StatusText(status))
	}
	return err
}

// beside are the cells for a search, with what it takes beside home.
func (e engine) beside(l load) string {
	if l.status != http.StatusOK {
		return fmt.Sprintf("%s | answers %d | | | | | |", l.name, l.status)
	}
	home := e.search[0]
	return fmt.Sprintf("%s | %d | %.0f | %.2f | %s | %s | %.2f | %d", l.name, l.bytes, l.rate, l.rate/max(1, home.rate),
		milliseconds(l.p99), microseconds(l.cpu), float64(l.cpu)/float64(max(1, home.cpu)), l.failures)
}
