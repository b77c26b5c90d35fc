package srctest

import (
	"go/ast"
	"path"
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
