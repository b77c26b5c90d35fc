package durability

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/job"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/server"
)

// pair opens two programs on one PostgreSQL, in this process, with one clock.
func pair(t *testing.T) (a, b *server.Program, clock *databasetest.Clock) {
	t.Helper()
	here, there := shared(t)
	here.seed(t)
	clock = &databasetest.Clock{}
	clock.Add(time.Since(databasetest.Start)) // the seed is of now
	a, b = here.open(t, clock.Now), there.open(t, clock.Now)
	t.Cleanup(func() {
		if err := errors.Join(a.Close(), b.Close()); err != nil {
			t.Error(err)
		}
	})
	return a, b, clock
}

func write(t *testing.T, p *server.Program, fn func(*database.Tx) error) {
	t.Helper()
	_, err := p.DB.Write(context.Background(), database.Op{Class: database.System}, func(tx *database.Tx) (string, error) { return "", fn(tx) })
	if err != nil {
		t.Fatal(err)
	}
}

// both runs fn for two programs at the same time.
func both(a, b *server.Program, fn func(*server.Program)) {
	var all sync.WaitGroup
	all.Go(func() { fn(a) })
	all.Go(func() { fn(b) })
	all.Wait()
}

func TestEachJobRunsInOneProcess(t *testing.T) {
	a, b, clock := pair(t)
	var mu sync.Mutex
	done := map[string]int{}
	worker := func(p *server.Program, do job.Handler) *job.Worker {
		return &job.Worker{DB: p.DB, Handlers: map[string]job.Handler{"test": do}, Log: p.Log}
	}
	count := func(_ context.Context, key string) (time.Time, error) {
		mu.Lock()
		defer mu.Unlock()
		done[key]++
		return time.Time{}, nil
	}
	const jobs = 60
	write(t, a, func(tx *database.Tx) (err error) {
		for i := range jobs {
			err = errors.Join(err, job.Enqueue(tx, job.Job{Kind: "test", Key: fmt.Sprint(i)}))
		}
		return err
	})
	both(a, b, func(p *server.Program) {
		if _, err := worker(p, count).Drain(t.Context()); err != nil {
			t.Error(err)
		}
	})
	for key, n := range done {
		if n != 1 {
			t.Errorf("job %s ran %d times", key, n)
		}
	}
	if len(done) != jobs {
		t.Errorf("%d of %d jobs ran", len(done), jobs)
	}

	// One process dies over a job: the other takes it over, after the lease.
	clear(done)
	write(t, a, func(tx *database.Tx) error { return job.Enqueue(tx, job.Job{Kind: "test", Key: "dying"}) })
	ctx, die := context.WithCancel(t.Context())
	dying := worker(a, func(context.Context, string) (time.Time, error) { die(); return time.Time{}, nil })
	if _, err := dying.Drain(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("the process that dies gave %v", err)
	}
	for _, step := range []struct {
		wait time.Duration
		want int
	}{{0, 0}, {4 * time.Minute, 0}, {2 * time.Minute, 1}, {time.Hour, 1}} {
		clock.Add(step.wait)
		if _, err := worker(b, count).Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if done["dying"] != step.want {
			t.Errorf("%v later the other ran it %d times, want %d", step.wait, done["dying"], step.want)
		}
	}
}

func TestEachFormCountsInOneProcess(t *testing.T) {
	a, b, _ := pair(t)
	actor := access.Member("writer0")
	for i := range 40 {
		var mu sync.Mutex
		ids := map[string]int{}
		both(a, b, func(p *server.Program) {
			id, err := p.Posts.Publish(t.Context(), actor, "one key", post.Draft{Space: space, Body: fmt.Sprint("Text ", i)})
			if err != nil && !errors.Is(err, database.ErrRepeated) {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			ids[id]++
		})
		if len(ids) != 1 || ids[""] != 0 {
			t.Fatalf("one form made %v", ids)
		}
	}
}

// Each consumer takes each fact once, however many processes run it while
// facts are being recorded in both.
func TestEachFactIsTakenOnce(t *testing.T) {
	a, b, _ := pair(t)
	const each = 60
	took := func(name string) fact.Consumer {
		return fact.Consumer{Name: name, React: func(tx *database.Tx, f fact.Fact) error {
			// Taking it a second time breaks the table's primary key.
			_, err := tx.Exec("INSERT INTO features (name, enabled) VALUES ($1, $2)", name+f.Subject, true)
			return err
		}}
	}
	both(a, b, func(p *server.Program) {
		for i := range each {
			_, err := p.Posts.Publish(t.Context(), access.Member("writer1"), "", post.Draft{Space: space, Body: fmt.Sprint(i)})
			if err != nil {
				t.Error(err)
			}
			for _, name := range []string{"one ", "two "} {
				if _, err := took(name).Run(t.Context(), p.DB); err != nil {
					t.Error(err)
				}
			}
		}
	})
	both(a, b, func(p *server.Program) {
		for _, name := range []string{"one ", "two "} {
			if _, err := took(name).Run(t.Context(), p.DB); err != nil {
				t.Error(err)
			}
		}
	})
	err := a.DB.Read(t.Context(), func(tx *database.Tx) error {
		var n int
		err := tx.One([]any{&n}, "SELECT count(*) FROM features WHERE name LIKE 'one %' OR name LIKE 'two %'")
		if n != 2*2*each {
			t.Errorf("two consumers took %d facts of %d", n, 2*each)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What one process records wakes the other.
func TestOneWakesTheOther(t *testing.T) {
	a, b, _ := pair(t)
	for range 3 { // the first time it may have been woken because it began to listen
		for _, two := range [][2]*server.Program{{a, b}, {b, a}} {
			woken := two[1].DB.Woken()
			write(t, two[0], func(tx *database.Tx) error { return job.Enqueue(tx, job.Job{Kind: "test", Key: "wake"}) })
			select {
			case <-woken:
			case <-time.After(20 * time.Second): // without being told it looks after a minute
				t.Fatal("a job that one process enqueued does not wake the other")
			}
		}
	}
}
