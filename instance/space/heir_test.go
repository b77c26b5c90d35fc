package space

import (
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
)

func TestHeir(t *testing.T) {
	at := func(day int) time.Time { return time.Date(2026, 3, day, 0, 0, 0, 0, time.UTC) }
	somebody := func(id string, role access.Role, here Role, day int) Person {
		return Person{ID: id, Role: role, Here: here, Since: at(day)}
	}
	for name, c := range map[string]struct {
		people []Person
		want   string
	}{
		"nobody is left":          {nil, ""},
		"somebody moderates":      {[]Person{somebody("a", access.FullRole, Member, 1), somebody("b", access.FullRole, Moderator, 2)}, ""},
		"who came first":          {[]Person{somebody("a", access.FullRole, Member, 3), somebody("b", access.FullRole, Member, 1), somebody("c", access.Owner, Member, 2)}, "b"},
		"no guest before members": {[]Person{somebody("a", access.Guest, Member, 1), somebody("b", access.FullRole, Member, 2)}, "b"},
		"a guest among guests":    {[]Person{somebody("a", access.Guest, Member, 2), somebody("b", access.Guest, Member, 1)}, "b"},
		"the same moment":         {[]Person{somebody("b", access.FullRole, Member, 1), somebody("a", access.FullRole, Member, 1)}, "a"},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := heir(c.people)
			if got.ID != c.want || ok != (c.want != "") {
				t.Errorf("%q, %v, want %q", got.ID, ok, c.want)
			}
		})
	}
}
