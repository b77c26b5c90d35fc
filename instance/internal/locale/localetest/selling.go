package localetest

import (
	"regexp"
	"strings"
)

// Selling are words of advertising, of paid plans and of pulling people back
// (P155, P156). They are looked for as whole words: "anzeigen" is German for
// "show", "ads" is not.
var Selling = map[string]*regexp.Regexp{
	"en": WholeWords("ads?", "adverts?", "advertis(e|ed|ement|ements|ing)", "sponsor(s|ed|ing|ship)?", "promoted", "boosted",
		"premium", "upgrade", "go pro", "free trial", "pricing", "discounts?", "buy", "unlock", "limited time",
		"we miss you", "miss(ed)? out", "trending", "viral", "streaks?", "leaderboards?", "people you may know",
		"are you sure you want to leave", "sorry to see you go"),
	"de": WholeWords("werbung", "werbeanzeigen?", "anzeigenkunden?", "gesponsert(e|er|es|en)?", "sponsor(en)?",
		"premium", "upgrade", "probeabo", "rabatte?", "preisliste", "kaufen", "nur für kurze zeit",
		"wir vermissen dich", "du verpasst", "im trend", "serie halten", "bestenlisten?", "personen, die du kennen könntest",
		"möchtest du wirklich gehen", "schade, dass du gehst"),
}

// WholeWords finds any of these words, and none that has one of them in it.
func WholeWords(words ...string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:^|[^\pL])(` + strings.Join(words, "|") + `)(?:[^\pL]|$)`)
}
