package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// file is where the data is on SQLite.
func (v *visit) file() string { return filepath.Join(v.Config.Data, "community.sqlite") }

func configuration(_ context.Context, v *visit) result {
	if v.Invalid != nil {
		return needsYou(strings.ReplaceAll(v.Invalid.Error(), "\n", "; ")+".", `Correct it. "opengather config describe" lists every setting.`)
	}
	return well("Every setting is understood.")
}

// directory looks at who may open the data. What lies in a directory that is
// closed to others is closed to them, whatever its own mode; but a copy keeps
// the mode of a file, so secrets are looked at one by one.
func directory(_ context.Context, v *visit) result {
	dir := v.Config.Data
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return unknown("There is no directory "+dir+".", "Name the right one by --data. If the community has never been started, there is nothing to look at yet.")
	case err != nil:
		return unclear("The directory cannot be looked at", err)
	case info.Mode().Perm()&0o077 != 0:
		return needsYou("Other accounts on this machine may open "+dir+".", "chmod 700 "+dir)
	}
	open, err := inside(dir, info)
	switch {
	case err != nil:
		return unclear("The directory cannot be looked through", err)
	case open != nil:
		return *open
	}
	return well("Only its own account may open " + dir + ".")
}

// inside gives the first file in the data directory that others may read though
// it is a secret, that others may write, or that belongs to somebody else.
func inside(dir string, owned fs.FileInfo) (found *result, err error) {
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		mode, secret := info.Mode().Perm(), strings.Contains(name, string(filepath.Separator)+"secrets")
		var r result
		switch {
		case !sameOwner(owned, info):
			r = needsYou(name+" belongs to another account than the directory, so the program may not be able to write it.", "chown it to the account that runs the program.")
		case mode&0o022 != 0:
			r = needsYou("Other accounts may write "+name+".", "chmod go-w "+name)
		case secret && mode&0o077 != 0:
			r = needsYou("Other accounts may read "+name+".", "chmod go= "+name)
		default:
			return nil
		}
		found = &r
		return fs.SkipAll
	})
	return found, err
}

func sameOwner(a, b fs.FileInfo) bool {
	x, ok1 := a.Sys().(*syscall.Stat_t)
	y, ok2 := b.Sys().(*syscall.Stat_t)
	return !ok1 || !ok2 || x.Uid == y.Uid
}

// leastFree is how much should always be left on the disk, in bytes.
const leastFree = 512 << 20

// disk wants room for twice the database: a migration copies it first, and then
// it may grow.
func disk(_ context.Context, v *visit) result {
	dir := v.Config.Data
	for missing(dir) && filepath.Dir(dir) != dir {
		dir = filepath.Dir(dir) // where it will be made
	}
	free, err := v.Free(dir)
	if err != nil {
		return unclear("How much is left on the disk cannot be found out", err)
	}
	wanted := uint64(leastFree)
	if info, err := os.Stat(v.file()); err == nil {
		wanted = max(wanted, 2*uint64(info.Size()))
	}
	what := fmt.Sprintf("%s are left on the disk, %s are wanted.", size(free), size(wanted))
	if free < wanted {
		return needsYou(what, "Make room, or move the data directory to a larger disk.")
	}
	return well(what)
}

func missing(name string) bool {
	_, err := os.Stat(name)
	return errors.Is(err, fs.ErrNotExist)
}

// size is a number of bytes for people.
func size(bytes uint64) string {
	if bytes >= 1<<30 {
		return fmt.Sprintf("%.1f GB", float64(bytes)/(1<<30))
	}
	return fmt.Sprintf("%d MB", bytes>>20)
}

// oldest is how old the newest copy may be.
const oldest = 8 * 24 * time.Hour

func backups(ctx context.Context, v *visit) result {
	founded, err := v.founded(ctx)
	if err != nil {
		return unclear("When the community began cannot be found out", err)
	}
	if founded.IsZero() || v.Now().Sub(founded) < oldest {
		return well("The community is only a few days old.")
	}
	dir := filepath.Join(v.Config.Data, "backups")
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unclear("The copies cannot be looked at", err)
	}
	var newest time.Time
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return unclear("A copy cannot be looked at", err)
		}
		if info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	fix := "End the program, copy the whole data directory to another machine, and start it again; with PostgreSQL use pg_dump. Then say so by: touch " + filepath.Join(dir, "copied")
	switch age := v.Now().Sub(newest); {
	case newest.IsZero():
		return needsYou("Nothing in "+dir+" says that there is a copy of the data.", fix)
	case age > oldest:
		return needsYou(fmt.Sprintf("The newest thing in %s is %d days old.", dir, int(age.Hours()/24)), fix)
	}
	return well("There is a copy of " + newest.Format("2 January") + ".")
}
