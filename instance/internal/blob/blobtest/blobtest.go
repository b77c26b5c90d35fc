// Package blobtest gives tests an empty store of each kind: a directory, and a
// bucket of versitygw, a real S3 server.
package blobtest

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/opengather/opengather/instance/internal/blob"
	"github.com/opengather/opengather/instance/internal/fetch"
)

// Kind is a store and what a test may want to know behind its back.
type Kind struct {
	blob.Store

	// Leftovers is how many uploads lie about unfinished.
	Leftovers func() int
}

// Both runs a test on a directory and on a bucket.
func Both(t *testing.T, test func(t *testing.T, s Kind)) {
	t.Helper()
	t.Run("directory", func(t *testing.T) {
		at := filepath.Join(t.TempDir(), "media")
		test(t, Kind{Store: Directory(t, at), Leftovers: func() int { return Parts(t, at) }})
	})
	t.Run("bucket", func(t *testing.T) {
		g := StartGateway(t)
		test(t, Kind{Store: Bucket(t, g.BucketOptions), Leftovers: g.Leftovers})
	})
}

// Directory opens a store in a directory.
func Directory(t testing.TB, at string) *blob.Directory {
	t.Helper()
	d, err := blob.OpenDirectory(at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// Parts is how many files in a directory's store are not whole.
func Parts(t testing.TB, at string) int {
	t.Helper()
	parts, err := filepath.Glob(filepath.Join(at, "*", ".*"))
	if err != nil {
		t.Fatal(err)
	}
	return len(parts)
}

// Bucket leads to a bucket through a door that records nothing.
func Bucket(t testing.TB, o blob.BucketOptions) *blob.Bucket {
	t.Helper()
	return BucketBehind(t, o, fetch.Config{Record: func(context.Context, fetch.Entry) error { return nil }})
}

// BucketBehind leads to a bucket through a door of one's own.
func BucketBehind(t testing.TB, o blob.BucketOptions, c fetch.Config) *blob.Bucket {
	t.Helper()
	door, err := fetch.New(c)
	if err != nil {
		t.Fatal(err)
	}
	b, err := blob.NewBucket(door, o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
