package suite_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/internal/locale/localetest"
)

// TestEveryMessageIsThereAndUsed holds all texts of the program together: each
// key that the code asks for exists, each that exists is asked for, and every
// language says all of them with the same arguments (P162).
func TestEveryMessageIsThereAndUsed(t *testing.T) {
	catalog := open(t, newConfig()).program.Catalog
	for _, lang := range []string{"en", "de"} {
		if !slices.Contains(catalog.Languages(), lang) {
			t.Errorf("%s is missing", lang)
		}
	}
	for _, finding := range locale.Check(catalog) {
		t.Error(finding)
	}
	missing, unused := localetest.Compare(localetest.Keys(t, "../.."), catalog.Keys())
	for _, m := range missing {
		t.Errorf("no message for %s", m)
	}
	source := sourceText(t, "../..")
	for _, key := range unused {
		if !named(source, key) {
			t.Errorf("nobody says %s", key)
		}
	}
	for _, key := range loose(t, catalog) {
		t.Errorf("no message for %s", key)
	}
}

// TestEveryFolderOfMessagesIsLoaded holds that no package has texts that the
// program was not given, in the very languages that the others have.
func TestEveryFolderOfMessagesIsLoaded(t *testing.T) {
	catalog := open(t, newConfig()).program.Catalog
	said := map[string]int{}
	for _, folder := range messageFolders(t) {
		files, err := filepath.Glob(filepath.Join(folder, "*.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s has no messages (%v)", folder, err)
		}
		for _, file := range files {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			texts := map[string]string{}
			if err := json.Unmarshal(raw, &texts); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			for key := range texts {
				if !catalog.Has(key) {
					t.Errorf("the program does not load %s of %s", key, file)
				}
			}
			said[strings.TrimSuffix(filepath.Base(file), ".json")] += len(texts)
		}
	}
	for _, lang := range []string{"en", "de"} {
		if n := len(catalog.Keys()); said[lang] != n {
			t.Errorf("%s has %d texts, the program %d", lang, said[lang], n)
		}
	}
	if len(said) != 2 {
		t.Errorf("there are texts in %v: test the new language wherever there are two", said)
	}
}

func messageFolders(t *testing.T) (folders []string) {
	t.Helper()
	walkSource(t, "../..", func(path string, d fs.DirEntry) {
		if d.IsDir() && d.Name() == "messages" {
			folders = append(folders, path)
		}
	})
	return folders
}

// loose are the keys that a package with texts has in a variable, a table or a
// field, where no call shows that they are keys, and that do not exist. A key
// that something is added to is there if one begins with it.
func loose(t *testing.T, catalog *locale.Catalog) (gone []string) {
	t.Helper()
	var areas []string
	for _, key := range catalog.Keys() {
		area, _, _ := strings.Cut(key, ".")
		areas = append(areas, area)
	}
	slices.Sort(areas)
	like := regexp.MustCompile(`"((?:` + strings.Join(slices.Compact(areas), "|") + `)\.[a-z0-9_.]+)"`)
	found := 0
	for _, folder := range messageFolders(t) {
		for _, m := range like.FindAllStringSubmatch(sourceText(t, filepath.Dir(folder)), -1) {
			found++
			if !slices.ContainsFunc(catalog.Keys(), func(key string) bool { return strings.HasPrefix(key, m[1]) }) {
				gone = append(gone, m[1])
			}
		}
	}
	if found < 500 {
		t.Errorf("only %d keys stand in the source", found)
	}
	return gone
}

// named reports whether a key stands in the source as a whole or as a part that
// something is added to.
func named(source, key string) bool {
	if strings.Contains(source, `"`+key+`"`) {
		return true
	}
	for i, r := range key {
		if r == '_' && strings.Contains(source, `"`+key[:i+1]+`"`) || r == '.' && i > 0 && strings.Contains(source, `"`+key[:i+1]+`" +`) {
			return true
		}
	}
	return false
}

// sourceText is all source below a folder, tests and what templ generated left
// out.
func sourceText(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	walkSource(t, dir, func(path string, d fs.DirEntry) {
		if d.IsDir() || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") || !strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, ".templ") {
			return
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(raw)
	})
	return all.String()
}

func walkSource(t *testing.T, dir string, see func(path string, d fs.DirEntry)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "testdata" {
			return filepath.SkipDir
		}
		if err == nil {
			see(path, d)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
