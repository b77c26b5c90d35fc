package joining_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/signin"
)

// TestApprovalIsAskedOfMembersToo: an invitation that wants somebody's approval
// lets nobody into a closed space at once, also not who is inside already.
func TestApprovalIsAskedOfMembersToo(t *testing.T) {
	both(t, func(d door) {
		d.Put("closed", "mia", "moderator")
		d.Member("ben", "active", access.FullRole)
		d.Member("gus", "active", access.Guest)
		for to, path := range map[string]string{"closed": "/s/closed", "secret": "/home"} {
			made := d.invite("mia", joining.Draft{Role: access.FullRole, SpaceID: to, Approval: true})
			for _, who := range []string{"ben", "gus"} {
				got, err := d.Follow(d.ctx, access.Member(who), "", made.Token)
				if err != nil || who == "ben" && got.Path != path || !got.Waits {
					t.Errorf("%s is led from %s to %+v, %v", who, to, got, err)
				}
				if len(d.reads(who, to)) != 0 || d.count("SELECT count(*) FROM space_members WHERE member_id = $1", who) != 0 {
					t.Errorf("%s is in the %s space without anybody's approval", who, to)
				}
				if d.count("SELECT count(*) FROM space_requests WHERE member_id = $1 AND space_id = $2", who, to) != 1 {
					t.Errorf("%s has not asked for the %s space", who, to)
				}
			}
		}
		made := d.invite("mia", joining.Draft{Role: access.FullRole, SpaceID: "open", Approval: true})
		if led, err := d.Follow(d.ctx, access.Member("ben"), "", made.Token); err != nil || led != (joining.Led{Path: "/s/open"}) || len(d.reads("ben", "open")) != 1 {
			t.Errorf("into a space that he may join he is led to %+v, %v", led, err)
		}
	})
}

// TestAskingAgainUsesNothing: a member who says yes to an invitation with
// approval again and again has asked once, and leaves the other uses to others.
func TestAskingAgainUsesNothing(t *testing.T) {
	both(t, func(d door) {
		d.Put("closed", "mia", "moderator")
		d.Member("ben", "active", access.FullRole)
		d.Member("bo", "active", access.FullRole)
		for _, to := range []string{"closed", "secret"} {
			made := d.invite("mia", joining.Draft{Role: access.FullRole, SpaceID: to, Approval: true, MaxUses: 2})
			if v, err := d.Look(d.ctx, access.Member("ben"), made.Token); err != nil || !v.Space || !v.Asks || v.Asked || (v.SpaceName != "") != (to == "closed") {
				t.Errorf("before he asks for the %s space he is shown %+v, %v", to, v, err)
			}
			for range 3 {
				if led, err := d.Follow(d.ctx, access.Member("ben"), "", made.Token); err != nil || !led.Waits {
					t.Errorf("for the %s space he is led to %+v, %v", to, led, err)
				}
			}
			if v, err := d.Look(d.ctx, access.Member("ben"), made.Token); err != nil || !v.Asks || !v.Asked || v.Inside {
				t.Errorf("after he asked for the %s space he is shown %+v, %v", to, v, err)
			}
			if n := d.count("SELECT uses FROM invitations WHERE id = $1", made.ID); n != 1 {
				t.Errorf("asking three times for the %s space used %d", to, n)
			}
			if led, err := d.Follow(d.ctx, access.Member("bo"), "", made.Token); err != nil || !led.Waits {
				t.Errorf("the next one is led to %+v, %v", led, err)
			}
		}
	})
}

// TestQueueIsBoundedWhicheverWayTheyCome: an invitation with approval and a door
// for asking lead into one queue.
func TestQueueIsBoundedWhicheverWayTheyCome(t *testing.T) {
	both(t, func(d door) {
		d.Do("UPDATE community SET door = 'ask', version = version + 1")
		made := d.invite("mia", joining.Draft{Role: access.FullRole, Approval: true})
		if _, err := d.Accept(d.ctx, "", made.Token, newcomer("First")); err != nil {
			t.Fatal(err)
		}
		for i := range joining.MaxWaiting - 1 {
			who := fmt.Sprintf("waits_%d", i)
			d.Member(who, "pending", access.FullRole)
			d.Do("INSERT INTO requests (member_id, answer, asked_at) VALUES ($1, '', $2)", who, i)
		}
		full := func(what string, err error) {
			d.T.Helper()
			if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "queue_full") {
				t.Errorf("%s with a full queue: %v", what, err)
			}
		}
		_, err := d.Accept(d.ctx, "", made.Token, newcomer("Late"))
		full("an invitation", err)
		_, err = d.Ask(d.ctx, "", newcomer("Later"))
		full("asking", err)
		if n := d.count("SELECT uses FROM invitations WHERE id = $1", made.ID); n != 1 {
			t.Errorf("%d uses are counted, want the first", n)
		}
		plain := d.invite("mia", joining.Draft{Role: access.FullRole})
		if _, err := d.Accept(d.ctx, "", plain.Token, newcomer("Friend")); err != nil {
			t.Errorf("who does not have to wait comes in: %v", err)
		}
	})
}

// TestHandlesAreNotTriedWithoutACredential: who holds a link and no way to sign
// in learns nothing of who is here, and may not ask for ever.
func TestHandlesAreNotTriedWithoutACredential(t *testing.T) {
	both(t, func(d door) {
		made := d.invite("olga", joining.Draft{Role: access.FullRole})
		try := func(handle string) error {
			_, err := d.Accept(d.ctx, "", made.Token, joining.Newcomer{
				Wish: signin.Wish{Name: "X", Handle: handle, Passkey: "garbage", Origin: "https://a.example", Network: "n"}, Agreed: true,
			})
			return err
		}
		taken, free := try("mia"), try("nobody_here")
		if !fault.Is(taken, fault.Invalid) || taken.Error() != free.Error() {
			t.Errorf("with a taken handle %v, with a free one %v", taken, free)
		}
		for range 100 {
			taken = try("mia")
		}
		if !fault.Is(taken, fault.TooMany) {
			t.Errorf("the hundredth try: %v", taken)
		}
	})
}
