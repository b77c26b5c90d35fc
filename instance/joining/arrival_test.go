package joining_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/job"
	"github.com/opengather/opengather/instance/joining"
)

func TestWhatTheInvitedIsShown(t *testing.T) {
	both(t, func(d door) {
		secret := joining.Draft{Role: access.FullRole, SpaceID: "secret"}
		v, err := d.Look(d.ctx, access.Stranger(), d.invite("mia", secret).Token)
		if err != nil || v.Inviter != "mia" || v.SpaceName != "secret" || v.Member {
			t.Errorf("shown %+v, %v", v, err)
		}
		secret.Approval, secret.Question = true, "Which house?"
		v, err = d.Look(d.ctx, access.Stranger(), d.invite("mia", secret).Token)
		if err != nil || v.SpaceName != "" || v.Question != "Which house?" {
			t.Errorf("before she is let in she is shown %+v, %v", v, err)
		}
	})
}

func TestMemberFollowsAnInvitationIntoItsSpace(t *testing.T) {
	both(t, func(d door) {
		made := d.invite("mia", joining.Draft{Role: access.FullRole, SpaceID: "secret", MaxUses: 1})
		for range 2 { // the second time there is nothing to use
			led, err := d.Follow(d.ctx, access.Member("mo"), "", made.Token)
			if err != nil && !errors.Is(err, joining.ErrInvitation) || err == nil && led.Path != "/s/secret" {
				t.Errorf("led to %+v, %v", led, err)
			}
		}
		if got := d.reads("mo", "secret"); len(got) != 1 || d.count("SELECT uses FROM invitations WHERE id = $1", made.ID) != 1 {
			t.Errorf("he reads %v", got)
		}
		if n := d.count("SELECT count(*) FROM members WHERE id = 'mo' AND role = 'moderator'"); n != 1 {
			t.Error("an invitation for members took his role")
		}
		d.Member("gil", "active", access.Guest)
		plain := d.invite("mia", joining.Draft{Role: access.FullRole})
		if _, err := d.Follow(d.ctx, access.Member("gil"), "", plain.Token); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(d.reads("gil", "open", "news", "closed"), " "); got != "open news" {
			t.Errorf("a guest who was made a member reads %q", got)
		}
		careful := d.invite("mia", joining.Draft{Role: access.FullRole, Approval: true})
		d.Member("gus", "active", access.Guest)
		if _, err := d.Follow(d.ctx, access.Member("gus"), "", careful.Token); err != nil || len(d.reads("gus", "open")) != 0 {
			t.Errorf("a guest got round approval: %v", err)
		}
		if _, err := d.Follow(d.ctx, access.Stranger(), "", plain.Token); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a stranger follows: %v", err)
		}
	})
}

func TestRulesNamesAndAnswersAreAskedFor(t *testing.T) {
	both(t, func(d door) {
		d.Do("UPDATE community SET rules = 'Be kind.', version = 2")
		made := d.invite("mia", joining.Draft{Role: access.FullRole, Approval: true, Question: "Which house?"})
		for field, spoil := range map[string]func(*joining.Newcomer){
			"name":     func(n *joining.Newcomer) { n.Name = " \u202e " },
			"rules":    func(n *joining.Newcomer) { n.Agreed = false },
			"answer":   func(n *joining.Newcomer) { n.Answer = " " },
			"password": func(n *joining.Newcomer) { n.Password = "short" },
		} {
			n := newcomer("Nora")
			n.Answer = "Number 7"
			spoil(&n)
			_, err := d.Accept(d.ctx, "", made.Token, n)
			var f *fault.Fault
			if !errors.As(err, &f) || f.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if d.count("SELECT uses FROM invitations") != 0 {
			t.Error("a refused form used the invitation")
		}
	})
}

func TestHandlesComeFromNames(t *testing.T) {
	both(t, func(d door) {
		made := d.invite("mia", joining.Draft{Role: access.FullRole})
		for _, test := range []struct{ name, typed, want string }{
			{"Jörg Müller-Łąk", "", "joerg_mueller_lak"},
			{"Jörg Müller-Łąk", "", "joerg_mueller_lak_*"},
			{"يوسف", "", "member"},
			{"李", "", "member_*"},
			{"Olga", "", "olga_*"}, // taken by the owner
			{"Nn", "chosen_one", "chosen_one"},
			{strings.Repeat("Long", 20), "", "longlonglonglonglonglo"},
		} {
			n := newcomer(test.name)
			n.Handle = test.typed
			a, err := d.Accept(d.ctx, "", made.Token, n)
			if err != nil {
				t.Errorf("%s: %v", test.name, err)
				continue
			}
			prefix, numbered := strings.CutSuffix(test.want, "*")
			if numbered && !strings.HasPrefix(a.Handle, prefix) || !numbered && a.Handle != test.want {
				t.Errorf("%s became @%s, want @%s", test.name, a.Handle, test.want)
			}
		}
		n := newcomer("Second")
		n.Handle = "chosen_one"
		var f *fault.Fault
		if _, err := d.Accept(d.ctx, "", made.Token, n); !errors.As(err, &f) || f.Field != "handle" {
			t.Errorf("a handle that is taken: %v", err)
		}
	})
}

func TestApprovalKeepsOutUntilSomebodySaysYes(t *testing.T) {
	both(t, func(d door) {
		made := d.invite("mia", joining.Draft{Role: access.FullRole, SpaceID: "secret", Approval: true, Question: "Which house?"})
		n := newcomer("Nora")
		n.Answer, n.Handle = "Number 7", "mo" // a taken one would tell; it is not asked for
		a, err := d.Accept(d.ctx, "", made.Token, n)
		if err != nil || !a.Waits || a.Path != "/waiting" || !strings.HasPrefix(a.Handle, "nora_") {
			t.Fatalf("%+v, %v", a, err)
		}
		if got := d.reads(a.Member, "open", "closed", "secret", "news"); len(got) != 0 {
			t.Errorf("while she waits she reads %v", got)
		}
		for who, want := range map[string]int{"olga": 1, "mo": 1, "mia": 0, a.Member: 0, "": 0} {
			if n, err := d.Waiting(d.ctx, access.Member(who)); err != nil || n != want {
				t.Errorf("%q is told of %d who wait, %v", who, n, err)
			}
			if _, err := d.Requests(d.ctx, access.Member(who)); (err == nil) != (want == 1) {
				t.Errorf("%q sees the queue: %v", who, err)
			}
			if want == 0 {
				if _, err := d.Decide(d.ctx, access.Member(who), "", a.Member, true); !fault.Is(err, fault.Forbidden) {
					t.Errorf("%q decides: %v", who, err)
				}
			}
		}
		queue, err := d.Requests(d.ctx, access.Member("mo"))
		if err != nil || len(queue) != 1 || queue[0].Answer != "Number 7" || queue[0].Inviter != "mia" {
			t.Errorf("the queue is %+v, %v", queue, err)
		}
		if _, err := d.Decide(d.ctx, access.Member("mo"), "", a.Member, true); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(d.reads(a.Member, "open", "closed", "secret", "news"), " "); got != "open secret news" {
			t.Errorf("let in she reads %q", got)
		}
		if d.count("SELECT count(*) FROM requests WHERE answer <> ''") != 0 {
			t.Error("her answer is kept although it has done its work")
		}
		_, err = d.Decide(d.ctx, access.Member("olga"), "", a.Member, false)
		var f *fault.Fault
		if !errors.As(err, &f) || f.Kind != fault.Conflict || f.Args["name"] != "mo" || f.Args["answer"] != "yes" {
			t.Errorf("who comes second is told %v", err)
		}
	})
}

func TestOneAnswerWins(t *testing.T) {
	both(t, func(d door) {
		d.Do("UPDATE community SET door = 'ask', version = 2")
		for range 4 {
			a, err := d.Ask(d.ctx, "", newcomer("Nora"))
			if err != nil {
				t.Fatal(err)
			}
			errs := make([]error, 2)
			var wg sync.WaitGroup
			for i, who := range []string{"olga", "mo"} {
				wg.Go(func() { _, errs[i] = d.Decide(d.ctx, access.Member(who), "", a.Member, i == 0) })
			}
			wg.Wait()
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Errorf("two answers: %v and %v", errs[0], errs[1])
			}
			state := d.count("SELECT count(*) FROM members WHERE id = $1 AND state = 'active'", a.Member)
			if (state == 1) != (errs[0] == nil) {
				t.Errorf("the yes was %v, but she is in: %v", errs[0], state == 1)
			}
		}
	})
}

func TestDoors(t *testing.T) {
	both(t, func(d door) {
		if _, err := d.Ask(d.ctx, "", newcomer("Nora")); !fault.Is(err, fault.NotFound) {
			t.Errorf("through a door for the invited: %v", err)
		}
		d.Do("UPDATE community SET door = 'open', version = 2")
		a, err := d.Ask(d.ctx, "", newcomer("Nora"))
		if err != nil || a.Waits || strings.Join(d.reads(a.Member, "open", "secret", "news"), " ") != "open news" {
			t.Errorf("through an open door: %+v, %v", a, err)
		}
		d.Do("UPDATE community SET door = 'ask', question = 'Who sent you?', version = 3")
		if _, err := d.Ask(d.ctx, "", newcomer("Nils")); !fault.Is(err, fault.Invalid) {
			t.Errorf("without the answer: %v", err)
		}
		n := newcomer("Nils")
		n.Answer = "Olga"
		if a, err = d.Ask(d.ctx, "", n); err != nil || !a.Waits || len(d.reads(a.Member, "open", "news")) != 0 {
			t.Errorf("through a door for asking: %+v, %v", a, err)
		}
	})
}

func TestWhomTheCommunityTurnsDown(t *testing.T) {
	both(t, func(d door) {
		d.Do("UPDATE community SET door = 'ask', version = 2")
		a, err := d.Ask(d.ctx, "", newcomer("Nora Canary"))
		if err != nil {
			t.Fatal(err)
		}
		her := access.Member(a.Member)
		if _, err := d.Decide(d.ctx, access.Member("mo"), "", a.Member, false); err != nil {
			t.Fatal(err)
		}
		q, err := d.Mine(d.ctx, her)
		if err != nil || !q.Declined || q.ForgetAt.Before(d.World.DB.Now()) {
			t.Errorf("she is told %+v, %v", q, err)
		}
		if got := d.reads(a.Member, "open", "news"); len(got) != 0 {
			t.Errorf("turned down she reads %v", got)
		}
		d.forget(0)
		d.clock.Add(joining.Remembered)
		d.forget(1)
		d.forgotten(a.Member)
	})
}

// forget does the jobs that are due; want of them forget somebody.
func (d door) forget(want int) {
	d.T.Helper()
	n := 0
	w := job.Worker{DB: d.World.DB, Handlers: map[string]job.Handler{
		job.WipeJob: job.Wiping(d.World.DB),
		joining.Forget: func(ctx context.Context, id string) (time.Time, error) {
			n++
			return d.Expire(ctx, id)
		},
	}}
	if _, err := w.Drain(d.ctx); err != nil || n != want {
		d.T.Errorf("%d people forgotten, want %d: %v", n, want, err)
	}
}

// forgotten holds that no row of any table is about somebody any more.
func (d door) forgotten(id string) {
	d.T.Helper()
	for table, column := range map[string]string{
		"members": "id", "actors": "id", "handles": "subject_id", "requests": "member_id", "passwords": "member_id", "sessions": "member_id",
		"recovery_codes": "member_id", "space_members": "member_id", "search_docs": "subject_id",
	} {
		if n := d.count("SELECT count(*) FROM "+table+" WHERE "+column+" = $1", id); n != 0 {
			d.T.Errorf("%d rows of hers in %s", n, table)
		}
	}
}

func TestWhoWaitsCanTakeItBack(t *testing.T) {
	both(t, func(d door) {
		d.Do("UPDATE community SET door = 'ask', version = 2")
		a, err := d.Ask(d.ctx, "", newcomer("Nora"))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Withdraw(d.ctx, access.Member(a.Member), ""); err != nil {
			t.Fatal(err)
		}
		d.forgotten(a.Member)
		if _, err := d.Decide(d.ctx, access.Member("mo"), "", a.Member, true); !fault.Is(err, fault.Conflict) {
			t.Errorf("an answer that comes too late: %v", err)
		}
		if err := d.Withdraw(d.ctx, access.Member("mia"), ""); !fault.Is(err, fault.NotFound) {
			t.Errorf("a member withdraws: %v", err)
		}
	})
}
