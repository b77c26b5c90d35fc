// Package telemetry lets an operator see what the program does without seeing
// what people do: log lines, and traces if a collector is configured.
//
// What leaves this package is decided by lists of what may be shown, never by
// lists of what must be hidden: attributes that are not listed are dropped and
// counted, values must have the shape of their kind, a route is shown only if
// it is one of the program's patterns. Content, names, mail addresses, network
// addresses, browsers and queries therefore do not get out by accident. What it
// cannot judge is prose: messages and error texts are scrubbed (see Scrub), so
// log messages must be constants.
//
// It changes no global of slog or OpenTelemetry and sends nothing unless an
// endpoint is given.
package telemetry

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// scope names our own spans.
const scope = "github.com/opengather/opengather/instance"

// Options say where things go. Only Log is required.
type Options struct {
	// Log is a logger made by Logger.
	Log *slog.Logger
	// Version of the program, for traces.
	Version string
	// Endpoint is the collector's base URL (OTLP over HTTP, "/v1/traces" is
	// added). Empty: no traces are made and nothing is sent.
	Endpoint string
	// Transport reaches Endpoint. Required with it.
	Transport http.RoundTripper
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// NewID makes the number of a request; nil means 64 random bits.
	NewID func() string
}

// Telemetry observes requests. It is safe for concurrent use once Routes was
// called.
type Telemetry struct {
	log      *slog.Logger
	now      func() time.Time
	newID    func() string
	routes   map[string]bool
	provider trace.TracerProvider
	tracer   trace.Tracer
	shutdown func(context.Context) error
}

// Setup starts what o asks for. It dials nobody: a collector that cannot be
// reached costs log lines, not the start.
func Setup(ctx context.Context, o Options) (*Telemetry, error) {
	t := &Telemetry{
		log: o.Log, now: o.Now, newID: o.NewID, routes: map[string]bool{},
		provider: noop.NewTracerProvider(), shutdown: func(context.Context) error { return nil },
	}
	if t.log == nil {
		return nil, errors.New("telemetry needs a log")
	}
	if t.now == nil {
		t.now = time.Now
	}
	if t.newID == nil {
		t.newID = randomID
	}
	if o.Endpoint != "" {
		if err := t.export(ctx, o); err != nil {
			return nil, fmt.Errorf("set up traces: %w", err)
		}
	}
	t.tracer = t.provider.Tracer(scope)
	return t, nil
}

func randomID() string {
	var b [8]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(b[:])
}

func (t *Telemetry) export(ctx context.Context, o Options) error {
	u, err := url.Parse(o.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("the endpoint is not an http:// or https:// address")
	}
	if o.Transport == nil {
		return errors.New("an endpoint needs a transport")
	}
	exporter, err := otlptrace.New(ctx, newCollector(u, o.Transport))
	if err != nil {
		return err
	}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(&filter{next: exporter, t: t}),
		// The usual detectors would tell the name of the machine and the
		// account that runs the program.
		sdktrace.WithResource(resource.NewSchemaless(
			attribute.String("service.name", "opengather"),
			attribute.String("service.version", o.Version),
		)),
	)
	t.provider, t.shutdown = provider, provider.Shutdown
	return nil
}

// Routes tells the patterns of the program's route table ("/p/:id"). Call it
// before serving: a route that is not among them is shown as "unmatched".
func (t *Telemetry) Routes(patterns []string) {
	for _, p := range patterns {
		t.routes[p] = true
	}
}

// Provider is for libraries that make spans of their own. What they put into
// them passes the same lists.
func (t *Telemetry) Provider() trace.TracerProvider { return t.provider }

// Shutdown sends what is waiting, within ctx, and ends.
func (t *Telemetry) Shutdown(ctx context.Context) error { return t.shutdown(ctx) }
