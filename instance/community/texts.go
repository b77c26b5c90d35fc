package community

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Limits of the community's own texts, in characters.
const (
	MaxWelcome = 2_000
	MaxText    = 20_000
)

// Texts are what the community says of itself, in Markdown. Each may be empty.
type Texts struct {
	Welcome, Rules, Imprint, Privacy string
	// Version is the one of the community that the form was made from.
	Version int64
}

// ChangeTexts changes welcome, rules, imprint and the community's own words on
// privacy.
func (o *Operations) ChangeTexts(ctx context.Context, a access.Actor, key string, t Texts) (string, error) {
	op := database.Op{Name: "community.texts", Target: fmt.Sprint(t), Key: key}
	return o.change(ctx, a, op, func(c *Community) error {
		c.Version = t.Version
		for _, text := range []struct {
			field string
			from  string
			to    *string
			max   int
		}{
			{"welcome", t.Welcome, &c.Welcome, MaxWelcome},
			{"rules", t.Rules, &c.Rules, MaxText},
			{"imprint", t.Imprint, &c.Imprint, MaxText},
			{"privacy", t.Privacy, &c.Privacy, MaxText},
		} {
			*text.to = paragraphs(text.from)
			if utf8.RuneCountInString(*text.to) > text.max {
				return fault.Bad(text.field, "community.text_long").With("max", text.max)
			}
		}
		return nil
	})
}

// paragraphs keeps the lines of what somebody typed and drops what is no text:
// PostgreSQL refuses a zero byte, and nobody reads the others.
func paragraphs(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd")))
}
