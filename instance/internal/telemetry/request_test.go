package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/telemetry"
)

// observed serves one request through the middleware and gives its log lines.
func observed(t *testing.T, r *http.Request, handle http.HandlerFunc) []map[string]any {
	t.Helper()
	var out bytes.Buffer
	tel, err := telemetry.Setup(context.Background(), telemetry.Options{
		Log: telemetry.Logger(&out, true, slog.LevelInfo), Now: clock(1500 * time.Microsecond),
		NewID: func() string { return "0af1" },
	})
	if err != nil {
		t.Fatal(err)
	}
	tel.Routes([]string{"/p/:id", "/"})
	func() {
		defer func() {
			if p := recover(); p != nil && p != http.ErrAbortHandler {
				panic(p)
			}
		}()
		tel.Middleware(handle).ServeHTTP(httptest.NewRecorder(), r)
	}()
	if strings.Contains(out.String(), canary) {
		t.Errorf("it came out: %s", out.String())
	}
	return lines(t, &out)
}

func TestOneLineForEachRequest(t *testing.T) {
	get := func(method, path string) *http.Request { return httptest.NewRequest(method, path, nil) }
	line := func(level, method, route string, status float64) map[string]any {
		return map[string]any{
			"level": level, "msg": "request", "method": method, "route": route, "status": status,
			"duration_ms": 1.5, "request_id": "0af1",
		}
	}
	for _, c := range []struct {
		name   string
		r      *http.Request
		handle http.HandlerFunc
		want   map[string]any
	}{
		{"a page", get("GET", "/p/"+canary+"?q="+canary), func(w http.ResponseWriter, r *http.Request) {
			telemetry.SetRoute(r.Context(), "/p/:id")
			_, err := io.WriteString(w, "hello")
			if err != nil {
				t.Error(err)
			}
		}, line("INFO", "GET", "/p/:id", 200)},
		{"nothing written", get("HEAD", "/"), func(_ http.ResponseWriter, r *http.Request) {
			telemetry.SetRoute(r.Context(), "/")
		}, line("INFO", "HEAD", "/", 200)},
		{"no such page", get("GET", "/"+canary), func(w http.ResponseWriter, r *http.Request) {
			// Routers give the path when nothing matched.
			telemetry.SetRoute(r.Context(), r.URL.Path)
			w.WriteHeader(404)
			w.WriteHeader(500)
		}, line("INFO", "GET", "unmatched", 404)},
		{"early hints", get("POST", "/"), func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(103)
			w.WriteHeader(303)
		}, line("INFO", "POST", "unmatched", 303)},
		{"a made-up method", get(strings.ToUpper(canary), "/"), func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(405)
		}, line("INFO", "_OTHER", "unmatched", 405)},
		{"a fault of ours", get("GET", "/"), func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(503)
		}, line("ERROR", "GET", "unmatched", 503)},
		{"a panic", get("GET", "/"), func(http.ResponseWriter, *http.Request) {
			panic(http.ErrAbortHandler)
		}, line("ERROR", "GET", "unmatched", 500)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := observed(t, c.r, c.handle); len(got) != 1 || !reflect.DeepEqual(got[0], c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// A visitor cannot choose the number or the trace of her request.
func TestWhatVisitorsSendIsNotTaken(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	for _, name := range []string{
		"X-Request-Id", "Traceparent", "Tracestate", "Baggage", "User-Agent", "Referer", "X-Forwarded-For", "Cookie",
	} {
		r.Header.Set(name, canary)
	}
	r.RemoteAddr = canary
	var inside string
	got := observed(t, r, func(_ http.ResponseWriter, r *http.Request) { inside = telemetry.RequestID(r.Context()) })
	if len(got) != 1 || inside != "0af1" {
		t.Errorf("the number is %q, the lines are %v", inside, got)
	}
	if id := telemetry.RequestID(context.Background()); id != "" {
		t.Errorf("outside of requests the number is %q", id)
	}
}

func TestLinesInsideARequestCarryItsNumberAndRoute(t *testing.T) {
	var out bytes.Buffer
	log := telemetry.Logger(&out, true, slog.LevelInfo)
	tel, err := telemetry.Setup(context.Background(), telemetry.Options{Log: log})
	if err != nil {
		t.Fatal(err)
	}
	tel.Routes([]string{"/p/:id"})
	h := tel.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		telemetry.SetRoute(r.Context(), "/p/:id")
		log.ErrorContext(r.Context(), "request", "route", "/p/"+canary, "error", errors.New("locked"))
	}))
	for range 2 {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/p/1", nil))
	}
	got := lines(t, &out)
	if len(got) != 4 {
		t.Fatalf("got %v", got)
	}
	for _, line := range got {
		if line["route"] != "/p/:id" || len(line["request_id"].(string)) != 16 {
			t.Errorf("got %v", line)
		}
	}
	if got[0]["request_id"] != got[1]["request_id"] || got[1]["request_id"] == got[2]["request_id"] {
		t.Errorf("the numbers do not tell requests apart: %v", got)
	}
}

// What lasts is reported when it has begun: how long it goes on is nowhere.
func TestWhatLastsIsReportedWhenItBegins(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(0, 0)
	tel, err := telemetry.Setup(context.Background(), telemetry.Options{
		Log: telemetry.Logger(&out, true, slog.LevelInfo), Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	tel.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		telemetry.Begun(r.Context())
		now = now.Add(time.Hour)
	})).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	telemetry.Begun(context.Background()) // outside of requests there is nothing to report
	if got := lines(t, &out); len(got) != 1 || got[0]["duration_ms"] != 0.0 || got[0]["status"] != 200.0 {
		t.Errorf("got %v", got)
	}
}

func TestAnswersCanBeFlushed(t *testing.T) {
	rec := httptest.NewRecorder()
	tel, err := telemetry.Setup(context.Background(), telemetry.Options{Log: telemetry.Logger(io.Discard, false, slog.LevelInfo)})
	if err != nil {
		t.Fatal(err)
	}
	tel.Middleware(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
	})).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
	if !rec.Flushed {
		t.Error("the answer was not flushed")
	}
}
