package scripts

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// TestMakeServes runs the words of the README as they are, in a folder that has
// nothing but the source, until there is a page to look at.
func TestMakeServes(t *testing.T) {
	dir := t.TempDir()
	here, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Makefile", "instance"} {
		if err := os.Symlink(filepath.Join(here, name), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	// What is built is put beside the real folder.
	if err := os.Symlink(filepath.Join(here, "bin"), filepath.Join(dir, "bin")); err != nil {
		t.Fatal(err)
	}
	for word, x := range map[string]struct{ address, says string }{
		"run":  {`http://localhost:\d+/setup\?token=\S+`, "What is the community called?"},
		"demo": {`http://127\.0\.0\.1:\d+`, "Chestnut Yard"},
	} {
		t.Run(word, func(t *testing.T) {
			if page := firstPage(t, dir, word, regexp.MustCompile(x.address)); !strings.Contains(page, x.says) {
				t.Errorf("make %s leads to a page without %q:\n%s", word, x.says, page)
			}
		})
	}
}

// firstPage is the page at the address that a word of make prints.
func firstPage(t *testing.T, dir, word string, address *regexp.Regexp) string {
	t.Helper()
	cmd := exec.Command("make", "--no-print-directory", word)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "OPENGATHER_LISTEN=127.0.0.1:0")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		// make says that it was told to end.
		_ = cmd.Wait()
	})
	var said strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if url := address.FindString(lines.Text()); url != "" {
			go io.Copy(io.Discard, out) // else the program would wait for its reader
			return fetch(t, url)
		}
	}
	t.Fatalf("make %s prints no address:\n%s", word, said.String())
	return ""
}

func fetch(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v", url, answer.StatusCode, err)
	}
	return string(page)
}
