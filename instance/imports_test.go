package instance

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// order is the order of packages, low to high. A package imports what stands
// in a lower line; what stands in its own line only where beside says so.
var order = [][]string{
	{"migrations", "internal/fault", "internal/sample", "internal/cut", "privacy", "notices"},
	{"internal/fetch", "internal/locale", "internal/markup", "internal/searchtext", "internal/config", "internal/telemetry", "internal/picture", "internal/limit", "internal/video"},
	{"internal/database", "internal/blob"},
	{"internal/keyring", "internal/job", "internal/erasure"},
	{"internal/fact"},
	{"access"},
	{"community", "member"},
	{"numbers"},
	{"space", "media"},
	{"poll", "preview"},
	{"post", "page"},
	{"signin"},
	{"feed", "live"},
	{"joining", "portability"},
	{"setup"},
	{"demo", "doctor"},
	{"web/look"},
	{"web"},
	{"media/mediaweb", "poll/pollweb", "page/pageweb"},
	{"post/postweb", "signin/signinweb", "community/communityweb"},
	{"space/spaceweb", "member/memberweb", "portability/portabilityweb", "numbers/numbersweb", "feed/feedweb", "live/liveweb"},
	{"joining/joiningweb"},
	{"setup/setupweb"},
	{"server"},
	{"cmd/opengather"},
}

// beside are the imports between packages of the same line.
var beside = map[string][]string{"community": {"member"}}

// only says who may import what is dangerous elsewhere.
var only = map[string][]string{
	"github.com/labstack/echo/v4":  {"web", "server", "*web"},
	"database/sql":                 {"internal/database"},
	"github.com/jackc/pgx/v5":      {"internal/database"},
	"modernc.org/sqlite":           {"internal/database"},
	"github.com/minio/minio-go/v7": {"internal/blob"},
	"net/http":                     {"web", "server", "*web", "internal/fetch", "internal/telemetry"},
	"net":                          {"internal/fetch", "internal/database", "web", "server", "cmd/opengather", "internal/config"},
	"os/exec":                      {},
	"html/template":                {},
}

const module = "github.com/opengather/opengather/instance/"

// imports gives the imports of the hand-written and generated files, tests and
// test packages aside.
func imports(t *testing.T) map[string]map[string]bool {
	t.Helper()
	all := map[string]map[string]bool{}
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(filepath.Dir(name))
		if d.IsDir() && (d.Name() == "testdata" || strings.HasSuffix(d.Name(), "test") || name == "e2e") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || pkg == "." {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		if all[pkg] == nil {
			all[pkg] = map[string]bool{}
		}
		for _, i := range f.Imports {
			p, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			all[pkg][p] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestImportsGoDown(t *testing.T) {
	level := map[string]int{}
	for i, line := range order {
		for _, pkg := range line {
			level[pkg] = i
		}
	}
	for pkg, imported := range imports(t) {
		here, known := level[pkg]
		if !known {
			t.Errorf("package %s has no place in the order", pkg)
			continue
		}
		for p := range imported {
			below, ours := strings.CutPrefix(p, module)
			if !ours {
				continue
			}
			there, known := level[below]
			if known && (there < here || there == here && slices.Contains(beside[pkg], below)) {
				continue
			}
			t.Errorf("%s imports %s, which is not below it", pkg, below)
		}
	}
}

func TestDangerousImportsStayWhereTheyBelong(t *testing.T) {
	for pkg, imported := range imports(t) {
		for p := range imported {
			for dangerous, allowed := range only {
				if p != dangerous && !strings.HasPrefix(p, dangerous+"/") || dangerous == "net" && p != "net" {
					continue
				}
				ok := slices.ContainsFunc(allowed, func(a string) bool {
					return a == pkg || strings.HasPrefix(a, "*") && strings.HasSuffix(path.Base(pkg), a[1:])
				})
				if !ok {
					t.Errorf("%s imports %s", pkg, p)
				}
			}
		}
	}
}
