package space

import (
	"fmt"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/member"
)

// ArriveLate reacts to a guest becoming a full member, whoever made her one: she
// arrives where newcomers do. Whoever was a full member before has been there
// already, and is not put back into what she left; nor is a guest who left such
// a space a short while ago.
func ArriveLate(tx *database.Tx, f fact.Fact) error {
	if f.Kind != member.Raised {
		return nil
	}
	now := database.Micros(tx.Now())
	_, err := tx.Exec(`INSERT INTO space_members (space_id, member_id, role, joined_at, seen_at)
		SELECT s.id, m.id, 'member', $2, $2 FROM spaces s JOIN members m ON m.id = $1 AND m.state = 'active' AND m.role <> 'guest'
		WHERE s.arrivals AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.subject_id = m.id AND a.kind = $3 AND a.at < $4)
			AND NOT EXISTS (SELECT 1 FROM facts l WHERE l.kind = $5 AND l.subject_id = m.id AND l.place_id = s.id)
		ON CONFLICT (space_id, member_id) DO NOTHING
		-- unfiltered: she is put where somebody decided that newcomers are`,
		f.Subject, now, string(member.RoleChanged), database.Micros(f.At), string(Left))
	if err != nil {
		return fmt.Errorf("let somebody arrive: %w", err)
	}
	return nil
}
