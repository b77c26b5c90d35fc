package post

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/limit"
)

const (
	// MaxUnsent is how many drafts somebody may have.
	MaxUnsent = 100
	// UnsentFor is how long a draft is kept after it was changed last.
	UnsentFor = 90 * 24 * time.Hour
)

// perKeeping is plenty for a form that keeps what is typed every few seconds.
var perKeeping = limit.Allowance{Kind: "drafts kept", Burst: 100, Every: 2 * time.Second}

// Unsent is what somebody has begun to write, as it is kept until she says it.
type Unsent struct {
	ID string
	// At is where it is written. What is there may be gone, or hidden from her.
	At          Aim
	Title, Body string
	Kind        Kind
	// Base is the version of the post that a change of it began from.
	Base int64
	// Version is another one each time it is kept. Given to KeepDraft, it is the one
	// from which the form went on; empty for a form that began anew.
	Version string
	KeptAt  time.Time
	// SpaceName and SpacePath are where it is written, and About what it answers or
	// changes: empty and nil where the actor reads that no more. Drafts tells.
	SpaceName, SpacePath string
	About                *Post
	// Others says that there is another one for the same place. KeepDraft tells, and
	// DraftAt.
	Others bool
}

// check gives a draft as it is kept, or what is wrong with it.
func (d Unsent) check() (Unsent, error) {
	clean := func(s string) string {
		return strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n"), "\x00", "")
	}
	d.Title, d.Body = strings.Join(strings.Fields(clean(d.Title)), " "), clean(d.Body)
	if d.At.Parent != "" {
		d.Title, d.Kind = "", Talk
	}
	switch {
	case !d.Kind.Known():
		return d, fault.New(fault.Invalid, "fault.bad_request")
	case utf8.RuneCountInString(d.Body) > MaxBody:
		f := fault.Bad("body", "post.long").With("max", MaxBody)
		f.Kind = fault.TooLarge
		return d, f
	case utf8.RuneCountInString(d.Title) > MaxTitle:
		return d, fault.Bad("title", "post.title_long").With("max", MaxTitle)
	}
	return d, nil
}

func (d Unsent) empty() bool { return d.Title == "" && strings.TrimSpace(d.Body) == "" }

// says reports whether it is the same draft, word for word.
func (d Unsent) says(other Unsent) bool {
	return d.At == other.At && d.Title == other.Title && d.Body == other.Body && d.Kind == other.Kind && d.Base == other.Base
}

func (d Unsent) sameWords(title, body string) bool {
	return d.Title == title && strings.TrimSpace(d.Body) == strings.TrimSpace(body)
}

// place names where something is written, in the words of the table.
func (at Aim) place() (kind, id string) {
	switch {
	case at.Post != "":
		return "post", at.Post
	case at.Parent != "":
		return "parent", at.Parent
	}
	return "space", at.Space
}

// hand stands for an open form, by its key. What one form keeps again and again is
// one draft, also where it never heard that it was kept.
func hand(key string) string {
	sum := sha256.Sum256([]byte("draft\x00" + key))
	return hex.EncodeToString(sum[:16])
}

// KeepDraft keeps what the actor has written so far, where she could say it, and
// gives the draft with its version. key is that of the form. A draft that another
// form has changed since is left as it is, and this one is kept beside it. Where
// nothing is written, the draft is dropped: it then has no version.
func (o *Operations) KeepDraft(ctx context.Context, a access.Actor, key string, d Unsent) (kept Unsent, err error) {
	if a.Kind() != access.KindMember {
		return kept, fault.New(fault.Forbidden, "fault.forbidden")
	}
	if d, err = d.check(); err != nil {
		return kept, err
	}
	if !o.limits.Take(o.DB.Now(), perKeeping, a.ID()) {
		return kept, fault.New(fault.TooMany, "fault.too_many")
	}
	_, err = o.DB.Write(ctx, database.Op{Class: database.Content, Name: "post.keep_draft", Actor: a.ID()}, func(tx *database.Tx) (string, error) {
		if _, err := aimed(tx, a, d.At); err != nil {
			return "", err
		}
		if err := tx.Lock("drafts:" + a.ID()); err != nil {
			return "", err
		}
		kept, err = o.keepDraft(tx, a, hand(key), d)
		return kept.ID, err
	})
	return kept, err
}

func (o *Operations) keepDraft(tx *database.Tx, a access.Actor, by string, d Unsent) (Unsent, error) {
	was, err := o.goesOn(tx, a, by, d)
	if err != nil {
		return d, err
	}
	switch {
	case d.empty() && was.ID == "":
		return Unsent{}, nil
	case d.empty():
		return Unsent{}, dropDraft(tx, a, was.ID)
	case was.ID == "":
		d.ID = newID()
		err = hasRoom(tx, a)
	case was.says(d):
		d = was
		d.Others, err = others(tx, a, d)
		return d, err
	default:
		d.ID = was.ID
	}
	if err != nil {
		return d, err
	}
	if err := o.storeDraft(tx, a, by, &d); err != nil {
		return d, err
	}
	d.Others, err = others(tx, a, d)
	return d, err
}

// others reports whether there is another draft for the same place.
func others(tx *database.Tx, a access.Actor, d Unsent) (bool, error) {
	place, id := d.At.place()
	return tx.Has("SELECT 1 FROM drafts d WHERE d.place = $2 AND d.place_id = $3 AND d.id <> $4 AND "+access.Owned("d"), a.ID(), place, id, d.ID)
}

func dropDraft(tx *database.Tx, a access.Actor, id string) error {
	if _, err := tx.Beneath("DELETE FROM drafts WHERE id = $2 AND "+access.Owned("drafts"), a.ID(), id); err != nil {
		return fmt.Errorf("drop a draft: %w", err)
	}
	return nil
}

// goesOn gives the draft that a form goes on with: the one that it was made with or
// has kept itself, if nobody else has changed it since, or one with these words.
func (o *Operations) goesOn(tx *database.Tx, a access.Actor, by string, d Unsent) (Unsent, error) {
	was, err := o.oneDraft(tx, a, "(d.version = $2 OR d.hand = $3)", d.Version, by)
	if err != nil || was.ID != "" {
		return was, err
	}
	place, id := d.At.place()
	all, err := o.drafts(tx, a, "d.place = $2 AND d.place_id = $3", place, id)
	for _, x := range all {
		if x.sameWords(d.Title, d.Body) {
			return x, err
		}
	}
	return Unsent{}, err
}

// hasRoom refuses one more draft than there may be.
func hasRoom(tx *database.Tx, a access.Actor) error {
	n, err := CountDrafts(tx, a)
	if err != nil {
		return err
	}
	if n >= MaxUnsent {
		return fault.New(fault.Conflict, "post.drafts_full").With("max", MaxUnsent)
	}
	return nil
}

// DropDraft throws a draft of the actor's away and gives where it was written.
func (o *Operations) DropDraft(ctx context.Context, a access.Actor, key, id string) (at Aim, err error) {
	_, err = o.DB.Write(ctx, database.Op{Class: database.Own, Name: "post.drop_draft", Actor: a.ID(), Target: id, Key: key}, func(tx *database.Tx) (string, error) {
		was, err := o.oneDraft(tx, a, "d.id = $2", id)
		if err == nil && was.ID == "" {
			err = fault.Missing()
		}
		if err != nil {
			return "", err
		}
		at = was.At
		return id, dropDraft(tx, a, id)
	})
	return at, err
}

// sent drops the draft of what the actor says now: the one that the form with this
// key was made with or has kept, and any with the same words there.
func (o *Operations) sent(tx *database.Tx, a access.Actor, key string, at Aim, d Draft) error {
	if a.Kind() != access.KindMember {
		return nil
	}
	was, err := o.goesOn(tx, a, hand(key), Unsent{At: at, Title: d.Title, Body: d.Body, Version: d.Unsent})
	if err != nil || was.ID == "" {
		return err
	}
	return dropDraft(tx, a, was.ID)
}

// oneDraft gives the draft of the actor's that a condition on d chooses, the zero
// Unsent if there is none.
func (o *Operations) oneDraft(tx *database.Tx, a access.Actor, which string, args ...any) (Unsent, error) {
	all, err := o.drafts(tx, a, which, args...)
	if err != nil || len(all) == 0 {
		return Unsent{}, err
	}
	return all[0], nil
}

// ForgetDrafts removes drafts that nobody has changed for as long as UnsentFor, in
// the caller's transaction, and gives how many. It checks no right.
func ForgetDrafts(tx *database.Tx) (int64, error) {
	n, err := tx.Exec("DELETE FROM drafts WHERE updated_at < $1", database.Micros(tx.Now().Add(-UnsentFor)))
	if err != nil {
		return 0, fmt.Errorf("forget drafts: %w", err)
	}
	return n, nil
}
