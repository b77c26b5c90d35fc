package program_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/opengather/opengather/instance/e2e/program"
)

const fixture = "./testdata/fixture"

func TestMain(m *testing.M) {
	code := m.Run()
	program.RemoveBuilds()
	os.Exit(code)
}

// recorder stands in for a test, to see a helper fail it.
type recorder struct {
	testing.TB
	said    string
	cleanup []func()
}

func (r *recorder) Helper() {}

func (r *recorder) Cleanup(f func()) { r.cleanup = append(r.cleanup, f) }

func (r *recorder) Errorf(format string, args ...any) { r.said += fmt.Sprintf(format, args...) + "\n" }

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Fatal(args ...any) { r.Fatalf("%s", fmt.Sprint(args...)) }

// complaint runs f as a test of its own, with its cleanups, and returns what
// that test would have failed with.
func complaint(t *testing.T, f func(testing.TB)) string {
	t.Helper()
	r := &recorder{TB: t}
	inOwn(func() { f(r) })
	for len(r.cleanup) > 0 {
		last := r.cleanup[len(r.cleanup)-1]
		r.cleanup = r.cleanup[:len(r.cleanup)-1]
		inOwn(last)
	}
	return r.said
}

// inOwn calls f in a goroutine of its own, which a Fatal ends.
func inOwn(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	<-done
}

func start(t testing.TB, mode string, env ...string) *program.Process {
	address := program.FreePort(t)
	return program.Start(t, program.Command{
		Path: program.Build(t, fixture), Args: []string{address, mode}, Env: env, Address: address,
	})
}

func read(t testing.TB, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

func TestStartedAndStopped(t *testing.T) {
	p := start(t, "")
	if want := p.URL + "/setup/s3cret"; p.SetupLink() != want {
		t.Errorf("the setup link is %q, want %q", p.SetupLink(), want)
	}
	if got := p.Find(regexp.MustCompile(`setup/(\w+)`)); got != "s3cret" {
		t.Errorf("the group of the pattern is %q", got)
	}
	p.Stop()
	if alive(p.PID) {
		t.Error("the process outlives Stop")
	}
}

func TestKilled(t *testing.T) {
	p := start(t, "")
	p.Kill()
	if alive(p.PID) {
		t.Error("the process outlives Kill")
	}
}

func TestProcessEndsWithItsTest(t *testing.T) {
	var pid int
	if said := complaint(t, func(t testing.TB) { pid = start(t, "").PID }); said != "" {
		t.Errorf("the test fails: %s", said)
	}
	if pid == 0 || alive(pid) {
		t.Errorf("process %d outlives its test", pid)
	}
}

func TestEnvironment(t *testing.T) {
	t.Setenv("OPENGATHER_DATA", "/home/developer")
	p := start(t, "", "OPENGATHER_LANGUAGE=de")
	env := read(t, p.URL+"/env")
	if strings.Contains(env, "OPENGATHER_DATA") {
		t.Error("the developer's settings are passed on")
	}
	if !strings.Contains(env, "OPENGATHER_LANGUAGE=de") || !strings.Contains(env, "PATH=") {
		t.Errorf("the environment is incomplete:\n%s", env)
	}
}

func TestComplaints(t *testing.T) {
	tests := []struct {
		name string
		run  func(testing.TB)
		want string
	}{
		{"a start that is refused", func(t testing.TB) { start(t, "refuse") }, "ended before it was up: exit status 1\nthe data directory is newer"},
		{"an end with an error", func(t testing.TB) { start(t, "ends badly").Stop() }, "ended with exit status 4 after SIGTERM"},
		{"a process that dies", func(t testing.TB) {
			p := start(t, "")
			if _, err := http.Get(p.URL + "/die"); err == nil {
				t.Errorf("the fixture lives on")
			}
			p.Find(regexp.MustCompile("never printed"))
		}, "ended by itself: exit status 0"},
		{"text that is never printed", func(t testing.TB) {
			p := start(t, "")
			p.Kill()
			p.Find(regexp.MustCompile("a miracle"))
		}, "never printed a miracle"},
		{"a package that does not compile", func(t testing.TB) { program.Build(t, "./testdata/none") }, "build ./testdata/none"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if said := complaint(t, test.run); !strings.Contains(said, test.want) {
				t.Errorf("the test says %q, want %q", said, test.want)
			}
		})
	}
}

func TestBuiltOnce(t *testing.T) {
	binary := program.Build(t, fixture)
	before, err := os.Stat(binary)
	if err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(program.Build(t, fixture))
	if err != nil || !os.SameFile(before, after) || before.ModTime() != after.ModTime() {
		t.Errorf("the binary is built anew (%v)", err)
	}
}
