package locale

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
)

// source is the language that others are compared with and fall back to.
const source = "en"

// Catalog holds every message of the program in every language. It does not
// change after Load and is safe for concurrent use.
type Catalog struct {
	languages map[string]*lang
}

// Load reads messages/<language>.json from each file system and parses every
// message. It refuses a key that occurs twice (in one file or in two packages),
// a language that one package has and another lacks, a malformed message, and
// a program without English. What people would merely read wrongly is Check's.
func Load(fsys ...fs.FS) (*Catalog, error) {
	c := &Catalog{languages: map[string]*lang{}}
	seen := map[string]int{}
	var bad []error
	for i, one := range fsys {
		names, err := fs.Glob(one, "messages/*.json")
		if err != nil {
			return nil, fmt.Errorf("list message file system %d: %w", i+1, err)
		}
		for _, name := range names {
			tag := strings.TrimSuffix(path.Base(name), ".json")
			seen[tag]++
			bad = append(bad, c.add(one, name, tag))
		}
	}
	for tag, n := range seen {
		if n != len(fsys) {
			bad = append(bad, fmt.Errorf("messages/%s.json is in %d of %d packages", tag, n, len(fsys)))
		}
	}
	if seen[source] == 0 {
		bad = append(bad, fmt.Errorf("no messages/%s.json", source))
	}
	if err := errors.Join(bad...); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Catalog) add(fsys fs.FS, name, tag string) error {
	l := c.languages[tag]
	if l == nil {
		t, err := language.Parse(tag)
		if err != nil {
			return fmt.Errorf("%s is not named after a language: %w", name, err)
		}
		l = &lang{name: tag, tag: t, dir: direction(t), format: formatOf(t), messages: map[string]message{}}
		c.languages[tag] = l
	}
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	var bad []error
	err = eachPair(raw, func(key, text string) {
		if _, twice := l.messages[key]; twice {
			bad = append(bad, fmt.Errorf("%s: %s is there twice", name, key))
			return
		}
		m, err := parse(text)
		if err != nil {
			bad = append(bad, fmt.Errorf("%s: %s %w", name, key, err))
		}
		l.messages[key] = m
	})
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	return errors.Join(bad...)
}

// eachPair reads a JSON object of strings. A map would hide a key given twice.
func eachPair(raw []byte, do func(key, text string)) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.Join(errors.New("not a JSON object"), err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		var text string
		if err := d.Decode(&text); err != nil {
			return fmt.Errorf("key %v: %w", key, err)
		}
		do(fmt.Sprint(key), text)
	}
	_, err := d.Token()
	return err
}

// direction is the way in which the language's script runs.
func direction(t language.Tag) string {
	script, _ := t.Script()
	switch script.String() {
	case "Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg":
		return "rtl"
	}
	return "ltr"
}

// Languages are the tags of all languages, English first, then by name.
func (c *Catalog) Languages() []string {
	out := make([]string, 0, len(c.languages))
	for tag := range c.languages {
		out = append(out, tag)
	}
	slices.SortFunc(out, func(a, b string) int {
		switch source {
		case a:
			return -1
		case b:
			return 1
		}
		return strings.Compare(a, b)
	})
	return out
}

// Has reports whether there is a message with this key.
func (c *Catalog) Has(key string) bool {
	_, ok := c.languages[source].messages[key]
	return ok
}

// Keys are the keys of all messages in English, sorted.
func (c *Catalog) Keys() []string { return sortedKeys(c.languages[source].messages) }

func sortedKeys(m map[string]message) []string {
	out := make([]string, 0, len(m))
	for key := range m {
		out = append(out, key)
	}
	slices.Sort(out)
	return out
}

// Printer writes in that language and zone; an unknown language is English, no
// zone is UTC. A printer is two words on top of the catalogue: make one for
// each request.
func (c *Catalog) Printer(tag string, zone *time.Location) *Printer {
	l := c.languages[tag]
	if l == nil {
		l = c.languages[source]
	}
	if zone == nil {
		zone = time.UTC
	}
	return &Printer{language: l, zone: zone}
}
