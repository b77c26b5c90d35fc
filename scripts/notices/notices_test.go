package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const program = "../../instance"

// TestEveryLinkedPartIsListed asks the go command what is linked, and holds the
// files of the program against it.
func TestEveryLinkedPartIsListed(t *testing.T) {
	parts, err := parts(program)
	if err != nil {
		t.Fatal(err)
	}
	if err := refuse(parts); err != nil {
		t.Error(err)
	}
	for name, want := range files(parts) {
		got, err := os.ReadFile(filepath.Join(program, "notices", name))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s is not what is linked now: make generate", name)
		}
	}
	list := files(parts)["parts.tsv"]
	for _, part := range []string{standard + "\t\tBSD-3-Clause", "github.com/labstack/echo/v4\tv", "modernc.org/sqlite\tv", "htmx\t4", "Lucide icons\t1"} {
		if !strings.Contains(list, "\n"+part) {
			t.Errorf("%q is not in the list", part)
		}
	}
}

// TestLicencesAreRefused gives a part other licences. Their texts are those
// that the library tries itself with.
func TestLicencesAreRefused(t *testing.T) {
	said, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/google/licensecheck").Output()
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		"AGPL-3.0.t1": "is under AGPL-3.0", "GPL-2.0.t1": "is under GPL-2.0", "GPL-3.0.t1": "is under GPL-3.0", "SSPL-1.0.t1": "is under SSPL-1.0",
		"LGPL-3.0.t1": "is under LGPL-3.0", "MIT.t1": "", "Apache-2.0.t1": "",
	} {
		text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(said)), "testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		_, words, _ := strings.Cut(string(text), "\n\n") // what is expected stands above
		err = refuse([]part{{name: "planted", texts: []string{words}}})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", file, err, want)
		}
	}
	for _, texts := range [][]string{nil, {""}, {"You may do what you like, if you buy us a cake first."}} {
		if refuse([]part{{name: "planted", texts: texts}}) == nil {
			t.Errorf("%q is a licence", texts)
		}
	}
}

// TestNoticesAreFound looks beside packages and above them, not elsewhere.
func TestNoticesAreFound(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"LICENSE", "notice.go", "README", "a/COPYING.txt", "a/b/NOTICE", "c/LICENSE"} {
		if err := os.MkdirAll(filepath.Join(root, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, name), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	found := strings.Join(noticeFiles(places{root: root, packages: []string{filepath.Join(root, "a", "b")}}), " ")
	if want := strings.ReplaceAll("ROOT/LICENSE ROOT/a/COPYING.txt ROOT/a/b/NOTICE", "ROOT", root); found != want {
		t.Errorf("found %s, want %s", found, want)
	}
}
