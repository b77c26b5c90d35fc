package signin

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/opengather/opengather/instance/internal/database"
)

// sessionsAtOnce is how many sessions a query asks about: one text for any number.
const sessionsAtOnce = 20

// Standings gives for each of these sessions, by its public id, a text that is
// another one when anything has changed of what its member may do, of how many
// spaces she is in, of whether she wants pages to change, or of its token. A session that has ended, or whose member
// is not active, has none.
func Standings(tx *database.Tx, sessions []string) (map[string]string, error) {
	all := make(map[string]string, len(sessions))
	for len(sessions) > 0 {
		some := sessions[:min(sessionsAtOnce, len(sessions))]
		sessions = sessions[len(some):]
		args := []any{database.Micros(tx.Now())}
		for i := range sessionsAtOnce {
			args = append(args, some[min(i, len(some)-1)])
		}
		err := tx.Each(func(r *database.Rows) error {
			var id, standing string
			err := r.Scan(&id, &standing)
			all[id] = standing
			return err
		}, standings, args...)
		if err != nil {
			return nil, fmt.Errorf("ask how sessions stand: %w", err)
		}
	}
	return all, nil
}

var standings = `SELECT s.id, s.rights || '|' || ` + rights + ` || '|' || (SELECT count(*) FROM space_members y WHERE y.member_id = m.id)
		|| CASE WHEN m.live THEN '' ELSE ' off' END FROM sessions s JOIN members m ON m.id = s.member_id WHERE s.expires_at > $1 AND m.state = 'active' AND s.id IN (` + sessionMarks() + `)
	-- unfiltered: her own row`

func sessionMarks() string {
	all := make([]string, sessionsAtOnce)
	for i := range all {
		all[i] = "$" + strconv.Itoa(i+2)
	}
	return strings.Join(all, ", ")
}
