// Package databasetest gives tests a fresh community database on both engines.
package databasetest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/migrations"
)

// EnvPostgres names the server on which tests make their databases.
const EnvPostgres = "OPENGATHER_TEST_POSTGRES"

// Clock is a clock that a test moves.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// Start is where every test clock begins: a Thursday morning.
var Start = time.Date(2026, 3, 12, 9, 0, 0, 0, time.UTC)

// Now is the clock's time. Each look is a microsecond later than the one
// before, so that what was written first also sorts first.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at.IsZero() {
		c.at = Start
	}
	c.at = c.at.Add(time.Microsecond)
	return c.at
}

// Add moves the clock.
func (c *Clock) Add(d time.Duration) {
	c.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// Both runs a test on SQLite and on PostgreSQL.
func Both(t *testing.T, test func(t *testing.T, db *database.DB, clock *Clock)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) {
		clock := &Clock{}
		test(t, SQLite(t, clock), clock)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		clock := &Clock{}
		test(t, Postgres(t, clock), clock)
	})
}

// SQLite opens a migrated database in a folder of the test.
func SQLite(t testing.TB, clock *Clock) *database.DB {
	t.Helper()
	return open(t, database.Options{Path: filepath.Join(t.TempDir(), "community.sqlite"), Now: clock.Now})
}

// Postgres makes a migrated database of the test's own.
func Postgres(t testing.TB, clock *Clock) *database.DB {
	t.Helper()
	return open(t, database.Options{DSN: DSN(t), Now: clock.Now})
}

// DSN makes an empty PostgreSQL database for the test and gives its URL.
func DSN(t testing.TB) string {
	t.Helper()
	server := os.Getenv(EnvPostgres)
	if server == "" {
		t.Fatalf("%s is not set: run the tests with `make test`, or one package with `scripts/with-postgres go test ./…`", EnvPostgres)
	}
	name := fmt.Sprintf("test_%s", rand.Text())
	admin(t, server, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize())
	t.Cleanup(func() { admin(t, server, "DROP DATABASE "+pgx.Identifier{name}.Sanitize()+" WITH (FORCE)") })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func admin(t testing.TB, server, statement string) {
	t.Helper()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatalf("reach the PostgreSQL of %s: %v", EnvPostgres, err)
	}
	defer c.Close(ctx)
	if _, err := c.Exec(ctx, statement); err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, o database.Options) *database.DB {
	t.Helper()
	ctx := context.Background()
	db, err := database.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Migrate(ctx, migrations.Files, nil); err != nil {
		t.Fatal(err)
	}
	return db
}

// Trace is what ran on a database: the text of each statement on a line of its
// own, without what was put in for its parameters. Two traces that are equal
// took the same queries in the same order.
type Trace string

// Count is how many statements ran.
func (t Trace) Count() int { return strings.Count(string(t), "\n") }

// Statements gives what fn runs on the database.
func Statements(db *database.DB, fn func()) Trace {
	var mu sync.Mutex
	var all strings.Builder
	db.Watch(func(query string) {
		mu.Lock()
		defer mu.Unlock()
		all.WriteString(strings.Join(strings.Fields(query), " ") + "\n")
	})
	fn()
	db.Watch(nil)
	mu.Lock()
	defer mu.Unlock()
	return Trace(all.String())
}
