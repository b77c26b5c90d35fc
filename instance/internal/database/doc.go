// Package database opens the community's data, SQLite or PostgreSQL, and is
// the only place that knows which of the two it is.
//
// Everything above writes one SQL text in the subset both engines share: $1
// placeholders, RETURNING, ON CONFLICT, row values, BOOLEAN, and BIGINT
// microseconds for time. What differs lives here: locking, search, backup and
// waking other processes.
//
// There are two ways in. Read gives a consistent snapshot. Write is the one
// gate for changes: it knows the class of the operation, refuses closed
// classes, recognises a form that is sent twice, and runs what was deferred
// (facts) at the very end of the transaction.
package database
