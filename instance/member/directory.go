package member

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/searchtext"
)

// PageSize is how many people a page of the directory has.
const PageSize = 50

// Person is a member in a list.
type Person struct {
	ID, Handle, Name string
	Role             access.Role
	// Entries are the fields of hers that the actor may read.
	Entries []Entry
}

// Directory is a page of the people here.
type Directory struct {
	People []Person
	// Total is how many the actor may know of and who fit what she looks for.
	Total int
	// Page is this page, Pages how many there are; both count from 1.
	Page, Pages int
}

// Directory gives a page of the members that the actor may know of, by name,
// each with the fields she may read. A query leaves those whose name or handle
// contains every word of it. Where the community keeps no directory it gives
// nobody but the one whose whole handle is asked for. It makes two queries.
//
// Names are compared here and not in the database: the two engines sort and
// fold differently, and Özgür belongs between Olga and Paul.
func (o *Operations) Directory(ctx context.Context, a access.Actor, query string, page int) (d Directory, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		all, err := people(tx, a, query)
		if err != nil {
			return err
		}
		all = called(all, query)
		d.Total = len(all)
		d.Pages = max(1, (len(all)+PageSize-1)/PageSize)
		d.Page = min(max(page, 1), d.Pages)
		from := (d.Page - 1) * PageSize
		for _, n := range all[from:min(from+PageSize, len(all))] {
			d.People = append(d.People, n.Person)
		}
		return describeAll(tx, a, d.People)
	})
	return d, err
}

// named is a person with her name as it is compared.
type named struct {
	Person
	sort string
}

// inside is the condition that the actor takes part in the community: lists of
// people are not for strangers, for who waits, nor for who leaves. An agent is
// held to its clearance.
const inside = "($2 <> '' OR EXISTS (SELECT 1 FROM members me WHERE me.id = $1 AND me.state = 'active'))"

// listed is the condition that the community keeps a directory. The feature's
// name is of package community, which imports this one.
const listed = "NOT EXISTS (SELECT 1 FROM features WHERE name = 'directory' AND NOT enabled)"

func people(tx *database.Tx, a access.Actor, query string) ([]named, error) {
	handle := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(query)), "@")
	all, err := database.Collect(tx, func(r *database.Rows) (n named, err error) {
		err = r.Scan(&n.ID, &n.Handle, &n.Name, &n.Role)
		n.sort = searchtext.Normalise(n.Name)
		return n, err
	}, "SELECT m.id, m.handle, m.name, m.role FROM members m WHERE m.state = 'active' AND "+inside+" AND "+knowable+
		" AND (m.handle = $3 OR "+listed+")", a.Args(handle)...)
	if err != nil {
		return nil, fmt.Errorf("list the members: %w", err)
	}
	slices.SortFunc(all, func(a, b named) int { return cmp.Or(strings.Compare(a.sort, b.sort), strings.Compare(a.ID, b.ID)) })
	return all, nil
}

// called leaves those whose name or handle has every word of the query in it.
func called(all []named, query string) []named {
	words := strings.Fields(searchtext.Normalise(query))
	return slices.DeleteFunc(all, func(n named) bool {
		for _, w := range words {
			if !strings.Contains(n.sort, w) && !strings.Contains(n.Handle, w) {
				return true
			}
		}
		return false
	})
}

// oneOfPage holds a page's ids, so that every page has the same SQL text.
var oneOfPage = func() string {
	marks := make([]string, PageSize)
	for i := range marks {
		marks[i] = "$" + strconv.Itoa(i+3)
	}
	return "f.member_id IN (" + strings.Join(marks, ", ") + ")"
}()

// describeAll adds to the people of a page the fields that the actor may read.
func describeAll(tx *database.Tx, a access.Actor, page []Person) error {
	ids := make([]any, PageSize)
	for i := range ids {
		ids[i] = ""
		if i < len(page) {
			ids[i] = page[i].ID
		}
	}
	all, err := entries(tx, a, oneOfPage, ids...)
	for i := range page {
		page[i].Entries = all[page[i].ID]
	}
	return err
}
