package localetest_test

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/opengather/opengather/instance/internal/locale/localetest"
)

func TestKeys(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("a.go", `package a

// .Text("in.a.comment")
func f() {
	p.Text("plain")
	page.Printer().Text(
		"on.another.line", locale.N("not.a.key", 1))
	p.Text("joined." + kind + ".end")
	p.Text(variable)
	p.Text()
	_ = fault.New(fault.Invalid, "fault.new").With("x", 1)
	_ = fault.Bad("field", "fault.bad")
	_ = errors.New("not.a.key")
	_ = "not .Text(\"in.a.string\")"
}
`)
	write("sub/fault.go", "package fault\n\nvar x = New(NotFound, `own`)\n")
	write("sub/page.templ", `package sub

templ page(p *locale.Printer) {
	<h1 title={ p.Text("plain") }>It's { p.Text( "in.templ", locale.S("a", "b") ) }</h1>
	{ p.Text("role." + role) } { fault.New(fault.Gone, "templ.new").Key }
	{ fault.Bad("field", "templ.bad").Key }
}
`)
	write("sub/page_templ.go", `package sub; var x = p.Text("generated")`)
	write("sub/page_test.go", `package sub; var x = p.Text("tested")`)
	write("testdata/x.go", `package x; var x = p.Text("testdata")`)

	got := localetest.Keys(t, dir)
	at := func(places ...string) []string {
		for i, p := range places {
			places[i] = filepath.Join(dir, p)
		}
		return places
	}
	want := map[string][]string{
		"plain":           at("a.go:5:2", "sub/page.templ:4"),
		"on.another.line": at("a.go:6:2"),
		"joined.*":        at("a.go:8:2"),
		"fault.new":       at("a.go:11:6"),
		"fault.bad":       at("a.go:12:6"),
		"own":             at("sub/fault.go:3:9"),
		"in.templ":        at("sub/page.templ:4"),
		"role.*":          at("sub/page.templ:5"),
		"templ.new":       at("sub/page.templ:5"),
		"templ.bad":       at("sub/page.templ:6"),
	}
	for key := range maps.Keys(want) {
		if !reflect.DeepEqual(got[key], want[key]) {
			t.Errorf("%s: found at %v, want %v", key, got[key], want[key])
		}
		delete(got, key)
	}
	for key, places := range got {
		t.Errorf("%s at %v is no key in use", key, places)
	}
}

func TestCompare(t *testing.T) {
	used := map[string][]string{
		"there": {"a.go:1"}, "gone": {"a.go:2", "b.go:3"}, "role.*": {"a.go:4"}, "badge.*": {"a.go:5"},
	}
	missing, unused := localetest.Compare(used, []string{"there", "role.owner", "role", "idle"})
	if want := []string{"badge.* at a.go:5", "gone at a.go:2, b.go:3"}; !reflect.DeepEqual(missing, want) {
		t.Errorf("missing %v, want %v", missing, want)
	}
	if want := []string{"idle", "role"}; !reflect.DeepEqual(unused, want) {
		t.Errorf("unused %v, want %v", unused, want)
	}
}
