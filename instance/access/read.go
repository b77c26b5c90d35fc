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

// ReadableRow is the same for a query that looks at a few rows, on one or on all
// of several rows at once: setting up the sets of what the actor reads would take
// longer than to ask for those rows one by one.
func ReadableRow(aliases ...string) string {
	var all strings.Builder
	labels := make([]string, len(aliases))
	for i, alias := range aliases {
		labels[i] = alias + ".label_id"
		all.WriteString("EXISTS (SELECT 1 FROM labels n WHERE n.id = " + labels[i] + ") AND ")
	}
	return "($2 = '*' OR " + all.String() + inRow("IN ("+strings.Join(labels, ", ")+")") + ")"
}

// Most rows carry one of the few wide labels, about spaces and members. Which
// of those the actor reads does not depend on the row, so both engines work it
// out once a query and only look it up for each row. The rest is asked row by
// row.
var readable = `($2 = '*' OR {row}.label_id IN (SELECT w.id FROM labels w WHERE w.wide AND ` + inSet + `)
	OR EXISTS (SELECT 1 FROM labels n WHERE n.id = {row}.label_id AND NOT n.wide AND ` + inRow("= n.id") + `))`

// inSet is the rule for wide labels w, by the sets of all that the actor reads.
// An atom of a kind that is not named has no readers here. The OFFSET keeps
// PostgreSQL from joining the labels with all atoms there are: it looks up the
// atoms of each label instead, which are one to four.
const inSet = `NOT EXISTS (
	SELECT 1 FROM label_atoms la WHERE la.label_id = w.id AND CASE
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
	ELSE TRUE END LIMIT 1 OFFSET 0)`

// inRow is the rule for one or a few labels: what each kind of atom needs is
// joined to the atom. PostgreSQL sets up each table that a query names every time
// the query runs, so the few that are left here cost less than the sets, as long
// as there are few atoms. TestBothReadRulesAgree holds both against CanRead. What
// a join does not find is not true, and has no readers.
func inRow(labels string) string { return strings.ReplaceAll(rowRule, "{labels}", labels) }

const rowRule = `NOT EXISTS (
	SELECT 1 FROM label_atoms la
	LEFT JOIN members me ON me.id = $1 AND me.state = 'active'
	LEFT JOIN lists li ON li.id = CASE WHEN la.kind = 'list' THEN la.ref END
	LEFT JOIN reviews re ON re.object_id = CASE WHEN la.kind = 'review' THEN la.ref END
	LEFT JOIN spaces sp ON sp.id = CASE WHEN la.kind IN ('space', 'door') THEN la.ref ELSE re.space_id END
	LEFT JOIN space_members sm ON sm.space_id = sp.id AND sm.member_id = me.id
	WHERE la.label_id {labels} AND CASE
	WHEN $2 <> '' THEN EXISTS (SELECT 1 FROM label_atoms held WHERE held.label_id = $2 AND held.kind = la.kind AND held.ref = la.ref)
	WHEN la.kind IN ('space', 'door') THEN sm.role IS NOT NULL
		OR (me.role <> 'guest' AND (sp.visibility IN ('public', 'open') OR (la.kind = 'door' AND sp.visibility = 'closed')))
		OR (sp.visibility = 'public' AND EXISTS (SELECT 1 FROM community c WHERE c.face = 'public'))
	WHEN la.kind = 'members' THEN me.role <> 'guest'
	WHEN la.kind = 'self' THEN la.ref = $1 AND $1 <> ''
	WHEN la.kind = 'list' THEN li.owner_id = me.id OR EXISTS (SELECT 1 FROM list_members lm WHERE lm.list_id = li.id AND lm.member_id = me.id)
	WHEN la.kind = 'review' THEN re.author_id = me.id OR sm.role = 'moderator'
		OR (me.role IN ('owner', 'moderator') AND (sm.role IS NOT NULL OR sp.visibility IN ('public', 'open')))
	ELSE FALSE END IS NOT TRUE LIMIT 1 OFFSET 0)`

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
