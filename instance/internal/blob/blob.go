// Package blob keeps the files of photos and videos: in a directory of this
// machine or in an S3 bucket.
//
// A folder holds the few files of one thing, and is dropped as a whole. The
// database says what there is and whose it is: this package knows neither people
// nor permissions, and decodes nothing. Put before the row is written: then there
// is no row without its file, and a folder without a row is found by Each.
package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/opengather/opengather/instance/internal/fault"
)

// Store is a Directory or a Bucket. It is safe for concurrent use.
//
// A key is "folder/name": the folder 32 hexadecimal digits in lower case, drawn
// at random, the name letters and digits in lower case with at most one dot
// inside, such as "s.webp". Whatever is no key is refused, so that none leads out
// of the store.
//
// When the context has ended, its error is returned. All else that a store could
// not do is ErrDown, or the fault "fault.disk_full".
type Store interface {
	// Put keeps size bytes, which must be all that r has. A file is there whole
	// and safe from a loss of power, or not at all: on an error the key has what
	// it had before. Only when the very last step failed may the new file be
	// there all the same. An error of the reader is returned as it is. After an
	// error r may still be read for a moment.
	Put(ctx context.Context, key string, size int64, r io.ReaderAt) error
	// Open gives a file for reading, while the context lives. ErrNone says that
	// there is none, also while it is read.
	Open(ctx context.Context, key string) (File, error)
	// Delete removes a file. None is no error.
	Delete(ctx context.Context, key string) error
	// Drop removes a folder with all that is in it. None is no error.
	Drop(ctx context.Context, folder string) error
	// Each calls fn for every folder, with the time at which something was last
	// put into it, by the clock of the store. fn may drop it. The order is no
	// particular one. An error of fn ends it and is returned.
	Each(ctx context.Context, fn func(folder string, at time.Time) error) error
}

// File is a file that is being read. Close it.
type File interface {
	io.ReadSeekCloser
	io.ReaderAt
	// Size is in bytes.
	Size() int64
}

// ErrNone says that the store works and has no such file.
var ErrNone = errors.New("blob: no such file")

// ErrDown says that the store cannot be reached or does not do its work. What
// does not need it still goes, which its message tells people.
var ErrDown error = fault.New(fault.Unavailable, "fault.storage_down")

var (
	errKey  = errors.New("blob: not a key")
	errSize = errors.New("blob: it has another number of bytes than was said")
)

var (
	folders = regexp.MustCompile(`^[0-9a-f]{32}$`)
	names   = regexp.MustCompile(`^[a-z0-9]{1,16}(\.[a-z0-9]{1,16})?$`)
)

// folderOf is the folder of a key.
func folderOf(key string) (string, error) {
	folder, name, _ := strings.Cut(key, "/")
	if !names.MatchString(name) {
		return "", errKey
	}
	return folder, checkFolder(folder)
}

func checkFolder(folder string) error {
	if !folders.MatchString(folder) {
		return errKey
	}
	return nil
}

// down says that it was the store that failed.
func down(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fault.New(fault.Unavailable, "fault.disk_full").Because(err)
	}
	return fmt.Errorf("%w: %w", ErrDown, err)
}
