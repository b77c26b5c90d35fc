package live

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/post"
)

// nothing is the label of no post. Who watches a page that is not there costs as
// many questions as who watches one that is hidden.
const nothing = "nothing"

// ask asks the read rule for everybody and all that she watches, each once:
// first about what begins the threads, and about the rest only where she reads
// that. So what is hidden below a thread that she does not read costs nothing.
func (f *findings) ask(tx *database.Tx, k *known) (map[access.Ask]bool, error) {
	reads, err := f.asked(tx, k, func(p *page, _ string) []string { return []string{p.root()} })
	if err != nil {
		return nil, err
	}
	more, err := f.asked(tx, k, func(p *page, member string) []string {
		if !reads[access.Ask{Member: member, Label: p.root()}] {
			return nil
		}
		return slices.DeleteFunc(slices.Clone(p.labels.All), func(label string) bool { return label == p.root() })
	})
	maps.Copy(reads, more)
	return reads, err
}

// asked asks whether the readers read these labels of the pages that they watch.
func (f *findings) asked(tx *database.Tx, k *known, labels func(p *page, member string) []string) (map[access.Ask]bool, error) {
	seen := map[access.Ask]bool{}
	var asked []access.Ask
	for s := range f.alive {
		for _, w := range s.watched {
			if w.root == "" {
				continue
			}
			p, err := k.page(tx, w)
			if err != nil {
				return nil, err
			}
			for _, label := range labels(p, s.reader.Member) {
				if q := (access.Ask{Member: s.reader.Member, Label: label}); !seen[q] {
					seen[q] = true
					asked = append(asked, q)
				}
			}
		}
	}
	return access.Reads(tx, asked)
}

// page is one that is watched, with its labels as they are now.
func (k *known) page(tx *database.Tx, w *watch) (*page, error) {
	if p := k.pages[w.address]; p != nil {
		return p, nil
	}
	labels, err := post.LabelsOf(tx, w.root)
	if err != nil {
		return nil, err
	}
	p := &page{labels: labels, looks: map[string]*post.Look{}, authors: map[string]bool{}}
	k.pages[w.address] = p
	return p, nil
}

func (p *page) root() string {
	if p.labels.Root == "" {
		return nothing
	}
	return p.labels.Root
}

// seeAll looks at what everybody watches. A page that cannot be looked at ends
// its own streams, and no others while the snapshot lasts.
func (h *Hub) seeAll(tx *database.Tx, f *findings, version string, k *known, reads map[access.Ask]bool) error {
	for s := range f.alive {
		for _, w := range s.watched {
			if w.root == "" {
				continue
			}
			p := k.pages[w.address]
			l, err := h.see(tx, version, p, w, s.reader.Member, reads)
			if err == nil {
				f.looks[w] = l
				continue
			}
			if p.failed == nil {
				if _, over := tx.Version(); over != nil {
					return err
				}
				p.failed = err
				f.failed = append(f.failed, err)
			}
			f.ends[s] = later(broken)
			delete(f.alive, s)
			break
		}
	}
	return nil
}

// see gives what a member sees of a page, nil for nothing. It follows from the
// labels that she reads in it, so that one look does for all who read the same.
func (h *Hub) see(tx *database.Tx, version string, p *page, w *watch, member string, reads map[access.Ask]bool) (*post.Look, error) {
	if !reads[access.Ask{Member: member, Label: p.root()}] {
		return nil, nil
	}
	var reach []string
	for _, label := range p.labels.All {
		if reads[access.Ask{Member: member, Label: label}] {
			reach = append(reach, label)
		}
	}
	class := strings.Join(reach, ",")
	if l, there := p.looks[class]; there || p.failed != nil {
		return l, p.failed
	}
	l, err := h.Posts.Look(tx, access.Member(member), version, w.root, w.after)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, fmt.Errorf("look at a page: %w", err)
	}
	p.looks[class] = l
	if l != nil {
		p.space = l.Space
		for who := range l.Authors {
			p.authors[who] = true
		}
	}
	return l, nil
}
