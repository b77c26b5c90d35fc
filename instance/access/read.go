package access

import (
	"errors"
	"fmt"
	"strings"

	"github.com/opengather/opengather/instance/internal/database"
)

// CanRead is the read rule in Go: is the actor, now, a reader of every atom of
// the label?
func CanRead(tx *database.Tx, a Actor, l Label) (bool, error) {
	switch a.kind {
	case KindSystem:
		return true, nil
	case KindAgent:
		return a.clearance.Covers(l), nil
	}
	for _, atom := range l.atoms {
		ok, err := reads(tx, a.id, atom)
		if err != nil {
			return false, fmt.Errorf("ask for %s: %w", atom.Kind, err)
		}
		if !ok {
			return false, nil
		}
	}
	return true, nil
}

// reads reports whether a person is a reader of an atom now. An atom nobody
// knows has no readers.
func reads(tx *database.Tx, who string, a Atom) (bool, error) {
	switch a.Kind {
	case Members:
		return isFull(tx, who)
	case Space:
		return readsSpace(tx, who, a.Ref, "public", "open")
	case Door:
		return readsSpace(tx, who, a.Ref, "public", "open", "closed")
	case Review:
		return reviews(tx, who, a.Ref)
	case List:
		return tx.Has(`SELECT 1 FROM lists l JOIN members m ON m.id = $1 AND m.state = 'active'
			WHERE l.id = $2 AND (l.owner_id = m.id OR EXISTS (SELECT 1 FROM list_members x WHERE x.list_id = l.id AND x.member_id = m.id))`, who, a.Ref)
	case Self:
		return who == a.Ref && who != "", nil
	default:
		return false, nil
	}
}

func isFull(tx *database.Tx, who string) (bool, error) {
	return tx.Has("SELECT 1 FROM members WHERE id = $1 AND state = 'active' AND role <> 'guest'", who)
}

// readsSpace looks at the space as it is now. toMembers are the visibilities
// that all full members pass.
func readsSpace(tx *database.Tx, who, space string, toMembers ...string) (bool, error) {
	var visibility, face string
	var inIt bool
	err := tx.One([]any{&visibility, &inIt, &face}, `SELECT s.visibility,
		EXISTS (SELECT 1 FROM space_members sm JOIN members m ON m.id = sm.member_id AND m.state = 'active' WHERE sm.space_id = s.id AND sm.member_id = $1),
		(SELECT face FROM community)
		FROM spaces s WHERE s.id = $2`, who, space)
	if errors.Is(err, database.ErrNone) {
		return false, nil
	}
	if err != nil || inIt || (visibility == "public" && face == "public") {
		return err == nil, err
	}
	for _, v := range toMembers {
		if v == visibility {
			return isFull(tx, who)
		}
	}
	return false, nil
}

// reviews: the author, for as long as she is here, and who moderates the place
// and is in it. An owner outside a secret space is not.
func reviews(tx *database.Tx, who, object string) (bool, error) {
	var author, space string
	err := tx.One([]any{&author, &space}, "SELECT author_id, space_id FROM reviews WHERE object_id = $1", object)
	if errors.Is(err, database.ErrNone) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if author == who {
		return tx.Has("SELECT 1 FROM members WHERE id = $1 AND state = 'active'", who)
	}
	st, err := Stand(tx, Member(who), space)
	return st.Moderates(), err
}

// Readable is the read rule in SQL, as a condition on the row with this alias,
// which has a column label_id. It takes $1 and $2: see Actor.Args.
func Readable(alias string) string {
	return strings.ReplaceAll(readable, "{row}", alias)
}

// ReadableRow is the same for a query that looks at a few rows: PostgreSQL takes
// longer to set up the table of wide labels than to ask for those rows one by one.
func ReadableRow(alias string) string {
	return strings.ReplaceAll(readableRow, "{row}", alias)
}

// Most rows carry one of the few wide labels, about spaces and members. Which
// of those the actor reads does not depend on the row, so both engines work it
// out once a query and only look it up for each row. The rest is asked row by
// row.
var readable = `($2 = '*' OR {row}.label_id IN (SELECT w.id FROM labels w WHERE w.wide AND ` + allows("w") + `)
	OR EXISTS (SELECT 1 FROM labels n WHERE n.id = {row}.label_id AND NOT n.wide AND ` + allows("n") + `))`

var readableRow = `($2 = '*' OR EXISTS (SELECT 1 FROM labels n WHERE n.id = {row}.label_id AND ` + allows("n") + `))`

// allows is the rule for a row of the table of labels.
func allows(alias string) string { return strings.ReplaceAll(rule, "{label}", alias) }

// An atom of a kind that is not named has no readers. The OFFSET keeps
// PostgreSQL from joining the labels with all atoms there are: it looks up the
// atoms of each label instead, which are one to four.
const rule = `NOT EXISTS (
	SELECT 1 FROM label_atoms la WHERE la.label_id = {label}.id AND CASE
	WHEN $2 <> '' THEN NOT EXISTS (SELECT 1 FROM label_atoms held WHERE held.label_id = $2 AND held.kind = la.kind AND held.ref = la.ref)
	WHEN la.kind = 'space' THEN la.ref NOT IN (
		SELECT sm.space_id FROM space_members sm JOIN members m ON m.id = sm.member_id WHERE sm.member_id = $1 AND m.state = 'active'
		UNION ALL SELECT s.id FROM spaces s JOIN members m ON m.id = $1 WHERE m.state = 'active' AND m.role <> 'guest' AND s.visibility IN ('public', 'open')
		UNION ALL SELECT s.id FROM spaces s JOIN community c ON c.face = 'public' WHERE s.visibility = 'public')
	WHEN la.kind = 'members' THEN NOT EXISTS (SELECT 1 FROM members m WHERE m.id = $1 AND m.state = 'active' AND m.role <> 'guest')
	WHEN la.kind = 'door' THEN la.ref NOT IN (
		SELECT sm.space_id FROM space_members sm JOIN members m ON m.id = sm.member_id WHERE sm.member_id = $1 AND m.state = 'active'
		UNION ALL SELECT s.id FROM spaces s JOIN members m ON m.id = $1 WHERE m.state = 'active' AND m.role <> 'guest' AND s.visibility IN ('public', 'open', 'closed')
		UNION ALL SELECT s.id FROM spaces s JOIN community c ON c.face = 'public' WHERE s.visibility = 'public')
	WHEN la.kind = 'self' THEN la.ref <> $1 OR $1 = ''
	WHEN la.kind = 'list' THEN la.ref NOT IN (
		SELECT l.id FROM lists l JOIN members m ON m.id = l.owner_id WHERE m.id = $1 AND m.state = 'active'
		UNION ALL SELECT lm.list_id FROM list_members lm JOIN members m ON m.id = lm.member_id WHERE m.id = $1 AND m.state = 'active')
	WHEN la.kind = 'review' THEN la.ref NOT IN (
		SELECT r.object_id FROM reviews r JOIN members m ON m.id = r.author_id WHERE m.id = $1 AND m.state = 'active'
		UNION ALL SELECT r.object_id FROM reviews r JOIN spaces s ON s.id = r.space_id JOIN members m ON m.id = $1 AND m.state = 'active'
			LEFT JOIN space_members sm ON sm.space_id = s.id AND sm.member_id = m.id
			WHERE sm.role = 'moderator' OR (m.role IN ('owner', 'moderator') AND (sm.role IS NOT NULL OR s.visibility IN ('public', 'open'))))
	ELSE TRUE END LIMIT 1 OFFSET 0)`

// Owns is the ownership rule in Go: who made something may always export,
// withdraw and delete it, whatever its label says now.
func Owns(a Actor, author string) bool {
	return a.kind == KindMember && a.id != "" && a.id == author
}

// Owned is the ownership rule in SQL, as a condition on the row with this
// alias, which has a column author_id. It takes $1 alone.
func Owned(alias string) string {
	return "(" + alias + ".author_id = $1 AND $1 <> '')"
}
