package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// An engine is all that was measured on one database.
type engine struct {
	name   string
	filled time.Duration // how long it took to fill the community
	first  time.Duration // from start to first answer, the median
	pages  []load
	crowd  load // home, by 100 readers at once
	writes writes
	visit  visit
	idle   memory // after the start, before anybody came
	read   memory // after the crowd
	loaded memory // after all of that

	uploads upload
	search  []load // home first, then questions to the search, all stirred
	album   []load // pages with photos, and a photo
	live    []audience
}

// A target is an address as one person asks for it.
type target struct {
	name    string
	who     string
	path    string
	cookie  string // "name=value", empty for a stranger
	readers int    // connections at once
	packed  bool   // asks for compression, as browsers do
}

// A community is what the fill command says about what it made.
type community struct {
	thread, search, cookie string
	readers                []string // cookies, each of somebody else
	place                  string   // where the member posts what all read; made when it is needed
	home                   string   // of a member, where the front page leads her
}

// engine fills and measures a community on one database.
func (b *bench) engine(ctx context.Context, name string, settings []string) (e engine, err error) {
	e.name = name
	settings = append(settings, "OPENGATHER_DATA="+filepath.Join(b.dir, name))
	filled, err := b.filled(ctx, &e, settings)
	if err != nil {
		return e, fmt.Errorf("fill a community on %s: %w", name, err)
	}
	if e.first, err = b.firstAnswer(ctx, settings); err != nil {
		return e, fmt.Errorf("start on %s: %w", name, err)
	}
	s, err := b.serve(ctx, settings)
	if err != nil {
		return e, fmt.Errorf("start on %s: %w", name, err)
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	return e, b.measure(ctx, s, filled, &e)
}

func (b *bench) measure(ctx context.Context, s *server, c community, e *engine) (err error) {
	b.say("%s: wait for it to be idle", e.name)
	if err := idle(ctx, s); err != nil {
		return err
	}
	if e.idle, err = s.memory(); err != nil {
		return err
	}
	if e.visit, err = firstVisit(ctx, s.url); err != nil {
		return fmt.Errorf("visit the first page: %w", err)
	}
	if c.home, err = homeOf(ctx, s.url, c.cookie); err != nil {
		return fmt.Errorf("find the home page of a member: %w", err)
	}
	for _, part := range parts {
		if !b.measures(part.name) {
			continue
		}
		if part.posts && c.place == "" {
			if c, err = c.settled(ctx, s); err != nil {
				return fmt.Errorf("make a space: %w", err)
			}
		}
		if err := part.measure(b, ctx, s, c, e); err != nil {
			return fmt.Errorf("measure %s: %w", part.name, err)
		}
	}
	return nil
}

// pages loads what most people read, and writes.
func (b *bench) pages(ctx context.Context, s *server, c community, e *engine) (err error) {
	for _, t := range c.targets() {
		b.say("%s: %s as %s", e.name, t.name, t.who)
		l, err := b.load(ctx, s, t)
		if err != nil {
			return fmt.Errorf("load %s as %s: %w", t.name, t.who, err)
		}
		e.pages = append(e.pages, l)
	}
	stirred, err := b.stirred(ctx, s, c)
	if err != nil {
		return err
	}
	e.pages = append(e.pages, stirred...)
	b.say("%s: home as 100 members at once", e.name)
	if e.crowd, err = b.load(ctx, s, target{path: c.home, cookie: c.cookie, readers: 100}); err != nil {
		return fmt.Errorf("load home as 100 members: %w", err)
	}
	if e.read, err = s.memory(); err != nil {
		return err
	}
	b.say("%s: write", e.name)
	if e.writes, err = b.write(ctx, s, c); err != nil {
		return fmt.Errorf("write replies: %w", err)
	}
	e.loaded, err = s.memory()
	return err
}

func (c community) targets() []target {
	list := []target{{name: "/up", who: "anybody", path: "/up", readers: 16}}
	for who, cookie := range map[string]string{"member": c.cookie, "stranger": ""} {
		home := map[string]string{"member": c.home, "stranger": "/"}[who]
		for name, path := range map[string]string{"home": home, "thread of 50": c.thread, "search": c.search} {
			list = append(list, target{name: name, who: who, path: path, cookie: cookie, readers: 16})
		}
		list = append(list, target{name: "thread of 50, packed", who: who, path: c.thread, cookie: cookie, readers: 16, packed: true})
	}
	slices.SortFunc(list, func(a, b target) int { return strings.Compare(a.name+a.who, b.name+b.who) })
	return list
}

// homeOf is where the front page leads a member, or the front page itself.
func homeOf(ctx context.Context, origin, cookie string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, origin+"/", nil)
	if err != nil {
		return "", err
	}
	request.Header.Set("Cookie", cookie)
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return "", err
	}
	if to := response.Header.Get("Location"); to != "" {
		return to, response.Body.Close()
	}
	return "/", response.Body.Close()
}

// environment is that of the program under test: nobody's own settings.
func environment(settings []string) []string {
	env := slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, "OPENGATHER_") })
	return append(env, settings...)
}

func (b *bench) filled(ctx context.Context, e *engine, settings []string) (community, error) {
	b.say("%s: fill a community (%s)", e.name, b.size)
	begin := time.Now()
	fill := exec.CommandContext(ctx, b.program, strings.Fields(b.fill)...)
	fill.Env = environment(settings)
	said, err := fill.CombinedOutput()
	e.filled = time.Since(begin)
	if err != nil {
		return community{}, fmt.Errorf("%w\n%s", err, said)
	}
	return told(string(said))
}

var line = regexp.MustCompile(`(?m)^(thread|search|cookie|reader): (\S.*)$`)

// told reads what the fill command says.
func told(said string) (community, error) {
	found := map[string]string{}
	var c community
	for _, match := range line.FindAllStringSubmatch(said, -1) {
		found[match[1]] = strings.TrimSpace(match[2])
		if match[1] == "reader" {
			c.readers = append(c.readers, found["reader"])
		}
	}
	c.thread, c.search, c.cookie = found["thread"], found["search"], found["cookie"]
	if c.thread == "" || c.search == "" || c.cookie == "" {
		return c, fmt.Errorf("its output lacks one of the lines thread, search and cookie:\n%s", said)
	}
	return c, nil
}

func (b *bench) serve(ctx context.Context, settings []string) (*server, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(b.program, strings.Fields(b.plan.serve)...)
	cmd.Env = environment(append(slices.Clone(settings), "OPENGATHER_LISTEN="+address))
	return start(ctx, cmd, address)
}

// firstAnswer is the median time from start to the first answer.
func (b *bench) firstAnswer(ctx context.Context, settings []string) (time.Duration, error) {
	var all []time.Duration
	for range b.starts {
		s, err := b.serve(ctx, settings)
		if err != nil {
			return 0, err
		}
		all = append(all, s.first)
		if err := s.stop(); err != nil {
			return 0, err
		}
	}
	slices.Sort(all)
	return all[len(all)/2], nil
}
