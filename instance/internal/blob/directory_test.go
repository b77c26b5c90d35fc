package blob_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/blob"
	"github.com/opengather/opengather/instance/internal/blob/blobtest"
	"github.com/opengather/opengather/instance/internal/fault"
)

// tree is every path below a directory, with its mode.
func tree(t testing.TB, at string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(at, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		stat, err := e.Info()
		if err != nil {
			return err
		}
		name, err = filepath.Rel(at, name)
		paths = append(paths, fmt.Sprintf("%s %s", stat.Mode(), filepath.ToSlash(name)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func TestDirectoryIsPrivateAndLeavesNoNames(t *testing.T) {
	at := filepath.Join(t.TempDir(), "new", "media")
	s := blobtest.Directory(t, at)
	empty := []string{"drwx------ .", "drwx------ incoming"}
	put(t, s, "a/b/c", []byte("x"))
	put(t, s, "a/b", []byte("beside what lies below it"))
	want := []string{"drwx------ .", "drwx------ a", "drwx------ a/b", "-rw------- a/b/c.blob", "-rw------- a/b.blob", "drwx------ incoming"}
	if got := tree(t, at); !slices.Equal(got, want) {
		t.Errorf("there is %q, want %q", got, want)
	}
	if got := names(t, s); !slices.Equal(got, []string{"a/b", "a/b/c"}) {
		t.Errorf("listed: %q", got)
	}
	for _, key := range []string{"a/b/c", "a/b"} {
		if err := s.Delete(t.Context(), key); err != nil {
			t.Error(err)
		}
	}
	if got := tree(t, at); !slices.Equal(got, empty) {
		t.Errorf("there is %q, want %q", got, empty)
	}
}

// A killed program leaves the file it was writing. It is swept, but not what is
// being written now.
func TestDirectorySweep(t *testing.T) {
	at := t.TempDir()
	s := blobtest.Directory(t, at)
	left := filepath.Join(at, "incoming", "LEFT")
	if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	start := time.Now().Add(-time.Minute)
	if err := os.Chtimes(left, start, start.Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	put(t, s, "a", []byte("whole"))
	sweep := called(func() {
		if err := s.Sweep(t.Context(), start); err != nil {
			t.Error(err)
		}
		if n := blobtest.Incoming(t, at); n != 1 {
			t.Errorf("%d are left beside the one being written", n)
		}
	})
	if _, err := s.Put(t.Context(), "b", sweep, lots); err != nil {
		t.Error(err)
	}
	if got := names(t, s); !slices.Equal(got, []string{"a", "b"}) || blobtest.Incoming(t, at) != 0 {
		t.Errorf("there is %q and %d unfinished", got, blobtest.Incoming(t, at))
	}
}

// Directories come and go while others put into them. A bucket has none; the
// server of the tests, which has, sometimes refuses a put in that moment.
func TestPutBesideDelete(t *testing.T) {
	at := t.TempDir()
	s := blobtest.Directory(t, at)
	var group sync.WaitGroup
	for _, key := range []string{"a/b/1", "a/b/2", "a/c"} {
		group.Go(func() {
			for range 100 {
				put(t, s, key, []byte(key))
				if got := get(t, s, key); string(got) != key {
					t.Errorf("%s holds %q", key, got)
				}
				if err := s.Delete(t.Context(), key); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if got := tree(t, at); len(got) != 2 {
		t.Errorf("%q is left", got)
	}
}

// What others put into the directory is neither listed nor followed out of it.
func TestDirectoryKeepsToItself(t *testing.T) {
	at, outside := t.TempDir(), t.TempDir()
	s := blobtest.Directory(t, at)
	put(t, s, "a/1", []byte("mine"))
	for _, name := range []string{"a/2.jpg", "a/X.blob", "README"} {
		if err := os.WriteFile(filepath.Join(at, name), []byte("theirs"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(outside, "1.blob"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Symlink(outside, filepath.Join(at, "b")), os.Mkdir(filepath.Join(at, "Other"), 0o700)); err != nil {
		t.Fatal(err)
	}
	if got := names(t, s); !slices.Equal(got, []string{"a/1"}) {
		t.Errorf("listed: %q", got)
	}
	if _, _, err := s.Open(t.Context(), "b/1"); err == nil {
		t.Error("a link led out of the directory")
	}
	if _, err := s.Put(t.Context(), "b/2", bytes.NewReader(nil), 1); err == nil || blobtest.Incoming(t, at) != 0 {
		t.Errorf("put through a link: %v", err)
	}
}

func TestDirectoryThatIsGone(t *testing.T) {
	at := filepath.Join(t.TempDir(), "media")
	s := blobtest.Directory(t, at)
	if err := os.RemoveAll(at); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(t.Context(), key, content(1, 10), lots); !fault.Is(err, fault.Unavailable) {
		t.Errorf("put: %v", err)
	}
	if err := s.Sweep(t.Context(), time.Now()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("sweep: %v", err)
	}
}

// smallDisk is a directory on a disk of its own with 8 MiB, in a mount namespace
// that a child process holds: root may make one, and elsewhere whoever may make
// user namespaces.
func smallDisk(t *testing.T) string {
	t.Helper()
	at := t.TempDir()
	namespaces := []string{"--mount"}
	if os.Getuid() != 0 {
		namespaces = append(namespaces, "--map-root-user")
	}
	c := exec.Command("unshare", append(namespaces, "sh", "-c", `mount -t tmpfs -o size=8m,mode=700 none "$0" && echo mounted && exec cat`, at)...)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(in.Close(), c.Wait()); err != nil {
			t.Error(err)
		}
	})
	if said, err := bufio.NewReader(out).ReadString('\n'); err != nil || said != "mounted\n" {
		t.Fatalf("make a small disk: %q, %v", said, err)
	}
	return fmt.Sprintf("/proc/%d/root%s/media", c.Process.Pid, at)
}

func TestFullDisk(t *testing.T) {
	at := smallDisk(t)
	s, err := blob.OpenDirectory(at)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	before := all(t, content(1, 3<<20))
	put(t, s, "a", before)
	for range 3 {
		_, err := s.Put(t.Context(), "a", content(2, 6<<20), lots)
		if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "fault.disk_full") {
			t.Errorf("put on a full disk: %v", err)
		}
		if n := blobtest.Incoming(t, at); n != 0 {
			t.Fatalf("%d files take up the full disk", n)
		}
	}
	if !bytes.Equal(get(t, s, "a"), before) {
		t.Error("what was there has changed")
	}
	if err := s.Delete(t.Context(), "a"); err != nil {
		t.Error(err)
	}
	put(t, s, "b", all(t, content(2, 6<<20)))
}
