package signin

import (
	"time"

	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/limit"
)

var (
	// perAccount bounds guessing at one account from one network. It counts by
	// what was typed, so it is the same for accounts that do not exist, and a
	// stranger elsewhere cannot lock a member out.
	perAccount = limit.Allowance{Kind: "account", Burst: 5, Every: time.Minute}
	// perNetwork bounds everything a network's strangers may ask for: a class
	// that joins in one lesson passes, a guesser of many handles does not.
	perNetwork = limit.Allowance{Kind: "network", Burst: 60, Every: 2 * time.Second}
)

// Knock counts a try of somebody unknown against her network and gives
// fault.TooMany if there were too many. It depends on the network alone.
func (o *Operations) Knock(network string) error {
	if !o.limits.Take(o.DB.Now(), perNetwork, network) {
		return fault.New(fault.TooMany, "fault.too_many")
	}
	return nil
}
