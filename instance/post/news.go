package post

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/member"
)

// Touched is what may look different because of what happened.
type Touched struct {
	// Roots are threads, Authors members of whom something is known otherwise,
	// Spaces those that have changed.
	Roots, Authors, Spaces map[string]bool
	// All says that anything may: the community has changed, or too much did.
	All bool
}

// most is how many facts are looked at one by one.
const most = 1000

// TouchedSince gives where to look anew because of what happened behind a
// position of the log of facts. Who may know of it is not asked: it says where
// to look, and what is there is asked of the rule.
func TouchedSince(tx *database.Tx, position int64) (Touched, error) {
	t := Touched{Roots: map[string]bool{}, Authors: map[string]bool{}, Spaces: map[string]bool{}}
	n := 0
	err := tx.Each(func(r *database.Rows) error {
		var kind fact.Kind
		var subject, id, root string
		if err := r.Scan(&kind, &subject, &id, &root); err != nil {
			return err
		}
		n++
		// With a member go her reactions, and her name from what others said.
		t.All = t.All || kind == member.Erased
		switch subject {
		case "post":
			t.Roots[root] = true
		case "member":
			t.Authors[id] = true
		case "space":
			t.Spaces[id] = true
		case "community":
			t.All = true
		}
		return nil
	}, `SELECT f.kind, f.subject_kind, f.subject_id, coalesce(p.root_id, '') FROM facts f
		LEFT JOIN posts p ON f.subject_kind = 'post' AND p.id = f.subject_id WHERE f.position > $1 ORDER BY f.position LIMIT $2
		-- unfiltered: where to look, not what is shown`, position, most+1)
	if err != nil {
		return t, fmt.Errorf("look at what happened: %w", err)
	}
	t.All = t.All || n > most
	return t, nil
}

// fresh is a post that was published, with what has to be asked about it.
type fresh struct {
	author, space string
	labels        [2]string
}

// NewsFor says for whom of these members something is new behind a position of
// the log of facts, as Since counts it: said by others, in her spaces, and hers
// to read now.
func NewsFor(tx *database.Tx, after int64, readers []string) (map[string]bool, error) {
	news := map[string]bool{}
	if len(readers) == 0 {
		return news, nil
	}
	in, err := membersOf(tx, readers)
	if err != nil {
		return nil, err
	}
	for {
		var posts []fresh
		posts, after, err = published(tx, after)
		if err != nil || len(posts) == 0 {
			return news, err
		}
		var asked []access.Ask
		each := func(do func(reader string, p fresh)) {
			for _, reader := range readers {
				for _, p := range posts {
					if !news[reader] && p.author != reader && in[[2]string{reader, p.space}] {
						do(reader, p)
					}
				}
			}
		}
		each(func(reader string, p fresh) {
			asked = append(asked, access.Ask{Member: reader, Label: p.labels[0]}, access.Ask{Member: reader, Label: p.labels[1]})
		})
		reads, err := access.Reads(tx, once(asked))
		if err != nil {
			return nil, err
		}
		each(func(reader string, p fresh) {
			news[reader] = reads[access.Ask{Member: reader, Label: p.labels[0]}] && reads[access.Ask{Member: reader, Label: p.labels[1]}]
		})
	}
}

func once(asked []access.Ask) (all []access.Ask) {
	seen := map[access.Ask]bool{}
	for _, q := range asked {
		if !seen[q] {
			seen[q] = true
			all = append(all, q)
		}
	}
	return all
}

// published gives posts that were said behind a position, each kind of them
// once, and the position of the last: at most a hundred.
func published(tx *database.Tx, after int64) (posts []fresh, last int64, err error) {
	seen := map[fresh]bool{}
	err = tx.Each(func(r *database.Rows) error {
		var p fresh
		err := r.Scan(&after, &p.author, &p.space, &p.labels[0], &p.labels[1])
		if !seen[p] {
			seen[p] = true
			posts = append(posts, p)
		}
		return err
	}, `SELECT f.position, p.author_id, p.space_id, p.label_id, b.label_id FROM facts f JOIN posts p ON p.id = f.subject_id JOIN posts b ON b.id = p.root_id
		WHERE f.position > $1 AND f.kind = 'post.published' AND p.deleted_at IS NULL AND p.listed ORDER BY f.position LIMIT 100
		-- unfiltered: the rule is asked for each reader`, after)
	if err != nil {
		return nil, 0, fmt.Errorf("look for what was said: %w", err)
	}
	return posts, after, nil
}

// readersAtOnce is how many members a query asks about: one text for any number.
const readersAtOnce = 20

// membersOf gives in which spaces members are: by member and space.
func membersOf(tx *database.Tx, readers []string) (map[[2]string]bool, error) {
	in := map[[2]string]bool{}
	for len(readers) > 0 {
		some := readers[:min(readersAtOnce, len(readers))]
		readers = readers[len(some):]
		args := make([]any, readersAtOnce)
		for i := range args {
			args[i] = some[min(i, len(some)-1)]
		}
		err := tx.Each(func(r *database.Rows) error {
			var pair [2]string
			err := r.Scan(&pair[0], &pair[1])
			in[pair] = true
			return err
		}, "SELECT sm.member_id, sm.space_id FROM space_members sm WHERE sm.member_id IN ("+readerMarks+")", args...)
		if err != nil {
			return nil, fmt.Errorf("look in which spaces members are: %w", err)
		}
	}
	return in, nil
}

var readerMarks = func() string {
	all := make([]string, readersAtOnce)
	for i := range all {
		all[i] = "$" + strconv.Itoa(i+1)
	}
	return strings.Join(all, ", ")
}()
