package srctest

import (
	"go/ast"
	"go/build/constraint"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// editions are the names by which programs are cut into a free and a paid part.
var editions = []string{"pro", "enterprise", "cloud", "premium", "commercial", "paid", "hosted", "saas", "ee"}

// fetters are words of plans, seats and keys, or two such words in a row; no
// identifier contains them.
var fetters = []string{
	"enterprise", "premium", "paywall", "upsell", "entitlement", "entitlements", "seat", "seats",
	"licensekey", "licencekey", "callhome", "phonehome",
}

// expiring are words of a licence that ends.
var expiring = regexp.MustCompile(`(?i)licen[cs]\w*(\W+\w+){0,3}\W+expir|expir\w*(\W+\w+){0,3}\W+licen[cs]`)

// asksEnvironment are the files that read the environment. All settings come
// from there through internal/config, which lists them: a variable that is read
// elsewhere is a switch that nobody is told of.
var asksEnvironment = []string{"instance/cmd/opengather/main.go"}

// TestNoEditions holds that there is one program for everybody: no build tag,
// flag or hidden variable makes another, nothing in it knows of plans, seats,
// licence keys or a licence's end, and it has no means of payment (P10, P14,
// P21, P117, P166).
func TestNoEditions(t *testing.T) {
	for _, name := range files(t, named(".go")) {
		f := parse(t, name)
		if tags := editionTags(f); tags != nil {
			t.Errorf("%s is built for an edition: %q", name, tags)
		}
		if !isProgram(name) || !strings.HasPrefix(name, "instance/") {
			continue
		}
		if found := fettersIn(f); found != nil {
			t.Errorf("%s knows of editions: %q", name, found)
		}
		if found := environmentIn(f); found != nil && !isForTests(name) && !slices.Contains(asksEnvironment, name) {
			t.Errorf("%s asks the environment: %q", name, found)
		}
	}
	for _, name := range files(t, named(".json")) {
		if found := expiring.FindString(read(t, name)); found != "" {
			t.Errorf("%s speaks of a licence that ends: %q", name, found)
		}
	}
	if mod := read(t, "instance/go.mod"); regexp.MustCompile(`(?i)stripe|paypal|paddle|braintree`).MatchString(mod) {
		t.Error("instance/go.mod requires a means of payment")
	}
	for _, name := range []string{"Makefile", ".ci/run"} {
		for _, m := range tagFlag.FindAllStringSubmatch(read(t, name), -1) {
			if slices.ContainsFunc(strings.Split(m[1], ","), isEdition) {
				t.Errorf("%s builds an edition: %s", name, m[0])
			}
		}
	}
}

var tagFlag = regexp.MustCompile(`-tags[ =]["']?([\w,]+)`)

func isEdition(word string) bool { return slices.Contains(editions, strings.ToLower(word)) }

// editionTags gives the build tags of a file that name an edition.
func editionTags(f *ast.File) []string {
	var found []string
	for _, group := range f.Comments {
		for _, c := range group.List {
			if !constraint.IsGoBuild(c.Text) {
				continue
			}
			expr, err := constraint.Parse(c.Text)
			if err != nil {
				found = append(found, err.Error())
				continue
			}
			expr.Eval(func(tag string) bool { // asks for every tag, whatever the answers
				if isEdition(tag) {
					found = append(found, tag)
				}
				return true
			})
		}
	}
	return found
}

// isForTests says of a file that tests alone use it.
func isForTests(name string) bool {
	return strings.HasPrefix(name, "instance/e2e/") || strings.HasSuffix(path.Dir(name), "test")
}

// environmentIn gives what a file uses to read the environment.
func environmentIn(f *ast.File) []string {
	var found []string
	ast.Inspect(f, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		pkg, ok := s.X.(*ast.Ident)
		if ok && slices.Contains([]string{"os", "syscall"}, pkg.Name) && slices.Contains([]string{"Getenv", "LookupEnv", "Environ", "ExpandEnv"}, s.Sel.Name) {
			found = append(found, pkg.Name+"."+s.Sel.Name)
		}
		return true
	})
	return found
}

// fettersIn gives the identifiers made of forbidden words, what speaks of a
// licence that ends, and the fields with a tag (flags and configuration are
// such) that are named like an edition.
func fettersIn(f *ast.File) []string {
	var found []string
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			before, words := "", wordsOf(n.Name)
			if expiring.MatchString(strings.Join(words, " ")) {
				found = append(found, n.Name)
			}
			for _, w := range words {
				if slices.Contains(fetters, w) || slices.Contains(fetters, before+w) {
					found = append(found, n.Name)
				}
				before = w
			}
		case *ast.BasicLit:
			if expiring.MatchString(n.Value) {
				found = append(found, n.Value)
			}
		case *ast.Field:
			for _, name := range n.Names {
				if n.Tag != nil && isEdition(name.Name) {
					found = append(found, name.Name)
				}
			}
		}
		return true
	})
	return found
}

// wordsOf splits an identifier where a capital or an underscore begins a word.
func wordsOf(name string) []string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		afterSmall := i > 0 && unicode.IsLower(runes[i-1])
		beforeSmall := i+1 < len(runes) && unicode.IsLower(runes[i+1])
		if i > 0 && unicode.IsUpper(r) && (afterSmall || beforeSmall) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return strings.FieldsFunc(strings.ToLower(b.String()), func(r rune) bool { return r == ' ' || r == '_' })
}

func TestEditionsAreFound(t *testing.T) {
	for source, want := range map[string]string{
		"//go:build enterprise\n\npackage p":                                "enterprise",
		"//go:build linux && (amd64 || !cloud)\n\npackage p":                "cloud",
		"//go:build linux\n\npackage p":                                     "",
		"package p\nfunc checkLicenseKey() {}":                              "checkLicenseKey",
		"package p\nvar maxSeats = 5":                                       "maxSeats",
		"package p\ntype c struct { Pro bool `help:\"more\"` }":             "Pro",
		"package p\ntype c struct { Pro bool }":                             "",
		"package p\nvar licenceExpires, sessionExpires int":                 "licenceExpires",
		"package p\nconst s = \"your license has expired\"":                 "\"your license has expired\"",
		"package p\nconst s = \"the licences\" + \"it expires\"":            "",
		"package p\nvar x = os.Getenv(\"PRO\")":                             "os.Getenv",
		"package p\nvar x, y = os.LookupEnv(\"PRO\")":                       "os.LookupEnv",
		"package p\nvar x = os.Args":                                        "",
		"package p\nvar baseAttributes, HTTPProxy, isProtected, seatAt int": "seatAt",
	} {
		f := parseText(t, "planted.go", source)
		if got := strings.Join(slices.Concat(editionTags(f), fettersIn(f), environmentIn(f)), " "); got != want {
			t.Errorf("in %q: found %q, want %q", source, got, want)
		}
	}
}
