// Package signintest lets tests sign in: cheap hashing, and a device that holds
// passkeys without a browser.
package signintest

import (
	"bytes"
	"context"
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/signin"
)

// Cheap is a cost for tests that hash by the hundred.
var Cheap = signin.Cost{Memory: 8, Passes: 1, Threads: 1}

// Operations are those of a test's database, with cheap hashes.
func Operations(t testing.TB, db *database.DB) *signin.Operations {
	t.Helper()
	keys, err := keyring.Open(context.Background(), db, bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return &signin.Operations{DB: db, Keys: keys, Cost: Cheap}
}

// Password gives a member a password.
func Password(t testing.TB, o *signin.Operations, member, password string) {
	t.Helper()
	hash, err := o.HashPassword(context.Background(), password)
	if err != nil {
		t.Fatal(err)
	}
	Write(t, o.DB, func(tx *database.Tx) error { return signin.SetPassword(tx, member, hash) })
}

// Codes gives a member recovery codes.
func Codes(t testing.TB, o *signin.Operations, member string) (codes []string) {
	t.Helper()
	Write(t, o.DB, func(tx *database.Tx) (err error) {
		codes, err = o.NewCodes(tx, member)
		return err
	})
	return codes
}

// Session begins a session and gives its token.
func Session(t testing.TB, db *database.DB, member string) (token string) {
	t.Helper()
	Write(t, db, func(tx *database.Tx) (err error) {
		token, err = signin.Begin(tx, member, signin.Computer)
		return err
	})
	return token
}

// Write runs fn in a transaction that has to succeed.
func Write(t testing.TB, db *database.DB, fn func(*database.Tx) error) {
	t.Helper()
	_, err := db.Write(context.Background(), database.Op{Class: database.System}, func(tx *database.Tx) (string, error) { return "", fn(tx) })
	if err != nil {
		t.Fatal(err)
	}
}
