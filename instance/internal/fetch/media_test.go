package fetch_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/fetch"
)

const (
	png  = "\x89PNG\r\n\x1a\n"
	jpeg = "\xff\xd8\xff\xe0"
	avif = "\x00\x00\x00\x1cftypavif\x00\x00\x00\x00mif1miaf"
)

func TestTheTypeIsTakenFromHeaderAndBytes(t *testing.T) {
	for name, c := range map[string]struct {
		declared, body string
		accept         string
		want           string // empty: refused
	}{
		"a page":                        {"text/html; charset=utf-8", "<html>", "text/html", "text/html"},
		"capitals":                      {"Text/HTML", "<html>", "text/html", "text/html"},
		"JSON":                          {"application/activity+json", `{"a":1}`, "application/activity+json", "application/activity+json"},
		"a calendar":                    {"text/calendar", "BEGIN:VCALENDAR", "text/calendar", "text/calendar"},
		"a feed":                        {"application/atom+xml", "<?xml version='1.0'?>", "application/atom+xml", "application/atom+xml"},
		"a picture":                     {"image/png", png, "image/png image/jpeg", "image/png"},
		"a mislabelled picture":         {"image/png", jpeg, "image/png image/jpeg", "image/jpeg"},
		"a picture nobody knows":        {"image/avif", avif, "image/avif", "image/avif"},
		"a short body":                  {"text/html", "x", "text/html", "text/html"},
		"an empty page":                 {"text/html", "", "text/html", "text/html"},
		"a long page":                   {"text/html", "<html>" + strings.Repeat("x", 5000), "text/html", "text/html"},
		"not asked for":                 {"application/pdf", "%PDF-1.7", "text/html", ""},
		"text not asked for":            {"text/plain", "hello", "text/html", ""},
		"a page said to be a picture":   {"image/png", "<html>", "image/png text/html", ""},
		"a script said to be a picture": {"image/png", "alert(1)", "image/png", ""},
		"a picture said to be a page":   {"text/html", png, "text/html", ""},
		"a program said to be a page":   {"text/html", "\x7fELF\x02\x01\x01\x00", "text/html", ""},
		"a zip said to be a picture":    {"image/png", "PK\x03\x04", "image/png", ""},
		"a vector said to be a picture": {"image/png", "<?xml version='1.0'?><svg/>", "image/png", ""},
		"an empty picture":              {"image/png", "", "image/png", ""},
		"no type":                       {"", "<html>", "text/html", ""},
		"a broken type":                 {"text/html; =", "<html>", "text/html", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = []string{c.declared}
				io.WriteString(w, c.body)
			})
			l := &ledger{}
			r := page(s.URL)
			r.Accept = strings.Fields(c.accept)
			answer, err := newDoor(t, l, s).Get(t.Context(), r)
			if c.want == "" {
				wantFailure(t, err, fetch.WrongType)
				return
			}
			if err != nil || answer.Type != c.want || string(answer.Body) != c.body {
				t.Errorf("got %q as %q, error %v", answer.Body, answer.Type, err)
			}
			if got := l.last().Bytes; got != int64(len(c.body)) {
				t.Errorf("recorded %d bytes of %d", got, len(c.body))
			}
		})
	}
}

// Nothing is unfolded, so a limit of size holds for what arrives.
func TestACompressedAnswerIsRefused(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		io.WriteString(z, "<html>hello")
		z.Close()
	})
	r := page(s.URL)
	r.Accept = append(r.Accept, "application/x-gzip")
	_, err := newDoor(t, &ledger{}, s).Get(t.Context(), r)
	wantFailure(t, err, fetch.WrongType)
}
