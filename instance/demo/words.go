package demo

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed words
var written embed.FS

// languages are those in which there are words.
var languages = []string{"en", "de"}

// An entry is something that somebody could say.
type entry struct {
	topic, kind string
	// tags say what it is about within its topic. An answer with tags belongs
	// to openings that have one of them, or that are of a kind so called.
	tags        []string
	title, body string
	// bare says that the body can stand without the title.
	bare bool
	// from and to are the months in which it fits; 0 is always.
	from, to time.Month
	// used counts how often it was said.
	used int
}

// fits reports whether it can be said in a month. A season may go over the turn
// of the year.
func (e *entry) fits(m time.Month) bool {
	switch {
	case e.from == 0:
		return true
	case e.from <= e.to:
		return m >= e.from && m <= e.to
	}
	return m >= e.from || m <= e.to
}

// answers reports whether it can be an answer to an opening.
func (e *entry) answers(opening *entry) bool {
	return len(e.tags) == 0 || slices.ContainsFunc(e.tags, func(tag string) bool {
		return tag == opening.kind || slices.Contains(opening.tags, tag)
	})
}

// A lexicon is everything that can be said in one language.
type lexicon struct {
	// sections hold entries by "topic/section kind", such as
	// "garden/posts ask" or "general/answers".
	sections map[string][]*entry
	// slots are what stands for a word in braces.
	slots map[string][]string
	// names are name, handle and purpose of spaces, by key.
	names map[string][]string
	// ours are the community's own texts, by key.
	ours map[string][]string
}

// readLexicon reads a language's folder.
func readLexicon(language string) (*lexicon, error) {
	l := &lexicon{sections: map[string][]*entry{}, names: map[string][]string{}}
	dir := path.Join("words", language)
	files, err := fs.ReadDir(written, dir)
	if err != nil {
		return nil, fmt.Errorf("read the words: %w", err)
	}
	for _, f := range files {
		text, err := fs.ReadFile(written, path.Join(dir, f.Name()))
		if err != nil {
			return nil, fmt.Errorf("read the words: %w", err)
		}
		switch topic := strings.TrimSuffix(f.Name(), ".txt"); topic {
		case "slots":
			l.slots = readLists(string(text))
		case "community":
			l.ours = readLists(string(text))
		case "spaces":
			for _, row := range readTable(string(text)) {
				l.names[row[0]] = row[1:]
			}
		default:
			if err := l.readTopic(topic, string(text)); err != nil {
				return nil, fmt.Errorf("read the words in %s/%s: %w", language, f.Name(), err)
			}
		}
	}
	return l, l.complete()
}

// complete checks that there are words for every slot.
func (l *lexicon) complete() error {
	for section, all := range l.sections {
		for _, e := range all {
			e.body = strings.TrimSpace(e.body)
			if e.body == "" {
				return fmt.Errorf("an entry of %s says nothing", section)
			}
			for _, name := range slot.FindAllString(e.title+e.body, -1) {
				name = strings.Trim(name, "{+}")
				if !slices.Contains([]string{"@", "n", "day", "month", "date"}, name) && len(l.slots[name]) == 0 {
					return fmt.Errorf("%s: there are no words for the slot %s", section, name)
				}
			}
		}
	}
	return nil
}

// readTopic reads a file of sections ("== posts ask") of entries. An entry
// begins with "--", tags ("#tool,bed"), a season ("[4-8]", months) and a title,
// before which a question mark says that it can be left out; all of them may be
// missing. It goes on to the next.
func (l *lexicon) readTopic(topic, text string) error {
	var section, kind string
	var e *entry
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if rest, ok := strings.CutPrefix(line, "== "); ok {
			section, e = topic+"/"+rest, nil
			_, kind, _ = strings.Cut(rest, " ")
			continue
		}
		head, ok := strings.CutPrefix(line, "--")
		switch {
		case ok && (head == "" || head[0] == ' ') && section != "":
			e = &entry{topic: topic, kind: kind}
			if err := e.readHead(strings.TrimSpace(head)); err != nil {
				return err
			}
			l.sections[section] = append(l.sections[section], e)
		case e == nil:
			return fmt.Errorf("%q belongs to nothing", line)
		default:
			e.body += line + "\n"
		}
	}
	return nil
}

func (e *entry) readHead(head string) error {
	if rest, ok := strings.CutPrefix(head, "#"); ok {
		var tags string
		tags, head, _ = strings.Cut(rest, " ")
		e.tags = strings.Split(tags, ",")
	}
	if rest, ok := strings.CutPrefix(head, "["); ok {
		season, title, _ := strings.Cut(rest, "] ")
		first, last, _ := strings.Cut(season, "-")
		from, err1 := strconv.Atoi(first)
		to, err2 := strconv.Atoi(last)
		if err1 != nil || err2 != nil {
			return fmt.Errorf("%q is no season", season)
		}
		e.from, e.to, head = time.Month(from), time.Month(to), title
	}
	e.title, e.bare = strings.CutPrefix(head, "?")
	return nil
}

// readLists reads lines of "key: one | two". A key that comes again continues
// its list.
func readLists(text string) map[string][]string {
	all := map[string][]string{}
	for line := range strings.Lines(text) {
		key, values, _ := strings.Cut(line, ":")
		for v := range strings.SplitSeq(values, "|") {
			all[key] = append(all[key], strings.TrimSpace(v))
		}
	}
	return all
}

// readTable reads lines of "one | two | three".
func readTable(text string) (rows [][]string) {
	for line := range strings.Lines(text) {
		var row []string
		for cell := range strings.SplitSeq(line, "|") {
			row = append(row, strings.TrimSpace(cell))
		}
		rows = append(rows, row)
	}
	return rows
}

// openings are the posts of some topics that fit into a month.
func (l *lexicon) openings(topics []string, m time.Month) (all []*entry) {
	for _, topic := range topics {
		for _, kind := range []string{"ask", "offer", "tell", "plan"} {
			for _, e := range l.sections[topic+"/posts "+kind] {
				if e.fits(m) {
					all = append(all, e)
				}
			}
		}
	}
	return all
}

// answers are those of a section that fit an opening.
func (l *lexicon) answers(section string, opening *entry) (all []*entry) {
	for _, e := range l.sections[section] {
		if e.answers(opening) {
			all = append(all, e)
		}
	}
	return all
}
