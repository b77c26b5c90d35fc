package poll_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/poll"
)

// came is what came of a poll in order of preference, in short.
func came(p poll.Poll) string {
	var rounds []string
	for _, r := range p.Result.Rounds {
		rounds = append(rounds, fmt.Sprint(r.Counts, r.Out, r.Spent))
	}
	return fmt.Sprint(p.Voters, " ", strings.Join(rounds, " "), " ", p.Result.Winners)
}

func TestOrdersOfPreference(t *testing.T) {
	both(t, func(h house) {
		d := named(poll.Ranked)
		d.Quorum, d.Most = 3, 1 // how many may be chosen means nothing here
		id := h.put(d)
		is := func(want string) {
			h.t.Helper()
			p := h.view("mod", id)
			if got := came(p); got != want || p.Result.Counts != nil || p.Result.Ballots != nil {
				h.t.Fatalf("mod sees %s, want %s, and %+v", got, want, p.Result)
			}
		}
		is("0  []")
		must(h.t, h.choose("ada", id, "", 2, 0))
		must(h.t, h.choose("ben", id, "", 2))
		must(h.t, h.choose("dan", id, "", 0, 1))
		must(h.t, h.choose("eva", id, "", 1, 0, 2))
		is("4 [1 1 2] [1] 0 [2 0 2] [0] 0 [0 0 3] [] 1 [2]")
		if p := h.view("eva", id); p.Mine.String() != "1,0,2" || !p.Took {
			h.t.Errorf("eva's order is %v", p.Mine)
		}
		must(h.t, h.choose("eva", id, "1,0,2", 1, 2))
		is("4 [1 1 2] [0 1] 0 [0 0 3] [] 1 [2]")
		must(h.t, h.choose("eva", id, "1,2"))
		is("3 [1 0 2] [] 0 [2]")
		h.over()
		is("3 [1 0 2] [] 0 [2]")
		if p := h.view("mod", id); !p.Reached() {
			h.t.Error("three were enough")
		}
	})
}

// TestSecondOrderFromAnotherFormIsTold sends the same options in another order.
func TestSecondOrderFromAnotherFormIsTold(t *testing.T) {
	both(t, func(h house) {
		id := h.put(named(poll.Ranked))
		must(h.t, h.choose("ben", id, "", 2, 0))
		f := refused(h.t, h.choose("ben", id, "0,2", 1), "poll.voted_meanwhile")
		if f.Args["choice"] != "Wednesday, Monday" {
			h.t.Errorf("it says that her order is %v", f.Args)
		}
	})
}

func TestWhoRankedWhat(t *testing.T) {
	both(t, func(h house) {
		id := h.put(named(poll.Ranked))
		must(h.t, h.choose("dan", id, "", 1, 0))
		must(h.t, h.choose("ben", id, "", 0, 2, 1))
		_, all, err := h.polls.Voters(h.ctx, access.Member("ada"), id)
		must(h.t, err)
		got := ""
		for _, c := range all {
			got += fmt.Sprintf("%d %s %d; ", c.Place, c.Who.Name, c.Rank)
		}
		if got != "0 ben 0; 0 dan 1; 1 ben 2; 1 dan 0; 2 ben 1; " {
			h.t.Errorf("ada finds %q", got)
		}
		_, _, err = h.polls.Voters(h.ctx, access.Member("ada"), h.put(secret(poll.Ranked)))
		if !fault.Is(err, fault.NotFound) {
			h.t.Errorf("of a secret poll: %v", err)
		}
	})
}

// TestNoOrderOfASecretPollIsTold looks for whole orders in all that is left of a
// poll: what is stored, what is shown and both files. Told are the rounds, and the
// codes of the ballots that were counted.
func TestNoOrderOfASecretPollIsTold(t *testing.T) {
	both(t, func(h house) {
		id := h.put(secret(poll.Ranked))
		codes := []string{h.cast("ada", id, 2, 1, 0), h.cast("ben", id, 2, 0), h.cast("dan", id, 0, 1, 2), h.cast("eva", id, 1, 0, 2)}
		if p := h.view("ben", id); p.Result != nil || p.Voters != 4 || !p.Took || p.Mine != nil {
			h.t.Errorf("while it is open ben sees %+v", p)
		}
		_, err := h.polls.Cast(h.ctx, access.Member("ben"), "form of ben", id, poll.Vote{0, 2})
		refused(h.t, err, "poll.voted")
		h.over()
		p := h.view("mod", id)
		if got := came(p); got != "4 [1 1 2] [1] 0 [2 0 2] [0] 0 [0 0 4] [] 0 [2]" {
			h.t.Errorf("in the end it is %s", got)
		}
		var told []string
		for _, b := range p.Result.Ballots {
			told = append(told, b.Code)
			if b.Vote != nil {
				h.t.Errorf("the ballot %s is shown with its order: %v", b.Code, b.Vote)
			}
		}
		slices.Sort(codes)
		if !slices.Equal(told, codes) {
			h.t.Errorf("the codes are %v, want %v", told, codes)
		}
		var stored string
		must(h.t, h.DB.Read(h.ctx, func(tx *database.Tx) error {
			return tx.One([]any{&stored}, "SELECT result FROM polls WHERE post_id = $1", id)
		}))
		f, err := h.polls.Export(h.ctx, access.Member("mod"), id, "q")
		must(h.t, err)
		table, err := f.CSV()
		must(h.t, err)
		object, err := f.JSON()
		must(h.t, err)
		for _, text := range []string{stored, string(object)} {
			if strings.Contains(text, `"vote"`) || !strings.Contains(text, codes[0]) {
				h.t.Errorf("there are orders, or no codes, in %s", text)
			}
		}
		for _, code := range codes {
			if !strings.Contains(string(table), "ballot,"+code+"\n") {
				h.t.Errorf("the table has no ballot %s, or more of it:\n%s", code, table)
			}
		}
	})
}

// TestRoundsCanBeTakenAlong holds both files of a poll in order of preference.
func TestRoundsCanBeTakenAlong(t *testing.T) {
	both(t, func(h house) {
		d := named(poll.Ranked)
		d.Options = []string{"=1+1", "b", "c"}
		id := h.put(d)
		must(h.t, h.choose("ada", id, "", 0, 1))
		must(h.t, h.choose("ben", id, "", 0))
		must(h.t, h.choose("dan", id, "", 1, 2))
		must(h.t, h.choose("eva", id, "", 1))
		must(h.t, h.choose("mod", id, "", 2))
		h.over()
		f, err := h.polls.Export(h.ctx, access.Member("ben"), id, "which?")
		must(h.t, err)
		table, err := f.CSV()
		must(h.t, err)
		want := "question,which?\nmethod,ranked\nsecret,false\nmost,3\nquorum,0\nquorum_reached,true\ncloses_at," + f.ClosesAt.Format(time.RFC3339) + "\nvoters,5\n" +
			"round,1,'=1+1,2\nround,1,b,2\nround,1,c,1\nspent,1,0\nout,1,c\nround,2,'=1+1,2\nround,2,b,2\nspent,2,1\nout,2,'=1+1\nround,3,b,3\nspent,3,2\nwinner,b\n"
		if string(table) != want {
			h.t.Errorf("the table is\n%s\nwant\n%s", table, want)
		}
		object, err := f.JSON()
		must(h.t, err)
		var back poll.File
		must(h.t, json.Unmarshal(object, &back))
		if fmt.Sprint(back.Result.Rounds) != fmt.Sprint(f.Result.Rounds) || fmt.Sprint(back.Result.Winners) != "[1]" || back.Result.Counts != nil {
			h.t.Errorf("as JSON it is %s", object)
		}
	})
}
