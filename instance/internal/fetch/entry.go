package fetch

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// maxHost is the longest name in DNS, as text (RFC 1035 section 3.1).
const maxHost = 253

// Entry is one line of the egress log.
type Entry struct {
	Time    time.Time
	Purpose Purpose
	// Host is the name or address contacted, without port, path or query. It
	// is empty when the URL could not be read.
	Host   string
	Result Result
	// Bytes is how much of the answer's body was read. It is 0 for named
	// destinations, which are recorded when they are dialled.
	Bytes int64
}

// Result says where an attempt stands or how it ended. An attempt that reaches
// the network has two entries, Asked and its end; one refused before has one.
type Result string

const (
	Asked      Result = "asked"      // about to happen
	Answered   Result = "answered"   // the whole answer, or a connection, was given to the caller
	Redirected Result = "redirected" // the next entry says where to

	Closed           Result = "closed"             // the door is shut
	BadURL           Result = "bad-url"            // no https, no host, or with a password in it
	WrongDestination Result = "wrong-destination"  // not the host and port that was named
	PrivateAddress   Result = "private-address"    // the address dialled is not public
	TooManyRedirects Result = "too-many-redirects" // more than maxRedirects
	TooLarge         Result = "too-large"          // more bytes than the caller takes
	TooSlow          Result = "too-slow"           // not finished in time
	WrongType        Result = "wrong-type"         // not a media type the caller takes
	BadStatus        Result = "bad-status"         // an HTTP status other than 200; Failure.Err is a Status
	Broken           Result = "broken"             // no name, no connection, bad TLS, bad HTTP, or the caller left
)

func (r Result) failed() bool {
	return r != Asked && r != Answered && r != Redirected
}

// Failure is the error of an attempt that gave nothing back. Its text names
// the host only. A failing Record and wrong arguments are errors of other types.
type Failure struct {
	Purpose Purpose
	Host    string
	Result  Result
	// Err is the cause, nil when Result says all there is.
	Err error
}

// Error is for logs and tests.
func (f *Failure) Error() string {
	if f.Err != nil {
		return fmt.Sprintf("%s: contact %q: %s: %v", f.Purpose, f.Host, f.Result, f.Err)
	}
	return fmt.Sprintf("%s: contact %q: %s", f.Purpose, f.Host, f.Result)
}

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Err }

// Status is the HTTP status that made an answer a failure.
type Status int

// Error is for logs and tests.
func (s Status) Error() string { return fmt.Sprintf("HTTP status %d", int(s)) }

// attempt is one contact with one host, recorded before it begins and when it
// ends.
type attempt struct {
	door    *Door
	ctx     context.Context // for Record alone: it outlives the fetch's time limit
	purpose Purpose
	host    string
	named   bool
}

// attempt cuts the host to what a log can hold: strangers write URLs, with
// names of any length and bytes that are no text.
func (d *Door) attempt(ctx context.Context, p Purpose, host string) attempt {
	host = strings.ToLower(strings.ToValidUTF8(host[:min(len(host), maxHost)], "?"))
	return attempt{door: d, ctx: context.WithoutCancel(ctx), purpose: p, host: host}
}

// begin records the intent. An error means that nothing may be dialled.
func (a attempt) begin() error {
	if a.door.closed {
		return a.end(Closed, 0, nil)
	}
	return a.record(Asked, 0)
}

// end records how it ended and turns a failed result into its error.
func (a attempt) end(r Result, bytes int64, cause error) error {
	if err := a.record(r, bytes); err != nil {
		return err
	}
	if r.failed() {
		return &Failure{Purpose: a.purpose, Host: a.host, Result: r, Err: cause}
	}
	return nil
}

// record lets no given fetch through that could not be written down. A named
// one goes on: the log may itself need the database that is being dialled.
func (a attempt) record(r Result, bytes int64) error {
	err := a.door.record(a.ctx, Entry{
		Time: a.door.now(), Purpose: a.purpose, Host: a.host, Result: r, Bytes: bytes,
	})
	if err != nil && a.named {
		a.door.log.ErrorContext(a.ctx, "egress not recorded",
			slog.String("purpose", string(a.purpose)), slog.String("host", a.host),
			slog.String("result", string(r)), slog.Any("error", err))
		return nil
	}
	if err != nil {
		return fmt.Errorf("record for %s that %q was %s: %w", a.purpose, a.host, r, err)
	}
	return nil
}
