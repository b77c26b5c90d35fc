package instance

import (
	"go/ast"
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

// waysOut are the names by which the standard library reaches other machines.
// A name that ends with a star stands for all that begin like it.
var waysOut = map[string][]string{
	"net":               {"Dial*", "Dialer", "Lookup*", "Resolver", "DefaultResolver"},
	"net/http":          {"Get", "Post", "PostForm", "Head", "Client", "DefaultClient", "Transport", "DefaultTransport"},
	"net/http/httputil": {"ReverseProxy", "NewSingleHostReverseProxy", "ClientConn", "NewClientConn", "NewProxyClientConn"},
	"crypto/tls":        {"Dial*", "Dialer", "Client"},
	"net/smtp":          {"*"},
	"net/rpc":           {"*"},
	"net/rpc/jsonrpc":   {"*"},
	"log/syslog":        {"*"},
	"syscall":           {"Connect", "Sendto", "SendmsgN", "Sendmsg"},
}

// theDoor is the one package that may use them all.
const theDoor = "internal/fetch"

// besideTheDoor says who else uses which, and why that is no way past it.
var besideTheDoor = map[string]struct{ what, why string }{
	"cmd/opengather/doctor.go":     {"net.Dialer", "it asks the program on this machine whether it answers"},
	"internal/telemetry/export.go": {"net/http.Client", "its Transport is demanded of whoever starts it, and is the door's"},
}

// TestOneDoorLeadsOut holds that what is fetched goes through internal/fetch,
// which knows where to and what for: nothing else opens a connection.
func TestOneDoorLeadsOut(t *testing.T) {
	used := map[string]bool{}
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if d.IsDir() && (d.Name() == "testdata" || strings.HasSuffix(d.Name(), "test") || name == "e2e" || name == theDoor) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, way := range leadsOut(f) {
			if besideTheDoor[name].what != way {
				t.Errorf("%s uses %s: what leaves goes through %s", name, way, theDoor)
			}
			used[name] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, e := range besideTheDoor {
		if !used[name] {
			t.Errorf("%s does not use %s any more (%s)", name, e.what, e.why)
		}
	}
}

// leadsOut gives what a file uses of the ways out, each once.
func leadsOut(f *ast.File) []string {
	var found []string
	imported := map[string]string{} // path, by the name it has in the file
	for _, i := range f.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			continue // the parser has refused it
		}
		name := path.Base(p)
		if i.Name != nil {
			name = i.Name.Name
		}
		imported[name] = p
		if name == "." && waysOut[p] != nil {
			found = append(found, p+" without its name")
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		pkg, ok := s.X.(*ast.Ident)
		if !ok {
			return true
		}
		p := imported[pkg.Name]
		if way := p + "." + s.Sel.Name; matches(waysOut[p], s.Sel.Name) && !slices.Contains(found, way) {
			found = append(found, way)
		}
		return true
	})
	return found
}

func matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		prefix, open := strings.CutSuffix(pattern, "*")
		return name == pattern || open && strings.HasPrefix(name, prefix)
	})
}

func TestWaysOutAreFound(t *testing.T) {
	for source, want := range map[string]string{
		`import "net/http"; var a, b = http.Get("x"); var c, d = http.Get("y")`: "net/http.Get",
		`import web "net/http"; var c = &web.Client{}`:                          "net/http.Client",
		`import "net/http"; var t http.RoundTripper = http.DefaultTransport`:    "net/http.DefaultTransport",
		`import "net/http"; var h http.Handler; var s = http.StatusOK`:          "",
		`import "net"; var a, b = net.DialTimeout("tcp", "x", 1)`:               "net.DialTimeout",
		`import "net"; var d = new(net.Dialer)`:                                 "net.Dialer",
		`import "net"; var a, b = net.LookupHost("x")`:                          "net.LookupHost",
		`import "net"; var a = net.JoinHostPort("a", "b")`:                      "",
		`import . "net/http"; var a, b = Get("x")`:                              "net/http without its name",
		`import "crypto/tls"; var a, b = tls.Dial("tcp", "x", nil)`:             "crypto/tls.Dial",
		`import "net/smtp"; var a = smtp.SendMail`:                              "net/smtp.SendMail",
		`var http struct{ Get int }; var a = http.Get`:                          "",
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "planted.go", "package p; "+source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(leadsOut(f), " "); got != want {
			t.Errorf("%s: found %q, want %q", source, got, want)
		}
	}
}
