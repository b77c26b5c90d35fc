package database

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"time"
)

// CopyAge is how long a copy that Backup made stays. It holds what people have
// erased since, so no copy is kept for longer, not even the newest.
const CopyAge = 30 * 24 * time.Hour

// stamp is the time in a copy's name.
const stamp = "20060102T150405Z"

// made is a copy's name with the time in it, and of what is left of one that
// was interrupted or opened; passing is a table on its way into a copy.
var (
	made    = regexp.MustCompile(`^before-schema-[0-9]+-([0-9]{8}T[0-9]{6}Z)\.(?:sqlite|tar\.gz)(?:\.partial)?(?:-journal|-wal|-shm)?$`)
	passing = regexp.MustCompile(`^\.copy-[0-9]+$`)
)

// ForgetCopies deletes the copies in a directory that are older than CopyAge,
// and gives how many files that were. It touches nothing that Backup does not
// write, and no link.
func ForgetCopies(dir string, now time.Time) (n int, err error) {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("look for old copies: %w", err)
	}
	entries, err := fs.ReadDir(root.FS(), ".")
	for _, e := range entries {
		at, ours := copied(e)
		if !ours || !at.Before(now.Add(-CopyAge)) {
			continue
		}
		switch failed := root.Remove(e.Name()); {
		case failed == nil:
			n++
		case !errors.Is(failed, fs.ErrNotExist): // as somebody else was faster
			err = errors.Join(err, failed)
		}
	}
	if err = errors.Join(err, root.Close()); err != nil {
		return n, fmt.Errorf("delete old copies: %w", err)
	}
	return n, nil
}

// copied says when a copy was made, and whether it is one.
func copied(e fs.DirEntry) (at time.Time, ours bool) {
	if !e.Type().IsRegular() {
		return at, false
	}
	if m := made.FindStringSubmatch(e.Name()); m != nil {
		at, err := time.Parse(stamp, m[1])
		return at, err == nil
	}
	if !passing.MatchString(e.Name()) {
		return at, false
	}
	info, err := e.Info()
	if err != nil {
		return at, false // gone meanwhile
	}
	return info.ModTime(), true
}
