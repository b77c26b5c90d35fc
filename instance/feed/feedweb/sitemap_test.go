package feedweb

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/space"
)

const street = "https://street.example"

// TestMapsHaveASize draws maps of as many addresses as a file may have, and of more:
// each address is in one part, and the parts are in the list.
func TestMapsHaveASize(t *testing.T) {
	for n, parts := range map[int]int{1: 1, maxMap: 1, maxMap + 1: 2, 2*maxMap + 1: 3} {
		all := make([]stop, n)
		for i := range all {
			all[i] = stop{path: fmt.Sprint("/p/", i), changed: posted.Add(time.Duration(i) * time.Second)}
		}
		body, err := drawMap(street, all, "", maxMap)
		if err != nil {
			t.Fatal(err)
		}
		if parts == 1 {
			if m := mapped[mapFile](t, body); len(m.Entries) != n {
				t.Errorf("%d addresses of %d", len(m.Entries), n)
			}
		} else if m := mapped[mapList](t, body); len(m.Entries) != parts || m.Entries[1].Address != street+"/sitemap.xml?part=2" || m.Entries[parts-1].Changed != stamp(all[n-1].changed) {
			t.Errorf("of %d addresses the parts are %v", n, m.Entries)
		}
		next := 0
		for part := 1; part <= parts && parts > 1; part++ {
			if body, err = drawMap(street, all, fmt.Sprint(part), maxMap); err != nil {
				t.Fatal(err)
			}
			m := mapped[mapFile](t, body)
			if len(body) > 50<<20 || len(m.Entries) > maxMap {
				t.Errorf("part %d has %d bytes and %d addresses", part, len(body), len(m.Entries))
			}
			for _, e := range m.Entries {
				if e.Address != street+all[next].path {
					t.Fatalf("number %d is %s", next, e.Address)
				}
				next++
			}
		}
		if parts > 1 && next != n {
			t.Errorf("the parts have %d addresses of %d", next, n)
		}
		for _, part := range []string{"0", "-1", "01", "x", fmt.Sprint(parts + 1), "9999999999999999999"} {
			if _, err := drawMap(street, all, part, maxMap); err == nil {
				t.Errorf("of %d parts there is a part %s", parts, part)
			}
		}
	}
}

// mapped reads a map as strictly as it can be.
func mapped[T any](t *testing.T, body []byte) (m T) {
	t.Helper()
	if err := xml.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(body), xml.Header) || strings.Count(string(body), `xmlns="`+mapSchema+`"`) != 1 {
		t.Errorf("it begins with %.200s", body)
	}
	return m
}

// TestListsChangeWithWhatIsInThem holds when pages with lists changed: months are
// those of the community, and a space in which nothing was said has no time.
func TestListsChangeWithWhatIsInThem(t *testing.T) {
	handle := "seeds"
	spaces := []space.Listed{
		{Space: space.Space{ID: "s1", Handle: handle, Visibility: space.Public}},
		{Space: space.Space{ID: "s2", Handle: "empty", Visibility: space.Public}},
		{Space: space.Space{ID: "s3", Handle: "open", Visibility: space.Open}},
	}
	zone := time.FixedZone("east", 2*3600)
	late := time.Date(2026, 3, 31, 23, 0, 0, 0, time.UTC) // in April there
	threads := []post.Mapped{
		{ID: "a", SpaceID: "s1", CreatedAt: posted, ChangedAt: late.Add(time.Hour)},
		{ID: "b", SpaceID: "s1", CreatedAt: late, ChangedAt: late},
	}
	got := ""
	for _, s := range stops(spaces, threads, zone) {
		got += s.path
		if !s.changed.IsZero() {
			got += " " + s.changed.Format("01-02T15")
		}
		got += "\n"
	}
	want := "/ 04-01T00\n/s/seeds 04-01T00\n/s/empty\n/months/2026-03 04-01T00\n/s/seeds/months/2026-03 04-01T00\n/months/2026-04 03-31T23\n/s/seeds/months/2026-04 03-31T23\n/p/a 04-01T00\n/p/b 03-31T23\n"
	if got != want {
		t.Errorf("the map is\n%s\nwant\n%s", got, want)
	}
}
