package access

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/opengather/opengather/instance/internal/database"
)

// Ask is the question whether a member, or a stranger without an id, reads what
// carries the label with this id.
type Ask struct{ Member, Label string }

// asks is how many questions a query takes. One text for any number: PostgreSQL
// plans it once.
const asks = 20

// Reads answers many questions at once, by the text of the read rule itself:
// those whose answer is yes are in the map. It is for people, never for agents
// or the system, and a label that is not there has no readers.
func Reads(tx *database.Tx, asked []Ask) (map[Ask]bool, error) {
	reads := make(map[Ask]bool, len(asked))
	for len(asked) > 0 {
		some := asked[:min(asks, len(asked))]
		asked = asked[len(some):]
		args := make([]any, 0, 2*asks)
		for i := range asks {
			q := some[min(i, len(some)-1)] // what is left over is asked again
			args = append(args, q.Member, q.Label)
		}
		err := tx.Each(func(r *database.Rows) error {
			var q Ask
			err := r.Scan(&q.Member, &q.Label)
			reads[q] = true
			return err
		}, readsMany, args...)
		if err != nil {
			return nil, fmt.Errorf("ask what people read: %w", err)
		}
	}
	return reads, nil
}

// readsMany puts into the rule, instead of the one who asks, the one of each row.
var readsMany = `WITH asked (reader, label) AS (VALUES ` + pairs() + `)
	SELECT q.reader, q.label FROM asked q JOIN labels n ON n.id = q.label WHERE ` +
	strings.NewReplacer("$1", "q.reader", "$2", "''").Replace(inRow("= n.id"))

func pairs() string {
	all := make([]string, asks)
	for i := range all {
		all[i] = "(CAST($" + strconv.Itoa(2*i+1) + " AS TEXT), CAST($" + strconv.Itoa(2*i+2) + " AS TEXT))"
	}
	return strings.Join(all, ", ")
}
