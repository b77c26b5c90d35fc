package community

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the machine may have no time zones of its own
	"unicode"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// MaxName is how long a community's name may be, in characters.
const MaxName = 60

// Identity is what the community calls itself and how it looks.
type Identity struct {
	Name string
	// Languages are offered to readers, the community's own first.
	Languages []string
	// Zone is an IANA time zone.
	Zone string
	// Accent is "#rrggbb", or empty for the colour it comes with. How it becomes
	// legible is for package look.
	Accent string
	// AboutLine says on the page about the community what software this is.
	AboutLine bool
	// Version is the one of the community that the form was made from.
	Version int64
}

// ChangeIdentity changes name, languages, time zone and colour.
func (o *Operations) ChangeIdentity(ctx context.Context, a access.Actor, key string, d Identity) (string, error) {
	op := database.Op{Name: "community.identity", Target: fmt.Sprint(d), Key: key}
	return o.change(ctx, a, op, func(c *Community) (err error) {
		c.Version = d.Version
		if c.Name, err = CheckName(d.Name); err != nil {
			return err
		}
		if c.Languages, err = o.checkLanguages(d.Languages); err != nil {
			return err
		}
		if c.Zone, err = CheckZone(d.Zone); err != nil {
			return err
		}
		c.Accent, err = checkColour(d.Accent)
		c.AboutLine = d.AboutLine
		return err
	})
}

// CheckName gives a name as it is stored: one line, no control or direction
// characters, between 1 and MaxName characters.
func CheckName(name string) (string, error) {
	name = line(name)
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return "", fault.Bad("name", "community.name_empty")
	case n > MaxName:
		return "", fault.Bad("name", "community.name_long").With("max", MaxName)
	}
	return name, nil
}

// line makes one line of what somebody typed, without the characters that
// change the order of others.
func line(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, s)), " ")
}

func (o *Operations) checkLanguages(chosen []string) ([]string, error) {
	var all []string
	for _, l := range chosen {
		if !slices.Contains(o.Offered, l) {
			return nil, fault.Bad("language", "community.language_unknown")
		}
		if !slices.Contains(all, l) {
			all = append(all, l)
		}
	}
	if len(all) == 0 {
		return nil, fault.Bad("language", "community.language_unknown")
	}
	return all, nil
}

// CheckZone accepts the name of a time zone in the IANA database.
func CheckZone(name string) (string, error) {
	name = strings.TrimSpace(name)
	// "" and "Local" are names to Go, and mean the machine's zone or UTC.
	if _, err := time.LoadLocation(name); err != nil || name == "" || name == "Local" {
		return "", fault.Bad("zone", "community.zone_unknown")
	}
	return name, nil
}

var colour = regexp.MustCompile(`^#[0-9a-f]{6}$`)

func checkColour(s string) (string, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if s != "" && !colour.MatchString(s) {
		return "", fault.Bad("accent", "community.accent_form")
	}
	return s, nil
}

// Zones are time zones to propose: one for each way of telling the time that
// many people share, west to east. Every other IANA name is accepted too.
var Zones = []string{
	"Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver", "America/Phoenix",
	"America/Chicago", "America/Mexico_City", "America/Bogota", "America/Lima", "America/New_York",
	"America/Toronto", "America/Caracas", "America/Santiago", "America/Halifax", "America/St_Johns",
	"America/Sao_Paulo", "America/Argentina/Buenos_Aires", "Atlantic/Azores", "UTC", "Atlantic/Reykjavik",
	"Europe/Lisbon", "Europe/London", "Europe/Dublin", "Africa/Lagos", "Africa/Casablanca", "Europe/Berlin",
	"Europe/Vienna", "Europe/Zurich", "Europe/Paris", "Europe/Madrid", "Europe/Rome", "Europe/Amsterdam",
	"Europe/Warsaw", "Europe/Stockholm", "Africa/Johannesburg", "Africa/Cairo", "Europe/Athens",
	"Europe/Helsinki", "Europe/Kyiv", "Europe/Istanbul", "Asia/Jerusalem", "Africa/Nairobi", "Europe/Moscow",
	"Asia/Riyadh", "Asia/Tehran", "Asia/Dubai", "Asia/Kabul", "Asia/Karachi", "Asia/Kolkata",
	"Asia/Kathmandu", "Asia/Dhaka", "Asia/Yangon", "Asia/Bangkok", "Asia/Jakarta", "Asia/Shanghai",
	"Asia/Singapore", "Asia/Manila", "Australia/Perth", "Asia/Seoul", "Asia/Tokyo", "Australia/Adelaide",
	"Australia/Brisbane", "Australia/Sydney", "Pacific/Auckland",
}
