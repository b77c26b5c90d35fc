package poll_test

import (
	"context"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/blob"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/post"
)

func TestSecretVotesAreCountedInTheEnd(t *testing.T) {
	both(t, func(h house) {
		id := h.put(secret(poll.Single))
		codes := map[string]string{h.cast("ada", id, 0): "0", h.cast("ben", id, 2): "2", h.cast("dan", id, 0): "0"}
		p := h.view("ben", id)
		if p.Result != nil || p.Voters != 3 || !p.Took || p.Mine != nil {
			h.t.Errorf("while it is open ben sees %+v", p)
		}
		if p := h.view("eva", id); p.Took {
			h.t.Error("eva, who has not voted, has")
		}
		h.over()
		p = h.view("eva", id)
		if p.State != poll.Ended || fmt.Sprint(p.Voters, p.Result.Counts, len(p.Result.Ballots)) != "3 [2 0 1] 3" {
			h.t.Fatalf("in the end eva sees %+v %+v", p, p.Result)
		}
		for _, b := range p.Result.Ballots {
			if want, ok := codes[b.Code]; !ok || b.Vote.String() != want {
				h.t.Errorf("the ballot %s says %s, want %s", b.Code, b.Vote, want)
			}
		}
		if n := h.count("SELECT count(*) FROM polls WHERE urn IS NOT NULL OR folder <> ''"); n != 0 || h.folders() != 0 {
			h.t.Errorf("%d urns and %d keys are left", n, h.folders())
		}
	})
}

func TestSecretVoteIsForGood(t *testing.T) {
	both(t, func(h house) {
		id := h.put(secret(poll.Single))
		code := h.cast("ben", id, 1)
		if again := h.cast("ben", id, 1); again != code {
			h.t.Errorf("the same form sent twice gave %s and %s", code, again)
		}
		for form, v := range map[string]poll.Vote{"form of ben": {0}, "another form": {1}} {
			_, err := h.polls.Cast(h.ctx, access.Member("ben"), form, id, v)
			refused(h.t, err, "poll.voted")
		}
		refused(h.t, h.choose("dan", id, "", 1), "fault.bad_request")
		_, err := h.polls.Cast(h.ctx, access.Member("dan"), "form", h.put(named(poll.Single)), poll.Vote{1})
		refused(h.t, err, "fault.bad_request")
		_, err = h.polls.Cast(h.ctx, access.Member("dan"), "form", id, nil)
		refused(h.t, err, "poll.nothing")
		h.clock.Add(poll.Usual)
		_, err = h.polls.Cast(h.ctx, access.Member("dan"), "form", id, poll.Vote{1})
		refused(h.t, err, "poll.closed")
		if p := h.view("dan", id); p.Voters != 1 {
			h.t.Errorf("%d ballots are in it", p.Voters)
		}
	})
}

func TestOfTooFewNothingIsTold(t *testing.T) {
	both(t, func(h house) {
		for _, method := range poll.Methods {
			h.ofTooFew(method)
		}
	})
}

func (h house) ofTooFew(method poll.Method) {
	h.t.Helper()
	id := h.put(secret(method))
	h.cast("ada", id, 0)
	h.cast("ben", id, 1)
	h.over()
	p := h.view("ada", id)
	if !p.Result.Few || p.Voters != 2 || p.Result.Counts != nil || p.Result.Rounds != nil || p.Result.Winners != nil || p.Result.Ballots != nil {
		h.t.Errorf("of %s ada sees %+v", method, p.Result)
	}
	var stored string
	must(h.t, h.DB.Read(h.ctx, func(tx *database.Tx) error {
		return tx.One([]any{&stored}, "SELECT result FROM polls WHERE post_id = $1", id)
	}))
	if stored != `{"few":true,"voters":2}` {
		h.t.Errorf("of %s stored is %s", method, stored)
	}
}

// TestOlderCopyOpensNoUrn puts the row of an open poll back after its key was
// destroyed, as an older copy of the database would.
func TestOlderCopyOpensNoUrn(t *testing.T) {
	both(t, func(h house) {
		id := h.put(secret(poll.Single))
		for _, who := range []string{"ada", "ben", "dan"} {
			h.cast(who, id, 0)
		}
		var urn []byte
		var folder string
		must(h.t, h.DB.Read(h.ctx, func(tx *database.Tx) error {
			return tx.One([]any{&urn, &folder}, "SELECT urn, folder FROM polls WHERE post_id = $1", id)
		}))
		_, err := h.polls.End(h.ctx, access.Member("ada"), "", id)
		must(h.t, err)
		h.work()
		h.Do("UPDATE polls SET state = 'open', result = '', urn = $1, folder = $2", urn, folder)
		if p := h.view("eva", id); p.State != poll.Lost || p.Result != nil {
			h.t.Errorf("eva sees %+v", p)
		}
		_, err = h.polls.Cast(h.ctx, access.Member("eva"), "form", id, poll.Vote{0})
		refused(h.t, err, "poll.lost")
		must(h.t, h.polls.Forgo(h.ctx, "ben"))
		_, err = h.polls.Close(h.ctx, id)
		must(h.t, err)
		if p := h.view("eva", id); p.State != poll.Lost {
			h.t.Errorf("closed, it is %s", p.State)
		}
		if n := h.count("SELECT count(*) FROM polls WHERE urn IS NOT NULL"); n != 0 {
			h.t.Error("the urn that nobody can open is still there")
		}
	})
}

func TestErasedVoterLeavesHerBallot(t *testing.T) {
	both(t, func(h house) {
		id := h.put(secret(poll.Single))
		for _, who := range []string{"ada", "ben", "dan"} {
			h.cast(who, id, 1)
		}
		must(h.t, h.polls.Forgo(h.ctx, "ben"))
		must(h.t, h.polls.Forgo(h.ctx, "ben"))
		if p := h.view("ben", id); p.Took || p.Voters != 3 {
			h.t.Errorf("ben took part: %v, ballots: %d", p.Took, p.Voters)
		}
		h.over()
		if p := h.view("ada", id); fmt.Sprint(p.Result.Counts) != "[0 3 0]" {
			h.t.Errorf("counted are %v", p.Result.Counts)
		}
	})
}

// TestKeysWithoutAPoll looks for keys where no poll came of them.
func TestKeysWithoutAPoll(t *testing.T) {
	both(t, func(h house) {
		d := secret(poll.Single)
		say := func(who, key string, d poll.Draft) error {
			_, err := h.posts.Publish(h.ctx, access.Member(who), key, post.Draft{Space: "garden", Body: "when?", Poll: &d})
			return err
		}
		if err := say("cem", "", d); !fault.Is(err, fault.NotFound) || h.folders() != 0 {
			h.t.Errorf("from outside: %v, %d keys", err, h.folders())
		}
		few := d
		few.Options = []string{"a"}
		refused(h.t, say("ada", "", few), "poll.options_few")
		must(h.t, say("ada", "k", d))
		if err := say("ada", "k", d); err == nil || h.folders() != 1 {
			h.t.Errorf("sent twice: %v, %d keys", err, h.folders())
		}
		_, err := h.polls.NewKey(h.ctx)
		must(h.t, err)
		must(h.t, h.polls.Sweep(h.ctx))
		if n := h.folders(); n != 2 {
			h.t.Errorf("a key of today was swept: %d are left", n)
		}
	})
}

// TestOldKeysAreSwept moves the clock beyond the time at which files were put.
func TestOldKeysAreSwept(t *testing.T) {
	both(t, func(h house) {
		h.clock.Add(time.Since(h.clock.Now())) // files have the time of the machine
		h.clock.Add(24 * time.Hour)
		_, err := h.polls.NewKey(h.ctx)
		must(h.t, err)
		d := secret(poll.Single)
		d.Length = 91 * 24 * time.Hour
		id := h.put(d)
		h.clock.Add(30 * 24 * time.Hour)
		must(h.t, h.polls.Sweep(h.ctx))
		if n := h.folders(); n != 1 || h.view("ada", id).State != poll.Open {
			h.t.Errorf("%d keys are left", n)
		}
	})
}

// down is a store that cannot be reached.
type down struct{ blob.Store }

func (down) Open(context.Context, string) (blob.File, error)           { return nil, blob.ErrDown }
func (down) Put(context.Context, string, int64, io.ReaderAt) error     { return blob.ErrDown }
func (down) Drop(context.Context, string) error                        { return blob.ErrDown }
func (down) Each(context.Context, func(string, time.Time) error) error { return blob.ErrDown }

func TestStoreOfKeysIsDown(t *testing.T) {
	both(t, func(h house) {
		id := h.put(secret(poll.Single))
		h.clock.Add(2 * time.Minute)
		works := h.polls.Urns
		h.polls.Urns = down{works}
		if p := h.view("ben", id); !p.Unknown || p.State != poll.Open {
			h.t.Errorf("ben sees %+v", p)
		}
		_, err := h.polls.Cast(h.ctx, access.Member("ben"), "form", id, poll.Vote{0})
		refused(h.t, err, "fault.storage_down")
		if _, err := h.polls.Close(h.ctx, id); !fault.Is(err, fault.Unavailable) {
			h.t.Errorf("closing it: %v", err)
		}
		h.polls.Urns = nil
		if _, err := h.polls.Close(h.ctx, id); !fault.Is(err, fault.Unavailable) {
			h.t.Errorf("closing it without a store: %v", err)
		}
		d := secret(poll.Single)
		_, err = h.posts.Publish(h.ctx, access.Member("ada"), "", post.Draft{Space: "garden", Body: "when?", Poll: &d})
		refused(h.t, err, "poll.no_secret")
		h.polls.Urns = works
		if h.cast("ben", id, 0); h.view("ben", id).Voters != 1 {
			h.t.Error("the ballot is not in the urn")
		}
	})
}
