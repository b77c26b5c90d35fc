package srctest

import (
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// forbiddenPackages are names that say nothing about what is inside.
var forbiddenPackages = []string{
	"common", "util", "utils", "helper", "helpers", "shared", "core", "base",
	"model", "models", "type", "types", "misc", "lib", "tools",
}

// TestPackageNames holds that a package is named by what it holds.
func TestPackageNames(t *testing.T) {
	for _, name := range files(t, named(".go")) {
		pkg := strings.TrimSuffix(parse(t, name).Name.Name, "_test")
		if slices.Contains(forbiddenPackages, pkg) || slices.Contains(forbiddenPackages, path.Base(path.Dir(name))) {
			t.Errorf("%s is in package %s", name, pkg)
		}
	}
}

const longestFile = 500

// TestFileLength holds that a file can be read in one sitting.
func TestFileLength(t *testing.T) {
	for _, name := range files(t, named(".go", ".templ")) {
		if path.Ext(name) == ".go" && ast.IsGenerated(parse(t, name)) {
			continue
		}
		if n := strings.Count(read(t, name), "\n"); n > longestFile {
			t.Errorf("%s has %d lines; split it by noun or by verb", name, n)
		}
	}
}

var starts = regexp.MustCompile(`\bgo func\b|\.Go\(`)

// TestRaceKnowsWhoStartsGoroutines holds the list of packages that are tested
// under the race detector against those that start goroutines, in the program
// or in their tests.
func TestRaceKnowsWhoStartsGoroutines(t *testing.T) {
	excused := map[string]string{
		"instance/cmd/opengather":                 "its tests run the binary, which is built without it",
		"instance/internal/database/databasetest": "has no tests",
		"instance/post":                           "takes hours with it; what it starts is in its tests alone",
		"instance/web/look/testdata/preview":      "serves the pages of the preview",
	}
	listed := strings.Fields(read(t, "scripts/race"))
	for _, name := range files(t, named(".go")) {
		dir := path.Dir(name)
		if !starts.MatchString(read(t, name)) || strings.HasPrefix(dir, "instance/e2e") || !strings.HasPrefix(dir, "instance/") || excused[dir] != "" {
			continue
		}
		if !slices.Contains(listed, "."+strings.TrimPrefix(dir, "instance")) {
			t.Errorf("%s starts goroutines, and scripts/race does not know %s", name, dir)
		}
	}
}
