package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/opengather/opengather/instance/demo"
	"github.com/opengather/opengather/instance/server"
	"github.com/opengather/opengather/instance/setup"
	"github.com/opengather/opengather/instance/signin"
)

type demoCommand struct {
	Members      int    `default:"40" help:"How many people are in it."`
	Spaces       int    `default:"8" help:"How many spaces it has."`
	Posts        int    `default:"1500" help:"How many posts and replies."`
	Language     string `default:"en" enum:"en,de" help:"The community's own language: en or de. People write in both."`
	Seed         uint64 `default:"1" help:"The same number gives the same people and words."`
	PrintSession string `placeholder:"NAME" enum:",owner,moderator,member,guest" default:"" help:"Sign owner, moderator, member or guest in and print the session, and addresses to measure, as a line of JSON. Everything else then goes to standard error."`
	PrintReaders int    `placeholder:"N" default:"0" help:"Sign so many people in and print their sessions, for measuring."`
}

// Run fills the community and says who can sign in. The program's clock is
// moved over the year, so that everything happens at its time.
func (d demoCommand) Run(r *run) error { return d.run(r, os.Stdout, os.Stderr) }

func (d demoCommand) run(r *run, out, progress io.Writer) error {
	until := time.Now()
	clock := demo.NewClock(until.AddDate(-1, 0, 0))
	o := demo.Options{
		Members: d.Members, Spaces: d.Spaces, Posts: d.Posts, Language: d.Language, Seed: d.Seed, Readers: d.PrintReaders, Clock: clock, Until: until,
		Progress: func(percent int) { fmt.Fprintf(progress, "filling the community: %d %%\n", percent) },
	}
	if err := o.Check(); err != nil {
		return err
	}
	p, err := r.openAt(clock.Now)
	if err != nil {
		return err
	}
	made, err := fill(r.ctx, p, o)
	if err == nil {
		err = d.tell(r.ctx, p, made, out, progress)
	}
	return errors.Join(err, p.Close())
}

// openAt opens the community with another clock.
func (r *run) openAt(now func() time.Time) (*server.Program, error) {
	ctx, cancel := context.WithTimeout(r.ctx, patience)
	defer cancel()
	options := r.options()
	options.Now = now
	return server.Open(ctx, options)
}

func fill(ctx context.Context, p *server.Program, o demo.Options) (*demo.Made, error) {
	link, err := p.SetupLink(ctx, nil)
	if err != nil {
		return nil, err
	}
	if link == "" {
		return nil, demo.ErrNotEmpty
	}
	o.Origin, o.Token, _ = strings.Cut(link, setup.Path(""))
	worker := p.Worker()
	o.Night = func(ctx context.Context) error {
		_, err := worker.Drain(ctx)
		return err
	}
	ops := &demo.Operations{
		DB: p.DB, Keys: p.Keys, Setup: p.Setup, Communities: p.Communities, Joining: p.Joining,
		Members: p.Members, Spaces: p.Spaces, Posts: p.Posts, Pages: p.Pages, Media: p.Media, Feeds: p.Feeds,
	}
	made, err := ops.Fill(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("fill the community: %w", err)
	}
	return made, nil
}

// session is what --print-session prints.
type session struct {
	Role    string `json:"role"`
	Handle  string `json:"handle"`
	Session string `json:"session"`
	// Thread is the address of a thread with Replies replies in a public space,
	// Search a word that is found.
	Thread  string `json:"thread"`
	Replies int    `json:"replies"`
	Search  string `json:"search"`
}

// tell says what was made, to people or to a program.
func (d demoCommand) tell(ctx context.Context, p *server.Program, made *demo.Made, out, progress io.Writer) error {
	if d.PrintSession == "" {
		return describe(out, made, "")
	}
	for _, who := range made.Known {
		if string(who.Role) != d.PrintSession {
			continue
		}
		entry, err := p.SignIn.ByPassword(ctx, who.Handle, demo.Password, signin.Visit{Device: signin.Computer, Network: "this machine"})
		if err != nil {
			return fmt.Errorf("sign %s in: %w", who.Handle, err)
		}
		line := session{Role: d.PrintSession, Handle: who.Handle, Session: entry.Token, Thread: made.Thread, Replies: made.Answers, Search: made.Word}
		return errors.Join(describe(progress, made, entry.Token), json.NewEncoder(out).Encode(line))
	}
	return fmt.Errorf("nobody in the demo is %s", d.PrintSession)
}

// describe tells people what was made. The lines with a colon are for programs
// that measure.
func describe(w io.Writer, made *demo.Made, token string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "The community is full. These can sign in, each with the password \"%s\":\n\n", demo.Password)
	for _, p := range made.Known {
		fmt.Fprintf(&b, "    %-10s %-14s %s\n", p.Role, p.Handle, p.Name)
	}
	fmt.Fprintf(&b, "\nEverybody knows that password: keep this community off the internet.\n\n")
	fmt.Fprintf(&b, "thread: %s\nsearch: /search?q=%s\n", made.Thread, url.QueryEscape(made.Word))
	if token != "" {
		fmt.Fprintf(&b, "cookie: session=%s\n", token)
	}
	for _, token := range made.Readers {
		fmt.Fprintf(&b, "reader: session=%s\n", token)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
