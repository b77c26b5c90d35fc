package poll_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/poll"
)

// TestManyVoteWhileItEnds has many vote while somebody ends the poll: who has a
// receipt is counted, everybody else was told.
func TestManyVoteWhileItEnds(t *testing.T) {
	both(t, func(h house) {
		for i := range 40 {
			who := fmt.Sprint("v", i)
			h.Member(who, "active", access.FullRole)
			h.Put("garden", who, "member")
		}
		id := h.put(secret(poll.Single))
		for _, who := range []string{"ada", "ben", "dan"} {
			h.cast(who, id, 1)
		}
		receipts := map[string]bool{}
		var all sync.WaitGroup
		var m sync.Mutex
		for i := range 40 {
			all.Go(func() {
				r, err := h.polls.Cast(h.ctx, access.Member(fmt.Sprint("v", i)), fmt.Sprint("form ", i), id, poll.Vote{0})
				m.Lock()
				defer m.Unlock()
				if err == nil {
					receipts[r.Code] = true
				} else if !fault.Is(err, fault.Conflict) {
					h.t.Error(err)
				}
			})
		}
		all.Go(func() {
			if _, err := h.polls.End(h.ctx, access.Member("ada"), "", id); err != nil {
				h.t.Error(err)
			}
		})
		all.Wait()
		p := h.view("ada", id)
		if p.Voters != len(receipts)+3 || p.Result.Counts[0] != len(receipts) {
			h.t.Errorf("%d have a receipt, %d ballots are counted: %v", len(receipts), p.Voters, p.Result.Counts)
		}
		for _, b := range p.Result.Ballots {
			delete(receipts, b.Code)
		}
		if len(receipts) > 0 {
			h.t.Errorf("these were told that they voted: %v", receipts)
		}
	})
}

// TestOneVoterManyForms has one person send many forms at the same time.
func TestOneVoterManyForms(t *testing.T) {
	both(t, func(h house) {
		hidden, open := h.put(secret(poll.Single)), h.put(named(poll.Single))
		var all sync.WaitGroup
		var m sync.Mutex
		cast, chose := 0, 0
		for i := range 8 {
			all.Go(func() {
				_, err := h.polls.Cast(h.ctx, access.Member("ben"), fmt.Sprint("form ", i), hidden, poll.Vote{i % 3})
				other := h.choose("ben", open, "", i%3)
				m.Lock()
				defer m.Unlock()
				if err == nil {
					cast++
				}
				if other == nil {
					chose++
				}
			})
		}
		all.Wait()
		if p, q := h.view("ben", hidden), h.view("ben", open); fmt.Sprint(cast, p.Voters, chose, q.Voters) != "1 1 1 1" {
			h.t.Errorf("%d secret forms were taken and %d ballots counted, %d named ones and %d", cast, p.Voters, chose, q.Voters)
		}
	})
}
