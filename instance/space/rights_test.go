package space_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/space"
)

// attempts are what somebody can try on a space; cem is not in it and has
// asked to be let in where that is possible.
var attempts = map[string]func(context.Context, town, access.Actor, string) error{
	"find": func(ctx context.Context, w town, a access.Actor, id string) error {
		_, err := w.Find(ctx, a, id)
		return err
	},
	"members": func(ctx context.Context, w town, a access.Actor, id string) error {
		_, err := w.Members(ctx, a, id, 1)
		return err
	},
	"join": func(ctx context.Context, w town, a access.Actor, id string) error {
		_, err := w.Join(ctx, a, "", id)
		return err
	},
	"ask": func(ctx context.Context, w town, a access.Actor, id string) error {
		_, err := w.Ask(ctx, a, "", id)
		return err
	},
	"leave": func(ctx context.Context, w town, a access.Actor, id string) error {
		_, err := w.Leave(ctx, a, "", id)
		return err
	},
	"requests": func(ctx context.Context, w town, a access.Actor, id string) error {
		_, err := w.Requests(ctx, a, id)
		return err
	},
	"admit": func(ctx context.Context, w town, a access.Actor, id string) error {
		w.Do("INSERT INTO space_requests (space_id, member_id, asked_at) VALUES ($1, 'cem', 0) ON CONFLICT DO NOTHING", id)
		_, err := w.Admit(ctx, a, "", id, "cem")
		return err
	},
	"decline": func(ctx context.Context, w town, a access.Actor, id string) error {
		w.Do("INSERT INTO space_requests (space_id, member_id, asked_at) VALUES ($1, 'cem', 0) ON CONFLICT DO NOTHING", id)
		_, err := w.Decline(ctx, a, "", id, "cem")
		return err
	},
	"addable": func(ctx context.Context, w town, a access.Actor, id string) error {
		_, _, err := w.Addable(ctx, a, id, "")
		return err
	},
	"add": func(ctx context.Context, w town, a access.Actor, id string) error {
		_, err := w.Add(ctx, a, "", id, []string{"cem"})
		return err
	},
	"remove": func(ctx context.Context, w town, a access.Actor, id string) error {
		_, err := w.Remove(ctx, a, "", id, "ben")
		return err
	},
	"role": func(ctx context.Context, w town, a access.Actor, id string) error {
		_, err := w.SetRole(ctx, a, "", id, "ben", space.Moderator)
		return err
	},
	"change": func(ctx context.Context, w town, a access.Actor, id string) error {
		_, err := w.Change(ctx, a, "", id, space.Revision{Version: 1, Draft: draft("Another name", space.Visibility(w.one("SELECT visibility FROM spaces WHERE id = $1", id)))})
		return err
	},
}

var everybody = []string{"", "olga", "mo", "ada", "ben", "cem", "gil", "gus", "pia", "liv"}

// TestWhoMayDoWhat tries everything, in spaces of every visibility, as
// everybody. Who may not know of the space is told that there is none; who may
// know of it is told that she may not.
func TestWhoMayDoWhat(t *testing.T) {
	knows := map[space.Visibility]string{
		space.Public: "olga mo ada ben cem gil", space.Open: "olga mo ada ben cem gil", space.Closed: "olga mo ada ben cem gil", space.Secret: "ada ben gil",
	}
	reads := map[space.Visibility]string{
		space.Public: knows[space.Public], space.Open: knows[space.Open], space.Closed: "ada ben gil", space.Secret: "ada ben gil",
	}
	moderates := map[space.Visibility]string{space.Public: "olga mo ada", space.Open: "olga mo ada", space.Closed: "ada", space.Secret: "ada"}
	may := map[string]map[space.Visibility]string{
		"find": knows, "members": reads, "leave": knows,
		"join":     {space.Public: "olga mo ada ben cem", space.Open: "olga mo ada ben cem"},
		"ask":      {space.Closed: "olga mo cem"},
		"requests": moderates, "admit": moderates, "decline": moderates, "addable": moderates,
		"add": moderates, "remove": moderates, "role": moderates, "change": moderates,
	}
	both(t, "named", func(t *testing.T, w town) {
		for _, v := range []space.Visibility{space.Public, space.Open, space.Closed, space.Secret} {
			made := draft("A "+string(v), v)
			if v == space.Public {
				made.Visibility = space.Open // no space is made public here, but one may have been
			}
			fresh := func() string {
				id := w.begin(made)
				w.Put(id, "pia", "member")
				w.Put(id, "liv", "member")
				w.Do("UPDATE spaces SET visibility = $1 WHERE id = $2", string(v), id)
				return id
			}
			id := fresh()
			for what, try := range attempts {
				for _, who := range everybody {
					want := "done"
					switch known := strings.Fields(knows[v]); {
					case !slices.Contains(known, who):
						want = "missing"
					case !slices.Contains(strings.Fields(may[what][v]), who):
						want = "forbidden"
						if what == "members" {
							want = "missing" // that there is a list is no secret, but it is not hers
						}
					}
					if got := refusal(try(t.Context(), w, is(who), id)); got != want {
						t.Errorf("%s: %q tries %s: %s, want %s", v, who, what, got, want)
					}
					if want == "done" {
						id = fresh()
					}
				}
			}
		}
	})
}

// TestHiddenIsAsIfItWereNotThere compares a secret space, its former handle and
// a space that never was, to somebody who is not in it: the same answer at the
// same cost.
func TestHiddenIsAsIfItWereNotThere(t *testing.T) {
	both(t, "public", func(t *testing.T, w town) {
		id := w.begin(space.Draft{Name: "Surprise", Handle: "surprise", Visibility: space.Open, Posting: space.Everyone})
		if err := w.revise(id, func(d *space.Draft) { d.Visibility = space.Secret }); err != nil {
			t.Fatal(err)
		}
		for what, try := range attempts {
			for _, who := range []string{"", "olga", "cem", "gus"} {
				var answers []string
				var costs []databasetest.Trace
				for _, address := range []string{"0198c5f0-0000-7000-8000-000000000000", id, "never_was", "surprise"} {
					if what == "admit" || what == "decline" {
						if address != id {
							continue // these ask for a row to be there first
						}
					}
					costs = append(costs, databasetest.Statements(w.World.DB, func() {
						answers = append(answers, refusal(try(t.Context(), w, is(who), address)))
					}))
				}
				for i := range answers {
					if answers[i] != "missing" || costs[i] != costs[0] {
						t.Errorf("%q tries %s: answers %q after %q", who, what, answers, costs)
						break
					}
				}
			}
		}
	})
}

func TestGuestSeesHerSpaceOnly(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		in := w.begin(draft("Garden", space.Secret))
		w.beginBy("cem", draft("Street", space.Open))
		w.Do("DELETE FROM space_members WHERE member_id = 'gil' AND space_id <> $1", in)
		list, err := w.List(t.Context(), is("gil"))
		if err != nil || len(list) != 1 || list[0].ID != in || list[0].In != "member" || list[0].Members != 3 {
			t.Errorf("the guest finds %+v, %v", list, err)
		}
		people, err := w.Members(t.Context(), is("gil"), in, 1)
		if err != nil || names(people.List) != "ada ben gil" {
			t.Errorf("the guest finds the people %q, %v", names(people.List), err)
		}
		if list, err := w.List(t.Context(), is("gus")); err != nil || len(list) != 0 {
			t.Errorf("a guest without a space finds %+v, %v", list, err)
		}
	})
}

// TestStrangersSeePublicSpacesWithoutPeople: in a public community strangers
// read public spaces, but not who is in them, nor how many.
func TestStrangersSeePublicSpacesWithoutPeople(t *testing.T) {
	both(t, "public", func(t *testing.T, w town) {
		id := w.begin(draft("News", space.Public))
		w.Put(id, "liv", "member")
		w.begin(draft("Street", space.Open))
		list, err := w.List(t.Context(), is(""))
		if err != nil || len(list) != 1 || list[0].ID != id || list[0].Members != 0 {
			t.Fatalf("a stranger finds %+v, %v", list, err)
		}
		for _, who := range []string{"", "gus", "liv"} {
			v := w.seen(who, id)
			if !v.Reads || v.Members != 0 {
				t.Errorf("%q reads: %v, and is told of %d people", who, v.Reads, v.Members)
			}
			if people, err := w.Members(t.Context(), is(who), id, 1); err != nil || people.Total != 0 {
				t.Errorf("%q is told of %q, %v", who, names(people.List), err)
			}
		}
		w.Do("UPDATE community SET face = 'named', version = version + 1")
		if _, err := w.Find(t.Context(), is(""), id); !fault.Is(err, fault.NotFound) {
			t.Errorf("in a community that shows its name alone: %v", err)
		}
		if v := w.seen("cem", id); v.Members != 3 {
			t.Errorf("a member is told of %d people", v.Members)
		}
	})
}

// TestQueriesDoNotGrow holds the number of queries, whatever is in a space.
func TestQueriesDoNotGrow(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		id := w.begin(draft("Garden", space.Closed))
		look := func() int {
			return databasetest.Statements(w.World.DB, func() {
				for _, err := range []error{
					attempts["find"](t.Context(), w, is("ada"), id), attempts["members"](t.Context(), w, is("ada"), id),
					attempts["requests"](t.Context(), w, is("ada"), id), attempts["addable"](t.Context(), w, is("ada"), id),
				} {
					if err != nil {
						t.Fatal(err)
					}
				}
				if _, err := w.List(t.Context(), is("ada")); err != nil {
					t.Fatal(err)
				}
			}).Count()
		}
		few := look()
		for i := range 30 {
			who := "extra" + string(rune('a'+i))
			w.Member(who, "active", access.FullRole)
			switch i % 3 {
			case 0:
				w.Put(id, who, "member")
			case 1:
				w.Do("INSERT INTO space_requests (space_id, member_id, asked_at) VALUES ($1, $2, 0)", id, who)
			}
			w.Space("space"+who, "open")
		}
		if many := look(); many != few {
			t.Errorf("%d queries with few people and spaces, %d with many", few, many)
		}
	})
}
