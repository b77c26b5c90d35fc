package durability

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/opengather/opengather/instance/e2e/program"
)

// smallDisk serves a copy of a seeded place on a disk of its own: a tmpfs in a
// mount namespace, which root may make, and elsewhere whoever may make user
// namespaces. It gives the directory as seen from here.
func (p place) smallDisk(t testing.TB) (*program.Process, place) {
	t.Helper()
	there := place{data: filepath.Join(t.TempDir(), "data")}
	if err := os.Mkdir(there.data, 0o700); err != nil {
		t.Fatal(err)
	}
	namespaces := "--mount"
	if os.Getuid() != 0 {
		namespaces = "--mount=--map-root-user"
	}
	c := there.command(t, program.FreePort(t))
	mount := `mount -t tmpfs -o size=12m,mode=700 none "$1" && cp -a "$0/." "$1" && shift && exec "$@"`
	c.Args = append([]string{"sh", "-c", mount, p.data, there.data, c.Path}, c.Args...)
	c.Args = append(strings.Split(namespaces, "="), c.Args...)
	c.Path = "unshare"
	started := program.Start(t, c)
	return started, place{data: fmt.Sprintf("/proc/%d/root%s", started.PID, there.data)}
}

// fill leaves so many bytes free and gives what takes the room.
func (p place) fill(t testing.TB, free int64) (filler string) {
	t.Helper()
	filler = filepath.Join(p.data, "filler")
	f, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	page := make([]byte, 4096)
	for err == nil {
		_, err = f.Write(page)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("fill the disk: %v", err)
	}
	size, err := f.Seek(0, io.SeekEnd)
	if err := errors.Join(err, f.Truncate(size-free), f.Close()); err != nil {
		t.Fatal(err)
	}
	return filler
}

// copied opens a copy: SQLite would follow the link in the path to this disk.
// It is a copy of one moment only while nobody writes.
func (p place) copied(t testing.TB) books {
	t.Helper()
	there := place{data: t.TempDir()}
	for _, name := range []string{"community.sqlite", "community.sqlite-wal"} {
		content, err := os.ReadFile(filepath.Join(p.data, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(there.data, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return readBooks(t, "sqlite", "file:"+filepath.Join(there.data, "community.sqlite"))
}

// On a full disk writing is refused and says why, reading goes on, and nothing
// that was acknowledged is lost. With room again writing goes on too, without a
// restart.
func TestFullDisk(t *testing.T) {
	seeded := place{data: t.TempDir()}
	people := newLoad(t, seeded.seed(t), dice(t))
	p, disk := seeded.smallDisk(t)
	for round := range 3 {
		people.run(20, func() {}, p.URL)
		filler := disk.fill(t, int64(round)*100<<10)
		people.run(1<<30, func() {}, p.URL) // until somebody is refused
		for _, person := range people.people {
			people.refused = nil
			for people.turn(t.Context(), person, p.URL) {
				continue // a small text may still have found room
			}
			wantRefused(t, person, people.refused)
		}
		wantPages(t, p, people)
		books := disk.copied(t)
		books.whole()
		books.has(people.acks)
		if err := errors.Join(books.Close(), os.Remove(filler)); err != nil {
			t.Fatal(err)
		}
		people.refused = nil
		people.finish(p.URL)
		if t.Failed() {
			t.Fatalf("round %d\n%s", round, p.Output())
		}
	}
	people.run(20, func() {}, p.URL)
	people.finish(p.URL)
	books := disk.copied(t)
	books.whole()
	books.has(people.acks)
	t.Logf("%d acknowledged writes", len(people.acks))
	p.Stop()
}

// wantRefused demands the page that says the disk is full and keeps what was typed.
func wantRefused(t testing.TB, p *person, refused []string) {
	t.Helper()
	if len(refused) != 1 {
		t.Fatalf("%s was refused %d times", p.name, len(refused))
	}
	for _, want := range []string{"503 Service Unavailable", "The disk of this community is full", p.open.word} {
		if !strings.Contains(refused[0], want) {
			t.Errorf("%s does not read %q on a full disk:\n%s", p.name, want, refused[0])
		}
	}
}

// wantPages demands that reading goes on.
func wantPages(t testing.TB, p *program.Process, l *load) {
	t.Helper()
	for _, path := range []string{"/up", "/home", "/p/" + l.roots[0], "/people", "/login"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Cookie", "session="+l.people[1].token)
		response, err := l.http.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		discard(response.Body)
		if response.StatusCode >= http.StatusBadRequest {
			t.Errorf("%s on a full disk: %s", path, response.Status)
		}
	}
}
