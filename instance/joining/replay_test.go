package joining_test

import (
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/erasure"
	"github.com/opengather/opengather/instance/joining"
)

// TestReplayDeletesOnlyWhoAsks: whoever took her request back does not wait
// again in an older copy, and nobody else is touched.
func TestReplayDeletesOnlyWhoAsks(t *testing.T) {
	both(t, func(d door) {
		d.Member("ana", "pending", access.FullRole)
		d.Member("bea", "pending", access.FullRole)
		list := []erasure.Erasure{{Kind: joining.Erasure, ID: "ana"}, {Kind: joining.Erasure, ID: "mia"}, {Kind: joining.Erasure, ID: "nobody"}, {Kind: "member", ID: "bea"}}
		for want := 1; want >= 0; want-- {
			if n, err := d.Replay(d.ctx, list); err != nil || n != want {
				d.Errorf("%d requests went, want %d: %v", n, want, err)
			}
		}
		if d.count("SELECT count(*) FROM members WHERE id = 'ana'") != 0 || d.count("SELECT count(*) FROM members WHERE id IN ('mia', 'bea')") != 2 {
			d.Errorf("others went")
		}
	})
}
