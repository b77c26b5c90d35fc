package joining_test

import (
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
				if err != nil || who == "ben" && got != path {
					t.Errorf("%s is led from %s to %q, %v", who, to, got, err)
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
		if path, err := d.Follow(d.ctx, access.Member("ben"), "", made.Token); err != nil || path != "/s/open" || len(d.reads("ben", "open")) != 1 {
			t.Errorf("into a space that he may join he is led to %q, %v", path, err)
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
