// Package srctest holds tests that read the repository as text: the licence,
// the pages, the promises, and what the source must not contain. What the
// program does is tested elsewhere.
package srctest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// repository is the root of the checkout. It lies outside the module, where go
// test remembers no changes: these tests are run with -count=1, as make test does.
var repository = os.DirFS("../..")

// read gives one file, by its path from the root.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := fs.ReadFile(repository, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// files lists the paths for which want holds. Test data, and directories that
// begin with a dot, are left out. Finding none fails: a rule over no files
// says nothing.
func files(t *testing.T, want func(name string) bool) []string {
	t.Helper()
	var found []string
	err := fs.WalkDir(repository, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !d.IsDir():
			if want(name) {
				found = append(found, name)
			}
		case name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules"):
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatal("no file of this kind was found")
	}
	return found
}

// named matches files by how their names end.
func named(endings ...string) func(string) bool {
	return func(name string) bool {
		return slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(name, e) })
	}
}

func isProgram(name string) bool {
	return path.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go")
}

// parse reads one Go file, comments included.
func parse(t *testing.T, name string) *ast.File {
	t.Helper()
	return parseText(t, name, read(t, name))
}

func parseText(t *testing.T, name, source string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// section gives what stands under a heading of a page, up to the next heading
// of the same level, with spaces and line ends made one space each.
func section(t *testing.T, page, heading string) string {
	t.Helper()
	_, rest, ok := strings.Cut("\n"+page, "\n"+heading+"\n")
	if !ok {
		t.Fatalf("no section %q", heading)
	}
	level, _, _ := strings.Cut(heading, " ")
	body, _, _ := strings.Cut(rest, "\n"+level+" ")
	return body
}

// oneLine makes line ends and runs of spaces one space, for texts that are wrapped.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
