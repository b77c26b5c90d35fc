package srctest

import (
	"fmt"
	"go/ast"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

const lastPromise = 173

var (
	clauseLine = regexp.MustCompile(`^\| (P(\d+)\.([a-z])) \| ([^|]{8,}) \| ([^|]+) \|$`)
	testName   = regexp.MustCompile(`^[a-z0-9/_]+\.(Test|Fuzz)[A-Z]\w*$`)
)

// TestPromises reads docs/promises.md against the source and docs/features.yaml.
func TestPromises(t *testing.T) {
	features := map[string]bool{}
	if err := yaml.Unmarshal([]byte(read(t, "docs/features.yaml")), &features); err != nil {
		t.Fatal(err)
	}
	for _, fault := range checkPromises(read(t, "docs/promises.md"), lastPromise, features, testNames(t)) {
		t.Error(fault)
	}
}

// testNames gives every test in the source as directory.Function.
func testNames(t *testing.T) map[string]bool {
	names := map[string]bool{}
	for _, name := range files(t, named("_test.go")) {
		for _, d := range parse(t, name).Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				names[path.Dir(name)+"."+f.Name.Name] = true
			}
		}
	}
	return names
}

// checkPromises says what is wrong with the page: which promise or clause is
// missing, which line is malformed, and which clause is kept by nothing.
func checkPromises(page string, last int, features, tests map[string]bool) []string {
	var faults []string
	promise, letter := 0, byte(0)
	for line := range strings.Lines(page) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "| P") {
			continue
		}
		m := clauseLine.FindStringSubmatch(line)
		if m == nil {
			faults = append(faults, "malformed: "+line)
			continue
		}
		n, err := strconv.Atoi(m[2])
		if err != nil {
			faults = append(faults, "malformed: "+line)
			continue
		}
		first := n == promise+1 && m[3] == "a"
		next := n == promise && m[3][0] == letter+1
		if !first && !next {
			faults = append(faults, m[1]+" is out of order")
		}
		promise, letter = n, m[3][0]
		if fault := checkKeeper(m[5], features, tests); fault != "" {
			faults = append(faults, m[1]+": "+fault)
		}
	}
	if promise != last {
		faults = append(faults, fmt.Sprintf("the page ends with P%d instead of P%d", promise, last))
	}
	return faults
}

// checkKeeper says what is wrong with the last cell of a line, or nothing.
func checkKeeper(cell string, features, tests map[string]bool) string {
	if feature, waits := strings.CutPrefix(cell, "waits for: "); waits {
		switch exists, known := features[feature]; {
		case !known:
			return fmt.Sprintf("waits for %q, which is not in docs/features.yaml", feature)
		case exists:
			return fmt.Sprintf("waits for %s, which is there: name the test", feature)
		}
		return ""
	}
	for name := range strings.SplitSeq(cell, ", ") {
		switch {
		case strings.HasSuffix(name, "?"):
			return name + " is still to be written"
		case !testName.MatchString(name):
			return fmt.Sprintf("%q names no test", name)
		case !tests[name]:
			return name + " does not exist"
		}
	}
	return ""
}

func TestPromisesAreRead(t *testing.T) {
	features := map[string]bool{"media": false, "live": true}
	tests := map[string]bool{"instance/post.TestThread": true, "instance.TestImports": true}
	const good = `
| Clause | What must hold | Kept by |
|---|---|---|
| P1.a | threads and replies | instance/post.TestThread |
| P1.b | pictures in threads | waits for: media |
| P2.a | the order of packages | instance.TestImports, instance/post.TestThread |
`
	if faults := checkPromises(good, 2, features, tests); faults != nil {
		t.Fatalf("a good page: %q", faults)
	}
	for _, c := range []struct{ name, old, new, fault string }{
		{"a promise left out", "| P2.a | the order of packages | instance.TestImports, instance/post.TestThread |\n", "", "the page ends with P1 instead of P2"},
		{"the first clause left out", "| P1.a |", "| P1.b |", "P1.b is out of order"},
		{"a clause left out", "| P1.b |", "| P1.c |", "P1.c is out of order"},
		{"a clause twice", "| P1.b |", "| P1.a |", "P1.a is out of order"},
		{"no text", "pictures in threads", "", "malformed: | P1.b"},
		{"a cell too many", "pictures in threads", "pictures | in threads", "malformed: | P1.b"},
		{"nothing keeps it", "waits for: media", "", "malformed: | P1.b"},
		{"an unknown feature", "waits for: media", "waits for: Media", `P1.b: waits for "Media"`},
		{"a feature that exists", "waits for: media", "waits for: live", "P1.b: waits for live, which is there"},
		{"a test still to be written", "instance.TestImports,", "instance.TestImports?,", "P2.a: instance.TestImports? is still"},
		{"a test that does not exist", "instance.TestImports,", "instance.TestImport,", "P2.a: instance.TestImport does not"},
		{"a second test that does not exist", ", instance/post.TestThread", ", instance/post.TestThreads", "P2.a: instance/post.TestThreads does not"},
		{"words instead of a test", "instance.TestImports,", "by hand,", `P2.a: "by hand" names no test`},
	} {
		t.Run(c.name, func(t *testing.T) {
			faults := checkPromises(strings.Replace(good, c.old, c.new, 1), 2, features, tests)
			if !strings.Contains(strings.Join(faults, "\n"), c.fault) {
				t.Errorf("found %q, not %q", faults, c.fault)
			}
		})
	}
}
