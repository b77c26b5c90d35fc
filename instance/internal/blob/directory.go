package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"sync"
	"time"
)

const (
	// incoming holds what is not whole yet. It is no key, so List passes it by.
	incoming = "incoming"
	// suffix lets an object stand beside the directory of longer keys.
	suffix = ".blob"

	privateDir  = 0o700
	privateFile = 0o600
)

// Directory is a Store in a directory. One process at a time may write to it.
// The file system must keep what was synced and rename in one step, which not
// every one over a network does.
type Directory struct {
	root *os.Root
	// tree is held for reading while something is put into the tree, and for
	// writing while directories that are empty are taken out of it.
	tree sync.RWMutex
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
	if err := root.MkdirAll(incoming, privateDir); err != nil {
		return nil, errors.Join(fmt.Errorf("make the directory of media: %w", err), root.Close())
	}
	return &Directory{root: root}, nil
}

// Close gives the directory back. What is open stays readable.
func (d *Directory) Close() error { return d.root.Close() }

// Put is that of Store.
func (d *Directory) Put(ctx context.Context, key string, r io.Reader, limit int64) (Written, error) {
	if err := checkKey(key); err != nil {
		return Written{}, err
	}
	m := newMeter(ctx, r, limit)
	name := path.Join(incoming, rand.Text())
	err := d.receive(name, m)
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = d.place(name, key)
	}
	if err != nil {
		// What cannot be removed either is swept.
		_ = d.root.Remove(name)
		return Written{}, m.failed(err)
	}
	return m.written(), nil
}

func (d *Directory) receive(name string, r io.Reader) error {
	f, err := d.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, privateFile)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, r); err != nil {
		return errors.Join(err, f.Close())
	}
	return errors.Join(f.Sync(), f.Close())
}

// place gives a whole file its name, and makes that and the directories above
// it last.
func (d *Directory) place(name, key string) error {
	d.tree.RLock()
	defer d.tree.RUnlock()
	dir := path.Dir(key)
	if err := d.root.MkdirAll(dir, privateDir); err != nil {
		return err
	}
	if err := d.root.Rename(name, key+suffix); err != nil {
		return err
	}
	for ; ; dir = path.Dir(dir) {
		if err := d.sync(dir); err != nil || dir == "." {
			return err
		}
	}
}

func (d *Directory) sync(dir string) error {
	f, err := d.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Open is that of Store.
func (d *Directory) Open(_ context.Context, key string) (io.ReadSeekCloser, Info, error) {
	if err := checkKey(key); err != nil {
		return nil, Info{}, err
	}
	f, err := d.root.Open(key + suffix)
	if err != nil {
		return nil, Info{}, missing(err)
	}
	stat, err := f.Stat()
	if err != nil {
		return nil, Info{}, errors.Join(unavailable(err), f.Close())
	}
	return f, info(key, stat), nil
}

// Stat is that of Store.
func (d *Directory) Stat(_ context.Context, key string) (Info, error) {
	if err := checkKey(key); err != nil {
		return Info{}, err
	}
	stat, err := d.root.Stat(key + suffix)
	if err != nil {
		return Info{}, missing(err)
	}
	return info(key, stat), nil
}

// Delete is that of Store. The directories that it leaves empty go too: their
// names may be ids of what was erased.
func (d *Directory) Delete(_ context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	d.tree.Lock()
	defer d.tree.Unlock()
	err := d.root.Remove(key + suffix)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return unavailable(err)
	}
	dir := path.Dir(key)
	for dir != "." && d.root.Remove(dir) == nil {
		dir = path.Dir(dir)
	}
	if err := d.sync(dir); err != nil {
		return unavailable(err)
	}
	return nil
}

// Sweep is that of Store.
func (d *Directory) Sweep(ctx context.Context, before time.Time) error {
	entries, err := fs.ReadDir(d.root.FS(), incoming)
	if err != nil {
		return unavailable(err)
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		stat, err := e.Info()
		if err == nil && stat.ModTime().Before(before) {
			err = d.root.Remove(path.Join(incoming, e.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return unavailable(err)
		}
	}
	return nil
}

func missing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return ErrMissing
	}
	return unavailable(err)
}

func info(key string, stat fs.FileInfo) Info {
	return Info{Key: key, Size: stat.Size(), Modified: stat.ModTime()}
}
