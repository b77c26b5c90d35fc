package telemetry

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// collector sends spans by OTLP over HTTP
// (https://opentelemetry.io/docs/specs/otlp/#otlphttp).
//
// It stands in for otlptracehttp, which links gRPC and its gateway: measured on
// linux/amd64 that adds 5 MB to the binary and 3.6 MB to the memory of an idle
// process beyond what this file costs, and autoexport another 2.3 MB and 2 MB.
// The price is that nothing is retried: spans that a collector does not take
// are lost, and the log says how many.
type collector struct {
	url    string
	client *http.Client
}

func newCollector(endpoint *url.URL, transport http.RoundTripper) *collector {
	return &collector{
		url: endpoint.JoinPath("v1", "traces").String(),
		client: &http.Client{
			Transport:     transport,
			Timeout:       10 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Start and Stop have nothing to do: each upload is a request of its own.
func (c *collector) Start(context.Context) error { return nil }

func (c *collector) Stop(context.Context) error { return nil }

func (c *collector) UploadTraces(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	// TracesData has the wire format of ExportTraceServiceRequest, whose package
	// links gRPC (opentelemetry-proto, trace.proto).
	body, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: spans})
	if err != nil {
		return fmt.Errorf("encode spans: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-protobuf")
	r.Header.Set("User-Agent", "opengather")
	answer, err := c.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	// Read to the end, within reason, so that the connection can be used again.
	if _, err := io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10)); err != nil {
		return err
	}
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("the collector answered %d", answer.StatusCode)
	}
	return nil
}

// traced are all attributes that a span may have. Strings must be words, the
// route one of the program's.
var traced = map[attribute.Key]bool{
	"db.operation.name":         true,
	"db.system.name":            true,
	"error.type":                true,
	"http.request.method":       true,
	"http.response.status_code": true,
	"http.route":                true,
	"job":                       true,
	"kind":                      true,
	"request_id":                true,
}

// filter lets spans out, without what they should not tell.
type filter struct {
	next sdktrace.SpanExporter
	t    *Telemetry
}

// ExportSpans returns no error: the SDK would print it through a global.
func (f *filter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	out := make([]sdktrace.ReadOnlySpan, len(spans))
	for i, s := range spans {
		out[i] = f.t.clean(s)
	}
	if err := f.next.ExportSpans(ctx, out); err != nil {
		f.t.log.WarnContext(ctx, "spans are lost", "count", len(spans), "error", err)
	}
	return nil
}

func (f *filter) Shutdown(ctx context.Context) error { return f.next.Shutdown(ctx) }

// cleaned is a span of which only listed things are left.
type cleaned struct {
	sdktrace.ReadOnlySpan
	name       string
	attributes []attribute.KeyValue
	dropped    int
}

func (c *cleaned) Name() string                     { return c.name }
func (c *cleaned) Attributes() []attribute.KeyValue { return c.attributes }
func (c *cleaned) DroppedAttributes() int           { return c.dropped }

// Events hold error texts and stacks, links hold attributes, a status holds
// prose: none of them goes out, only the status's code.
func (c *cleaned) Events() []sdktrace.Event { return nil }
func (c *cleaned) Links() []sdktrace.Link   { return nil }
func (c *cleaned) Status() sdktrace.Status {
	return sdktrace.Status{Code: c.ReadOnlySpan.Status().Code}
}

func (t *Telemetry) clean(s sdktrace.ReadOnlySpan) sdktrace.ReadOnlySpan {
	c := &cleaned{ReadOnlySpan: s, name: s.Name(), dropped: s.DroppedAttributes()}
	for word := range strings.SplitSeq(c.name, " ") {
		if !isWord(word) && !t.routes[word] {
			c.name = s.InstrumentationScope().Name
			break
		}
	}
	for _, a := range s.Attributes() {
		if traced[a.Key] && t.tells(a) {
			c.attributes = append(c.attributes, a)
		} else {
			c.dropped++
		}
	}
	return c
}

// tells reports whether the value may be shown.
func (t *Telemetry) tells(a attribute.KeyValue) bool {
	switch a.Value.Type() {
	case attribute.BOOL, attribute.INT64, attribute.FLOAT64:
		return true
	case attribute.STRING:
		v := a.Value.AsString()
		if a.Key == "http.route" {
			return v == unmatched || t.routes[v]
		}
		return isWord(v)
	}
	return false
}
