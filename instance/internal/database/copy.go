package database

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"
)

// copyTables writes every table of the schema into a tar.gz, one snapshot for
// all. The file appears under its name only when it is whole.
func (db *DB) copyTables(ctx context.Context, name string) (err error) {
	partial := name + ".partial"
	f, err := os.OpenFile(partial, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(partial))
		}
	}()
	zip := gzip.NewWriter(f)
	archive := tar.NewWriter(zip)
	if err := db.copyAll(ctx, archive, filepath.Dir(name)); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(archive.Close(), zip.Close(), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(partial, name)
}

func (db *DB) copyAll(ctx context.Context, archive *tar.Writer, dir string) error {
	conn, err := db.server.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	c := conn.Conn()
	return pgx.BeginTxFunc(ctx, c, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename")
		if err != nil {
			return err
		}
		tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		for _, table := range tables {
			if err := copyTable(ctx, c, archive, dir, table); err != nil {
				return fmt.Errorf("copy table %s: %w", table, err)
			}
		}
		return nil
	})
}

// copyTable goes through a file beside the archive: tar wants to know a size
// before the bytes, and a table may be larger than memory.
func copyTable(ctx context.Context, c *pgx.Conn, archive *tar.Writer, dir, table string) error {
	rows, err := os.CreateTemp(dir, ".copy-*")
	if err != nil {
		return err
	}
	defer func() { _ = errors.Join(rows.Close(), os.Remove(rows.Name())) }() // a temporary file; the copy is in the archive
	if _, err := c.PgConn().CopyTo(ctx, rows, "COPY "+pgx.Identifier{table}.Sanitize()+" TO STDOUT"); err != nil {
		return err
	}
	size, err := rows.Seek(0, 1)
	if err != nil {
		return err
	}
	if _, err := rows.Seek(0, 0); err != nil {
		return err
	}
	if err := archive.WriteHeader(&tar.Header{Name: table + ".copy", Mode: 0o600, Size: size}); err != nil {
		return err
	}
	_, err = rows.WriteTo(archive)
	return err
}
