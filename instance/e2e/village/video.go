package village

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/opengather/opengather/instance/e2e/program"
)

// Film is one of the films of package video, as somebody chooses it.
func Film(t testing.TB, name string) program.File {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("..", "..", "internal", "video", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return program.File{Name: name, Type: "video/mp4", Data: file}
}
