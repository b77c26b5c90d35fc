package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWeaknessesAreJudged(t *testing.T) {
	accepted := map[string]string{"GO-1": "not used"}
	old := weakness{"GO-1", "example.org/a", "v1.0.0", ""}
	for _, c := range []struct {
		name          string
		found         []weakness
		refused, note string
	}{
		{"nothing new", []weakness{old, old}, "", ""},
		{"something new", []weakness{old, {"GO-2", "example.org/b", "v1.1.0", "v1.1.1"}}, "example.org/b v1.1.0: GO-2, fixed in v1.1.1", ""},
		{"nobody has mended it", []weakness{old, {"GO-3", "example.org/b", "v1.1.0", ""}}, "GO-3, fixed in no version yet", ""},
		{"mended meanwhile", nil, "GO-1 is accepted and no longer found", ""},
		{"Go itself", []weakness{old, {"GO-4", standard, "v1.26.8", "v1.26.9"}, {"GO-5", standard, "v1.26.8", "v1.26.10"}, {"GO-6", standard, "v1.26.8", "v1.26.9"}}, "", "with go1.26.10 or later"},
	} {
		notes, err := judge(c.found, accepted)
		if c.refused == "" && err != nil || c.refused != "" && (err == nil || !strings.Contains(err.Error(), c.refused)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.refused)
		}
		if said := strings.Join(notes, " "); c.note == "" && said != "" || !strings.Contains(said, c.note) {
			t.Errorf("%s: %q, want %q", c.name, said, c.note)
		}
	}
}

func TestRetractionsAreRead(t *testing.T) {
	got := retractions("\nexample.org/a\tv1.2.0\t[has a hole]\n\n")
	if len(got) != 1 || got[0].module != "example.org/a" || !strings.Contains(got[0].id, "has a hole") {
		t.Errorf("read %v", got)
	}
}

// TestAWeakPackageIsFound has govulncheck itself read a module that uses what a
// database of one report is about, and one that does not.
func TestAWeakPackageIsFound(t *testing.T) {
	db := t.TempDir()
	write(t, db, "GO-2000-0001.json", `{"schema_version": "1.3.1", "id": "GO-2000-0001", "modified": "2000-01-01T00:00:00Z", "published": "2000-01-01T00:00:00Z",
		"summary": "A hole", "details": "A hole", "affected": [{"package": {"name": "golang.org/x/net", "ecosystem": "Go"},
		"ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "0.999.0"}]}],
		"ecosystem_specific": {"imports": [{"path": "golang.org/x/net/html/atom"}]}}]}`)
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile("../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{"html/atom": 1, "idna": 0} {
		module := t.TempDir()
		write(t, module, "go.mod", string(mod))
		write(t, module, "go.sum", string(sum))
		write(t, module, "weak.go", "package weak\n\nimport _ \"golang.org/x/net/"+name+"\"\n")
		found, err := scan(module, "file://"+filepath.ToSlash(db))
		if err != nil {
			t.Fatal(err)
		}
		if len(found) != want {
			t.Errorf("importing %s: found %v", name, found)
		}
		if _, refused := judge(found, nil); (refused != nil) != (want > 0) {
			t.Errorf("importing %s: %v", name, refused)
		}
	}
	if _, err := scan(t.TempDir(), "file://"+filepath.ToSlash(db)); err == nil {
		t.Error("a folder with no module in it is well")
	}
}

func write(t *testing.T, dir, name, body string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o644); err != nil {
		t.Fatal(err)
	}
}
