// Command bench measures OpenGather against a bare page in the same run, and
// prints a Markdown report:
//
//	go run ./bench
//
// It builds the program, fills a community by its demo command, serves it on
// loopback, and loads it by wrk. Every rate and every CPU time is also given as
// a ratio to the bare page, since machines differ and are noisy. With -postgres
// it does all of it again on an empty PostgreSQL database.
//
// With -parts it measures some of it alone, for example how long a photo takes:
//
//	go run ./bench -parts upload
//
// What it is told by the demo command are lines of its output: "thread: /…" is
// the address of a thread of 50 in a public space, "search: /…" that of a
// search for a word that many posts have, "cookie: name=value" the session of a
// member, who may write in the thread, "reader: name=value" each that of somebody
// else who may read it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A plan is what to measure.
type plan struct {
	module   string // folder of the module that holds the program
	pkg      string // the program's package in it
	fill     string // arguments that fill a community, without the data directory
	serve    string // arguments that serve one, without address and data directory
	size     string // what fill makes, for the report
	postgres string // an empty database, or none
	duration time.Duration
	writes   int // forms to send at most
	starts   int // starts to take the median of
	uploads  int // photos to take the median of
	replies  int // replies to say to those who read
	parts    []string
}

func main() {
	p := plan{pkg: "./cmd/opengather", serve: "serve", starts: 5, uploads: 5}
	flag.StringVar(&p.module, "module", "../instance", "folder of the module that holds the program")
	members := flag.Int("members", 1_000, "members of the community")
	posts := flag.Int("posts", 50_000, "posts and replies of the community")
	spaces := flag.Int("spaces", 20, "spaces of the community")
	flag.StringVar(&p.fill, "fill", "demo --print-session member --print-readers {readers} --members {members} --posts {posts} --spaces {spaces}", "arguments that fill a community")
	flag.StringVar(&p.postgres, "postgres", os.Getenv("OPENGATHER_TEST_POSTGRES"), "an empty PostgreSQL database to measure on as well")
	flag.DurationVar(&p.duration, "d", 10*time.Second, "how long each page is loaded")
	flag.IntVar(&p.writes, "writes", 2_000, "replies to write at most")
	readers := flag.Int("readers", 500, "people who read one thread while it goes on")
	flag.IntVar(&p.replies, "replies", 20, "replies to say to them")
	flag.Func("parts", "what to measure, separated by commas, instead of everything: "+strings.Join(partNames(), ", "), p.choose)
	flag.Parse()
	p.fill = strings.NewReplacer("{readers}", fmt.Sprint(*readers), "{members}", fmt.Sprint(*members), "{posts}", fmt.Sprint(*posts), "{spaces}", fmt.Sprint(*spaces)).Replace(p.fill)
	p.size = fmt.Sprintf("%d members, %d posts and replies, %d spaces", *members, *posts, *spaces)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, p, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures and writes the report to out. What it does at the moment goes to
// progress.
func run(ctx context.Context, p plan, out, progress io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b := bench{plan: p, dir: dir, progress: progress}
	if b.program, err = b.build(ctx, p.module, p.pkg, "opengather"); err != nil {
		return err
	}
	bare, err := b.build(ctx, ".", "github.com/opengather/opengather/scripts/bench/bare", "bare")
	if err != nil {
		return err
	}
	var r report
	if r.bareBefore, err = b.bare(ctx, bare); err != nil {
		return fmt.Errorf("measure the bare page: %w", err)
	}
	if b.measures("pages") {
		if r.firstPost, err = b.firstPost(ctx); err != nil {
			return fmt.Errorf("from the first start to the first post: %w", err)
		}
	}
	if r.engines, err = b.engines(ctx); err != nil {
		return err
	}
	// Once more: how far the two are apart says how far to trust the rest.
	if r.bareAfter, err = b.bare(ctx, bare); err != nil {
		return fmt.Errorf("measure the bare page: %w", err)
	}
	_, err = io.WriteString(out, r.markdown(p, hardware()))
	return err
}

// A bench is one run.
type bench struct {
	plan
	dir      string // for everything that is made
	program  string // the binary under test
	progress io.Writer
}

func (b *bench) say(format string, args ...any) { fmt.Fprintf(b.progress, format+"\n", args...) }

func (b *bench) build(ctx context.Context, module, pkg, name string) (string, error) {
	b.say("build %s", name)
	binary := filepath.Join(b.dir, name)
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, pkg)
	build.Dir = module
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", name, err, said)
	}
	return binary, nil
}

func (b *bench) bare(ctx context.Context, binary string) (load, error) {
	address, err := freeAddress()
	if err != nil {
		return load{}, err
	}
	s, err := start(ctx, exec.Command(binary, "-listen", address), address)
	if err != nil {
		return load{}, err
	}
	l, err := b.load(ctx, s, target{name: "bare page", path: "/", readers: 16})
	return l, errors.Join(err, s.stop())
}

func (b *bench) engines(ctx context.Context) ([]engine, error) {
	sqlite, err := b.engine(ctx, "SQLite", nil)
	if err != nil || b.postgres == "" {
		return []engine{sqlite}, err
	}
	// A master key is needed with PostgreSQL, and any will do.
	postgres, err := b.engine(ctx, "PostgreSQL", []string{
		"OPENGATHER_DATABASE=" + b.postgres, "OPENGATHER_MASTER_KEY=" + strings.Repeat("5eed", 16),
	})
	return []engine{sqlite, postgres}, err
}
