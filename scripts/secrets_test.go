package scripts

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// planted is a key like those that are given out, and is none: it is put
// together here so that it does not stand in a file.
var planted = "gh" + "p_" + "4xYb8Qw2Lr6Tn1Vc9Kd3Zs7Hm5Jp0GfUaEoI"

// TestSecretsAreFound plants a key where one may have been left: in what was
// committed, in what was committed once, and in what is about to be.
func TestSecretsAreFound(t *testing.T) {
	words := "token = \"" + planted + "\" # gitleaks:allow\n"
	for name, c := range map[string]struct {
		found bool
		plant func(r repository)
	}{
		"nothing":   {false, func(r repository) { r.write("plain words\n"); r.git("commit", "-qam", "more") }},
		"committed": {true, func(r repository) { r.write(words); r.git("commit", "-qam", "more") }},
		"removed since": {true, func(r repository) {
			r.write(words)
			r.git("commit", "-qam", "more")
			r.write("gone\n")
			r.git("commit", "-qam", "gone")
		}},
		"on another branch": {true, func(r repository) {
			r.git("checkout", "-qb", "other")
			r.write(words)
			r.git("commit", "-qam", "more")
			r.git("checkout", "-q", "-")
		}},
		"staged":  {true, func(r repository) { r.write(words); r.git("add", ".") }},
		"changed": {true, func(r repository) { r.write(words) }},
	} {
		t.Run(name, func(t *testing.T) {
			r := repository{t, t.TempDir()}
			r.git("init", "-q")
			r.write("a beginning\n")
			r.git("add", ".")
			r.git("commit", "-qm", "first")
			c.plant(r)
			said, status := script(t, os.Environ(), "secrets", r.dir)
			if (status != 0) != c.found || strings.Contains(said, "settings.txt") != c.found {
				t.Errorf("status %d: %s", status, said)
			}
			if strings.Contains(said, planted) {
				t.Error("the secret is told to whoever reads the log")
			}
		})
	}
}

type repository struct {
	t   *testing.T
	dir string
}

func (r repository) write(body string) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, "settings.txt"), []byte(body), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r repository) git(args ...string) {
	r.t.Helper()
	c := exec.Command("git", append([]string{"-c", "user.name=Ada", "-c", "user.email=ada@example.org"}, args...)...)
	c.Dir = r.dir
	if said, err := c.CombinedOutput(); err != nil {
		r.t.Fatalf("git %s: %v\n%s", args, err, said)
	}
}
