package program

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
)

// builds are the binaries of this test process. They outlive the test that
// asked first, which is why no test owns them.
var builds struct {
	sync.Mutex
	dir   string
	paths map[string]string
}

// Build compiles a main package without cgo, as it is released, and returns
// the path of the binary. pkg is an import path or a folder that starts with
// "./". Each package is built once per test process.
func Build(t testing.TB, pkg string) string {
	t.Helper()
	builds.Lock()
	defer builds.Unlock()
	if built := builds.paths[pkg]; built != "" {
		return built
	}
	if builds.dir == "" {
		dir, err := os.MkdirTemp("", "opengather-build-")
		if err != nil {
			t.Fatal(err)
		}
		builds.dir, builds.paths = dir, map[string]string{}
	}
	// A folder of its own for each, since two packages may be called the same.
	binary := filepath.Join(builds.dir, strconv.Itoa(len(builds.paths)), path.Base(filepath.ToSlash(pkg)))
	build := exec.Command("go", "build", "-o", binary, pkg)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", pkg, err, said)
	}
	builds.paths[pkg] = binary
	return binary
}

// RemoveBuilds deletes the binaries of this test process.
func RemoveBuilds() {
	builds.Lock()
	defer builds.Unlock()
	if builds.dir != "" {
		if err := os.RemoveAll(builds.dir); err != nil {
			fmt.Fprintln(os.Stderr, "remove the binaries:", err)
		}
	}
	builds.dir, builds.paths = "", nil
}
