package member

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Preferences are how a member wants to see things. Nobody else sees them.
type Preferences struct {
	// Language is a language's tag; empty follows the browser.
	Language string
	// Zone is an IANA time zone; empty is the community's.
	Zone string
	// Theme is auto, light or dark.
	Theme string
	// Order is how home begins: newest or active.
	Order string
	// Shortcuts says whether single keys do something.
	Shortcuts bool
	// Live says whether pages show what is new by themselves.
	Live bool
}

var languageForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

// Prefer changes how the actor sees things.
func (o *Operations) Prefer(ctx context.Context, a access.Actor, key string, p Preferences) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Own, Name: "member.prefer", Actor: a.ID(), Target: fmt.Sprint(p), Key: key}, func(tx *database.Tx) (string, error) {
		if err := p.check(); err != nil {
			return "", err
		}
		n, err := tx.Exec("UPDATE members SET language = $1, zone = $2, theme = $3, home_order = $4, shortcuts = $5, live = $6, version = version + 1 WHERE id = $7",
			p.Language, p.Zone, p.Theme, p.Order, p.Shortcuts, p.Live, a.ID())
		if err == nil && n == 0 {
			err = fault.Missing()
		}
		return a.ID(), err
	})
}

func (p Preferences) check() error {
	if p.Language != "" && !languageForm.MatchString(p.Language) {
		return fault.Bad("language", "member.language_unknown")
	}
	if _, err := time.LoadLocation(p.Zone); err != nil || p.Zone == "Local" {
		return fault.Bad("zone", "member.zone_unknown")
	}
	if p.Theme != "auto" && p.Theme != "light" && p.Theme != "dark" {
		return fault.Bad("theme", "member.theme_unknown")
	}
	if p.Order != "newest" && p.Order != "active" {
		return fault.Bad("order", "member.order_unknown")
	}
	return nil
}
