package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/telemetry"
)

// canary must never come out.
const canary = "Kanarienvogel"

// bird tells the canary in every way in which slog may ask.
type bird struct{}

func (bird) LogValue() slog.Value { return slog.StringValue("a " + canary) }

func (bird) String() string { return canary }

type birdError struct{}

func (birdError) Error() string { return "no bird called \"" + canary + "\"" }

func TestLogTakesOnlyWhatIsListed(t *testing.T) {
	for _, asJSON := range []bool{false, true} {
		var out bytes.Buffer
		log := telemetry.Logger(&out, asJSON, slog.LevelDebug)
		log.Info("said "+`"`+canary+`"`,
			"name", canary, "title", canary, canary, 1, "user_agent", canary, "addr", "203.0.113.7",
			// Listed, but of the wrong shape.
			"status", canary, "count", bird{}, "kind", "a "+canary, "job", bird{}, "method", []string{canary},
			"request_id", "203.0.113.7", "version", "2001:db8::1", "purpose", canary+"@example.org", "result", strings.Repeat("a", 65),
			"route", "/m/"+canary, "error", []byte(canary), "duration_ms", canary,
			slog.Group("group", "error", canary), slog.Group("", "note", canary))
		log.With("who", canary, "kind", "post.published", "secret", bird{}).WithGroup(canary).
			Error("job", "attempt", 3, "name", canary)
		log.Warn("scrubbed", "error", birdError{})
		log.Warn("wrapped", "error", fmt.Errorf("publish: %w", errors.New(canary+"@example.org is 203.0.113.7")))
		if got := out.String(); strings.Contains(got, canary) || strings.Contains(got, "203.0.113") || strings.Contains(got, "2001:db8") {
			t.Errorf("it came out:\n%s", got)
		}
		if !asJSON {
			continue
		}
		want := []map[string]any{
			{"level": "INFO", "msg": "said [quoted]", "dropped": 19.0},
			{"level": "ERROR", "msg": "job", "kind": "post.published", "attempt": 3.0, "dropped": 3.0},
			{"level": "WARN", "msg": "scrubbed", "error": "no bird called [quoted]"},
			{"level": "WARN", "msg": "wrapped", "error": "publish: [mail] is [address]"},
		}
		for i, got := range lines(t, &out) {
			if !reflect.DeepEqual(got, want[i]) {
				t.Errorf("line %d is %v, want %v", i, got, want[i])
			}
		}
	}
}

// lines are the JSON lines without their times.
func lines(t *testing.T, out *bytes.Buffer) []map[string]any {
	t.Helper()
	var all []map[string]any
	for line := range strings.Lines(out.String()) {
		var one map[string]any
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		delete(one, "time")
		all = append(all, one)
	}
	return all
}

func TestListedAttributesComeOut(t *testing.T) {
	var out bytes.Buffer
	log := telemetry.Logger(&out, true, slog.LevelInfo)
	log.Debug("not at this level")
	given := map[string]any{
		"attempt": 1, "bytes": int64(2), "count": uint64(3), "duration_ms": 1.5, "error": "locked", "job": "media.variants",
		"kind": "post.published", "method": "GET", "purpose": "webhook", "request_id": "0af1", "result": "timeout",
		"status": 500, "version": "v1.2.3-rc.1+dirty",
	}
	var args []any
	for key, value := range given {
		args = append(args, key, value)
	}
	log.Info("all", args...)
	want := maps.Clone(given)
	maps.Copy(want, map[string]any{
		"level": "INFO", "msg": "all", "attempt": 1.0, "bytes": 2.0, "count": 3.0, "status": 500.0,
	})
	if got := lines(t, &out); len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// net/http writes the visitor's address when a handler panics.
func TestErrorLogOfTheServer(t *testing.T) {
	var out bytes.Buffer
	tel, err := telemetry.Setup(context.Background(), telemetry.Options{Log: telemetry.Logger(&out, true, slog.LevelInfo)})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") }))
	s.Config.ErrorLog = tel.ErrorLog()
	s.Start()
	if answer, err := s.Client().Get(s.URL); err == nil {
		answer.Body.Close()
		t.Error("a panic was answered")
	}
	s.Close()
	got := lines(t, &out)
	if len(got) != 1 || !strings.HasPrefix(got[0]["msg"].(string), "http: panic serving [address]:") || strings.Contains(got[0]["msg"].(string), "127.0.0.1") {
		t.Errorf("got %v", got)
	}
}

func TestSetupRefuses(t *testing.T) {
	log := telemetry.Logger(&bytes.Buffer{}, false, slog.LevelInfo)
	for want, o := range map[string]telemetry.Options{
		"needs a log":           {},
		"not an http://":        {Log: log, Endpoint: "127.0.0.1:4318", Transport: http.DefaultTransport},
		"endpoint needs a tran": {Log: log, Endpoint: "http://127.0.0.1:4318"},
	} {
		if _, err := telemetry.Setup(context.Background(), o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

// clock moves on by a step at each look.
func clock(step time.Duration) func() time.Time {
	at := time.Date(2026, 3, 12, 18, 5, 0, 0, time.UTC)
	return func() time.Time {
		at = at.Add(step)
		return at
	}
}
