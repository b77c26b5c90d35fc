package durability

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestTwoBuildsAreTheSameFile builds copies of the source in two places, the
// second from nothing, as somebody does who has never built it before.
func TestTwoBuildsAreTheSameFile(t *testing.T) {
	first := buildCopy(t, "here")
	second := buildCopy(t, "somewhere/else", "GOCACHE="+filepath.Join(t.TempDir(), "cache"))
	if first != second {
		t.Errorf("two builds of one source have the sums %s and %s", first, second)
	}
}

// buildCopy builds the program as make build does, from a copy of the source,
// and gives the sum of the file.
func buildCopy(t *testing.T, place string, env ...string) string {
	t.Helper()
	source := filepath.Join(t.TempDir(), place)
	if err := os.CopyFS(source, os.DirFS("../..")); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-trimpath", "-o", "built", "./cmd/opengather")
	build.Dir, build.Env = source, append(append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off"), env...)
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build in %s: %v\n%s", source, err, said)
	}
	body, err := os.ReadFile(filepath.Join(source, "built"))
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(body))
}
