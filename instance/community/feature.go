package community

import (
	"context"
	"fmt"
	"slices"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// SwitchFeature turns a feature on or off. What was made with it is kept and
// comes back with it.
func (o *Operations) SwitchFeature(ctx context.Context, a access.Actor, key string, f Feature, on bool) (string, error) {
	op := database.Op{Name: "community.feature", Target: fmt.Sprint(f, on), Key: key}
	return o.owned(ctx, a, op, func(tx *database.Tx, c Community) error {
		if !slices.Contains(Features, f) {
			return fault.Bad("feature", "community.feature_unknown")
		}
		if err := Switch(tx, f, on); err != nil {
			return fmt.Errorf("switch %s: %w", f, err)
		}
		record(tx, Changed, a.ID(), c.ID)
		return nil
	})
}
