package database

import (
	"context"
	"testing"

	"github.com/opengather/opengather/instance/internal/fetch"
)

// What is named at the door is what pgx dials, in all the ways in which a URL can
// say where PostgreSQL is.
func TestAddress(t *testing.T) {
	for _, name := range []string{"PGHOST", "PGPORT", "PGSERVICE"} {
		t.Setenv(name, "")
	}
	for dsn, want := range map[string]string{
		"postgres://u:p@db/og":                            "db:5432",
		"postgres://u:p@db:5433/og?sslmode=disable":       "db:5433",
		"postgres://u:p@db/og?port=5433":                  "db:5433",
		"postgres://u:p@[::1]/og":                         "[::1]:5432",
		"postgres://u:p@[fd00::7]:5433/og":                "[fd00::7]:5433",
		"postgres:///og?host=db.example.org":              "db.example.org:5432",
		"postgres://u:p@db/og?host=other":                 "other:5432",
		"postgres:///og?host=/run/postgresql":             "",
		"postgres://%2Frun%2Fpostgresql/og":               "",
		"postgres://u:p@db/og?host=/run/postgresql":       "",
		"postgres://u:p@db.example.org./og?sslmode=allow": "db.example.org.:5432",
	} {
		if got, err := address(dsn); err != nil || got != want {
			t.Errorf("%s leads to %q, %v, want %q", dsn, got, err, want)
		}
	}
	for _, dsn := range []string{"postgres://u:p@a,b/og", "postgres://u:p@a:1,a:2/og", "postgres:///og?host=a,/run/postgresql", "postgres://u:p@a:x/og"} {
		if got, err := address(dsn); err == nil {
			t.Errorf("%s leads to %q", dsn, got)
		}
	}
}

// The door lets through what was named to it for a URL.
func TestThroughADoor(t *testing.T) {
	var went []fetch.Entry
	door, err := fetch.New(fetch.Config{Closed: true, Record: func(_ context.Context, e fetch.Entry) error {
		went = append(went, e)
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, dsn := range []string{"postgres://u:p@[::1]/og", "postgres://u:p@[::1]/og?port=5433&sslmode=disable", "postgres:///og?host=127.0.0.1&user=u&sslmode=disable"} {
		o := Options{DSN: dsn}
		if err := o.Through(door); err != nil {
			t.Fatal(err)
		}
		went = nil
		if _, err := Open(t.Context(), o); err == nil {
			t.Fatal("a closed door was passed")
		}
		if len(went) == 0 {
			t.Errorf("%s goes past the door", dsn)
		}
		for _, e := range went {
			if e.Purpose != fetch.Database || e.Result != fetch.Closed {
				t.Errorf("%s: %+v", dsn, e)
			}
		}
	}
	o := Options{DSN: "postgres:///og?host=/run/postgresql"}
	if err := o.Through(door); err != nil || o.Dial != nil {
		t.Errorf("a socket needs a door: %v", err)
	}
	o = Options{Path: "community.sqlite"}
	if err := o.Through(door); err != nil || o.Dial != nil {
		t.Errorf("a file needs a door: %v", err)
	}
}
