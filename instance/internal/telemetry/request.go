package telemetry

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// unmatched stands for every route that the program does not have.
const unmatched = "unmatched"

// request is what is known of a request while it is served.
type request struct {
	id    string
	route string
	known map[string]bool
	// report writes the line of the request, the first time.
	report func()
}

type requestKey struct{}

func requestOf(ctx context.Context) *request {
	q, _ := ctx.Value(requestKey{}).(*request)
	return q
}

// RequestID is the number of the request that ctx belongs to, empty outside of
// one. An error page may show it: it finds the log lines.
func RequestID(ctx context.Context) string {
	if q := requestOf(ctx); q != nil {
		return q.id
	}
	return ""
}

// SetRoute tells which pattern the request matched. A string that is not one of
// the patterns given to Routes is ignored: it would be a path, which may hold
// anything that a visitor typed.
func SetRoute(ctx context.Context, pattern string) {
	if q := requestOf(ctx); q != nil && q.known[pattern] {
		q.route = pattern
	}
}

// Begun reports a request whose answer has begun and may last: how long somebody
// goes on listening is written nowhere.
func Begun(ctx context.Context) {
	if q := requestOf(ctx); q != nil {
		q.report()
	}
}

// Middleware writes one line for each request, and a span if traces are on:
// method, route as pattern, status, duration, number. It heeds no trace context
// or request number that a visitor sends, since those would follow her around.
func (t *Telemetry) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := &request{id: t.newID(), route: unmatched, known: t.routes}
		ctx := context.WithValue(r.Context(), requestKey{}, q)
		ctx, span := t.tracer.Start(ctx, "request", trace.WithSpanKind(trace.SpanKindServer))
		recorded := &recorder{ResponseWriter: w}
		began := t.now()
		// Deferred because a panic passes through here, on its way to the server.
		q.report = sync.OnceFunc(func() { t.finish(ctx, span, r.Method, recorded.status, t.now().Sub(began)) })
		defer q.report()
		next.ServeHTTP(recorded, r.WithContext(ctx))
		if recorded.status == 0 {
			recorded.status = http.StatusOK
		}
	})
}

// finish reports a request. Status 0 means that it ended without an answer.
func (t *Telemetry) finish(ctx context.Context, span trace.Span, method string, status int, took time.Duration) {
	level := slog.LevelInfo
	if status == 0 {
		status = http.StatusInternalServerError
	}
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
		span.SetStatus(codes.Error, "")
	}
	method, route := knownMethod(method), requestOf(ctx).route
	t.log.LogAttrs(ctx, level, "request",
		slog.String("method", method), slog.String("route", route), slog.Int("status", status),
		slog.Float64("duration_ms", float64(took.Microseconds())/1000))
	span.SetName(method + " " + route)
	span.SetAttributes(
		attribute.String("http.request.method", method),
		attribute.String("http.route", route),
		attribute.Int("http.response.status_code", status),
		attribute.String("request_id", RequestID(ctx)),
	)
	span.End()
}

// knownMethod is the method, or "_OTHER" for what a visitor made up
// (OpenTelemetry semantic conventions, http.request.method).
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodOptions, http.MethodConnect, http.MethodTrace:
		return method
	}
	return "_OTHER"
}

// recorder remembers the status. It leaves flushing, hijacking and deadlines to
// http.ResponseController, which finds them through Unwrap.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && status >= http.StatusOK { // 1xx come before the answer
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}
