package srctest

import (
	"encoding/json"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/locale/localetest"
)

// software are words about the program that no member should need.
var software = map[string]*regexp.Regexp{
	"en": localetest.WholeWords("instances?", "tenants?", "federat(e|ed|es|ion)", "actors?", "users?", "usernames?"),
	"de": localetest.WholeWords("instanz(en)?", "mandant(en)?", "föderation", "föderiert", "akteure?", "nutzer(in|innen|n|s)?",
		"benutzer(in|innen|n|s)?", "benutzernamen?"),
}

// nagging are words that ask whoever runs or uses a community for something in
// the makers' favour: money, an account, a connection, praise (P171).
var nagging = map[string]*regexp.Regexp{
	"en": localetest.WholeWords("donat(e|es|ed|ing|ions?)", "patreon", "ko-fi", "buy us", "support (us|the project|opengather)", "crowdfund(ed|ing)?",
		"newsletters?", "subscribe (to|now|for)", "subscriptions?", "upgrade (to|now|your)", "new version", "update available", "trial", "unregistered",
		"register (your|this|with|now)", "activat(e|ion) (key|code|now)", "connect (to|with) (the hub|opengather|our)", "managed( cloud)?", "our cloud",
		"rate us", "star us", "tell your friends", "join our", "(licen[cs]e|product) keys?", "call us", "contact sales", "remind me later", "powered by"),
	"de": localetest.WholeWords("spende(n|t)?", "patreon", "unterstütze (uns|das projekt|opengather)", "newsletter", "abonnieren?", "abonnements?", "neue version",
		"testzeitraum", "registriere (dich|deine|diese|jetzt)", "freischalt(en|code)", "aktivierungscode", "verbinde (dich|diese|deine).* mit opengather",
		"unsere cloud", "bewerte uns", "empfiehl uns", "lizenzschlüssel", "später erinnern", "bereitgestellt von"),
}

// TestMessagesSellNothing holds that no text that people see advertises, sells
// or pulls at them.
func TestMessagesSellNothing(t *testing.T) {
	eachMessage(t, func(file, key, text, language string) {
		if m := localetest.Selling[language].FindStringSubmatch(text); m != nil {
			t.Errorf("%s: %s says %q", file, key, m[1])
		}
	})
}

// TestNothingNags holds that no text that people see, and nothing that the
// program could print or log, asks for something in the makers' favour.
func TestNothingNags(t *testing.T) {
	eachMessage(t, func(file, key, text, language string) {
		if m := nagging[language].FindStringSubmatch(text); m != nil {
			t.Errorf("%s: %s says %q", file, key, m[1])
		}
	})
	for _, name := range files(t, isProgram) {
		forTests := strings.HasPrefix(name, "instance/e2e/") || strings.HasSuffix(path.Dir(name), "test")
		if !strings.HasPrefix(name, "instance/") || forTests {
			continue
		}
		for _, text := range stringsIn(parse(t, name)) {
			if m := nagging["en"].FindStringSubmatch(text); m != nil {
				t.Errorf("%s says %q in %q", name, m[1], text)
			}
		}
	}
}

// TestMessagesUseTheWords holds that texts speak of people, not of software.
func TestMessagesUseTheWords(t *testing.T) {
	eachMessage(t, func(file, key, text, language string) {
		if m := software[language].FindStringSubmatch(text); m != nil {
			t.Errorf("%s: %s says %q", file, key, m[1])
		}
	})
}

func eachMessage(t *testing.T, check func(file, key, text, language string)) {
	t.Helper()
	for _, name := range files(t, func(name string) bool {
		return path.Base(path.Dir(name)) == "messages" && path.Ext(name) == ".json"
	}) {
		language := strings.TrimSuffix(path.Base(name), ".json")
		if localetest.Selling[language] == nil {
			t.Errorf("%s: nobody has said which words sell in this language", name)
			continue
		}
		messages := map[string]string{}
		if err := json.Unmarshal([]byte(read(t, name)), &messages); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for key, text := range messages {
			check(name, key, text, language)
		}
	}
}

func TestSellingWordsAreFound(t *testing.T) {
	for _, c := range []struct{ language, text, found string }{
		{"en", "Upgrade to see more", "Upgrade"},
		{"en", "Sponsored", "Sponsored"},
		{"en", "{count, plural, one {# ad} other {# ads}}", "ad"},
		{"en", "Add a passkey. Loads of shade, upgraded.", ""},
		{"en", "Anna, we miss you!", "we miss you"},
		{"de", "Alle Beiträge anzeigen", ""},
		{"de", "Ohne Werbung", "Werbung"},
		{"de", "Jetzt kaufen", "kaufen"},
	} {
		found := ""
		if m := localetest.Selling[c.language].FindStringSubmatch(c.text); m != nil {
			found = m[1]
		}
		if found != c.found {
			t.Errorf("in %q: found %q, want %q", c.text, found, c.found)
		}
	}
	for text, found := range map[string]string{
		"Donate to keep this going":                   "Donate",
		"A new version is out":                        "new version",
		"Connect to OpenGather for more":              "Connect to OpenGather",
		"Register your community":                     "Register your",
		"Powered by OpenGather":                       "Powered by",
		"This community runs on OpenGather, its own.": "",
		"Registered passkeys. Support each other.":    "",
	} {
		said := ""
		if m := nagging["en"].FindStringSubmatch(text); m != nil {
			said = m[1]
		}
		if said != found {
			t.Errorf("in %q: found %q, want %q", text, said, found)
		}
	}
	if !nagging["de"].MatchString("Bitte spende etwas.") || nagging["de"].MatchString("Gespendetes Brot") {
		t.Error("the German words that nag are not found as whole words")
	}
	if software["de"].MatchString("Du kannst das Passwort benutzen") || !software["de"].MatchString("Alle Nutzer") {
		t.Error("the German words about software are not found as whole words")
	}
}
