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
	// The directory may be a link, as systemd's DynamicUser makes one.
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return unclear("The directory cannot be looked at", err)
	}
	open, err := inside(real, info)
	switch {
	case err != nil:
		return unclear("The directory cannot be looked through", err)
	case open != nil:
		return *open
	}
	return well("Only its own account may open " + dir + ".")
}

// inside gives the first thing in the data directory that is not as it should
// be. A link has no mode of its own.
func inside(dir string, owned fs.FileInfo) (found *result, err error) {
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.Type()&fs.ModeSymlink != 0 {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if found = wrong(dir, name, owned, info); found != nil {
			return fs.SkipAll
		}
		return nil
	})
	return found, err
}

// wrong says of something in the data directory that others may read it though
// it is a secret, that others may write it, or that it belongs to somebody else.
// What operators note down may belong to them: the program does not write it.
func wrong(dir, name string, owned, info fs.FileInfo) *result {
	mode, secret := info.Mode().Perm(), strings.HasPrefix(strings.TrimPrefix(name, dir), string(filepath.Separator)+"secrets")
	note := name == noted(dir) || name == filepath.Join(dir, "secrets", copied)
	var r result
	switch {
	case !note && !sameOwner(owned, info):
		r = needsYou(name+" belongs to another account than the directory, so the program may not be able to write it.", "chown it to the account that runs the program.")
	case mode&0o022 != 0:
		r = needsYou("Other accounts may write "+name+".", "chmod go-w "+name)
	case secret && mode&0o077 != 0:
		r = needsYou("Other accounts may read "+name+".", "chmod go= "+name)
	default:
		return nil
	}
	return &r
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
	note := noted(v.Config.Data)
	fix := "End the program, copy the whole data directory to another machine, and start it again; with PostgreSQL use pg_dump. Then say so by: touch " + note
	info, err := os.Stat(note)
	switch {
	case errors.Is(err, fs.ErrNotExist) && missing(filepath.Dir(note)):
		return needsYou("Nobody has said that there is a copy of the data.", "Start the program once: it makes "+filepath.Dir(note)+". "+fix)
	case errors.Is(err, fs.ErrNotExist):
		return needsYou("Nobody has said that there is a copy of the data.", fix)
	case err != nil:
		return unclear("Whether there is a copy cannot be found out", err)
	}
	if age := v.Now().Sub(info.ModTime()); age > oldest {
		return needsYou(fmt.Sprintf("The newest copy that somebody spoke of is %d days old.", int(age.Hours()/24)), fix)
	}
	return well("Somebody said on " + info.ModTime().UTC().Format(time.DateOnly) + " that there is a copy.")
}

// noted is the file by which somebody says, by its time, that the data was
// copied elsewhere. The program's own copies count for nothing: they are on the
// disk that may break.
func noted(data string) string { return filepath.Join(data, "backups", "copied") }
