package post_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/space"
)

// place is what somebody is in a space, and since which step; 0 is from the
// beginning.
type place struct {
	role  space.Role
	since int
}

// field is what a member says of herself in the model.
type field struct {
	value string
	to    member.AudienceKind
	space int
}

// list is the list of a member in the model.
type list struct {
	id string
	on map[int]bool
}

// The first member moderates where she is put.
func roleOf(m int) space.Role {
	if m == 0 {
		return space.Moderator
	}
	return space.Member
}

// put changes who is in a space straight in its table.
func (w *world) put(x, m int, role space.Role) {
	w.rows.Put(spaceID(x), memberID(m), string(role))
	w.places[x][m] = place{role: role}
}

// move brings somebody into a space or takes her out: half of the times in the
// way that members have, which may be refused, else straight in the table, so
// that there is enough coming and going.
func (w *world) move(ctx context.Context, i int, st step, m, x int) error {
	in := st.What%2 == 0
	switch {
	case st.Extra%2 == 0 && in:
		w.put(x, m, roleOf(m))
		return nil
	case st.Extra%2 == 0:
		w.put(x, m, "")
		return nil
	case in:
		return w.enter(ctx, i, m, x)
	case st.Extra%4 == 1:
		_, err := w.spaces.Leave(ctx, w.actor(m), "", spaceID(x))
		w.gone(err, m, x)
		return err
	default:
		_, err := w.spaces.Remove(ctx, w.actor(w.moderator(x)), "", spaceID(x), memberID(m))
		w.gone(err, m, x)
		return err
	}
}

// enter takes the way in that the space has.
func (w *world) enter(ctx context.Context, i, m, x int) (err error) {
	switch w.s.Visibility[x] {
	case space.Open, space.Public:
		_, err = w.spaces.Join(ctx, w.actor(m), "", spaceID(x))
	case space.Closed:
		if _, err = w.spaces.Ask(ctx, w.actor(m), "", spaceID(x)); err == nil {
			_, err = w.spaces.Admit(ctx, w.actor(w.moderator(x)), "", spaceID(x), memberID(m))
		}
	default:
		_, err = w.spaces.Add(ctx, w.actor(w.moderator(x)), "", spaceID(x), []string{memberID(m)})
	}
	if err == nil && w.places[x][m].role == "" {
		w.places[x][m] = place{space.Member, i + 1}
	}
	return err
}

// moderator is somebody who moderates a space, or else somebody who may not.
func (w *world) moderator(x int) int {
	for m, p := range w.places[x] {
		if p.role == space.Moderator {
			return m
		}
	}
	return 0
}

// gone notes that somebody left a space. If nobody moderates it then, whoever
// has been there longest does, and a guest only among guests.
func (w *world) gone(err error, m, x int) {
	here := w.places[x]
	if err != nil || here[m].role == "" {
		return
	}
	here[m] = place{}
	heir := -1
	for n, p := range here {
		switch {
		case p.role == space.Moderator:
			return
		case p.role == "", heir >= 0 && w.s.Guests[n] && !w.s.Guests[heir]:
		case heir < 0, w.s.Guests[heir] && !w.s.Guests[n], p.since < here[heir].since:
			heir = n
		}
	}
	if heir >= 0 {
		here[heir].role = space.Moderator
	}
}

// describe says something of a member, to an audience.
func (w *world) describe(ctx context.Context, i int, st step, m, x int) error {
	to := []member.AudienceKind{member.ToMembers, member.Me, member.Within, member.Chosen}[st.Extra%4]
	audience := member.Audience{Kind: to}
	switch to {
	case member.Within:
		audience.Ref = spaceID(x)
	case member.Chosen:
		audience.Ref = w.lists[m].id
	}
	value := fmt.Sprintf("gardening %d", i)
	_, err := w.people.Describe(ctx, w.actor(m), "", []member.Entry{{Field: member.Interests, Value: value, Audience: audience}})
	if err == nil {
		w.fields[m] = field{value, to, x}
	}
	return err
}

// choose puts somebody on a member's list, or takes her off.
func (w *world) choose(ctx context.Context, st step, m int) (err error) {
	l := &w.lists[m]
	if l.id == "" {
		if l.id, err = w.people.MakeList(ctx, w.actor(m), "", "close ones"); err != nil {
			return err
		}
		l.on = map[int]bool{}
	}
	who, on := st.Where%w.s.Members, st.What%3 > 0
	do := w.people.Unchoose
	if on {
		do = w.people.Choose
	}
	_, err = do(ctx, w.actor(m), "", l.id, memberID(who))
	if err == nil {
		l.on[who] = on
	}
	return err
}

// readsField is the model's rule for what a member says of herself.
func (w *world) readsField(m, of int) bool {
	switch f := w.fields[of]; f.to {
	case member.ToMembers:
		return !w.s.Guests[m]
	case member.Me:
		return m == of
	case member.Within:
		return w.readsSpace(m, f.space)
	case member.Chosen:
		return m == of || w.lists[of].on[m]
	}
	return false // she has said nothing
}

// knows is the model's rule for who may know of whom.
func (w *world) knows(m, of int) bool {
	for _, here := range w.places {
		if here[m].role != "" && here[of].role != "" {
			return true
		}
	}
	return m == of || !w.s.Guests[m] || w.readsField(m, of)
}

// checkPeople holds what the outsider is shown of people against the model.
func (w *world) checkPeople(view string, seen map[string]bool) {
	m := w.s.Outside
	for of, f := range w.fields {
		id, knows, reads := memberID(of), w.knows(m, of), w.readsField(m, of)
		for _, channel := range []string{"directory", "search", "profile"} {
			if seen[channel+id+"="+f.value] != reads {
				w.t.Errorf("member %d may read what %d says of herself: %t, but not so by %s", m, of, reads, channel)
			}
		}
		for _, channel := range []string{"directory", "profile"} {
			if seen[channel+id] != knows {
				w.t.Errorf("member %d may know of %d: %t, but not so by %s", m, of, knows, channel)
			}
		}
		if !knows && (seen["members"+id] || strings.Contains(view, `href="/@`+id+`"`)) {
			w.t.Errorf("member %d may not know of %d, who is mentioned, or in a list of a space", m, of)
		}
	}
}

// faces is everything by which somebody is shown people, and remembers in seen
// whose words she finds by each.
func (w *world) faces(m int, seen map[string]bool) (lines []string) {
	ctx, a := context.Background(), w.actor(m)
	add := func(channel string, err error, people ...member.Person) {
		w.sound(channel, err)
		line := fmt.Sprint(channel, " ", err)
		for _, p := range people {
			line += fmt.Sprintf(" | %s %s %s %s", p.ID, p.Handle, p.Name, p.Role)
			seen[channel+p.ID] = true
			for _, e := range p.Entries {
				line += fmt.Sprintf(" %s=%s", e.Field, e.Value)
				seen[channel+p.ID+"="+e.Value] = true
			}
		}
		lines = append(lines, line)
	}
	d, err := w.people.Directory(ctx, a, "", 1)
	add("directory", err, d.People...)
	hits, err := w.people.Search(ctx, a, "gardening", 20)
	add("search", err, hits...)
	for of := range w.s.Members {
		p, err := w.people.Profile(ctx, a, memberID(of))
		add("profile", err, member.Person{ID: p.ID, Handle: p.Handle, Name: p.Name, Role: p.Role, Entries: p.Entries})
	}
	lists, err := w.people.Lists(ctx, a)
	for _, l := range lists {
		add("list "+l.Name, err, l.People...)
	}
	return lines
}
