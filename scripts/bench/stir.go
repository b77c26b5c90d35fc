package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// stirring is how often somebody reacts to a post while stirred pages are
// loaded. Whatever is kept in memory for as long as nothing is written has to
// be worked out anew that often.
const stirring = 100 * time.Millisecond

// stirred measures what a member reads while the community is not quiet.
func (b *bench) stirred(ctx context.Context, s *server, c community) (all []load, err error) {
	form, err := reaction(ctx, s, c)
	if err != nil {
		return nil, err
	}
	for _, t := range c.targets() {
		if t.who != "member" || t.packed {
			continue
		}
		t.who = "member, stirred"
		b.say("%s as %s", t.name, t.who)
		l, err := b.whileStirring(ctx, s, c, form, t)
		if err != nil {
			return nil, fmt.Errorf("load %s as %s: %w", t.name, t.who, err)
		}
		all = append(all, l)
	}
	return all, nil
}

// reaction is a form that sets a sign under the thread's first post. Its key
// works again and again: reacting twice is reacting once.
func reaction(ctx context.Context, s *server, c community) (filledForm, error) {
	form, err := replyForm(ctx, s.url+c.thread, c.cookie, "")
	if err != nil {
		return filledForm{}, err
	}
	values, err := url.ParseQuery(form.body)
	if err != nil {
		return filledForm{}, err
	}
	values.Set("reaction", "heart")
	return filledForm{action: c.thread + "/react", body: values.Encode()}, nil
}

// whileStirring loads a page while the sign is set and taken away again.
func (b *bench) whileStirring(ctx context.Context, s *server, c community, form filledForm, t target) (load, error) {
	stir, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- form.again(stir, s.url, c.cookie) }()
	l, err := b.load(ctx, s, t)
	stop()
	return l, errors.Join(err, <-ended)
}

// again sends the form until ctx ends, every second time to take back what it did.
func (f filledForm) again(ctx context.Context, origin, cookie string) error {
	back := f
	values, err := url.ParseQuery(f.body)
	if err != nil {
		return err
	}
	values.Set("reaction", "-"+values.Get("reaction"))
	back.body = values.Encode()
	ticker := time.NewTicker(stirring)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		status, err := f.send(ctx, origin, cookie)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil || status >= 400 {
			return errors.Join(fmt.Errorf("a reaction is answered by %d", status), err)
		}
		f, back = back, f
	}
}
