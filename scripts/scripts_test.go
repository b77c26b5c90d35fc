// Package scripts holds the programs that build, test and measure OpenGather.
package scripts

import (
	"errors"
	"maps"
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

// noProgram stands for a program that is not there.
const noProgram = "none"

func TestInstallDebian(t *testing.T) {
	here := map[string]string{"bash": "", "initdb": ":", "chromium": ":", "git": ":", "ip": ":", "openssl": ":", "nginx": ":", "caddy": ":"}
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
		{"a key for the documents", map[string]string{"wrk": ":", "make": ":", "openssl": noProgram}, "by the names of their Debian packages: openssl\n", 1},
		{"no proxy that is known", map[string]string{"wrk": ":", "make": ":", "caddy": noProgram}, "by the names of their Debian packages: caddy\n", 1},
		{"an installation that does not work", map[string]string{"id": "echo 0", "apt-get": "exit 9"}, "installing wrk make\n", 9},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			found := maps.Clone(here)
			maps.Copy(found, test.more)
			maps.DeleteFunc(found, func(_, body string) bool { return body == noProgram })
			said, status := script(t, programs(t, found), "install-debian")
			if status != test.status || !strings.Contains(said, test.want) || test.want == "" && said != "" {
				t.Errorf("status %d: %s", status, said)
			}
		})
	}
}

// TestVersitygwIsBuiltOnce fails the first time: nothing of that is taken for the
// server. Once it is built, nobody builds it again, which would need the network.
func TestVersitygwIsBuiltOnce(t *testing.T) {
	cache := t.TempDir()
	tools := map[string]string{"bash": "", "mkdir": "", "mktemp": "", "mv": "", "rm": "", "chmod": ""}
	run := func(build string) (string, int) {
		found := maps.Clone(tools)
		found["go"] = build
		return script(t, append(programs(t, found), "XDG_CACHE_HOME="+cache), "versitygw")
	}
	const half = `echo "go $@"; echo half > "$GOBIN/versitygw"; `
	if said, status := run(half + "exit 3"); status != 3 || !strings.Contains(said, "\ngo install github.com/versity/versitygw/cmd/versitygw@v") {
		t.Errorf("status %d: %s", status, said)
	}
	if built, err := filepath.Glob(filepath.Join(cache, "*", "*", "*")); err != nil || len(built) != 0 {
		t.Errorf("%q is left, %v", built, err)
	}
	if said, status := run(half + `echo whole > "$GOBIN/versitygw"; chmod +x "$GOBIN/versitygw"`); status != 0 {
		t.Errorf("status %d: %s", status, said)
	}
	said, status := run("exit 9")
	body, err := os.ReadFile(strings.TrimSpace(said))
	if status != 0 || string(body) != "whole\n" || err != nil {
		t.Errorf("status %d: %s holds %q, %v", status, said, body, err)
	}
}

// TestDemoIsServedWhole ends the filling half-way: the next run begins again,
// and only what is whole is kept and served.
func TestDemoIsServedWhole(t *testing.T) {
	makefile, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	// It serves what it filled, and breaks off as long as there is a file "break".
	const program = `#!/bin/sh
if [ $1 = serve ]; then cat $3/community.sqlite; exit; fi
mkdir $3 || exit
echo half > $3/community.sqlite
[ ! -e break ] || exit 1
echo whole > $3/community.sqlite
`
	const build = "#!/bin/sh\nmkdir -p ../bin && cp ../program ../bin/opengather\n"
	for name, body := range map[string]string{"Makefile": string(makefile), "program": program, "path/go": build, "instance/go.mod": "", "break": ""} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(body), 0o755)); err != nil {
			t.Fatal(err)
		}
	}
	demo := func() (string, error) {
		cmd := exec.Command("make", "--no-print-directory", "demo")
		cmd.Dir, cmd.Env = dir, append(without("PATH"), "PATH="+filepath.Join(dir, "path")+":"+os.Getenv("PATH"))
		out, err := cmd.Output()
		return string(out), err
	}
	for range 2 {
		if said, err := demo(); err == nil || said != "" {
			t.Fatalf("it broke off, and says %q, %v", said, err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "break")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if said, err := demo(); err != nil || said != "whole\n" {
			t.Errorf("it serves %q, %v", said, err)
		}
	}
}
