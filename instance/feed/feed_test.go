package feed_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/feed"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/member"
)

// house is a place with a closed space, the board, in which ada and gil are, who
// is a guest. ben knows of it.
type house struct {
	accesstest.World
	*testing.T
	feeds   *feed.Operations
	members *member.Operations
	clock   *databasetest.Clock
}

func houses(t *testing.T, test func(h house)) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		keys, err := keyring.Open(t.Context(), db, bytes.Repeat([]byte{7}, 32))
		if err != nil {
			t.Fatal(err)
		}
		h := house{accesstest.World{T: t, DB: db}, t, &feed.Operations{DB: db}, &member.Operations{DB: db, Keys: keys}, clock}
		h.Community("hidden")
		h.Member("olga", "active", access.Owner)
		h.Member("ada", "active", access.FullRole)
		h.Member("ben", "active", access.FullRole)
		h.Member("gil", "active", access.Guest)
		h.Space("board", "closed")
		h.Put("board", "ada", "member")
		h.Put("board", "gil", "member")
		test(h)
	})
}

// address makes one and gives its token.
func (h house) address(who string, d feed.Draft) feed.Made {
	h.T.Helper()
	made, err := h.feeds.Make(h.Context(), access.Member(who), "", d)
	if err != nil {
		h.T.Fatal(err)
	}
	return made
}

func (h house) opens(token string) error {
	h.T.Helper()
	_, err := h.feeds.Open(h.Context(), token)
	if err != nil && !fault.Is(err, fault.NotFound) {
		h.T.Fatal(err)
	}
	return err
}

func TestAnAddressReadsAsItsMember(t *testing.T) {
	houses(t, func(h house) {
		made := h.address("ada", feed.Draft{Name: "  my \n phone ", Space: "board", Whole: true})
		h.Do("UPDATE members SET language = 'de' WHERE id = 'ada'")
		got, err := h.feeds.Open(h.Context(), made.Token)
		if err != nil || got.Actor.ID() != "ada" || got.Actor.Kind() != access.KindMember || got.Space != "board" || !got.Whole || got.Language != "de" || got.ID != made.ID || !got.Stale {
			h.T.Errorf("it opens %+v, %v", got, err)
		}
		if err := h.feeds.Used(h.Context(), got); err != nil {
			h.T.Fatal(err)
		}
		if got, err := h.feeds.Open(h.Context(), made.Token); err != nil || got.Stale {
			h.T.Errorf("used today it opens %+v, %v", got, err)
		}
		mine, err := h.feeds.Mine(h.Context(), access.Member("ada"))
		if err != nil || len(mine) != 1 || mine[0].Name != "my phone" || mine[0].SpaceName != "board" || mine[0].UsedOn.Hour() != 0 || mine[0].UsedOn.IsZero() {
			h.T.Errorf("hers are %+v, %v", mine, err)
		}
		if all, err := h.feeds.Mine(h.Context(), access.Member("ben")); err != nil || len(all) != 0 {
			h.T.Errorf("ben's are %+v, %v", all, err)
		}
		h.clock.Add(24 * time.Hour)
		if got, err := h.feeds.Open(h.Context(), made.Token); err != nil || !got.Stale {
			h.T.Errorf("on the next day it opens %+v, %v", got, err)
		}
		if h.opens("") == nil || h.opens(strings.Repeat("x", 43)) == nil || h.opens(made.ID) == nil {
			h.T.Error("something else opens something")
		}
	})
}

func TestWhoMakesAnAddress(t *testing.T) {
	houses(t, func(h house) {
		h.Member("pip", "pending", access.FullRole)
		h.Member("lea", "leaving", access.FullRole)
		h.Agent("bot")
		for _, x := range []struct {
			who   access.Actor
			space string
			want  fault.Kind
		}{
			{access.Member("pip"), "", fault.Forbidden},
			{access.Member("lea"), "", fault.Forbidden},
			{access.Stranger(), "", fault.Unauthenticated},
			{access.Agent("bot", access.InSpace("board")), "board", fault.Forbidden},
			{access.Member("ben"), "board", fault.NotFound},
			{access.Member("ben"), "nowhere", fault.NotFound},
		} {
			if _, err := h.feeds.Make(h.Context(), x.who, "", feed.Draft{Space: x.space}); !fault.Is(err, x.want) {
				h.T.Errorf("%q makes one of %q: %v", x.who.ID(), x.space, err)
			}
		}
		h.address("gil", feed.Draft{Space: "board"})
		_, err := h.feeds.Make(h.Context(), access.Member("ada"), "", feed.Draft{Name: strings.Repeat("n", feed.MaxName+1)})
		if !fault.Is(err, fault.Invalid) {
			h.T.Errorf("a name too long: %v", err)
		}
		for range feed.Most {
			h.address("ada", feed.Draft{})
		}
		if _, err := h.feeds.Make(h.Context(), access.Member("ada"), "", feed.Draft{}); !fault.Is(err, fault.Conflict) {
			h.T.Errorf("one too many: %v", err)
		}
		h.address("ben", feed.Draft{})
	})
}

// The same form twice makes one address, and shows its secret once.
func TestAnAddressIsShownOnce(t *testing.T) {
	houses(t, func(h house) {
		ada, d := access.Member("ada"), feed.Draft{Name: "phone"}
		first, err := h.feeds.Make(h.Context(), ada, "key", d)
		if err != nil {
			h.T.Fatal(err)
		}
		again, err := h.feeds.Make(h.Context(), ada, "key", d)
		if !errors.Is(err, database.ErrRepeated) || again.ID != first.ID || again.Token != "" {
			h.T.Errorf("again: %+v, %v", again, err)
		}
	})
}

func TestEndedAddressesOpenNothing(t *testing.T) {
	houses(t, func(h house) {
		made, other := h.address("ada", feed.Draft{}), h.address("ada", feed.Draft{})
		for _, who := range []string{"ben", "olga"} {
			if _, err := h.feeds.Revoke(h.Context(), access.Member(who), "", made.ID); !fault.Is(err, fault.NotFound) {
				h.T.Errorf("%s ends it: %v", who, err)
			}
		}
		if err := h.opens(made.Token); err != nil {
			h.T.Errorf("it ended with somebody else: %v", err)
		}
		if _, err := h.feeds.Revoke(h.Context(), access.Member("ada"), "", made.ID); err != nil {
			h.T.Fatal(err)
		}
		if h.opens(made.Token) == nil || h.opens(other.Token) != nil {
			h.T.Error("not the one was ended that she ended")
		}
	})
}

// TestLeavingEndsAddresses: whoever is not here reads nothing by an address, and
// has none when she is here again; nor does one open a space that she has left.
func TestLeavingEndsAddresses(t *testing.T) {
	houses(t, func(h house) {
		home, board := h.address("ada", feed.Draft{}), h.address("ada", feed.Draft{Space: "board"})
		h.Put("board", "ada", "")
		if h.opens(home.Token) != nil || h.opens(board.Token) == nil {
			h.T.Error("outside of the board she still reads it, or nothing at all")
		}
		if mine, err := h.feeds.Mine(h.Context(), access.Member("ada")); err != nil || len(mine) != 2 {
			h.T.Errorf("hers are %+v, %v", mine, err)
		}
		h.Put("board", "ada", "member")
		if h.opens(board.Token) != nil {
			h.T.Error("in the board again she does not read it")
		}
		for _, state := range []string{"pending", "leaving", "gone"} {
			h.Do("UPDATE members SET state = $1 WHERE id = 'ada'", state)
			if h.opens(home.Token) == nil || h.opens(board.Token) == nil {
				h.T.Errorf("%s she reads", state)
			}
		}
		h.Do("UPDATE members SET state = 'active' WHERE id = 'ada'")
		for name, leave := range map[string]func(*database.Tx) error{
			"leaves": func(tx *database.Tx) error {
				return member.Depart(tx, access.Member("ada"), "ada", member.Departure{After: member.Grace})
			},
			"is removed": func(tx *database.Tx) error {
				return member.Depart(tx, access.Member("olga"), "ada", member.Departure{After: member.RemovedGrace})
			},
		} {
			made := h.address("ada", feed.Draft{})
			h.write(leave)
			h.write(func(tx *database.Tx) error { return member.Stay(tx, "ada") })
			if h.opens(made.Token) == nil {
				h.T.Errorf("ada %s, stays, and reads by her old address", name)
			}
		}
	})
}

func (h house) write(do func(*database.Tx) error) {
	h.T.Helper()
	_, err := h.DB.Write(h.Context(), database.Op{Class: database.Own}, func(tx *database.Tx) (string, error) { return "", do(tx) })
	if err != nil {
		h.T.Fatal(err)
	}
}

func TestUnusedAddressesAreForgotten(t *testing.T) {
	houses(t, func(h house) {
		used, unused := h.address("ada", feed.Draft{}), h.address("ada", feed.Draft{})
		h.clock.Add(feed.Unused - 24*time.Hour)
		opened, err := h.feeds.Open(h.Context(), used.Token)
		if err == nil {
			err = h.feeds.Used(h.Context(), opened)
		}
		if err != nil {
			h.T.Fatal(err)
		}
		forget := func() (n int64) {
			h.write(func(tx *database.Tx) (err error) { n, err = feed.Forget(tx); return err })
			return n
		}
		if n := forget(); n != 0 {
			h.T.Errorf("%d are forgotten too early", n)
		}
		h.clock.Add(48 * time.Hour)
		if n := forget(); n != 1 || h.opens(unused.Token) == nil || h.opens(used.Token) != nil {
			h.T.Errorf("%d are forgotten", n)
		}
	})
}

func TestReadersAreSlowed(t *testing.T) {
	houses(t, func(h house) {
		made, other := h.address("ada", feed.Draft{}), h.address("ada", feed.Draft{})
		refused := func(token string) (n int) {
			for range 70 {
				if _, err := h.feeds.Open(h.Context(), token); fault.Is(err, fault.TooMany) {
					n++
				}
			}
			return n
		}
		if n := refused(made.Token); n != 10 {
			h.T.Errorf("%d of 70 are refused", n)
		}
		if h.opens(other.Token) != nil {
			h.T.Error("another address is refused too")
		}
		h.clock.Add(time.Minute)
		if h.opens(made.Token) != nil {
			h.T.Error("a minute later it is still refused")
		}
		public := 0
		for range 130 {
			if fault.Is(h.feeds.Public("10.1.2.0/24"), fault.TooMany) {
				public++
			}
		}
		if public != 10 || h.feeds.Public("10.1.3.0/24") != nil {
			h.T.Errorf("%d of 130 are refused to a network", public)
		}
	})
}
