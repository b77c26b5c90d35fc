package databasetest

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// PutBack fills a PostgreSQL database of the same schema with a copy that
// database.Backup made, in place of what is in it.
func PutBack(t testing.TB, dsn, name string) {
	t.Helper()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	zip, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	err = pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
		// Without this, foreign keys would want the tables in an order.
		if _, err := tx.Exec(ctx, "SET LOCAL session_replication_role = replica"); err != nil {
			return err
		}
		for archive := tar.NewReader(zip); ; {
			h, err := archive.Next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			table := pgx.Identifier{strings.TrimSuffix(h.Name, ".copy")}.Sanitize()
			if _, err := tx.Exec(ctx, "DELETE FROM "+table); err != nil {
				return err
			}
			if _, err := c.PgConn().CopyFrom(ctx, archive, "COPY "+table+" FROM STDIN"); err != nil {
				return err
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
