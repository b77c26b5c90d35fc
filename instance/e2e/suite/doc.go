// Package suite holds tests of the whole program: a community with people of
// every role, spaces of every visibility and content of every kind, behind real
// sockets, seen through real requests.
//
// What the tests expect of access is written out in tables (see table_test.go),
// by hand and after docs/promises.md, and never asked of the code.
package suite
