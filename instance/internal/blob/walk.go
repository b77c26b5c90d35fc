package blob

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// errFull ends a walk whose page is full.
var errFull = errors.New("the page is full")

// List is that of Store. It holds the names of one directory of each level in
// memory.
func (d *Directory) List(ctx context.Context, prefix, after string, limit int) ([]Info, error) {
	if err := checkPage(prefix, after, limit); err != nil {
		return nil, err
	}
	w := walk{ctx: ctx, files: d.root.FS(), prefix: prefix, after: after, limit: limit}
	err := w.dir("")
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil && !errors.Is(err, errFull):
		return nil, unavailable(err)
	}
	return w.page, nil
}

// walk goes through the tree in the order of keys, which fs.WalkDir does not:
// there a/1 comes before a-1.
type walk struct {
	ctx           context.Context
	files         fs.FS
	prefix, after string
	limit         int
	page          []Info
}

// dir takes a directory, as "" or "a/b/".
func (w *walk) dir(above string) error {
	entries, err := fs.ReadDir(w.files, path.Clean("./"+above))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // deleted meanwhile
	}
	if err != nil {
		return err
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(tail(a), tail(b)) })
	for _, e := range entries {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		if err := w.entry(above+tail(e), e); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) entry(name string, e fs.DirEntry) error {
	if e.IsDir() {
		if checkKey(strings.TrimSuffix(name, "/")) != nil {
			return nil // incoming, or what others put here
		}
		wanted := strings.HasPrefix(name, w.prefix) || strings.HasPrefix(w.prefix, name)
		ahead := name > w.after || strings.HasPrefix(w.after, name)
		if wanted && ahead {
			return w.dir(name)
		}
		return nil
	}
	if !strings.HasSuffix(e.Name(), suffix) || checkKey(name) != nil || !strings.HasPrefix(name, w.prefix) || name <= w.after {
		return nil
	}
	stat, err := e.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if w.page = append(w.page, info(name, stat)); len(w.page) == w.limit {
		return errFull
	}
	return nil
}

// tail is what an entry adds to the keys below or at it.
func tail(e fs.DirEntry) string {
	if e.IsDir() {
		return e.Name() + "/"
	}
	return strings.TrimSuffix(e.Name(), suffix)
}
