package portabilityweb_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/setup/setuptest"
)

// A partOfPage is what a page says from one line up to another.
type partOfPage struct{ path, from, until, says string }

// wayOut is every word between the settings and the end. Whoever changes one
// asks first whether it is there to make somebody stay (P158).
var wayOut = map[string][]partOfPage{
	"en": {
		{"/settings/account", "Leave the community", "Leave and delete my account", "You can go at any time and take back what you said. You have two weeks to change your mind."},
		{"/settings/data", "Leave and delete your account", "Leave and delete my account", "You go at once and have 14 days to change your mind. Then everything about you is erased."},
		{"/settings/data/leave", "Leave and delete your account", "Cancel", `You are signed out everywhere at once, and nobody finds you here any more.
For 14 days you can sign in and take it back. Everything is then as it was.
After that your name, profile, lists, invitations, reactions and everything you sign in with are erased for good.
What remains is a number in the record of how the community was looked after, and a fingerprint of your handle, so that nobody else can take it.
What becomes of the 2 things you said?
It stays, as said by a former member Conversations stay readable. Your name is taken off, and former versions are erased.
It is erased Where others have answered, an empty place stays.
Your password
Or a recovery code
So that nobody does this on a device you left open. A code is used up by it.
Leave and delete`},
	},
	"de": {
		{"/settings/account", "Die Gemeinschaft verlassen", "Gehen und mein Konto löschen", "Du kannst jederzeit gehen und zurücknehmen, was du gesagt hast. Zwei Wochen lang kannst du es dir anders überlegen."},
		{"/settings/data", "Gehen und dein Konto löschen", "Gehen und mein Konto löschen", "Du gehst sofort und kannst es dir 14 Tage lang anders überlegen. Dann wird alles über dich gelöscht."},
		{"/settings/data/leave", "Gehen und dein Konto löschen", "Abbrechen", `Du wirst sofort überall abgemeldet, und niemand findet dich hier mehr.
14 Tage lang kannst du dich anmelden und es zurücknehmen. Dann ist alles wie zuvor.
Danach werden dein Name, dein Profil, deine Listen, Einladungen und kurzen Antworten und alles, womit du dich anmeldest, endgültig gelöscht.
Es bleiben eine Nummer im Protokoll darüber, wie für die Gemeinschaft gesorgt wurde, und ein Fingerabdruck deines Kurznamens, damit ihn niemand sonst nehmen kann.
Was wird aus den 2 Dingen, die du gesagt hast?
Es bleibt, als Worte eines früheren Mitglieds Gespräche bleiben lesbar. Dein Name wird entfernt, und frühere Fassungen werden gelöscht.
Es wird gelöscht Wo andere geantwortet haben, bleibt eine leere Stelle.
Dein Passwort
Oder ein Wiederherstellungscode
Damit das niemand auf einem Gerät tut, das du offen gelassen hast. Ein Code ist danach verbraucht.
Gehen und löschen`},
	},
}

var (
	mainPart  = regexp.MustCompile(`(?s)<main\b.*</main>`)
	pressable = regexp.MustCompile(`<(?:button|a|img|video|dialog|script)\b`)
)

// TestNothingOnTheWayOutPersuades holds what is said on the way out to what was
// agreed on, in both languages, and the page where somebody leaves to one button
// and one way back: words that ask her to stay, a second question, a picture of
// those whom she leaves.
func TestNothingOnTheWayOutPersuades(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		nora := c.as(c.nora)
		for language, parts := range wayOut {
			nora.Submit(nora.Get("/settings/account").PostForm("/settings/account/language"), url.Values{"language": {language}}).Expect(200)
			for _, p := range parts {
				page := nora.Get(p.path)
				if got := between(page, p.from, p.until); got != p.says {
					t.Errorf("%s says in %s\n%s\nand was to say\n%s", p.path, language, got, p.says)
				}
			}
			leave := mainPart.Find(nora.Get("/settings/data/leave").Body)
			if got := pressable.FindAllString(string(leave), -1); !slices.Equal(got, []string{"<button", "<a"}) {
				t.Errorf("in %s the page to leave has %q, want one button and one way back", language, got)
			}
		}
		nora.Submit(nora.Get("/settings/account").PostForm("/settings/account/language"), url.Values{"language": {"en"}}).Expect(200)
		leave := nora.Get("/settings/data/leave").PostForm("/settings/data/leave")
		left := nora.Submit(leave, url.Values{"password": {setuptest.Password}})
		if got := between(left, "You have left. If you change your mind, sign in within 14 days.", "Handle"); got != "Sign in" {
			t.Errorf("who has left reads %q", got)
		}
	})
}

// between is what a page says after a line and before another that follows it.
func between(page *program.Page, from, until string) string {
	_, rest, _ := strings.Cut(page.Text(), "\n"+from+"\n")
	said, _, _ := strings.Cut(rest, "\n"+until+"\n")
	return said
}
