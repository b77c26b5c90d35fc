// Package blob keeps large objects that do not change, such as photos and
// videos, by key: in a directory of this machine or in an S3 bucket.
//
// The database says what there is and whose it is. This package knows neither
// people nor permissions, decodes nothing and compresses nothing. Whoever puts
// an object notes its length and hash in the database afterwards: an object
// without a row is found by List and deleted by the cleaner, a row without its
// object is a loss.
package blob

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"regexp"
	"syscall"
	"time"

	"github.com/opengather/opengather/instance/internal/fault"
)

// Store is a Directory or a Bucket. It is safe for concurrent use.
//
// Beside the errors named at each method there are three kinds. The context's
// own when it has ended; the reader's own in Put; everything else that the
// store could not do is fault.Unavailable, because what does not need the
// store still works. A key that is not one is ErrKey, and a mistake of the
// program.
type Store interface {
	// Put stores all that r gives, at most limit bytes, under the key. More is
	// ErrTooLarge. Nobody sees the object before it is whole and safe from a
	// loss of power. Memory is bounded whatever the size. On an error the key
	// has what it had before; only when the store fell silent at the very last
	// step may the whole object be there all the same. A key that has an object
	// already gets the new one as a whole, so that an upload can be repeated:
	// other content belongs under another key. Who reads the old one meanwhile
	// never gets a mix of both, but may get fault.Unavailable.
	Put(ctx context.Context, key string, r io.Reader, limit int64) (Written, error)
	// Open gives the object for reading at any position, as http.ServeContent
	// wants it. Close it. The context must live as long as the reading. No
	// object is ErrMissing, also while reading, when it was deleted meanwhile.
	Open(ctx context.Context, key string) (io.ReadSeekCloser, Info, error)
	// Stat says what Open would give. No object is ErrMissing.
	Stat(ctx context.Context, key string) (Info, error)
	// Delete removes the object. No object is no error.
	Delete(ctx context.Context, key string) error
	// List gives the objects whose keys begin with prefix and come after the
	// key after, in the order of the bytes of their keys, at most limit of
	// them. Fewer than limit are the last ones. Both may be empty.
	List(ctx context.Context, prefix, after string, limit int) ([]Info, error)
	// Sweep removes what uploads begun before that time have left behind
	// unfinished, when the program was killed or the store went away. It cannot
	// tell those from uploads that other processes still work at: the only
	// process passes the time of its start, one of several a day before now.
	Sweep(ctx context.Context, before time.Time) error
}

// ErrMissing says that the store works and has no such object.
var ErrMissing = errors.New("blob: no such object")

// ErrTooLarge says that the reader gave more than the limit.
var ErrTooLarge = errors.New("blob: larger than the limit")

// ErrKey refuses a key or a prefix: see Put.
var ErrKey = errors.New("blob: not a key")

// Info is what a store knows of an object.
type Info struct {
	Key      string
	Size     int64     // in bytes
	Modified time.Time // when it was put, by the clock of the store
}

// Written is what Put has read and stored.
type Written struct {
	Size   int64 // in bytes
	SHA256 [sha256.Size]byte
}

// Keys are names of hexadecimal digits in lower case, with hyphens inside (such
// as a UUID), between slashes. So they are the same file on every file system,
// need no escaping in a URL, and cannot lead out of the directory. The limits
// keep the whole below what any store takes (1024 bytes in S3).
var (
	keys     = regexp.MustCompile(`^[0-9a-f][0-9a-f-]{0,99}(/[0-9a-f][0-9a-f-]{0,99}){0,7}$`)
	prefixes = regexp.MustCompile(`^[0-9a-f/-]{0,800}$`)
)

func checkKey(key string) error {
	if !keys.MatchString(key) {
		return ErrKey
	}
	return nil
}

func checkPage(prefix, after string, limit int) error {
	if !prefixes.MatchString(prefix) || after != "" && !keys.MatchString(after) {
		return ErrKey
	}
	if limit < 1 {
		return errors.New("blob: a page of a list holds at least one")
	}
	return nil
}

// unavailable makes a fault of what a store could not do.
func unavailable(err error) error {
	key := "fault.storage_down"
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		key = "fault.disk_full"
	}
	return fault.New(fault.Unavailable, key).Because(err)
}
