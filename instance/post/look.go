package post

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Head is the name of the part of a thread's page with the number of replies
// and the ways to other pages. The other parts have the ids of posts.
const Head = "head"

// Sum tells whether something looks different from before, and nothing else.
type Sum [16]byte

// Part is a piece of a page that is drawn by itself.
type Part struct {
	// ID is the root's, Head, or that of a reply to the root, with which stands
	// all that is below it.
	ID  string
	Sum Sum
}

// Look is what a page of a thread shows to all who read the same labels in it:
// two looks with one sum are drawn from the same rows. Names of people who are
// mentioned are each reader's own and are not in it. A Look is shared and never
// changed.
type Look struct {
	Sum Sum
	// Parts are in the order of the page.
	Parts []Part
	// Authors are the ids of who wrote what is there, Space is where it is: what
	// is known of them is part of the page.
	Authors map[string]bool
	Space   string
}

// lookOf works a look out from the rows that a page is drawn from.
func lookOf(posts []Post, later string) *Look {
	root := posts[0]
	l := &Look{Authors: map[string]bool{}, Space: root.SpaceID}
	sums, of := map[string]hash.Hash{}, map[string]string{}
	part := func(id string) hash.Hash {
		if sums[id] == nil {
			sums[id] = sha256.New()
			l.Parts = append(l.Parts, Part{ID: id})
		}
		return sums[id]
	}
	in := part(root.ID)
	add(in, root)
	addEnds(in, root)
	addText(in, root.SpaceName, root.SpacePath, string(root.SpaceVisibility))
	addNumbers(in, flag(root.Pinned), flag(root.Settled), root.answered)
	head := part(Head)
	addText(head, later, root.SpaceName, string(root.SpaceVisibility), root.Label.ID())
	addNumbers(head, flag(root.Locked))
	addNumbers(head, int64(root.Replies), int64(len(posts)))
	for _, p := range posts {
		l.Authors[p.Author.ID] = true
		if p.ID == root.ID {
			continue
		}
		of[p.ID] = p.ID
		if above, ok := of[p.ParentID]; ok {
			of[p.ID] = above
		}
		in := part(of[p.ID])
		add(in, p)
		addEnds(in, root)
		if p.ID == root.AnswerID {
			addText(sums[root.ID], p.Author.Name) // whom the question quotes
		}
	}
	whole := sha256.New()
	for i := range l.Parts {
		copy(l.Parts[i].Sum[:], sums[l.Parts[i].ID].Sum(nil))
		addText(whole, l.Parts[i].ID, string(l.Parts[i].Sum[:]))
	}
	copy(l.Sum[:], whole.Sum(nil))
	return l
}

// add adds all by which a post can look different. Its words change with its
// version alone.
func add(in hash.Hash, p Post) {
	addText(in, p.ID, p.ParentID, p.Label.ID(), p.Author.ID, p.Author.Name, p.Author.Handle, p.Author.Role)
	addNumbers(in, p.Version, p.DeletedAt.UnixMicro(), flag(p.Author.Gone), flag(p.Author.Agent), int64(len(p.Reactions)), int64(len(p.Media)))
	for _, x := range p.Reactions {
		addText(in, string(x.Kind))
		addNumbers(in, int64(x.Count))
	}
	for _, m := range p.Media {
		addText(in, m.ID, m.Alt)
	}
	if p.Preview != nil {
		addText(in, p.Preview.URL, p.Preview.Title, p.Preview.Picture)
	}
}

// addEnds adds what is decided about a thread and shows at each of its posts:
// whether it can be answered, and whether it is what was asked for.
func addEnds(in hash.Hash, root Post) {
	addText(in, string(root.Kind), root.AnswerID)
	addNumbers(in, flag(root.Locked))
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// addText says where each text ends, so that no two lists are the same. A hash
// takes everything: its Write never fails (package hash).
func addText(in hash.Hash, all ...string) {
	for _, x := range all {
		addNumbers(in, int64(len(x)))
		in.Write([]byte(x))
	}
}

func addNumbers(in hash.Hash, all ...int64) {
	var b []byte
	for _, n := range all {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	in.Write(b)
}

// weight is how many bytes a look takes, about.
func (l *Look) weight() int {
	if l == nil {
		return 0
	}
	return about + len(l.Parts)*(len(Part{}.Sum)+2*len(newID())) + len(l.Authors)*2*len(newID())
}

// Labels are those of a thread: what has to be asked to know what somebody sees
// of it.
type Labels struct {
	// Root is that of the post which begins it, empty if there is no such post.
	Root string
	// All are those of what was said in it and of the reactions, in order.
	All []string
}

// LabelsOf gives the labels of a thread. They are for asking the rule and for
// nothing else.
func LabelsOf(tx *database.Tx, root string) (l Labels, err error) {
	l.All, err = database.Collect(tx, func(r *database.Rows) (label string, err error) {
		err = r.Scan(&label)
		return label, err
	}, `SELECT t.label_id FROM (SELECT p.label_id FROM posts p WHERE p.root_id = $1
		UNION SELECT x.label_id FROM reactions x WHERE x.post_id IN (SELECT y.id FROM posts y WHERE y.root_id = $1)) t ORDER BY 1
		-- unfiltered: its labels are what is asked for`, root)
	if err != nil {
		return l, fmt.Errorf("read the labels of a thread: %w", err)
	}
	err = tx.One([]any{&l.Root}, "SELECT p.label_id FROM posts p WHERE p.id = $1 AND p.parent_id IS NULL -- unfiltered: its labels are what is asked for", root)
	if err != nil && !errors.Is(err, database.ErrNone) {
		return l, fmt.Errorf("read the label of a post: %w", err)
	}
	return l, nil
}

// Look gives what a page of a thread looks like for the actor and for all who
// read the same labels in it, as of this version: fault.Missing where Thread
// gives that. It must not be called while a database.Memo works.
func (o *Operations) Look(tx *database.Tx, a access.Actor, version, root, after string) (*Look, error) {
	said, err := o.readThread(tx, a, version, root, after)
	if err != nil {
		return nil, err
	}
	if said.missing(after) {
		return nil, fault.Missing()
	}
	return said.look, nil
}

// missing reports whether there is no such page: no such thread, or only a
// tombstone of it and nothing below.
func (s said) missing(after string) bool {
	if len(s.posts) == 0 || s.posts[0].IsReply() {
		return true
	}
	return !s.posts[0].DeletedAt.IsZero() && len(s.posts) == 1 && s.later == "" && after == ""
}
