package main

import (
	"testing"
	"time"
)

const wrkSays = `Running 5s test @ http://127.0.0.1:18999/
  2 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     4.64ms   19.19ms 239.88ms   97.16%
    Req/Sec     6.08k     1.55k   11.00k    73.47%
  Latency Distribution
     50%    1.02ms
     75%    2.51ms
     90%    5.58ms
     99%  107.96ms
  59573 requests in 5.06s, 120.67MB read
  Socket errors: connect 0, read 1, write 2, timeout 3
  Non-2xx or 3xx responses: 40
Requests/sec:  11765.29
Transfer/sec:     23.83MB
     95%   9755.00us
`

func TestParseWrk(t *testing.T) {
	got, err := parseWrk(wrkSays)
	want := wrkResult{requests: 59573, rate: 11765.29, p95: 9755 * time.Microsecond, p99: 107960 * time.Microsecond, failures: 46}
	if err != nil || got != want {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	if _, err := parseWrk("unable to connect to 127.0.0.1:1 Connection refused"); err == nil {
		t.Error("a complaint is taken for a result")
	}
}

func TestParseStat(t *testing.T) {
	const stat = "4711 (a) b (c) S 1 4711 4711 0 -1 4194560 9000 0 12 0 250 75 3 4 20 0 9 0 12345 1 2 3"
	if got, err := parseStat(stat); err != nil || got != 3250*time.Millisecond {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := parseStat("4711 (a) S 1"); err == nil {
		t.Errorf("half a line gives %v", got)
	}
}

func TestParseStatus(t *testing.T) {
	got, err := parseStatus("Name:\tx\nVmHWM:\t   30000 kB\nVmRSS:\t   20000 kB\n")
	if want := (memory{now: 20000 * 1024, most: 30000 * 1024}); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := parseStatus("Name:\tx\n"); err == nil {
		t.Errorf("a process without memory gives %+v", got)
	}
}

func TestRatiosAreToTheBarePage(t *testing.T) {
	r := report{bareBefore: load{rate: 900, cpu: 90 * time.Microsecond}, bareAfter: load{rate: 1100, cpu: 110 * time.Microsecond}}
	got := r.page(load{
		target: target{name: "home", who: "member"}, status: 200, bytes: 7, rate: 250, p99: 1500 * time.Microsecond, cpu: 250 * time.Microsecond, failures: 3,
	})
	if want := "home | member | 7 | 250 | 0.25 | 1.5 ms | 250 µs | 2.50 | 3"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestRatiosAreToWhatStandsBeside(t *testing.T) {
	e := engine{search: []load{{rate: 500, cpu: 200 * time.Microsecond}}}
	got := e.beside(load{target: target{name: "a word"}, status: 200, bytes: 7, rate: 250, p99: 1500 * time.Microsecond, cpu: 500 * time.Microsecond, failures: 3})
	if want := "a word | 7 | 250 | 0.50 | 1.5 ms | 500 µs | 2.50 | 3"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	got = upload{bytes: 3_200_000, ready: 3 * time.Second, cpu: 2 * time.Second, bare: 500 * time.Millisecond}.cells()
	if want := "3.2 MB | 500.0 ms | 3000.0 ms | 6.00 | 2000.0 ms | 4.00"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	nobody := audience{replies: 20, cpu: 200 * time.Millisecond}
	got = audience{readers: 500, fetch: true, replies: 20, cpu: 4 * time.Second, before: memory{now: 50e6}, after: memory{now: 90e6}, heard: 2 * time.Second}.cells(nobody)
	if want := "500, who fetch it | 20 | 20.0 s | 20.0 | 2000.0 ms | 50 MB | 90 MB"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
