package access

import (
	"errors"
	"fmt"
	"strings"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Shift is what becomes of the readers of something said in one space if it
// goes to another: how many of those who take part could read it before, how
// many can afterwards, and how many of either cannot or could not otherwise.
type Shift struct {
	Before, After, Lost, New int
	// Everybody says that strangers could read it then who could not before.
	Everybody bool
	// NewModerators is how many would look after it then who did not before: they
	// read what is under review.
	NewModerators int
}

// Wider reports whether anybody could read it then who could not before.
func (s Shift) Wider() bool { return s.New > 0 || s.Everybody }

// Shifted gives the shift from a space to another, as both are now, and
// fault.Missing if one of them does not exist. It asks the read rule about all
// members at once; whether the actor may know of the spaces is for the caller.
func Shifted(tx *database.Tx, from, to string) (s Shift, err error) {
	err = tx.One([]any{&s.Everybody}, `SELECT t.visibility = 'public' AND f.visibility <> 'public' AND EXISTS (SELECT 1 FROM community c WHERE c.face = 'public')
		FROM spaces f CROSS JOIN spaces t WHERE f.id = $1 AND t.id = $2`, from, to)
	if errors.Is(err, database.ErrNone) {
		return s, fault.Missing()
	}
	if err == nil {
		err = tx.One([]any{&s.Before, &s.After, &s.Lost, &s.New, &s.NewModerators}, shifted, from, to)
	}
	if err != nil {
		return s, fmt.Errorf("compare the readers of two spaces: %w", err)
	}
	return s, nil
}

// Whoever is leaving reads nothing and is counted nowhere, but may stay after all:
// what she would read then that she could not have read is new to her.
var shifted = `SELECT count(CASE WHEN s AND f THEN 1 END), count(CASE WHEN s AND t THEN 1 END), count(CASE WHEN s AND f AND NOT t THEN 1 END), count(CASE WHEN t AND NOT f THEN 1 END),
	count(CASE WHEN tm AND NOT fm THEN 1 END) FROM (
	SELECT m.state = 'active' AS s, ` + readsNow("a") + ` AS f, ` + readsNow("b") + ` AS t, ` + moderatesNow("a") + ` AS fm, ` + moderatesNow("b") + ` AS tm
	FROM members m CROSS JOIN spaces a CROSS JOIN spaces b WHERE m.state IN ('active', 'leaving') AND a.id = $1 AND b.id = $2) x`

// readsNow is the rule for the atom of a space, of a member m, as if she were active.
func readsNow(alias string) string {
	return strings.ReplaceAll(`(EXISTS (SELECT 1 FROM space_members y WHERE y.space_id = {space}.id AND y.member_id = m.id)
		OR m.role <> 'guest' AND {space}.visibility IN ('public', 'open')
		OR {space}.visibility = 'public' AND EXISTS (SELECT 1 FROM community c WHERE c.face = 'public'))`, "{space}", alias)
}

// moderatesNow is Standing.Moderates for the same.
func moderatesNow(alias string) string {
	return strings.ReplaceAll(`(EXISTS (SELECT 1 FROM space_members y WHERE y.space_id = {space}.id AND y.member_id = m.id AND (y.role = 'moderator' OR m.role IN ('owner', 'moderator')))
		OR m.role IN ('owner', 'moderator') AND {space}.visibility IN ('public', 'open'))`, "{space}", alias)
}
