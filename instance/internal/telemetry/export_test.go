package telemetry_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/telemetry"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
)

// receiver is a collector on loopback. It decodes with the published types of
// the protocol, not with those that the exporter uses.
type receiver struct {
	*httptest.Server
	status int

	mu     sync.Mutex
	bodies [][]byte
	paths  []string
}

func receive(t *testing.T) *receiver {
	c := &receiver{status: 200}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/x-protobuf" {
			t.Errorf("got %s %s %v", r.Method, r.Header, err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.bodies, c.paths = append(c.bodies, body), append(c.paths, r.URL.Path)
		w.WriteHeader(c.status)
	}))
	t.Cleanup(c.Close)
	return c
}

// spans are all that came, and the same as text. What a body holds must be in
// its text, hence no unknown fields.
func (c *receiver) spans(t *testing.T) (all []*tracepb.Span, text string) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, body := range c.bodies {
		var m collectorpb.ExportTraceServiceRequest
		if err := proto.Unmarshal(body, &m); err != nil {
			t.Fatal(err)
		}
		if len(m.ProtoReflect().GetUnknown()) > 0 {
			t.Error("there are unknown fields")
		}
		for _, resource := range m.ResourceSpans {
			for _, one := range resource.ScopeSpans {
				all = append(all, one.Spans...)
			}
		}
		text += prototext.Format(&m)
	}
	return all, text
}

func traced(t *testing.T, c *receiver, out io.Writer) *telemetry.Telemetry {
	t.Helper()
	tel, err := telemetry.Setup(context.Background(), telemetry.Options{
		Log: telemetry.Logger(out, true, slog.LevelInfo), Version: "v1.2.3", Endpoint: c.URL + "/og/", Transport: c.Client().Transport,
	})
	if err != nil {
		t.Fatal(err)
	}
	tel.Routes([]string{"/p/:id"})
	return tel
}

// visit serves a request that is full of what must not be told, and of spans
// such as libraries make.
func visit(tel *telemetry.Telemetry) {
	r := httptest.NewRequest("POST", "/p/"+canary+"?q="+canary, strings.NewReader(canary))
	r.RemoteAddr = "203.0.113.7:4711"
	for _, name := range []string{"User-Agent", "Referer", "Cookie", "X-Forwarded-For", "Tracestate", "Baggage"} {
		r.Header.Set(name, canary)
	}
	r.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	tel.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		telemetry.SetRoute(r.Context(), "/p/:id")
		_, span := tel.Provider().Tracer("some.library").Start(r.Context(), "GET /p/"+canary,
			trace.WithAttributes(
				attribute.String("client.address", "203.0.113.7"), attribute.String("net.peer.ip", "203.0.113.7"),
				attribute.String("user_agent.original", canary), attribute.String("url.query", canary),
				attribute.String("url.full", canary), attribute.String("http.referer", canary),
				attribute.String("db.query.text", "SELECT '"+canary+"'"), attribute.String("enduser.id", canary),
				attribute.String("http.route", "/p/"+canary), attribute.String("error.type", "a "+canary),
				attribute.String("kind", "203.0.113.7"), attribute.StringSlice("job", []string{canary}),
				attribute.String("db.system.name", "sqlite"), attribute.Bool("job", true),
			),
			trace.WithLinks(trace.Link{SpanContext: trace.SpanContextFromContext(r.Context()), Attributes: []attribute.KeyValue{attribute.String("kind", canary)}}))
		span.RecordError(io.ErrUnexpectedEOF, trace.WithAttributes(attribute.String("exception.message", canary)))
		span.AddEvent(canary)
		span.SetStatus(codes.Error, canary)
		span.End()
		w.WriteHeader(http.StatusInternalServerError)
	})).ServeHTTP(httptest.NewRecorder(), r)
}

func TestNoAddressInTraces(t *testing.T) {
	c := receive(t)
	tel := traced(t, c, io.Discard)
	visit(tel)
	if err := tel.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	spans, text := c.spans(t)
	for _, hidden := range []string{canary, "203.0.113", "4711", "0af7651916cd43dd", "Kan", "host.name", "process."} {
		if strings.Contains(text, hidden) {
			t.Errorf("%s is in\n%s", hidden, text)
		}
	}
	if len(spans) != 2 || len(c.paths) != 1 || c.paths[0] != "/og/v1/traces" {
		t.Fatalf("%d spans came to %v", len(spans), c.paths)
	}
	library, request := spans[0], spans[1]
	if library.Name != "some.library" || library.DroppedAttributesCount != 11 || !slices.Equal(told(library), []string{"db.system.name", "job"}) ||
		len(library.Events)+len(library.Links) > 0 || library.Status.Code != tracepb.Status_STATUS_CODE_ERROR {
		t.Errorf("the library's span is %v", library)
	}
	want := []string{"http.request.method", "http.response.status_code", "http.route", "request_id"}
	if request.Name != "POST /p/:id" || !slices.Equal(told(request), want) || len(request.ParentSpanId) > 0 ||
		request.Status.Code != tracepb.Status_STATUS_CODE_ERROR || !bytes.Equal(library.ParentSpanId, request.SpanId) {
		t.Errorf("the request's span is %v", request)
	}
	if !strings.Contains(text, "v1.2.3") {
		t.Error("the version is missing")
	}
}

func told(s *tracepb.Span) []string {
	var keys []string
	for _, a := range s.Attributes {
		keys = append(keys, a.Key)
	}
	slices.Sort(keys)
	return keys
}

// The standard variables alone send nothing: some hosts set them everywhere.
func TestOffUnlessConfigured(t *testing.T) {
	c := receive(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	t.Setenv("OTEL_TRACES_EXPORTER", "otlp")
	tel, err := telemetry.Setup(context.Background(), telemetry.Options{
		Log: telemetry.Logger(io.Discard, true, slog.LevelInfo), Transport: c.Client().Transport,
	})
	if err != nil {
		t.Fatal(err)
	}
	visit(tel)
	if err := tel.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if spans, _ := c.spans(t); len(c.paths) > 0 || len(spans) > 0 {
		t.Errorf("%d spans were sent", len(spans))
	}
}

func TestLostSpansAreLoggedAndHurtNobody(t *testing.T) {
	c := receive(t)
	c.status = 503
	var out bytes.Buffer
	tel := traced(t, c, &out)
	visit(tel)
	if err := tel.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	got := lines(t, &out)
	last := got[len(got)-1]
	if last["msg"] != "spans are lost" || last["count"] != 2.0 || last["error"] != "traces export: the collector answered 503" {
		t.Errorf("got %v", last)
	}
	if strings.Contains(out.String(), canary) {
		t.Error(out.String())
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	elsewhere := receive(t)
	c := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	t.Cleanup(c.Close)
	var out bytes.Buffer
	tel, err := telemetry.Setup(context.Background(), telemetry.Options{
		Log: telemetry.Logger(&out, true, slog.LevelInfo), Endpoint: c.URL, Transport: c.Client().Transport,
	})
	if err != nil {
		t.Fatal(err)
	}
	visit(tel)
	if err := tel.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if len(elsewhere.paths) > 0 || !strings.Contains(out.String(), "the collector answered 307") {
		t.Errorf("%v\n%s", elsewhere.paths, out.String())
	}
}

func TestGlobalsStayAsTheyWere(t *testing.T) {
	provider, propagator, log := otel.GetTracerProvider(), otel.GetTextMapPropagator(), slog.Default()
	c := receive(t)
	tel := traced(t, c, io.Discard)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := tel.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	if otel.GetTracerProvider() != provider || otel.GetTextMapPropagator() != propagator || slog.Default() != log {
		t.Error("a global was changed")
	}
}
