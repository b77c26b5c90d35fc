package srctest

import (
	"go/ast"
	"go/build/constraint"
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

// TestNoEditions holds that there is one program for everybody: no build tag or
// flag makes another, nothing in it knows of plans, seats or licence keys, and
// it has no means of payment (P10, P14, P21, P117, P166).
func TestNoEditions(t *testing.T) {
	for _, name := range files(t, named(".go")) {
		f := parse(t, name)
		if tags := editionTags(f); tags != nil {
			t.Errorf("%s is built for an edition: %q", name, tags)
		}
		if isProgram(name) && strings.HasPrefix(name, "instance/") {
			if found := fettersIn(f); found != nil {
				t.Errorf("%s knows of editions: %q", name, found)
			}
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

// fettersIn gives the identifiers made of forbidden words, and the fields with
// a tag (flags and configuration are such) that are named like an edition.
func fettersIn(f *ast.File) []string {
	var found []string
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			before := ""
			for _, w := range wordsOf(n.Name) {
				if slices.Contains(fetters, w) || slices.Contains(fetters, before+w) {
					found = append(found, n.Name)
				}
				before = w
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
		"package p\nvar baseAttributes, HTTPProxy, isProtected, seatAt int": "seatAt",
	} {
		f := parseText(t, "planted.go", source)
		if got := strings.Join(append(editionTags(f), fettersIn(f)...), " "); got != want {
			t.Errorf("in %q: found %q, want %q", source, got, want)
		}
	}
}
