package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

const (
	privateDir  = 0o700
	privateFile = 0o600
)

// Directory is a Store in a directory. The file system must keep what was synced
// and rename in one step, which not every one over a network does.
type Directory struct {
	root *os.Root
	// sync is (*os.File).Sync, which tests watch and let fail.
	sync func(*os.File) error
}

// OpenDirectory opens the store at that path and makes what is missing of it.
func OpenDirectory(at string) (*Directory, error) {
	if err := os.MkdirAll(at, privateDir); err != nil {
		return nil, fmt.Errorf("make the directory of media: %w", err)
	}
	root, err := os.OpenRoot(at)
	if err != nil {
		return nil, fmt.Errorf("open the directory of media: %w", err)
	}
	return &Directory{root: root, sync: (*os.File).Sync}, nil
}

// Close gives the directory back. What is open stays readable.
func (d *Directory) Close() error { return d.root.Close() }

// Put is that of Store. A killed process leaves a part in the folder, under a
// name that is no key: it goes with the folder.
func (d *Directory) Put(ctx context.Context, key string, size int64, r io.ReaderAt) error {
	folder, err := folderOf(key)
	if err != nil {
		return err
	}
	if err := checkEnd(r, size); err != nil {
		return err
	}
	part := folder + "/." + rand.Text()
	err = d.receive(folder, part, newSource(ctx, size, r))
	if err == nil {
		err = d.place(folder, part, key)
	}
	if err != nil {
		// The error is that of Put; a folder goes only when it is empty.
		_ = d.root.Remove(part)
		_ = d.root.Remove(folder)
		return putFailed(ctx, err)
	}
	return nil
}

func (d *Directory) receive(folder, part string, s *source) error {
	if err := d.root.Mkdir(folder, privateDir); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	f, err := d.root.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, privateFile)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, s); err != nil {
		return errors.Join(err, f.Close())
	}
	return errors.Join(d.sync(f), f.Close())
}

// place gives a whole file its name, and makes that and the folder's last.
func (d *Directory) place(folder, part, key string) error {
	if err := d.root.Rename(part, key); err != nil {
		return err
	}
	if err := d.syncDir(folder); err != nil {
		return err
	}
	return d.syncDir(".")
}

func (d *Directory) syncDir(name string) error {
	f, err := d.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.sync(f), f.Close())
}

// Open is that of Store.
func (d *Directory) Open(_ context.Context, key string) (File, error) {
	if _, err := folderOf(key); err != nil {
		return nil, err
	}
	f, err := d.root.Open(key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, down(err)
	}
	stat, err := f.Stat()
	if err != nil {
		return nil, errors.Join(down(err), f.Close())
	}
	return local{f, stat.Size()}, nil
}

type local struct {
	*os.File
	size int64
}

// Size is that of File.
func (l local) Size() int64 { return l.size }

// Delete is that of Store. A folder that it leaves empty goes too.
func (d *Directory) Delete(_ context.Context, key string) error {
	folder, err := folderOf(key)
	if err != nil {
		return err
	}
	if err := d.root.Remove(key); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return down(err)
	}
	changed := folder
	if d.root.Remove(folder) == nil {
		changed = "."
	}
	if err := d.syncDir(changed); err != nil {
		return down(err)
	}
	return nil
}

// Drop is that of Store.
func (d *Directory) Drop(_ context.Context, folder string) error {
	if err := checkFolder(folder); err != nil {
		return err
	}
	if err := d.root.RemoveAll(folder); err != nil {
		return down(err)
	}
	if err := d.syncDir("."); err != nil {
		return down(err)
	}
	return nil
}

// Each is that of Store. What is no folder of ours is passed by.
func (d *Directory) Each(ctx context.Context, fn func(folder string, at time.Time) error) (err error) {
	all, err := d.root.Open(".")
	if err != nil {
		return down(err)
	}
	defer func() { err = errors.Join(err, all.Close()) }()
	for {
		entries, err := all.ReadDir(256)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return down(err)
		}
		for _, e := range entries {
			if err := each(ctx, e, fn); err != nil {
				return err
			}
		}
	}
}

func each(ctx context.Context, e fs.DirEntry, fn func(folder string, at time.Time) error) error {
	if err := ctx.Err(); err != nil || !e.IsDir() || checkFolder(e.Name()) != nil {
		return err
	}
	stat, err := e.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return nil // dropped meanwhile
	}
	if err != nil {
		return down(err)
	}
	return fn(e.Name(), stat.ModTime())
}
