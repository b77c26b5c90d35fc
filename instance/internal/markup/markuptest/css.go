package markuptest

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// css reports foreign addresses and old ways to run scripts in a style. Every
// string counts as an address: @import, image-set() and src() take strings.
func (f *finder) css(where, style string) {
	s := cssScanner{rest: strings.NewReplacer("\r\n", "\n", "\r", "\n", "\f", "\n").Replace(style)}
	for s.rest != "" {
		switch c := s.rest[0]; {
		case strings.HasPrefix(s.rest, "/*"):
			_, s.rest, _ = strings.Cut(s.rest[2:], "*/")
		case c == '"' || c == '\'':
			if value := s.quoted(); looksLikeAddress(value) {
				f.address(where, value)
			}
		case partOfName(c) || s.escapes():
			f.cssName(where, &s)
		default:
			s.rest = s.rest[1:]
		}
	}
}

func (f *finder) cssName(where string, s *cssScanner) {
	name := strings.ToLower(s.name())
	if name == "-moz-binding" || name == "behavior" {
		f.report(where, name)
	}
	if !strings.HasPrefix(s.rest, "(") {
		return
	}
	s.rest = s.rest[1:]
	switch name {
	case "expression":
		f.report(where, "expression()")
	case "url":
		s.rest = strings.TrimLeft(s.rest, " \t\n")
		if s.rest == "" || s.rest[0] != '"' && s.rest[0] != '\'' {
			f.address(where, s.until(')'))
		} else {
			f.address(where, s.quoted())
		}
	}
}

// cssScanner reads tokens off the front of a style (CSS Syntax Level 3, section 4.3).
type cssScanner struct{ rest string }

func partOfName(c byte) bool {
	return c == '-' || c == '_' || c >= utf8.RuneSelf ||
		c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func (s *cssScanner) escapes() bool {
	return len(s.rest) > 1 && s.rest[0] == '\\' && s.rest[1] != '\n'
}

func (s *cssScanner) name() string {
	var b strings.Builder
	for s.rest != "" {
		switch {
		case partOfName(s.rest[0]):
			b.WriteByte(s.rest[0])
			s.rest = s.rest[1:]
		case s.escapes():
			b.WriteRune(s.escape())
		default:
			return b.String()
		}
	}
	return b.String()
}

func (s *cssScanner) quoted() string {
	quote := s.rest[0]
	s.rest = s.rest[1:]
	return s.until(quote)
}

// until reads up to an unescaped delimiter and past it. A quoted string that is
// not closed ends with its line, as in browsers.
func (s *cssScanner) until(delimiter byte) string {
	var b strings.Builder
	for s.rest != "" {
		c := s.rest[0]
		switch {
		case c == delimiter:
			s.rest = s.rest[1:]
			return b.String()
		case c == '\n' && delimiter != ')':
			return b.String()
		case strings.HasPrefix(s.rest, "\\\n"):
			s.rest = s.rest[2:]
		case s.escapes():
			b.WriteRune(s.escape())
		default:
			b.WriteByte(c)
			s.rest = s.rest[1:]
		}
	}
	return b.String()
}

// escape reads a backslash with one to six hexadecimal digits and a space, or
// with any other character.
func (s *cssScanner) escape() rune {
	s.rest = s.rest[1:]
	n := 0
	for n < len(s.rest) && n < 6 && isHex(s.rest[n]) {
		n++
	}
	if n == 0 {
		r, size := utf8.DecodeRuneInString(s.rest)
		s.rest = s.rest[size:]
		return r
	}
	code, err := strconv.ParseInt(s.rest[:n], 16, 32)
	s.rest = s.rest[n:]
	if s.rest != "" && strings.IndexByte(" \t\n", s.rest[0]) >= 0 {
		s.rest = s.rest[1:]
	}
	if err != nil || code == 0 || code > utf8.MaxRune {
		return utf8.RuneError
	}
	return rune(code)
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
