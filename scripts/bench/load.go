package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

// A load is what one address did under load.
type load struct {
	target
	status   int // of the answer before; a page is only loaded if it is 200
	bytes    int // of that answer, as it is sent
	rate     float64
	p95, p99 time.Duration
	cpu      time.Duration // of the server, per request
	failures int           // answers that were neither 2xx nor 3xx, and broken connections
}

// load asks once, then by many connections for a while, after a second to warm
// up.
func (b *bench) load(ctx context.Context, s *server, t target) (load, error) {
	l := load{target: t}
	var err error
	if l.status, l.bytes, err = ask(ctx, s.url+t.path, t); err != nil || l.status != http.StatusOK {
		return l, err
	}
	if _, err := b.wrk(ctx, s.url, t, time.Second); err != nil {
		return l, err
	}
	before, err := s.cpu()
	if err != nil {
		return l, err
	}
	result, err := b.wrk(ctx, s.url, t, b.duration)
	if err != nil {
		return l, err
	}
	after, err := s.cpu()
	if err != nil {
		return l, err
	}
	l.rate, l.p95, l.p99, l.failures = result.rate, result.p95, result.p99, result.failures
	l.cpu = (after - before) / time.Duration(max(1, result.requests))
	return l, nil
}

func (t target) encoding() string {
	if t.packed {
		return "gzip"
	}
	return "identity"
}

// ask asks for an address once, without following redirects.
func ask(ctx context.Context, url string, t target) (status, size int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, 0, err
	}
	if t.cookie != "" {
		request.Header.Set("Cookie", t.cookie)
	}
	request.Header.Set("Accept-Encoding", t.encoding())
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return 0, 0, err
	}
	defer response.Body.Close()
	n, err := io.Copy(io.Discard, response.Body)
	return response.StatusCode, int(n), err
}

// A wrkResult is what wrk says.
type wrkResult struct {
	requests int
	rate     float64
	p95, p99 time.Duration
	failures int
}

// p95Script makes wrk say a percentile that it keeps to itself.
const p95Script = `done = function(summary, latency, requests)
	io.write(string.format("     95%%   %d.00us\\n", latency:percentile(95)))
end
`

// wrk runs wrk for that long, and not much longer.
func (b *bench) wrk(ctx context.Context, url string, t target, duration time.Duration) (wrkResult, error) {
	ctx, cancel := context.WithTimeout(ctx, duration+30*time.Second)
	defer cancel()
	script := filepath.Join(b.dir, "p95.lua")
	if err := os.WriteFile(script, []byte(p95Script), 0o600); err != nil {
		return wrkResult{}, err
	}
	args := []string{"-t2", fmt.Sprintf("-c%d", t.readers), fmt.Sprintf("-d%ds", max(1, int(duration.Seconds()))), "--latency", "-s", script}
	args = append(args, "-H", "Accept-Encoding: "+t.encoding())
	if t.cookie != "" {
		args = append(args, "-H", "Cookie: "+t.cookie)
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, "wrk", append(args, url+t.path)...)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return wrkResult{}, fmt.Errorf("run wrk, which scripts/install-debian installs: %w\n%s", err, &said)
	}
	return parseWrk(said.String())
}

var (
	wrkRequests = regexp.MustCompile(`(\d+) requests in `)
	wrkRate     = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)
	wrkLatency  = regexp.MustCompile(`(95|99)%\s+([\d.]+(?:us|ms|s|m|h))\b`)
	wrkStatus   = regexp.MustCompile(`Non-2xx or 3xx responses: (\d+)`)
	wrkSockets  = regexp.MustCompile(`Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)`)
)

func parseWrk(said string) (r wrkResult, err error) {
	requests, rate := wrkRequests.FindStringSubmatch(said), wrkRate.FindStringSubmatch(said)
	latency := map[string]string{}
	for _, match := range wrkLatency.FindAllStringSubmatch(said, -1) {
		latency[match[1]] = match[2]
	}
	if requests == nil || rate == nil || len(latency) != 2 {
		return r, fmt.Errorf("read what wrk says:\n%s", said)
	}
	if r.requests, err = strconv.Atoi(requests[1]); err != nil {
		return r, err
	}
	if r.rate, err = strconv.ParseFloat(rate[1], 64); err != nil {
		return r, err
	}
	if r.p95, err = time.ParseDuration(latency["95"]); err != nil {
		return r, err
	}
	if r.p99, err = time.ParseDuration(latency["99"]); err != nil {
		return r, err
	}
	for _, pattern := range []*regexp.Regexp{wrkStatus, wrkSockets} {
		if match := pattern.FindStringSubmatch(said); match != nil {
			for _, digits := range match[1:] {
				n, err := strconv.Atoi(digits)
				if err != nil {
					return r, err
				}
				r.failures += n
			}
		}
	}
	return r, nil
}
