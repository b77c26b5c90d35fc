package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"
)

// entry is one line of the file.
type entry struct {
	text   string
	origin string
}

// readFile reads a YAML mapping of settings to a value or a list of values.
// JSON is YAML (YAML 1.2 section 1.3). All errors name file and line.
func readFile(path string, known map[string]bool) (map[string]entry, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the settings: %w", err)
	}
	name := filepath.Base(path)
	var doc, more yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(raw))
	if err := d.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("read the settings in %s: %w", name, err)
	}
	if err := d.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: there is a second document", name)
	}
	top := doc.Content[0]
	switch {
	case top.Tag == "!!null":
		return nil, nil
	case top.Kind != yaml.MappingNode:
		return nil, fmt.Errorf("%s: write one \"name: value\" a line", name)
	}
	out := map[string]entry{}
	var bad []error
	for i := 0; i+1 < len(top.Content); i += 2 {
		k, v := top.Content[i], top.Content[i+1]
		at := fmt.Sprintf("%s line %d", name, k.Line)
		setting := strings.ReplaceAll(k.Value, "_", "-")
		text, ok := plainText(v)
		switch {
		case !known[setting] || strings.Contains(k.Value, "-") || setting == "config":
			bad = append(bad, fmt.Errorf("%s: %w", at, unknown(fmt.Sprintf("%q", k.Value), quotedKey(nearest(setting, known)))))
		case out[setting].origin != "":
			bad = append(bad, fmt.Errorf("%s: %q is set for the second time, first in %s", at, k.Value, out[setting].origin))
		case !ok:
			bad = append(bad, fmt.Errorf("%s: %q takes a value or a list of values", at, k.Value))
		case v.Tag != "!!null":
			out[setting] = entry{text: text, origin: at}
		}
	}
	return out, errors.Join(bad...)
}

func quotedKey(name string) string {
	if name == "" || name == "config" {
		return ""
	}
	return fmt.Sprintf("%q", key(name))
}

// plainText is a value as it would be written in the environment.
func plainText(v *yaml.Node) (string, bool) {
	switch v.Kind {
	case yaml.ScalarNode:
		return v.Value, true
	case yaml.SequenceNode:
		items := make([]string, len(v.Content))
		for i, c := range v.Content {
			if c.Kind != yaml.ScalarNode {
				return "", false
			}
			items[i] = c.Value
		}
		return strings.Join(items, ","), true
	}
	return "", false
}

// nearest is the known name that differs least from what was written, empty if
// all differ in more than a third of their letters.
func nearest(written string, known map[string]bool) string {
	best, least := "", 1+max(2, len(written)/3)
	for name := range known {
		d := distance(strings.ToLower(written), name)
		if d < least || d == least && best != "" && name < best {
			best, least = name, d
		}
	}
	return best
}

// distance is how many letters to add, drop or change (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
