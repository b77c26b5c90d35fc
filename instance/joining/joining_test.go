package joining_test

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/signin"
)

// door is a community with an owner, a moderator, a member and spaces, to come
// into.
type door struct {
	*testing.T
	accesstest.World
	*joining.Operations
	clock *databasetest.Clock
	ctx   context.Context
}

const password = "correct horse battery"

func both(t *testing.T, test func(d door)) {
	t.Helper()
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		w := accesstest.World{T: t, DB: db}
		w.Community("named")
		w.Member("olga", "active", access.Owner)
		w.Member("mo", "active", access.Moderator)
		w.Member("mia", "active", access.FullRole)
		for _, s := range []string{"open", "closed", "secret", "news"} {
			v := s
			if s == "news" {
				v = "open"
			}
			w.Space(s, v)
		}
		w.Do("UPDATE spaces SET arrivals = $1 WHERE id = 'news'", true)
		w.Put("open", "mia", "member")
		w.Put("secret", "mia", "moderator")
		keys, err := keyring.Open(t.Context(), db, make([]byte, 32))
		if err != nil {
			t.Fatal(err)
		}
		test(door{t, w, &joining.Operations{
			DB: db, Keys: keys, Communities: &community.Operations{DB: db},
			SignIn: &signin.Operations{DB: db, Keys: keys, Cost: signin.Cost{Memory: 8, Passes: 1, Threads: 1}},
		}, clock, t.Context()})
	})
}

func (d door) invite(who string, draft joining.Draft) joining.Made {
	d.T.Helper()
	made, err := d.Invite(d.ctx, access.Member(who), "", draft)
	if err != nil {
		d.T.Fatalf("%s invites: %v", who, err)
	}
	return made
}

func newcomer(name string) joining.Newcomer {
	return joining.Newcomer{Wish: signin.Wish{Name: name, Password: password, Network: "n"}, Agreed: true, Device: signin.Phone}
}

// reads says which of the atoms somebody reads now.
func (d door) reads(who string, spaces ...string) (all []string) {
	d.T.Helper()
	err := d.World.DB.Read(d.ctx, func(tx *database.Tx) error {
		for _, s := range spaces {
			ok, err := access.CanRead(tx, access.Member(who), access.InSpace(s))
			if err != nil {
				return err
			}
			if ok {
				all = append(all, s)
			}
		}
		return nil
	})
	if err != nil {
		d.T.Fatal(err)
	}
	return all
}

func (d door) count(query string, args ...any) (n int) {
	d.T.Helper()
	err := d.World.DB.Read(d.ctx, func(tx *database.Tx) error { return tx.One([]any{&n}, query, args...) })
	if err != nil {
		d.T.Fatal(err)
	}
	return n
}

func TestWhoeverIsInvitedComesInAtOnce(t *testing.T) {
	both(t, func(d door) {
		for _, test := range []struct {
			name  string
			by    string
			draft joining.Draft
			path  string
			reads string
		}{
			{"member", "mia", joining.Draft{Role: access.FullRole, MaxUses: 1}, "/home", "open news"},
			{"member into an open space", "mia", joining.Draft{Role: access.FullRole, SpaceID: "open"}, "/s/open", "open news"},
			{"member into a secret space", "mia", joining.Draft{Role: access.FullRole, SpaceID: "secret"}, "/s/secret", "open secret news"},
			{"guest", "mia", joining.Draft{Role: access.Guest, SpaceID: "secret"}, "/s/secret", "secret"},
			{"moderator", "olga", joining.Draft{Role: access.Moderator, MaxUses: 1}, "/home", "open news"},
		} {
			made := d.invite(test.by, test.draft)
			a, err := d.Accept(d.ctx, "", made.Token, newcomer("New "+test.name))
			if err != nil {
				t.Errorf("%s: %v", test.name, err)
				continue
			}
			if a.Path != test.path || a.Waits || len(a.Codes) != signin.Codes {
				t.Errorf("%s arrives as %+v", test.name, a)
			}
			if got := strings.Join(d.reads(a.Member, "open", "closed", "secret", "news"), " "); got != test.reads {
				t.Errorf("%s reads %q, want %q", test.name, got, test.reads)
			}
			if n := d.count("SELECT count(*) FROM members WHERE id = $1 AND role = $2 AND state = 'active' AND invited_by = $3", a.Member, string(test.draft.Role), test.by); n != 1 {
				t.Errorf("%s is not in the community as was said", test.name)
			}
			if _, err := d.SignIn.ByPassword(d.ctx, a.Handle, password, signin.Visit{Network: "n"}); err != nil {
				t.Errorf("%s signs in with her password: %v", test.name, err)
			}
		}
	})
}

func TestInvitationsThatOpenNothingAnswerAlike(t *testing.T) {
	both(t, func(d door) {
		once := joining.Draft{Role: access.FullRole, MaxUses: 1}
		revoked := d.invite("mia", once)
		if _, err := d.Revoke(d.ctx, access.Member("mia"), "", revoked.ID); err != nil {
			t.Fatal(err)
		}
		used := d.invite("mia", once)
		if _, err := d.Accept(d.ctx, "", used.Token, newcomer("First")); err != nil {
			t.Fatal(err)
		}
		expired := d.invite("mia", joining.Draft{Role: access.FullRole, Lasts: time.Hour})
		left := d.invite("mo", once)
		d.Do("UPDATE members SET state = 'leaving' WHERE id = 'mo'")
		demoted := d.invite("olga", joining.Draft{Role: access.Moderator, MaxUses: 1})
		d.Do("UPDATE members SET role = 'member' WHERE id = 'olga'")
		outOfSpace := d.invite("mia", joining.Draft{Role: access.Guest, SpaceID: "secret"})
		d.Put("secret", "mia", "")
		d.clock.Add(time.Hour + time.Second)
		for name, token := range map[string]string{
			"unknown": "nonsense", "empty": "", "revoked": revoked.Token, "used up": used.Token, "expired": expired.Token,
			"of somebody who left": left.Token, "for a moderator by no owner": demoted.Token, "into a space she is not in": outOfSpace.Token,
		} {
			if _, err := d.Look(d.ctx, access.Stranger(), token); !errors.Is(err, joining.ErrInvitation) {
				t.Errorf("look at one %s: %v", name, err)
			}
			if _, err := d.Accept(d.ctx, "", token, newcomer("Late")); !errors.Is(err, joining.ErrInvitation) {
				t.Errorf("accept one %s: %v", name, err)
			}
			if _, err := d.Follow(d.ctx, access.Member("mia"), "", token); !errors.Is(err, joining.ErrInvitation) {
				t.Errorf("follow one %s: %v", name, err)
			}
		}
		if n := d.count("SELECT count(*) FROM members"); n != 4 {
			t.Errorf("%d members, want the three and the first", n)
		}
	})
}

func TestLastUseIsWonByOne(t *testing.T) {
	both(t, func(d door) {
		made := d.invite("mia", joining.Draft{Role: access.FullRole, MaxUses: 3})
		var in, out, other int
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				_, err := d.Accept(d.ctx, "", made.Token, newcomer("Racer"))
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					in++
				case errors.Is(err, joining.ErrInvitation):
					out++
				default:
					other++
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if in != 3 || out != 5 || d.count("SELECT count(*) FROM members WHERE name = 'Racer'") != 3 || d.count("SELECT uses FROM invitations") != 3 {
			t.Errorf("%d came in, %d did not, %d broke", in, out, other)
		}
	})
}

func TestFormSentTwiceIsOneMember(t *testing.T) {
	both(t, func(d door) {
		made := d.invite("mia", joining.Draft{Role: access.FullRole, MaxUses: 1})
		in, err := d.Accept(d.ctx, "key", made.Token, newcomer("Twice"))
		if err != nil {
			t.Fatal(err)
		}
		// The invitation is used up now; yet this is not somebody who comes too late.
		again, err := d.Accept(d.ctx, "key", made.Token, newcomer("Twice"))
		if err != nil || again.Member != in.Member || again.Handle != in.Handle || again.Session == "" || again.Session == in.Session || len(again.Codes) > 0 {
			t.Errorf("the second sending gives %+v after %+v: %v", again, in, err)
		}
		other := newcomer("Twice")
		other.Password = "somebody else's guess"
		if again, err = d.Accept(d.ctx, "key", made.Token, other); !errors.Is(err, database.ErrRepeated) || again.Session != "" || again.Handle != "" {
			t.Errorf("with another password it gives %+v, %v", again, err)
		}
	})
}

func TestInvitingTwiceByOneForm(t *testing.T) {
	both(t, func(d door) {
		first, err := d.Invite(d.ctx, access.Member("mia"), "k", joining.Draft{Role: access.FullRole})
		if err != nil {
			t.Fatal(err)
		}
		again, err := d.Invite(d.ctx, access.Member("mia"), "k", joining.Draft{Role: access.FullRole})
		if !errors.Is(err, database.ErrRepeated) || again.ID != first.ID || again.Token != "" {
			t.Errorf("inviting twice by one form gives %+v, %v", again, err)
		}
	})
}

func TestTokensAreNotStored(t *testing.T) {
	both(t, func(d door) {
		made := d.invite("mia", joining.Draft{Role: access.FullRole})
		if len(made.Token) != 43 { // 256 bits in base64
			t.Errorf("a token of %d characters", len(made.Token))
		}
		raw, err := base64.RawURLEncoding.DecodeString(made.Token)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range [][]byte{[]byte(made.Token), raw} {
			if n := d.count("SELECT count(*) FROM invitations WHERE token_hash = $1", secret); n != 0 {
				t.Error("the token itself is stored")
			}
		}
	})
}

func TestWhoMayInvite(t *testing.T) {
	both(t, func(d door) {
		d.Member("gil", "active", access.Guest)
		d.Put("open", "gil", "member")
		d.Put("closed", "mo", "member")
		member, guest, moderator := access.FullRole, access.Guest, access.Moderator
		for _, test := range []struct {
			who   string
			draft joining.Draft
			want  fault.Kind // Internal stands for allowed
		}{
			{"mia", joining.Draft{Role: member}, 0},
			{"gil", joining.Draft{Role: member}, fault.Forbidden},
			{"", joining.Draft{Role: member}, fault.Unauthenticated},
			{"mia", joining.Draft{Role: moderator, MaxUses: 1}, fault.Forbidden},
			{"mo", joining.Draft{Role: moderator, MaxUses: 1}, fault.Forbidden},
			{"olga", joining.Draft{Role: moderator, MaxUses: 1}, 0},
			{"olga", joining.Draft{Role: moderator}, fault.Invalid},
			{"olga", joining.Draft{Role: access.Owner}, fault.Invalid},
			{"mia", joining.Draft{Role: guest}, fault.Invalid},
			{"mia", joining.Draft{Role: guest, SpaceID: "open"}, fault.Forbidden},
			{"mo", joining.Draft{Role: guest, SpaceID: "open"}, 0},
			{"mia", joining.Draft{Role: member, SpaceID: "closed"}, fault.Forbidden},
			{"mo", joining.Draft{Role: member, SpaceID: "closed"}, 0},
			{"mia", joining.Draft{Role: member, SpaceID: "secret"}, 0},
			{"olga", joining.Draft{Role: member, SpaceID: "secret"}, fault.NotFound},
			{"olga", joining.Draft{Role: member, SpaceID: "nowhere"}, fault.NotFound},
			{"mia", joining.Draft{Role: member, MaxUses: -1}, fault.Invalid},
			{"mia", joining.Draft{Role: member, Lasts: 10 * joining.MaxLasts}, fault.Invalid},
		} {
			a := access.Member(test.who)
			if test.who == "" {
				a = access.Stranger()
			}
			_, err := d.Invite(d.ctx, a, "", test.draft)
			if (err == nil) != (test.want == 0) || err != nil && fault.KindOf(err) != test.want {
				t.Errorf("%q invites %+v: %v", test.who, test.draft, err)
			}
		}
	})
}

func TestNobodySeesInvitationsIntoSpacesSheMayNotKnow(t *testing.T) {
	both(t, func(d door) {
		d.Member("max", "active", access.FullRole)
		hers := d.invite("mia", joining.Draft{Role: access.FullRole, SpaceID: "secret"})
		plain := d.invite("mia", joining.Draft{Role: access.FullRole})
		for who, want := range map[string][]string{
			"mia": {hers.ID, plain.ID}, "mo": {plain.ID}, "olga": {plain.ID}, "max": nil, "": nil,
		} {
			all, err := d.Invitations(d.ctx, access.Member(who))
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, i := range all {
				ids = append(ids, i.ID)
			}
			slices.Sort(ids)
			slices.Sort(want)
			if !slices.Equal(ids, want) {
				t.Errorf("%q sees %d invitations, want %d", who, len(ids), len(want))
			}
			_, err = d.Revoke(d.ctx, access.Member(who), "", hers.ID)
			if (err == nil) != (who == "mia") {
				t.Errorf("%q revokes it: %v", who, err)
			}
		}
	})
}
