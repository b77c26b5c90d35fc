// Package localetest finds the message keys that source code asks for, so that
// a test can compare them with the keys that exist. It does not load messages.
package localetest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Keys collects the literal keys in the .go and .templ files below dir, each
// with the places ("file:line") where it is used:
//
//	x.Text("key", …)   fault.New(kind, "key")   fault.Bad("field", "key")
//
// A key that is put together, as in x.Text("role."+name), is collected as
// "role.*": every key that begins so counts as used. Keys that come out of a
// variable are not found. Tests, testdata and what templ generated (its source
// is read instead) are left out.
func Keys(t testing.TB, dir string) map[string][]string {
	t.Helper()
	keys := map[string][]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "testdata":
			return filepath.SkipDir
		case d.IsDir(), strings.HasSuffix(path, "_test.go"), strings.HasSuffix(path, "_templ.go"):
			return nil
		case strings.HasSuffix(path, ".go"):
			return fromGo(keys, path)
		case strings.HasSuffix(path, ".templ"):
			return fromTempl(keys, path)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("collect the message keys below %s: %v", dir, err)
	}
	return keys
}

// Compare holds the keys in use against the keys that exist. missing lists uses
// of a key that does not exist, with their place; unused lists keys that
// nobody uses. Both are sorted.
func Compare(used map[string][]string, existing []string) (missing, unused []string) {
	hit := map[string]bool{}
	for key, places := range used {
		prefix, open := strings.CutSuffix(key, "*")
		found := false
		for _, e := range existing {
			if e == key || open && strings.HasPrefix(e, prefix) {
				hit[e], found = true, true
			}
		}
		if !found {
			missing = append(missing, fmt.Sprintf("%s at %s", key, strings.Join(places, ", ")))
		}
	}
	for _, e := range existing {
		if !hit[e] {
			unused = append(unused, e)
		}
	}
	slices.Sort(missing)
	slices.Sort(unused)
	return missing, unused
}

func fromGo(keys map[string][]string, path string) error {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if i := keyOf(call, file.Name.Name); i >= 0 && i < len(call.Args) {
			if key := literal(call.Args[i]); key != "" {
				keys[key] = append(keys[key], files.Position(call.Pos()).String())
			}
		}
		return true
	})
	return nil
}

// keyOf is the position of the key among the arguments of a call, -1 if the
// call takes none.
func keyOf(call *ast.CallExpr, inPackage string) int {
	var from, name string
	switch f := call.Fun.(type) {
	case *ast.Ident:
		from, name = inPackage, f.Name
	case *ast.SelectorExpr:
		if f.Sel.Name == "Text" {
			return 0
		}
		if x, ok := f.X.(*ast.Ident); ok {
			from, name = x.Name, f.Sel.Name
		}
	}
	if from == "fault" && (name == "New" || name == "Bad") {
		return 1
	}
	return -1
}

// literal is the key in an expression: "a.b", or "a.*" for "a." + anything.
func literal(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		if key := strings.TrimSuffix(literal(e.X), "*"); key != "" {
			return key + "*"
		}
	case *ast.BasicLit:
		if key, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return key
		}
	}
	return ""
}

// inTempl matches the same calls in a template, which no Go parser reads.
var inTempl = regexp.MustCompile(
	`(?:\.Text\(|\bfault\.New\(\s*[\w.]+\s*,|\bfault\.Bad\(\s*"[^"]*"\s*,)\s*"([^"\\]+)"\s*(\+)?`,
)

func fromTempl(keys map[string][]string, path string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text := string(raw)
	for _, m := range inTempl.FindAllStringSubmatchIndex(text, -1) {
		key := text[m[2]:m[3]]
		if m[4] >= 0 {
			key += "*"
		}
		line := 1 + strings.Count(text[:m[2]], "\n")
		keys[key] = append(keys[key], fmt.Sprintf("%s:%d", path, line))
	}
	return nil
}
