package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// apply returns the source with the hunks done. Context is exact: lines may
// have moved, but they must be there unchanged, and at one place only.
func apply(source string, hunks []hunk) (string, error) {
	lines := strings.Split(source, "\n")
	from, moved := 0, 0
	for _, h := range hunks {
		at, err := place(lines, h, from, h.line-1+moved)
		if err != nil {
			return "", err
		}
		lines = slices.Replace(lines, at, at+len(h.old), h.new...)
		from = at + len(h.new)
		moved = from - (h.line - 1 + len(h.old))
	}
	return strings.Join(lines, "\n"), nil
}

// place finds the old lines of a hunk at or after from: where the patch says,
// else at the only place that has them.
func place(lines []string, h hunk, from, said int) (int, error) {
	fits := func(at int) bool {
		return at >= from && at+len(h.old) <= len(lines) && slices.Equal(lines[at:at+len(h.old)], h.old)
	}
	if fits(said) {
		return said, nil
	}
	found := -1
	for at := from; at+len(h.old) <= len(lines); at++ {
		if !fits(at) {
			continue
		}
		if found >= 0 {
			return 0, fmt.Errorf("the hunk of line %d fits at line %d and at line %d", h.line, found+1, at+1)
		}
		found = at
	}
	if found < 0 {
		return 0, fmt.Errorf("the hunk of line %d fits nowhere", h.line)
	}
	return found, nil
}

// overlay writes the mutated files of a module below dir, and the file that
// "go test -overlay" reads. It returns the latter's path.
func overlay(m mutant, module, dir string) (string, error) {
	replace := map[string]string{}
	for i, c := range m.changes {
		original := filepath.Join(module, filepath.FromSlash(c.path))
		if replace[original] != "" {
			return "", fmt.Errorf("%s occurs twice in the patch", c.path)
		}
		source, err := os.ReadFile(original)
		if errors.Is(err, os.ErrNotExist) {
			return "", fmt.Errorf("there is no %s", c.path)
		} else if err != nil {
			return "", err
		}
		mutated, err := apply(string(source), c.hunks)
		if err != nil {
			return "", fmt.Errorf("%s: %w", c.path, err)
		}
		replace[original] = filepath.Join(dir, fmt.Sprintf("%d-%s", i, filepath.Base(c.path)))
		if err := os.WriteFile(replace[original], []byte(mutated), 0o600); err != nil {
			return "", err
		}
	}
	// The format of cmd/go, "go help build", -overlay.
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "overlay.json")
	return file, os.WriteFile(file, list, 0o600)
}
