package main

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A mutant is one planted fault, read from a .patch file.
type mutant struct {
	name    string // the file's name without .patch
	pkg     string // "# package:", as go test takes it, such as ./post
	test    string // "# test:", the one test that has to kill it
	why     string // "# why:", what would happen to people with this fault
	kills   selector
	changes []change
}

// A change is what a patch does to one file of the module.
type change struct {
	path  string // slash-separated, below the module's root
	hunks []hunk
}

// A hunk replaces consecutive lines, which are kept without their newline.
type hunk struct {
	line     int // where the old lines start, from 1, as the patch says
	old, new []string
}

var (
	headerLine = regexp.MustCompile(`^# *(package|test|why): *(.+)$`)
	hunkLine   = regexp.MustCompile(`^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@`)
)

// parse reads a unified diff with its three header lines. It takes what
// "git diff" and "diff -u" write, for files that exist before and after.
func parse(name, text string) (mutant, error) {
	m := mutant{name: name}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for len(lines) > 0 && !strings.HasPrefix(lines[0], "--- ") {
		if err := m.header(lines[0]); err != nil {
			return m, err
		}
		lines = lines[1:]
	}
	if m.pkg == "" || m.test == "" || m.why == "" {
		return m, errors.New(`the header needs "# package:", "# test:" and "# why:"`)
	}
	var err error
	if m.kills, err = selectTest(m.test); err != nil {
		return m, err
	}
	for len(lines) > 0 {
		switch line := lines[0]; {
		case strings.HasPrefix(line, "--- "):
			lines, err = m.file(lines)
		case strings.HasPrefix(line, "@@"):
			lines, err = m.hunk(lines)
		case line == "", strings.HasPrefix(line, "diff "), strings.HasPrefix(line, "index "):
			lines = lines[1:]
		default:
			err = fmt.Errorf("a line outside of every hunk: %q", line)
		}
		if err != nil {
			return m, err
		}
	}
	if len(m.changes) == 0 {
		return m, errors.New("no file is changed")
	}
	return m, nil
}

func (m *mutant) header(line string) error {
	match := headerLine.FindStringSubmatch(strings.TrimSpace(line))
	if match == nil {
		return nil
	}
	field := map[string]*string{"package": &m.pkg, "test": &m.test, "why": &m.why}[match[1]]
	if *field != "" {
		return fmt.Errorf("the header says %q twice", match[1])
	}
	*field = match[2]
	return nil
}

func (m *mutant) file(lines []string) ([]string, error) {
	if len(lines) < 2 || !strings.HasPrefix(lines[1], "+++ ") {
		return nil, fmt.Errorf("%q is not followed by a line with +++", lines[0])
	}
	before, after := fileName(lines[0]), fileName(lines[1])
	switch {
	case before != after:
		return nil, fmt.Errorf("a mutant edits files: it neither makes, deletes nor renames one (%s, %s)", before, after)
	case strings.HasSuffix(before, "_test.go"):
		return nil, fmt.Errorf("a mutant leaves the tests alone (%s)", before)
	case before != path.Clean(before) || path.IsAbs(before) || strings.HasPrefix(before, ".."):
		return nil, fmt.Errorf("%q is no path inside the module", before)
	}
	m.changes = append(m.changes, change{path: before})
	return lines[2:], nil
}

// fileName takes the path of a --- or +++ line, without git's a/ or b/ and
// without the time that diff writes after a tab.
func fileName(line string) string {
	name, _, _ := strings.Cut(strings.TrimSpace(line[len("--- "):]), "\t")
	if strings.HasPrefix(name, "a/") || strings.HasPrefix(name, "b/") {
		return name[2:]
	}
	return name
}

func (m *mutant) hunk(lines []string) ([]string, error) {
	head := strings.TrimSpace(lines[0])
	match := hunkLine.FindStringSubmatch(head)
	if match == nil {
		return nil, fmt.Errorf("%q is no hunk of a unified diff", head)
	}
	if len(m.changes) == 0 {
		return nil, fmt.Errorf("the hunk %q belongs to no file", head)
	}
	oldCount, newCount := count(match[2]), count(match[4])
	h := hunk{line: count(match[1])}
	lines = lines[1:]
	for len(lines) > 0 && (len(h.old) < oldCount || len(h.new) < newCount) && h.take(lines[0]) {
		lines = lines[1:]
	}
	if len(lines) > 0 && strings.HasPrefix(lines[0], `\`) {
		lines = lines[1:]
	}
	switch {
	case len(h.old) != oldCount || len(h.new) != newCount:
		return nil, fmt.Errorf("the hunk %q has %d old and %d new lines", head, len(h.old), len(h.new))
	case slices.Equal(h.old, h.new):
		return nil, fmt.Errorf("the hunk %q changes nothing", head)
	case len(h.old) == 0:
		return nil, fmt.Errorf("the hunk %q has no line of context", head)
	}
	file := &m.changes[len(m.changes)-1]
	file.hunks = append(file.hunks, h)
	return lines, nil
}

// count reads a number that hunkLine matched; an absent one means 1.
func count(digits string) int {
	if n, err := strconv.Atoi(digits); err == nil {
		return n
	}
	return 1
}

// take adds one line of a patch, and reports whether it belongs to the hunk.
func (h *hunk) take(line string) bool {
	if line == "" { // editors strip the single space of an empty context line
		line = " "
	}
	switch text := line[1:]; line[0] {
	case ' ':
		h.old, h.new = append(h.old, text), append(h.new, text)
	case '-':
		h.old = append(h.old, text)
	case '+':
		h.new = append(h.new, text)
	case '\\': // "\ No newline at end of file": apply keeps the file's own end
	default:
		return false
	}
	return true
}
