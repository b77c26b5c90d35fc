package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"
)

// outsideWorkspace lets go test find the fixture, a module of its own.
func outsideWorkspace(t *testing.T) {
	t.Helper()
	t.Setenv("GOWORK", "off")
	t.Setenv("GOFLAGS", "")
}

func TestVerdicts(t *testing.T) {
	outsideWorkspace(t)
	want := map[string]string{
		"crashes":                 "with the mutant the test crashed",
		"does_not_compile":        "with the mutant the test does not compile",
		"hangs":                   "with the mutant the test timed out",
		"killed":                  "killed",
		"killed_by_panic":         "killed",
		"killed_by_part":          "killed",
		"killed_in_embedded_file": "killed",
		"names_no_part":           "without the mutant the test names no test",
		"names_no_test":           "without the mutant the test names no test",
		"no_longer_applies":       "no longer applies: door/door.go: the hunk of line 15 fits nowhere",
		"red_before":              "without the mutant the test failed",
		"skipped":                 "without the mutant the test was skipped",
		"survives":                "survived",
		"survives_other_part":     "survived",
	}
	mutants, err := load("testdata/mutants", regexp.MustCompile(""))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	s := suite{module: absolute(t, "testdata/fixture"), timeout: 5 * time.Second, workers: 2}
	err = s.run(t.Context(), mutants, func(v verdict) {
		got[v.mutant.name] = v.says
		if v.killed != (v.says == "killed") {
			t.Errorf("%s: killed is %v, and it says %q", v.mutant.name, v.killed, v.says)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, says := range want {
		if got[name] != says {
			t.Errorf("%s: %q, want %q", name, got[name], says)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d verdicts, want %d", len(got), len(want))
	}
}

func TestRunIsRedForOneSurvivor(t *testing.T) {
	outsideWorkspace(t)
	var out bytes.Buffer
	err := run(t.Context(), &out, "testdata/mutants", "testdata/fixture", "^(killed|survives)$", suite{timeout: time.Minute, workers: 2})
	if err == nil {
		t.Error("a survivor is no error")
	}
	for _, want := range []string{"1 of 2 killed", "survives: survived", "why it matters: children pass"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, out.String())
		}
	}
}

func TestRunIsGreenWhenAllAreKilled(t *testing.T) {
	outsideWorkspace(t)
	var out bytes.Buffer
	if err := run(t.Context(), &out, "testdata/mutants", "testdata/fixture", "^killed$", suite{timeout: time.Minute, workers: 2}); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
	if !strings.Contains(out.String(), "1 of 1 killed") {
		t.Errorf("the sum is missing in:\n%s", out.String())
	}
}

func TestRunIsRedWithoutMutants(t *testing.T) {
	for _, only := range []string{"no such mutant", "("} {
		if err := run(t.Context(), new(bytes.Buffer), "testdata/mutants", "testdata/fixture", only, suite{timeout: time.Minute, workers: 2}); err == nil {
			t.Errorf("-only %q is no error", only)
		}
	}
	if err := run(t.Context(), new(bytes.Buffer), t.TempDir(), "testdata/fixture", "", suite{timeout: time.Minute, workers: 2}); err == nil {
		t.Error("an empty folder is no error")
	}
}
