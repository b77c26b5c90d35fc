package durability

import (
	"bufio"
	"debug/elf"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/e2e/program"
)

func TestBinaryIsStatic(t *testing.T) {
	f, err := elf.Open(program.Build(t, opengather))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			t.Errorf("the binary has a %v segment: it needs a loader", p.Type)
		}
	}
	if libraries, err := f.ImportedLibraries(); err == nil && len(libraries) > 0 {
		t.Errorf("the binary needs %q", libraries)
	}
}

// An empty directory and an empty environment are a valid start, on a disk
// where nothing but the data directory can be written; and what is in it is
// nobody else's business.
func TestStartsWithNothing(t *testing.T) {
	data := filepath.Join(t.TempDir(), "not made yet")
	here := place{data: data}
	c := here.command(t, program.FreePort(t))
	// Everything is read-only but the folder around the data directory.
	mount := `mount --bind "$0" "$0" || exit 3
		for at in / /tmp /var/tmp /dev/shm; do ! mountpoint -q "$at" || mount -o remount,bind,ro "$at" || exit 3; done
		if touch "$1" 2>/dev/null; then echo "the disk can be written"; exit 3; fi
		shift; umask 022; cd / && exec env -i "$@"`
	outside := filepath.Join(filepath.Dir(filepath.Dir(data)), "outside")
	c.Args = append([]string{"--mount", "sh", "-c", mount, filepath.Dir(data), outside, c.Path}, c.Args...)
	if os.Getuid() != 0 {
		c.Args = append([]string{"--map-root-user"}, c.Args...)
	}
	c.Path = "unshare"
	p := program.Start(t, c)
	if link := p.SetupLink(); !strings.HasPrefix(link, "http://localhost:") {
		t.Errorf("the setup link is %q", link)
	}
	wantPrivate(t, data)
	p.Stop()
	wantPrivate(t, data)
	if want, got := []string{"backups", "community.sqlite", "community.sqlite.lock", "incoming", "media", "secrets", "urns"}, entries(t, data); !slices.Equal(got, want) {
		t.Errorf("a stopped community has %q, want %q", got, want)
	}
}

// wantPrivate demands that nobody else can read the data.
func wantPrivate(t testing.TB, data string) {
	t.Helper()
	err := filepath.WalkDir(data, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", name, info.Mode().Perm(), want)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func entries(t testing.TB, dir string) (names []string) {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		names = append(names, e.Name())
	}
	return names
}

// A second process on the same SQLite directory waits, and takes over when the
// first one ends.
func TestSecondProcessWaits(t *testing.T) {
	here := place{data: t.TempDir()}
	people := newLoad(t, here.seed(t), dice(t))
	for name, end := range map[string]func(*program.Process){"stopped": (*program.Process).Stop, "killed": (*program.Process).Kill} {
		t.Run(name, func(t *testing.T) {
			first := here.start(t)
			address := program.FreePort(t)
			c := here.command(t, address)
			second := exec.CommandContext(t.Context(), c.Path, c.Args...)
			second.Cancel = func() error { return second.Process.Signal(syscall.SIGTERM) }
			if err := second.Start(); err != nil {
				t.Fatal(err)
			}
			wantOpen(t, second.Process.Pid, filepath.Join(here.data, "community.sqlite.lock"))
			people.run(20, func() {}, first.URL)
			people.finish(first.URL)
			if conn, err := net.Dial("tcp", address); err == nil {
				t.Error("two processes serve one SQLite database", conn.Close())
			}
			end(first)
			wantUp(t, "http://"+address)
			people.run(5, func() {}, "http://"+address)
			people.finish("http://" + address)
			if len(people.refused) > 0 {
				t.Errorf("refused: %q", people.refused)
			}
			if err := second.Process.Signal(syscall.SIGTERM); err != nil {
				t.Error(err)
			}
			if err := second.Wait(); err != nil {
				t.Errorf("the second process: %v", err)
			}
		})
	}
	books := here.books(t)
	books.whole()
	books.has(people.acks)
}

// wantOpen waits until a process has a file open.
func wantOpen(t testing.TB, pid int, name string) {
	t.Helper()
	late := time.After(patience)
	for {
		links, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range links {
			if to, err := os.Readlink(link); err == nil && to == name {
				return
			}
		}
		select {
		case <-late:
			t.Fatalf("process %d does not open %s", pid, name)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func wantUp(t testing.TB, address string) {
	t.Helper()
	late := time.After(patience)
	for {
		if response, err := http.Get(address + "/up"); err == nil {
			discard(response.Body)
			if response.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-late:
			t.Fatalf("%s does not come up", address)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// SIGTERM lets a request that is under way finish, takes no new one, and ends
// with success.
func TestStopIsGraceful(t *testing.T) {
	here := place{data: t.TempDir()}
	people := newLoad(t, here.seed(t), dice(t))
	p := here.start(t)
	writer := people.people[1]
	if !people.begin(t.Context(), writer, p.URL) {
		t.Fatal("no form")
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := url.Values{"space": {space}, "body": {"underway words"}, "form_key": {writer.key}}.Encode()
	fmt.Fprintf(conn, "POST /compose HTTP/1.1\r\nHost: %s\r\nCookie: session=%s\r\nContent-Type: application/x-www-form-urlencoded\r\n"+
		"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n", conn.RemoteAddr(), writer.token, len(body))
	answer := bufio.NewReader(conn)
	if line, err := answer.ReadString('\n'); err != nil || !strings.Contains(line, "100") { // it waits for the body now
		t.Fatalf("%q, %v", line, err)
	}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		p.Stop()
	}()
	wantClosed(t, conn.RemoteAddr().String())
	if _, err := conn.Write([]byte(body)); err != nil {
		t.Fatal(err)
	}
	if _, err := answer.ReadString('\n'); err != nil { // the end of "100 Continue"
		t.Fatal(err)
	}
	response, err := http.ReadResponse(answer, nil)
	if err != nil {
		t.Fatalf("the request that was under way: %v", err)
	}
	discard(response.Body)
	if response.StatusCode != http.StatusSeeOther {
		t.Errorf("the request that was under way: %s", response.Status)
	}
	<-stopped
	books := here.books(t)
	books.whole()
	if found := books.find("underway"); len(found) != 1 || !strings.HasSuffix(response.Header.Get("Location"), found[0]) {
		t.Errorf("the post is %q, the answer said %q", found, response.Header.Get("Location"))
	}
}

// TestStopTellsWhoListens ends the program while somebody listens: she is told to
// come again, and nothing waits for her to go.
func TestStopTellsWhoListens(t *testing.T) {
	here := place{data: t.TempDir()}
	people := newLoad(t, here.seed(t), dice(t))
	p := here.start(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.URL+"/live?page=/home", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	r.AddCookie(&http.Cookie{Name: "session", Value: people.people[1].token})
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	p.Stop()
	said, err := io.ReadAll(response.Body)
	if text := string(said); err != nil || !strings.HasPrefix(text, "event: hello\n") || !strings.Contains(text, "event: end\ndata: {\"why\":\"later\"") {
		t.Errorf("%d: %q, %v", response.StatusCode, text, err)
	}
}

// wantClosed waits until nobody takes connections.
func wantClosed(t testing.TB, address string) {
	t.Helper()
	late := time.After(patience)
	for {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return
		}
		_ = conn.Close() // it was for the question alone
		select {
		case <-late:
			t.Fatalf("%s still takes connections", address)
		case <-time.After(5 * time.Millisecond):
		}
	}
}
