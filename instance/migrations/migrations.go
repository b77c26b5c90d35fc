// Package migrations holds the schema, forward only. A file NNNN_what.sql runs
// on both engines, NNNN_what.sqlite.sql and NNNN_what.postgres.sql on one.
package migrations

import "embed"

// Files are the migrations in the order of their numbers.
//
//go:embed *.sql
var Files embed.FS
