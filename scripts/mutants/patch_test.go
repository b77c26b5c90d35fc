package main

import (
	"path/filepath"
	"strings"
	"testing"
)

const header = "# package: ./door\n# test: TestOpens\n# why: children pass\n"

func absolute(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

func TestApply(t *testing.T) {
	const source = "one\ntwo\nthree\nfour\nfive\n"
	tests := []struct {
		name, source, diff, want string
	}{
		{"replaces", source, "@@ -2,2 +2,2 @@\n two\n-three\n+THREE\n", "one\ntwo\nTHREE\nfour\nfive\n"},
		{"adds and removes", source, "@@ -1,2 +1,3 @@\n one\n+half\n two\n@@ -4,2 +5,1 @@\n four\n-five\n", "one\nhalf\ntwo\nthree\nfour\n"},
		{"counts of one may be left out", source, "@@ -3 +3 @@\n-three\n+THREE\n", "one\ntwo\nTHREE\nfour\nfive\n"},
		{"finds what has moved", "zero\n" + source, "@@ -2,2 +2,2 @@\n two\n-three\n+THREE\n", "zero\none\ntwo\nTHREE\nfour\nfive\n"},
		{"the stated line settles what fits twice", "a\nb\na\nb\n", "@@ -3,2 +3,2 @@\n a\n-b\n+c\n", "a\nb\na\nc\n"},
		{"a hunk that moved takes the next along", "new\na\nx\na\ny\na\nz\n", "@@ -1,2 +1,2 @@\n a\n-x\n+X\n@@ -5,1 +5,1 @@\n-a\n+A\n", "new\na\nX\na\ny\nA\nz\n"},
		{"keeps a missing last newline", "one\ntwo", "@@ -2 +2 @@\n-two\n\\ No newline at end of file\n+TWO\n\\ No newline at end of file\n", "one\nTWO"},
		{"an empty line of context may have lost its space", "a\n\nb\n", "@@ -1,3 +1,3 @@\n a\n\n-b\n+B\n", "a\n\nB\n"},
		{"a removed line may look like a header", "-- x\nb\n", "@@ -1,2 +1,1 @@\n--- x\n b\n", "b\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m, err := parse("m", header+"--- a/f\n+++ b/f\n"+test.diff)
			if err != nil {
				t.Fatal(err)
			}
			got, err := apply(test.source, m.changes[0].hunks)
			if err != nil || got != test.want {
				t.Errorf("%q, %v; want %q", got, err, test.want)
			}
		})
	}
}

func TestApplyRefuses(t *testing.T) {
	tests := []struct {
		name, source, diff, want string
	}{
		{"changed context", "one\nTwo\n", "@@ -1,2 +1,2 @@\n-one\n+ONE\n two\n", "fits nowhere"},
		{"other white space", "\tone\n", "@@ -1 +1 @@\n-  one\n+two\n", "fits nowhere"},
		{"two places", "x\na\nb\na\nb\n", "@@ -1,2 +1,2 @@\n a\n-b\n+c\n", "fits at line 2 and at line 4"},
		{"hunks in the wrong order", "a\nb\n", "@@ -2 +2 @@\n-b\n+B\n@@ -1 +1 @@\n-a\n+A\n", "fits nowhere"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m, err := parse("m", header+"--- a/f\n+++ b/f\n"+test.diff)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := apply(test.source, m.changes[0].hunks); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%q, %v; want an error with %q", got, err, test.want)
			}
		})
	}
}

func TestParse(t *testing.T) {
	m, err := parse("m", header+`diff --git a/door/door.go b/door/door.go
index 1111111..2222222 100644
--- a/door/door.go	2026-01-01 00:00:00
+++ b/door/door.go
@@ -1 +1 @@ func Opens
-a
+b
--- a/door/names.txt
+++ b/door/names.txt
@@ -1 +1 @@
-Ada
+Eda
`)
	if err != nil {
		t.Fatal(err)
	}
	if m.pkg != "./door" || m.test != "TestOpens" || m.why != "children pass" {
		t.Errorf("the header is %q, %q, %q", m.pkg, m.test, m.why)
	}
	if len(m.changes) != 2 || m.changes[0].path != "door/door.go" || m.changes[1].path != "door/names.txt" {
		t.Errorf("the changes are %+v", m.changes)
	}
}

func TestParseRefuses(t *testing.T) {
	const file = "--- a/f.go\n+++ b/f.go\n"
	tests := []struct{ name, text, want string }{
		{"no header", file + "@@ -1 +1 @@\n-a\n+b\n", "the header needs"},
		{"no reason", "# package: .\n# test: TestA\n" + file + "@@ -1 +1 @@\n-a\n+b\n", "the header needs"},
		{"two tests", "# test: TestA\n# test: TestB\n", "twice"},
		{"a pattern that is none", "# package: .\n# test: Test(\n# why: x\n" + file, "missing closing"},
		{"no change", header, "no file is changed"},
		{"a new file", header + "--- /dev/null\n+++ b/f.go\n@@ -0,0 +1 @@\n+a\n", "neither makes"},
		{"a test", header + "--- a/f_test.go\n+++ b/f_test.go\n@@ -1 +1 @@\n-a\n+b\n", "leaves the tests alone"},
		{"a path outside", header + "--- a/../f.go\n+++ b/../f.go\n@@ -1 +1 @@\n-a\n+b\n", "no path inside"},
		{"too few lines", header + file + "@@ -1,2 +1,2 @@\n-a\n+b\n", "has 1 old and 1 new"},
		{"too many lines", header + file + "@@ -1 +1 @@\n-a\n+b\n c\n", "outside of every hunk"},
		{"nothing changed", header + file + "@@ -1 +1 @@\n a\n", "changes nothing"},
		{"no context", header + file + "@@ -1,0 +2,1 @@\n+b\n", "no line of context"},
		{"a hunk without a file", header + "--- a/f.go\n", "not followed by"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if m, err := parse("m", test.text); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%+v, %v; want an error with %q", m, err, test.want)
			}
		})
	}
}
