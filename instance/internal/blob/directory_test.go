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
	"syscall"
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
	put(t, s, key, []byte("x"))
	put(t, s, folder+"/s.jpg", []byte("x"))
	want := []string{"drwx------ .", "drwx------ " + folder, "-rw------- " + key, "-rw------- " + folder + "/s.jpg"}
	if got := tree(t, at); !slices.Equal(got, want) {
		t.Errorf("there is %q, want %q", got, want)
	}
	for _, name := range []string{key, folder + "/s.jpg"} {
		if err := s.Delete(t.Context(), name); err != nil {
			t.Error(err)
		}
	}
	if got := tree(t, at); !slices.Equal(got, want[:1]) {
		t.Errorf("there is %q, want %q", got, want[:1])
	}
}

// A file is on the disk before it has its name, and its name is there before Put
// says that it is. What is removed has left the disk when that is said.
func TestDirectorySyncs(t *testing.T) {
	at := t.TempDir()
	s := blobtest.Directory(t, at)
	var synced []string
	s.OnSync(func(f *os.File) error {
		name, err := filepath.Rel(at, f.Name())
		if strings.Contains(name, "/.") {
			name = "part"
		}
		there := "without"
		if _, err := os.Stat(filepath.Join(at, key)); err == nil {
			there = "with"
		}
		synced = append(synced, name+" "+there)
		return errors.Join(err, f.Sync())
	})
	for _, step := range []struct {
		do   func() error
		want []string
	}{
		{func() error { return s.Put(t.Context(), key, 1, strings.NewReader("x")) }, []string{"part without", folder + " with", ". with"}},
		{func() error { return s.Delete(t.Context(), key) }, []string{". without"}},
		{func() error { return s.Put(t.Context(), folder+"/s.jpg", 1, strings.NewReader("x")) }, []string{"part without", folder + " without", ". without"}},
		{func() error { return s.Put(t.Context(), key, 1, strings.NewReader("x")) }, []string{"part without", folder + " with", ". with"}},
		{func() error { return s.Delete(t.Context(), key) }, []string{folder + " without"}},
		{func() error { return s.Drop(t.Context(), folder) }, []string{". without"}},
	} {
		synced = nil
		if err := step.do(); err != nil || !slices.Equal(synced, step.want) {
			t.Errorf("synced %q, %v, want %q", synced, err, step.want)
		}
	}
}

// A disk that does not take what it is given: nobody is told that it did.
func TestDirectoryThatCannotSync(t *testing.T) {
	s := blobtest.Directory(t, t.TempDir())
	for fails := range 3 {
		n := 0
		s.OnSync(func(*os.File) error {
			if n++; n == fails+1 {
				return syscall.EIO
			}
			return nil
		})
		if err := s.Put(t.Context(), key, 1, strings.NewReader("x")); !isDown(err) {
			t.Errorf("put: %v", err)
		}
		if fails == 0 && len(folders(t, s)) != 0 {
			t.Errorf("%q is left", folders(t, s))
		}
	}
	s.OnSync(func(*os.File) error { return syscall.EIO })
	if err := s.Delete(t.Context(), key); !isDown(err) {
		t.Errorf("delete: %v", err)
	}
	if err := s.Drop(t.Context(), folder); !isDown(err) {
		t.Errorf("drop: %v", err)
	}
}

// A killed program leaves the file it was writing. It is no file of the store,
// and goes with its folder.
func TestDirectoryPartOfAKilledProgram(t *testing.T) {
	at := t.TempDir()
	s := blobtest.Directory(t, at)
	if err := errors.Join(os.Mkdir(filepath.Join(at, folder), 0o700), os.WriteFile(filepath.Join(at, folder, ".PART"), []byte("half"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if got := folders(t, s); !slices.Equal(got, []string{folder}) {
		t.Errorf("a sweep is told of %q", got)
	}
	put(t, s, key, []byte("whole"))
	if err := s.Drop(t.Context(), folder); err != nil {
		t.Error(err)
	}
	if got := tree(t, at); len(got) != 1 {
		t.Errorf("%q is left", got)
	}
}

// More folders than are read at a time, each dropped when it is told.
func TestDirectorySweepsMany(t *testing.T) {
	at := t.TempDir()
	s := blobtest.Directory(t, at)
	for i := range 1000 {
		if err := os.Mkdir(filepath.Join(at, fmt.Sprintf("%032x", i)), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	told := map[string]bool{}
	err := s.Each(t.Context(), func(f string, _ time.Time) error {
		told[f] = true
		return s.Drop(t.Context(), f)
	})
	if got := tree(t, at); err != nil || len(told) != 1000 || len(got) != 1 {
		t.Errorf("told of %d, %d are left, %v", len(told), len(got)-1, err)
	}
}

// What others put into the directory is neither told nor followed out of it.
func TestDirectoryKeepsToItself(t *testing.T) {
	at, outside := t.TempDir(), t.TempDir()
	s := blobtest.Directory(t, at)
	put(t, s, key, []byte("mine"))
	link := strings.Repeat("a", 32)
	if err := errors.Join(
		os.WriteFile(filepath.Join(at, another), []byte("theirs"), 0o600),
		os.WriteFile(filepath.Join(outside, "o"), []byte("secret"), 0o600),
		os.Symlink(outside, filepath.Join(at, link)),
		os.Mkdir(filepath.Join(at, "lost+found"), 0o700),
	); err != nil {
		t.Fatal(err)
	}
	if got := folders(t, s); !slices.Equal(got, []string{folder}) {
		t.Errorf("told: %q", got)
	}
	if _, err := s.Open(t.Context(), link+"/o"); err == nil {
		t.Error("a link led out of the directory")
	}
	if err := s.Put(t.Context(), link+"/s", 0, strings.NewReader("")); err == nil {
		t.Error("put through a link")
	}
	if err := s.Drop(t.Context(), link); err != nil {
		t.Error(err)
	}
	if got := tree(t, outside); len(got) != 2 {
		t.Errorf("outside is %q", got)
	}
}

func TestDirectoryThatIsGone(t *testing.T) {
	at := filepath.Join(t.TempDir(), "media")
	s := blobtest.Directory(t, at)
	if err := os.RemoveAll(at); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), key, 1, strings.NewReader("x")); !isDown(err) {
		t.Errorf("put: %v", err)
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
	before := content(1, 3<<20)
	put(t, s, key, before)
	for range 3 {
		err := s.Put(t.Context(), key, 6<<20, bytes.NewReader(content(2, 6<<20)))
		if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "fault.disk_full") {
			t.Errorf("put on a full disk: %v", err)
		}
		if n := blobtest.Parts(t, at); n != 0 {
			t.Fatalf("%d files take up the full disk", n)
		}
	}
	if !bytes.Equal(get(t, s, key), before) {
		t.Error("what was there has changed")
	}
	if err := s.Drop(t.Context(), folder); err != nil {
		t.Error(err)
	}
	put(t, s, key, content(2, 6<<20))
}
