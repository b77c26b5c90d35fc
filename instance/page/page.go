// Package page holds what a space looks up again: a recipe, a way to the shed, a
// handbook. A page is written by all who may publish in its space. It has versions,
// and of two who change it at once the first wins and the second is told.
package page

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/limit"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/space"
)

// Facts about pages.
const (
	Created  fact.Kind = "page.created"
	Edited   fact.Kind = "page.edited"
	Deleted  fact.Kind = "page.deleted" // by her who wrote it
	Removed  fact.Kind = "page.removed" // by a moderator
	Restored fact.Kind = "page.restored"
	Pinned   fact.Kind = "page.pinned"
	Unpinned fact.Kind = "page.unpinned"
	Owned    fact.Kind = "page.owned"
	Disowned fact.Kind = "page.disowned"
	Reviewed fact.Kind = "page.reviewed"
)

// Limits of a page, in characters.
const (
	MaxTitle = 150
	MaxBody  = 60_000
	MaxNote  = 150
)

// MaxPins is how many pages can stand on top of a space.
const MaxPins = 12

// Undelete is how long a page that a moderator deleted can be brought back.
const Undelete = 30 * 24 * time.Hour

// Operations are what can be done with pages.
type Operations struct {
	DB *database.DB
	// Searching bounds how many search at the same time; nil lets everybody.
	Searching *limit.Gate
}

// Page is a page as it is now.
type Page struct {
	ID string
	// SpaceID, SpaceName and SpacePath are where it is: who reads it may know.
	SpaceID, SpaceName, SpacePath string
	SpaceVisibility               space.Visibility
	Title                         string
	// HTML is the body made safe by package markup; empty in lists.
	HTML string
	// Author began it, Editor saved what it says now, Owner looks after it: the
	// zero Byline if nobody does.
	Author, Editor, Owner member.Byline
	CreatedAt, EditedAt   time.Time
	// ReviewOn is the day on which it is to be looked through, such as 2026-01-31;
	// empty for none. ReviewedAt is when it was; zero for never.
	ReviewOn   string
	ReviewedAt time.Time
	Pinned     bool
	// DeletedAt is zero unless a moderator deleted it, which other moderators see.
	DeletedAt time.Time
	Version   int64
	// Resembles says that what was searched for does not occur in it, only what
	// resembles it.
	Resembles bool
}

// Path is the page's permanent address.
func (p Page) Path() string { return "/w/" + p.ID }

// Due reports whether the day has come on which it is to be looked through.
func (p Page) Due(today string) bool { return p.ReviewOn != "" && p.ReviewOn <= today }

// Draft is what somebody wrote.
type Draft struct {
	// Space is where a new page goes.
	Space       string
	Title, Body string
	// Note says in a few words what was changed.
	Note string
}

// check gives the draft as it is stored, or what is wrong with it.
func (d Draft) check() (Draft, error) {
	d.Title, d.Note = line(d.Title), line(d.Note)
	d.Body = strings.ReplaceAll(strings.TrimSpace(strings.ToValidUTF8(d.Body, "")), "\r\n", "\n")
	d.Body = strings.ReplaceAll(d.Body, "\x00", "")
	switch {
	case d.Title == "":
		return d, fault.Bad("title", "page.untitled")
	case utf8.RuneCountInString(d.Title) > MaxTitle:
		return d, fault.Bad("title", "page.title_long").With("max", MaxTitle)
	case d.Body == "":
		return d, fault.Bad("body", "page.empty")
	case utf8.RuneCountInString(d.Body) > MaxBody:
		f := fault.Bad("body", "page.long").With("max", MaxBody)
		f.Kind = fault.TooLarge
		return d, f
	case utf8.RuneCountInString(d.Note) > MaxNote:
		return d, fault.Bad("note", "page.note_long").With("max", MaxNote)
	}
	return d, nil
}

func line(text string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")), " ")
}

// target is what a form key stands for: sent again with other words it is
// something else.
func (d Draft) target() string {
	return strings.Join([]string{d.Space, d.Title, d.Body, d.Note}, "\x00")
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }
