// Command bare serves the page that OpenGather is measured against: echo,
// templ and SQLite with nothing of a community. A page is one indexed query for
// the newest 10 of 10,000 posts and about 2.6 KB of HTML.
package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/labstack/echo/v4"
	_ "modernc.org/sqlite"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8081", "address to listen at")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *listen)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bare:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, listen string) (err error) {
	dir, err := os.MkdirTemp("", "bare-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "bare.db")
	if err := fill(ctx, path); err != nil {
		return fmt.Errorf("fill the database: %w", err)
	}
	s, err := open(ctx, path)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	server := http.Server{Handler: routes(s)}
	defer context.AfterFunc(ctx, func() {
		_ = server.Close() // the process ends, whatever it says
	})()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func routes(s *store) http.Handler {
	e := echo.New()
	e.GET("/up", func(c echo.Context) error { return c.String(http.StatusOK, "ok") })
	e.GET("/", func(c echo.Context) error {
		posts, err := s.newest(c.Request().Context(), 7)
		if err != nil {
			return err
		}
		c.Response().Header().Set(echo.HeaderContentType, echo.MIMETextHTMLCharsetUTF8)
		return page(posts).Render(c.Request().Context(), c.Response())
	})
	return e
}

type post struct{ id, title, author, at, text string }

// A store reads through a pool of connections with one prepared statement.
type store struct {
	db   *sql.DB
	list *sql.Stmt
}

const newest = "SELECT id, title, author, at, text FROM posts WHERE space = $1 ORDER BY at DESC LIMIT 10"

func open(ctx context.Context, path string) (*store, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro&_pragma=busy_timeout(5000)&_pragma=cache_size(-8000)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(2 * runtime.NumCPU())
	db.SetMaxIdleConns(2 * runtime.NumCPU())
	list, err := db.PrepareContext(ctx, newest)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &store{db: db, list: list}, nil
}

func (s *store) Close() error { return errors.Join(s.list.Close(), s.db.Close()) }

func (s *store) newest(ctx context.Context, space int) ([]post, error) {
	rows, err := s.list.QueryContext(ctx, space)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	posts := make([]post, 0, 10)
	for rows.Next() {
		var p post
		var at int64
		if err := rows.Scan(&p.id, &p.title, &p.author, &at, &p.text); err != nil {
			return nil, err
		}
		p.at = time.UnixMicro(at).UTC().Format("2 January 2006")
		posts = append(posts, p)
	}
	return posts, rows.Err()
}

// fill makes 10,000 posts in 20 spaces.
func fill(ctx context.Context, path string) (err error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	const schema = `CREATE TABLE posts (id TEXT PRIMARY KEY, space INTEGER, author TEXT, title TEXT, text TEXT, at INTEGER);
		CREATE INDEX posts_by_space ON posts (space, at DESC)`
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, "INSERT INTO posts VALUES ($1, $2, $3, $4, $5, $6)")
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	defer func() { err = errors.Join(err, insert.Close()) }()
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for n := range 10_000 {
		at := start.Add(time.Duration(n) * time.Minute).UnixMicro()
		text := strings.TrimSpace(strings.Repeat("beans peas ", 10))
		if _, err := insert.ExecContext(ctx, fmt.Sprintf("post-%d", n), n%20, "Ada", fmt.Sprintf("Post number %d", n), text, at); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	return tx.Commit()
}
