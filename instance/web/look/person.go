package look

import (
	"crypto/sha256"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Person is somebody as every page shows people: member, agent or guest.
type Person struct {
	Name   string
	Handle string
	// URL is the profile; empty for somebody who has none.
	URL string
	// AvatarURL is a square picture on our own host; empty draws initials.
	AvatarURL string
	// Role is a role in words, such as "Moderator"; empty shows none.
	Role string
	// Agent marks an automated participant. It is always shown.
	Agent bool
}

// tones is the number of --tone pairs in static/css/tokens.css.
const tones = 8

// Initials are at most two letters that stand for a name: the first of its
// first and of its last word. A name without letters gives its first rune.
func Initials(name string) string {
	var letters []string
	for word := range strings.FieldsSeq(name) {
		word = strings.TrimLeftFunc(word, func(r rune) bool { return !unicode.IsLetter(r) })
		if r, _ := utf8.DecodeRuneInString(word); r != utf8.RuneError {
			letters = append(letters, string(unicode.ToUpper(r)))
		}
	}
	switch len(letters) {
	case 0:
		if r, _ := utf8.DecodeRuneInString(strings.TrimSpace(name)); r != utf8.RuneError {
			return string(r)
		}
		return "?"
	case 1:
		return letters[0]
	}
	if r, _ := utf8.DecodeRuneInString(letters[0]); unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) {
		return letters[0] // one is as wide as two Latin ones, and says as much
	}
	return letters[0] + letters[len(letters)-1]
}

// monogram is the one letter that stands for a community without a picture.
func monogram(name string) string {
	for _, r := range Initials(name) {
		return string(r)
	}
	return ""
}

// tone chooses one of the eight accessible colours; the same text always gets
// the same one.
func tone(seed string) string {
	sum := sha256.Sum256([]byte(seed))
	return "tone-" + strconv.Itoa(int(sum[0]%tones))
}

// seed is the handle where there is one, so that a new name keeps its colour.
func (p Person) seed() string {
	if p.Handle != "" {
		return p.Handle
	}
	return p.Name
}

func avatarClass(p Person, size string) string {
	class := "avatar"
	if size != "" {
		class += " avatar-" + size
	}
	if p.Agent {
		class += " avatar-agent"
	}
	return class
}
