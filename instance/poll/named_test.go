package poll_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/post"
)

func TestVotesAreCountedAndCanBeChanged(t *testing.T) {
	both(t, func(h house) {
		id := h.put(named(poll.Single))
		must(h.t, h.choose("ada", id, "", 0))
		must(h.t, h.choose("ben", id, "", 0))
		must(h.t, h.choose("dan", id, "", 2))
		is := func(want string) {
			h.t.Helper()
			p := h.view("eva", id)
			if got := fmt.Sprint(p.Voters, p.Result.Counts); got != want {
				h.t.Fatalf("eva sees %s, want %s", got, want)
			}
		}
		is("3 [2 0 1]")
		must(h.t, h.choose("ben", id, "0", 1))
		is("3 [1 1 1]")
		must(h.t, h.choose("ben", id, "1"))
		is("2 [1 0 1]")
		if p := h.view("dan", id); !p.Took || p.Mine.String() != "2" {
			h.t.Errorf("dan's own vote is %v", p.Mine)
		}
	})
}

func TestSecondVoteFromAnotherFormIsTold(t *testing.T) {
	both(t, func(h house) {
		id := h.put(named(poll.Single))
		must(h.t, h.choose("ben", id, "", 0))
		f := refused(h.t, h.choose("ben", id, "", 1), "poll.voted_meanwhile")
		if f.Args["choice"] != "Monday" {
			h.t.Errorf("it says that her vote is %v", f.Args)
		}
		refused(h.t, h.choose("dan", id, "1", 1), "poll.taken_meanwhile")
		if p := h.view("ben", id); p.Mine.String() != "0" {
			h.t.Errorf("her vote is %v", p.Mine)
		}
	})
}

func TestVotesThatAreNone(t *testing.T) {
	both(t, func(h house) {
		d := named(poll.Several)
		d.Most = 2
		one, several, ranked := h.put(named(poll.Single)), h.put(d), h.put(named(poll.Ranked))
		for _, c := range []struct {
			id  string
			v   []int
			key string
		}{
			{one, []int{3}, "fault.bad_request"},
			{one, []int{-1}, "fault.bad_request"},
			{one, []int{0, 1}, "poll.too_many"},
			{several, []int{0, 0}, "fault.bad_request"},
			{several, []int{0, 1, 2}, "poll.too_many"},
			{ranked, []int{0, 1, 0}, "fault.bad_request"},
			{ranked, []int{3}, "fault.bad_request"},
		} {
			refused(h.t, h.choose("ben", c.id, "", c.v...), c.key)
		}
		must(h.t, h.choose("ben", several, "", 2, 0))
		if p := h.view("ben", several); p.Mine.String() != "0,2" || fmt.Sprint(p.Result.Counts) != "[1 0 1]" {
			h.t.Errorf("her vote is %v, counted %v", p.Mine, p.Result.Counts)
		}
	})
}

// TestOnlyReadersOfThePostKnowOfThePoll tries all that can be done with a poll by
// who may not read its post, and by who may read and not speak there.
func TestOnlyReadersOfThePostKnowOfThePoll(t *testing.T) {
	both(t, func(h house) {
		for _, d := range []poll.Draft{named(poll.Single), secret(poll.Single), named(poll.Ranked), secret(poll.Ranked)} {
			id := h.put(d)
			for _, a := range []access.Actor{access.Member("cem"), access.Member("olga"), access.Stranger(), access.Agent("bot", access.ForMembers())} {
				for _, at := range []string{id, "nothing"} {
					_, seen := h.polls.View(h.ctx, a, at)
					_, _, who := h.polls.Voters(h.ctx, a, at)
					_, chose := h.polls.Choose(h.ctx, a, "", at, poll.Vote{0}, "")
					_, cast := h.polls.Cast(h.ctx, a, "form", at, poll.Vote{0})
					_, ended := h.polls.End(h.ctx, a, "", at)
					_, file := h.polls.Export(h.ctx, a, at, "")
					for i, err := range []error{seen, who, chose, cast, ended, file} {
						if !fault.Is(err, fault.NotFound) {
							h.t.Errorf("%v, way %d to %s: %v", a, i, at, err)
						}
					}
				}
			}
			if _, err := h.posts.Hide(h.ctx, access.Member("mod"), "", id, "because"); err != nil {
				h.t.Fatal(err)
			}
			if _, err := h.polls.View(h.ctx, access.Member("ben"), id); !fault.Is(err, fault.NotFound) {
				h.t.Errorf("ben still sees the poll of a hidden post: %v", err)
			}
		}
	})
}

// TestAgentsNeverVote keeps decisions with people, also of a run that may read.
func TestAgentsNeverVote(t *testing.T) {
	both(t, func(h house) {
		run := access.Agent("bot", access.InSpace("garden"))
		h.Label(run.Clearance())
		d := named(poll.Single)
		_, err := h.posts.Publish(h.ctx, run, "", post.Draft{Space: "garden", Body: "when?", Poll: &d})
		refused(h.t, err, "fault.forbidden")
		_, err = h.polls.Choose(h.ctx, run, "", h.put(d), poll.Vote{0}, "")
		refused(h.t, err, "fault.forbidden")
		d.Secret = true
		_, err = h.polls.Cast(h.ctx, run, "form", h.put(d), poll.Vote{0})
		refused(h.t, err, "fault.forbidden")
	})
}

// TestPollEndsWithItsTime holds the end against the clock, whatever the job does.
func TestPollEndsWithItsTime(t *testing.T) {
	both(t, func(h house) {
		d := named(poll.Single)
		d.Quorum = 2
		id := h.put(d)
		must(h.t, h.choose("ben", id, "", 1))
		h.clock.Add(poll.Usual)
		refused(h.t, h.choose("dan", id, "", 1), "poll.closed")
		h.work()
		p := h.view("dan", id)
		if p.State != poll.Ended || fmt.Sprint(p.Voters, p.Result.Counts, p.Reached()) != "1 [0 1 0] false" {
			h.t.Errorf("in the end it is %+v", p)
		}
		if _, err := h.polls.Close(h.ctx, id); err != nil {
			h.t.Errorf("closing it again: %v", err)
		}
		if n := h.facts(poll.Closed); n != 1 {
			h.t.Errorf("it ended %d times", n)
		}
	})
}

func TestWhoMayEndAPoll(t *testing.T) {
	both(t, func(h house) {
		for _, who := range []string{"ada", "mod"} {
			id := h.put(named(poll.Single))
			_, err := h.polls.End(h.ctx, access.Member("ben"), "", id)
			refused(h.t, err, "fault.forbidden")
			if _, err = h.polls.End(h.ctx, access.Member(who), "", id); err != nil {
				h.t.Fatalf("%s cannot end it: %v", who, err)
			}
			if p := h.view("ben", id); p.State != poll.Ended {
				h.t.Errorf("it is %s", p.State)
			}
			_, err = h.polls.End(h.ctx, access.Member(who), "", id)
			refused(h.t, err, "poll.ended_meanwhile")
		}
	})
}

func TestWhoChoseWhat(t *testing.T) {
	both(t, func(h house) {
		id := h.put(named(poll.Single))
		must(h.t, h.choose("dan", id, "", 1))
		must(h.t, h.choose("ben", id, "", 1))
		must(h.t, h.choose("eva", id, "", 0))
		h.Put("garden", "eva", "")
		h.Do("UPDATE members SET state = 'gone' WHERE id = 'ben'")
		_, all, err := h.polls.Voters(h.ctx, access.Member("ada"), id)
		must(h.t, err)
		got := ""
		for _, c := range all {
			got += fmt.Sprintf("%d %s %v %d; ", c.Place, c.Who.Name, c.Who.Gone, c.Others)
		}
		if got != "0 eva false 0; 1 dan false 0; 1  true 0; " {
			h.t.Errorf("ada finds %q", got)
		}
		if _, _, err := h.polls.Voters(h.ctx, access.Member("eva"), id); !fault.Is(err, fault.NotFound) {
			h.t.Errorf("eva, who is out: %v", err)
		}
		h.Member("gus", "active", access.Guest)
		h.Put("garden", "gus", "member")
		_, all, err = h.polls.Voters(h.ctx, access.Member("gus"), id)
		must(h.t, err)
		if len(all) != 3 || all[0].Who.ID != "" || all[0].Others != 1 {
			h.t.Errorf("a guest, who may not know of eva, finds %+v", all)
		}
		if p := h.view("ada", id); p.Voters != 3 {
			h.t.Errorf("%d votes count", p.Voters)
		}
		_, _, err = h.polls.Voters(h.ctx, access.Member("ada"), h.put(secret(poll.Single)))
		if !fault.Is(err, fault.NotFound) {
			h.t.Errorf("of a secret poll: %v", err)
		}
	})
}

func TestResultCanBeTakenAlong(t *testing.T) {
	both(t, func(h house) {
		d := named(poll.Single)
		d.Options = []string{"=1+1", "b"}
		id := h.put(d)
		must(h.t, h.choose("ben", id, "", 0))
		_, err := h.polls.Export(h.ctx, access.Member("ben"), id, "q")
		if !fault.Is(err, fault.NotFound) {
			h.t.Errorf("while it is open: %v", err)
		}
		h.over()
		f, err := h.polls.Export(h.ctx, access.Member("ben"), id, "@when, or not?")
		must(h.t, err)
		table, err := f.CSV()
		must(h.t, err)
		want := "question,\"'@when, or not?\"\nmethod,single\nsecret,false\nmost,1\nquorum,0\nquorum_reached,true\ncloses_at," + f.ClosesAt.Format(time.RFC3339) + "\nvoters,1\noption,'=1+1,1\noption,b,0\n"
		if string(table) != want {
			h.t.Errorf("the table is\n%s\nwant\n%s", table, want)
		}
		object, err := f.JSON()
		must(h.t, err)
		for _, has := range []string{`"question": "@when, or not?"`, `"counts": [`, `"closes_at": "`} {
			if !strings.Contains(string(object), has) {
				h.t.Errorf("no %s in %s", has, object)
			}
		}
	})
}

// TestPollGoesWithItsPost looks for what is left, and what waits.
func TestPollGoesWithItsPost(t *testing.T) {
	both(t, func(h house) {
		for _, d := range []poll.Draft{named(poll.Single), secret(poll.Single), named(poll.Ranked), secret(poll.Ranked)} {
			id := h.put(d)
			if d.Secret {
				h.cast("ben", id, 0)
			} else {
				must(h.t, h.choose("ben", id, "", 0))
			}
			_, err := h.posts.Withdraw(h.ctx, access.Member("ada"), "", id)
			must(h.t, err)
			h.work()
			for _, table := range []string{"polls", "poll_options", "poll_votes", "jobs WHERE kind LIKE 'poll.%'", "posts WHERE poll"} {
				if n := h.count("SELECT count(*) FROM " + table); n != 0 {
					h.t.Errorf("%d left in %s", n, table)
				}
			}
			if n := h.folders(); n != 0 {
				h.t.Errorf("%d keys are left", n)
			}
			if _, err := h.polls.View(h.ctx, access.Member("ben"), id); !fault.Is(err, fault.NotFound) {
				h.t.Errorf("the poll: %v", err)
			}
		}
	})
}

func TestDraftsOfPolls(t *testing.T) {
	long := strings.Repeat("ä", poll.MaxOption+1)
	for _, c := range []struct {
		name, key string
		change    func(d *poll.Draft)
	}{
		{"one option", "poll.options_few", func(d *poll.Draft) { d.Options = []string{"a", " ", ""} }},
		{"the same twice", "poll.same", func(d *poll.Draft) { d.Options = []string{"Yes", " yes "} }},
		{"a long one", "poll.option_long", func(d *poll.Draft) { d.Options = []string{"a", long} }},
		{"21", "poll.options_many", func(d *poll.Draft) { d.Options = strings.Split("abcdefghijklmnopqrstu", "") }},
		{"another method", "fault.bad_request", func(d *poll.Draft) { d.Method = "lot" }},
		{"another length", "fault.bad_request", func(d *poll.Draft) { d.Length++ }},
		{"no quorum", "poll.quorum_range", func(d *poll.Draft) { d.Quorum = -1 }},
		{"more than there are", "poll.most_range", func(d *poll.Draft) { d.Most = 4 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := named(poll.Several)
			c.change(&d)
			_, err := d.Check()
			refused(t, err, c.key)
		})
	}
	d := named(poll.Single)
	d.Options = []string{"  a\n b ", "", "c\x00"}
	got, err := d.Check()
	if err != nil || fmt.Sprintf("%q %d", got.Options, got.Most) != `["a b" "c"] 1` {
		t.Errorf("got %q, %v", got.Options, err)
	}
}

func TestThreadWithAnOpenPollStays(t *testing.T) {
	both(t, func(h house) {
		h.Space("attic", "secret")
		h.Put("attic", "ada", "member")
		id := h.put(named(poll.Single))
		_, err := h.posts.Move(h.ctx, access.Member("ada"), "", id, "garden", "attic")
		refused(h.t, err, "post.move_poll")
		h.over()
		if _, err := h.posts.Move(h.ctx, access.Member("ada"), "", id, "garden", "attic"); err != nil {
			h.t.Errorf("after its end: %v", err)
		}
	})
}

func TestWordsThatChangeAfterAVoteAreMarked(t *testing.T) {
	both(t, func(h house) {
		for _, vote := range []bool{false, true} {
			id := h.put(named(poll.Single))
			if vote {
				must(h.t, h.choose("ben", id, "", 0))
			}
			_, err := h.posts.Edit(h.ctx, access.Member("ada"), "", id, 1, post.Draft{Body: "when exactly?"})
			must(h.t, err)
			if p := h.view("ben", id); p.Reworded != vote || len(p.Options) != 3 {
				h.t.Errorf("with a vote %v: reworded %v, %d options", vote, p.Reworded, len(p.Options))
			}
		}
	})
}
