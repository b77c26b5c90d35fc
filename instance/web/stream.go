package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/opengather/opengather/instance/internal/telemetry"
)

const (
	// beat is the longest silence of a stream: proxies give up after 60 seconds
	// (nginx, proxy_read_timeout) or 100 (Cloudflare).
	beat = 25 * time.Second
	// writeTime is how long a reader may take to take an event.
	writeTime = 10 * time.Second
)

// Stream answers with a stream of events as HTML has it, "Server-sent events":
// each that next gives, until it gives io.EOF or the reader goes away. Data are
// written as JSON. A reader who does not take them is left.
func (r *Request) Stream(next func(ctx context.Context) (event string, data any, err error)) error {
	h := r.Response().Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store, no-transform")
	h.Set("X-Accel-Buffering", "no")     // nginx
	h.Set("No-Gzip-Compression", "true") // gzhttp, which takes it out again
	if r.HeadersOnly() {
		return r.NoContent(http.StatusOK)
	}
	out := http.NewResponseController(r.Response().Writer)
	// net/http reads on while it answers, and a deadline for that would end the
	// request (golang/go 16100).
	if err := out.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("let a stream last: %w", err)
	}
	r.Response().WriteHeader(http.StatusOK)
	begun := false
	for {
		ctx, cancel := context.WithTimeout(r.Ctx(), beat)
		event, data, err := next(ctx)
		cancel()
		text := ":\n\n"
		switch {
		case errors.Is(err, io.EOF), r.Ctx().Err() != nil:
			return nil
		case errors.Is(err, context.DeadlineExceeded):
		case err != nil:
			r.note(err, http.StatusInternalServerError)
			return nil // the status is written; she comes again
		default:
			b, err := json.Marshal(data)
			if err != nil {
				return fmt.Errorf("write an event: %w", err)
			}
			text = "event: " + event + "\ndata: " + string(b) + "\n\n"
		}
		if r.tell(out, text) != nil {
			return nil // she has gone, or does not read
		}
		if !begun { // how long somebody reads is nobody's business
			telemetry.Begun(r.Ctx())
			begun = true
		}
	}
}

// tell writes and sends at once: what stands between waits for a first byte.
func (r *Request) tell(out *http.ResponseController, text string) error {
	if err := out.SetWriteDeadline(time.Now().Add(writeTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := io.WriteString(r.Response(), text); err != nil {
		return err
	}
	return out.Flush()
}
