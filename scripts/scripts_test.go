// Package scripts holds the programs that build, test and measure OpenGather.
package scripts

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// script runs one of the scripts with an environment of its own, and returns
// what it says and its status.
func script(t *testing.T, env []string, name string, args ...string) (said string, status int) {
	t.Helper()
	path, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Env = env
	out, err := cmd.CombinedOutput()
	if failed := (*exec.ExitError)(nil); err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// without is the tests' environment without one variable.
func without(name string) []string {
	return slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, name+"=") })
}

func TestWithPostgres(t *testing.T) {
	tmp, err := os.MkdirTemp("/tmp", "with-postgres-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(tmp) })
	if err := os.Chmod(tmp, 0o777); err != nil { // for postgres, who may be somebody else
		t.Fatal(err)
	}
	env := append(without("OPENGATHER_TEST_POSTGRES"), "TMPDIR="+tmp)
	const ask = `psql "$OPENGATHER_TEST_POSTGRES" -Atc "SELECT current_setting('fsync') || ' ' || current_setting('max_connections') || ' ' || current_setting('listen_addresses')"; exit 7`
	said, status := script(t, env, "with-postgres", "bash", "-c", ask)
	if said != "off 300 127.0.0.1\n" || status != 7 {
		t.Errorf("status %d: %s", status, said)
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("%v is left (%v)", left, err)
	}
}

func TestWithPostgresPassesOnSignals(t *testing.T) {
	said, status := script(t, without("OPENGATHER_TEST_POSTGRES"), "with-postgres",
		"bash", "-c", `trap 'echo told; exit 9' TERM; kill -TERM $PPID; while :; do read -t 1 <> <(:) || true; done`)
	if said != "told\n" || status != 9 {
		t.Errorf("status %d: %s", status, said)
	}
}

// A command may be quicker than the script that starts it: one that asks to be
// told before anything else is told all the same, each time.
func TestWithPostgresPassesOnTheFirstSignal(t *testing.T) {
	body, err := os.ReadFile("with-postgres")
	if err != nil {
		t.Fatal(err)
	}
	_, start, found := strings.Cut(string(body), "# In the background")
	if !found {
		t.Fatal("with-postgres does not say where it starts the command")
	}
	path := filepath.Join(t.TempDir(), "start")
	// A signal that is there before the command counts like a later one.
	early := "#!/bin/bash\nset -euo pipefail\n#" + strings.Replace(start, `"$@" <&0 &`, "kill -TERM $$\n"+`"$@" <&0 &`, 1)
	if err := os.WriteFile(path, []byte(early), 0o755); err != nil {
		t.Fatal(err)
	}
	said, status := script(t, os.Environ(), path, "sleep", "infinity")
	if said != "" || status != 128+15 {
		t.Errorf("status %d: %s", status, said)
	}
}

func TestWithPostgresTakesTheDatabaseGiven(t *testing.T) {
	env := append(without("OPENGATHER_TEST_POSTGRES"), "OPENGATHER_TEST_POSTGRES=postgres://elsewhere")
	said, status := script(t, env, "with-postgres", "bash", "-c", "echo $OPENGATHER_TEST_POSTGRES")
	if said != "postgres://elsewhere\n" || status != 0 {
		t.Errorf("status %d: %s", status, said)
	}
}

// programs makes a folder for PATH that has nothing but these programs: a
// script each, or a link to the real one if there is no script.
func programs(t *testing.T, scripts map[string]string) []string {
	t.Helper()
	dir := t.TempDir()
	for name, body := range scripts {
		path := filepath.Join(dir, name)
		if body != "" {
			if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			continue
		}
		real, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(real, path); err != nil {
			t.Fatal(err)
		}
	}
	return []string{"PATH=" + dir}
}

func TestInstallDebian(t *testing.T) {
	here := map[string]string{"bash": "", "initdb": ":", "chromium": ":", "git": ":", "ip": ":"}
	tests := []struct {
		name   string
		more   map[string]string
		want   string
		status int
	}{
		{"nothing is missing", map[string]string{"wrk": ":", "make": ":"}, "", 0},
		{"as root", map[string]string{"id": "echo 0", "apt-get": `echo "apt-get $@"`}, "apt-get install -q -y --no-install-recommends wrk make\n", 0},
		{"as somebody", map[string]string{"id": "echo 1000", "apt-get": "exit 9"}, "  apt-get install --no-install-recommends wrk make\n", 1},
		{"elsewhere", nil, "by the names of their Debian packages: wrk make\n", 1},
		{"an installation that does not work", map[string]string{"id": "echo 0", "apt-get": "exit 9"}, "installing wrk make\n", 9},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for name, body := range here {
				if test.more == nil {
					test.more = map[string]string{}
				}
				test.more[name] = body
			}
			said, status := script(t, programs(t, test.more), "install-debian")
			if status != test.status || !strings.Contains(said, test.want) || test.want == "" && said != "" {
				t.Errorf("status %d: %s", status, said)
			}
		})
	}
}
