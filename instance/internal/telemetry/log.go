package telemetry

import (
	"context"
	"io"
	"log"
	"log/slog"
	"strings"
)

// Logger writes lines to w, as text or, if asJSON is set, as JSON. Attributes
// are dropped unless they are listed below and their value has the listed shape;
// each line says how many were. Groups and slog.LogValuers are dropped too.
// Inside a request the line carries the request's number.
func Logger(w io.Writer, asJSON bool, level slog.Level) *slog.Logger {
	o := &slog.HandlerOptions{Level: level}
	if asJSON {
		return slog.New(&handler{next: slog.NewJSONHandler(w, o)})
	}
	return slog.New(&handler{next: slog.NewTextHandler(w, o)})
}

// ErrorLog is for http.Server.ErrorLog, which otherwise writes the addresses of
// visitors to standard error.
func (t *Telemetry) ErrorLog() *log.Logger {
	return slog.NewLogLogger(t.log.Handler(), slog.LevelWarn)
}

// shape is what the value of an attribute has to look like.
type shape int

const (
	// aNumber is any number or bool, never a string.
	aNumber shape = iota + 1
	// aWord is a name that the program gives: letters, digits, "._:+-".
	aWord
	// aText is prose, scrubbed.
	aText
	// aRoute is taken from the request, whatever the attribute says.
	aRoute
)

// shown are all attributes that a log line may have.
var shown = map[string]shape{
	"attempt":     aNumber,
	"bytes":       aNumber,
	"count":       aNumber,
	"duration_ms": aNumber,
	"error":       aText,
	"job":         aWord,
	"kind":        aWord,
	"method":      aWord,
	"purpose":     aWord,
	"request_id":  aWord,
	"result":      aWord,
	"route":       aRoute,
	"status":      aNumber,
	"version":     aWord,
}

type handler struct {
	next slog.Handler
	// dropped counts attributes given by With that were not taken.
	dropped int
}

func (h *handler) Enabled(ctx context.Context, l slog.Level) bool { return h.next.Enabled(ctx, l) }

func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	line := slog.NewRecord(r.Time, r.Level, Scrub(r.Message), 0)
	q, dropped := requestOf(ctx), h.dropped
	r.Attrs(func(a slog.Attr) bool {
		if a, ok := admit(a, q); ok {
			line.AddAttrs(a)
		} else {
			dropped++
		}
		return true
	})
	if q != nil {
		line.AddAttrs(slog.String("request_id", q.id))
	}
	if dropped > 0 {
		line.AddAttrs(slog.Int("dropped", dropped))
	}
	return h.next.Handle(ctx, line)
}

func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	taken := make([]slog.Attr, 0, len(attrs))
	for _, a := range attrs {
		if a, ok := admit(a, nil); ok {
			taken = append(taken, a)
		}
	}
	return &handler{next: h.next.WithAttrs(taken), dropped: h.dropped + len(attrs) - len(taken)}
}

// WithGroup leaves the group's name out, since it is not listed; what is in it
// is judged by its own key.
func (h *handler) WithGroup(string) slog.Handler { return h }

// admit gives the attribute as it may be shown, false if it may not.
func admit(a slog.Attr, q *request) (slog.Attr, bool) {
	v := a.Value
	switch shown[a.Key] {
	case aNumber:
		switch v.Kind() {
		case slog.KindInt64, slog.KindUint64, slog.KindFloat64, slog.KindBool:
			return a, true
		}
	case aWord:
		if v.Kind() == slog.KindString && isWord(v.String()) {
			return a, true
		}
	case aText:
		if err, ok := v.Any().(error); ok {
			return slog.String(a.Key, Scrub(err.Error())), true
		}
		if v.Kind() == slog.KindString {
			return slog.String(a.Key, Scrub(v.String())), true
		}
	case aRoute:
		if q != nil {
			return slog.String(a.Key, q.route), true
		}
	}
	return slog.Attr{}, false
}

// isWord reports whether s looks like a name that the program gives. An address
// looks like one too, hence Scrub.
func isWord(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for _, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if !letter && !strings.ContainsRune("._:+-", r) {
			return false
		}
	}
	return Scrub(s) == s
}
