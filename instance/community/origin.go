package community

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// ChangeOrigin makes an address such as https://street.example the community's
// own and keeps the one before as a former one. The same address again changes
// nothing. The program calls it when the operator configured another one.
func (o *Operations) ChangeOrigin(ctx context.Context, a access.Actor, key, origin string) (string, error) {
	op := database.Op{Name: "community.origin", Target: origin, Key: key}
	return o.owned(ctx, a, op, func(tx *database.Tx, c Community) error {
		origin, err := CheckOrigin(origin)
		if err != nil || c.Origin == origin {
			return err
		}
		if err := rememberOrigin(tx, origin); err != nil {
			return err
		}
		c.Origin = origin
		return Save(tx, a.ID(), c)
	})
}

// CheckOrigin gives an origin in its one form: scheme, host in lower case, the
// port where it is not the scheme's own (RFC 6454, section 6.1).
func CheckOrigin(origin string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(origin))
	bad := fault.Bad("origin", "community.origin_form")
	switch {
	case err != nil:
		return "", bad.Because(err)
	case u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "", u.User != nil,
		strings.Trim(u.Path, "/") != "", u.RawQuery != "", u.Fragment != "":
		return "", bad
	}
	host := strings.ToLower(u.Host)
	if u.Scheme == "http" {
		host = strings.TrimSuffix(host, ":80")
	} else {
		host = strings.TrimSuffix(host, ":443")
	}
	return u.Scheme + "://" + host, nil
}

// rememberOrigin makes an address the current one and the others former ones.
func rememberOrigin(tx *database.Tx, origin string) error {
	if _, err := tx.Exec("UPDATE origins SET current = $1", false); err != nil {
		return fmt.Errorf("retire the former address: %w", err)
	}
	_, err := tx.Exec(`INSERT INTO origins (origin, current, changed_at) VALUES ($1, $2, $3)
		ON CONFLICT (origin) DO UPDATE SET current = excluded.current, changed_at = excluded.changed_at`, origin, true, database.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("remember the address: %w", err)
	}
	return nil
}
