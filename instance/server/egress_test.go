package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/config"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fetch"
	"github.com/opengather/opengather/instance/internal/telemetry"
)

// start opens a program on a database, and on SQLite without one.
func start(t *testing.T, dsn string) *Program {
	t.Helper()
	c := &config.Config{Data: filepath.Join(t.TempDir(), "data"), Listen: "127.0.0.1:0", Database: config.Secret(dsn)}
	if dsn != "" {
		c.MasterKey = config.Secret(strings.Repeat("5c", 32))
	}
	p, err := Open(t.Context(), Options{Config: c, Log: telemetry.Logger(t.Output(), false, 0)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func end(t *testing.T, p *Program) {
	t.Helper()
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

// went are the lines of the egress log, looked at from beside the program.
func went(t *testing.T, dsn string) (lines []string) {
	t.Helper()
	i, err := database.Inspect(t.Context(), database.Options{DSN: dsn})
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	var all string
	if err := i.Row(t.Context(), []any{&all}, "SELECT coalesce(string_agg(purpose || ' ' || host || ' ' || result, ',' ORDER BY result), '') FROM egress"); err != nil {
		t.Fatal(err)
	}
	return slices.Compact(strings.Split(all, ","))
}

var bothLines = []string{"database 127.0.0.1 answered", "database 127.0.0.1 asked"}

// What is done by a command alone leaves its lines too.
func TestACommandLeavesWhatWentOut(t *testing.T) {
	dsn := databasetest.DSN(t)
	end(t, start(t, dsn))
	if lines := went(t, dsn); !slices.Equal(lines, bothLines) {
		t.Errorf("after the end there is %q", lines)
	}
}

// The lines do not wait for the end, which may come without a word.
func TestWhatWentOutIsWrittenWhileServing(t *testing.T) {
	dsn := databasetest.DSN(t)
	p := start(t, dsn)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.react(ctx)
	}()
	late := time.After(time.Minute)
	for lines := went(t, dsn); !slices.Equal(lines, bothLines); lines = went(t, dsn) {
		select {
		case <-late:
			t.Fatalf("while it runs there is %q", lines)
		case <-time.After(20 * time.Millisecond):
		}
	}
	stop()
	<-ended
	end(t, p)
}

// What could not be written waits on, the newest of it.
func TestWhatIsNotWrittenWaits(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		l := &egressLog{}
		write := func(statement string) {
			t.Helper()
			_, err := db.Write(t.Context(), database.Op{Class: database.System, Name: "test"}, func(tx *database.Tx) (string, error) {
				_, err := tx.Exec(statement)
				return "", err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		dial := func(n int) {
			t.Helper()
			if err := l.record(t.Context(), fetch.Entry{Time: clock.Now(), Purpose: fetch.Database, Host: fmt.Sprint(n), Result: fetch.Asked}); err != nil {
				t.Fatal(err)
			}
		}
		count := func() (n int) {
			t.Helper()
			if err := db.Read(t.Context(), func(tx *database.Tx) error { return tx.One([]any{&n}, "SELECT count(*) FROM egress") }); err != nil {
				t.Fatal(err)
			}
			return n
		}
		dial(0)
		if err := l.flush(t.Context()); err != nil || len(l.waiting) != 1 {
			t.Errorf("without a database %d wait, %v", len(l.waiting), err)
		}
		l.open(db)
		write("ALTER TABLE egress RENAME TO away")
		dial(1)
		if err := l.flush(t.Context()); err == nil {
			t.Error("nobody says that it failed")
		}
		dial(2)
		write("ALTER TABLE away RENAME TO egress")
		if err := l.flush(t.Context()); err != nil || count() != 3 || len(l.waiting) != 0 {
			t.Errorf("%d are written, %d wait, %v", count(), len(l.waiting), err)
		}
		for n := range 2 * maxWaiting {
			dial(n)
		}
		if len(l.waiting) != maxWaiting || l.waiting[maxWaiting-1].Host != fmt.Sprint(2*maxWaiting-1) {
			t.Errorf("%d wait", len(l.waiting))
		}
		l.waiting = nil
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := errors.Join(db.Close(), l.flush(ctx)); err != nil {
			t.Errorf("though nothing waits it asks the database: %v", err)
		}
	})
}

// Wherever the URL says where PostgreSQL is, the way there leads through the
// door; a socket needs none.
func TestEveryWayToPostgreSQL(t *testing.T) {
	u, err := url.Parse(databasetest.DSN(t))
	if err != nil {
		t.Fatal(err)
	}
	sockets, err := os.MkdirTemp("", "s")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(sockets) })
	relay(t, filepath.Join(sockets, ".s.PGSQL.5432"), u.Host)
	rest := "&sslmode=disable&user=" + u.User.Username()
	for at, want := range map[string][]string{
		"?host=" + u.Hostname() + "&port=" + u.Port() + rest: bothLines,
		"?host=" + sockets + "&port=5432" + rest:             {""},
	} {
		dsn := "postgres://" + u.Path + at
		p := start(t, dsn)
		if _, err := p.DB.Write(t.Context(), database.Op{Class: database.System, Name: "test"}, func(tx *database.Tx) (string, error) {
			_, err := tx.Exec("DELETE FROM egress")
			return "", err
		}); err != nil {
			t.Error(err)
		}
		end(t, p)
		if lines := went(t, dsn); !slices.Equal(lines, want) {
			t.Errorf("%s leaves %q, want %q", at, lines, want)
		}
	}
	c := &config.Config{Data: t.TempDir(), Database: "postgres://ada:sesame@a,b/og", MasterKey: config.Secret(strings.Repeat("5c", 32))}
	if _, err := Open(t.Context(), Options{Config: c, Log: telemetry.Logger(t.Output(), false, 0)}); err == nil || !strings.Contains(err.Error(), "several servers") || strings.Contains(err.Error(), "sesame") {
		t.Errorf("two servers give %v", err)
	}
}

// relay lets a server be reached by a socket.
func relay(t *testing.T, socket, server string) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			from, err := l.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("tcp", server)
			if err != nil {
				from.Close()
				continue
			}
			pass := func(to, from net.Conn) {
				io.Copy(to, from)
				to.Close()
			}
			go pass(to, from)
			go pass(from, to)
		}
	}()
}
