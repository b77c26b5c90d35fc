package main

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
)

// An outcome is what one run of "go test" says about one named test.
type outcome string

const (
	passed   outcome = "passed"
	failed   outcome = "failed"
	skipped  outcome = "was skipped"
	absent   outcome = "names no test"
	unbuilt  outcome = "does not compile"
	timedOut outcome = "timed out"
	// crashed: the process ended before the test did, as after os.Exit or a
	// panic in a goroutine. Nobody can tell which test that would be red for.
	crashed outcome = "crashed"
)

// A selector matches full names of tests as -run does: one pattern for each
// element between slashes, here always anchored at both ends.
type selector []*regexp.Regexp

func selectTest(pattern string) (selector, error) {
	var s selector
	for element := range strings.SplitSeq(pattern, "/") {
		re, err := regexp.Compile("^(?:" + strings.ReplaceAll(element, " ", "_") + ")$")
		if err != nil {
			return nil, err
		}
		s = append(s, re)
	}
	return s, nil
}

// run is the argument of -run.
func (s selector) run() string {
	var elements []string
	for _, re := range s {
		elements = append(elements, re.String())
	}
	return strings.Join(elements, "/")
}

// selects reports whether the test is the one meant or a part of it. A test
// that only contains the one meant isn't: TestA for the pattern TestA/b.
func (s selector) selects(test string) bool {
	elements := strings.Split(test, "/")
	if len(elements) < len(s) {
		return false
	}
	for i, re := range s {
		if !re.MatchString(elements[i]) {
			return false
		}
	}
	return true
}

// An event is a line of "go test -json", see "go doc test2json" and
// "go help buildjson".
type event struct {
	Action      string
	Test        string
	Output      string
	FailedBuild string
}

// events are those of one run of "go test".
type events []event

// readEvents takes what go test printed. Lines that aren't JSON, such as
// those of a wrong flag, are kept as output.
func readEvents(printed []byte) events {
	var list events
	for line := range bytes.Lines(printed) {
		var e event
		if json.Unmarshal(line, &e) != nil {
			e = event{Action: "output", Output: string(line)}
		}
		list = append(list, e)
	}
	return list
}

// outcome judges the selected test. A skip anywhere below it counts as
// skipped: a test that didn't look proves nothing.
func (list events) outcome(s selector) outcome {
	seen := map[string]bool{}
	for _, e := range list {
		switch {
		case e.Action == "build-fail" || e.FailedBuild != "":
			return unbuilt
		case strings.HasPrefix(e.Output, "panic: test timed out after "):
			return timedOut
		case e.Test != "" && s.selects(e.Test):
			seen[e.Action] = true
		}
	}
	switch {
	case !seen["run"]:
		return absent
	case seen["fail"]:
		return failed
	case seen["skip"]:
		return skipped
	case seen["pass"]:
		return passed
	}
	return crashed
}

// tail is the end of the output, for people.
func (list events) tail(lines int) string {
	var text strings.Builder
	for _, e := range list {
		text.WriteString(e.Output)
	}
	all := strings.Split(strings.TrimSpace(text.String()), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
