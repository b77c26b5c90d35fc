package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// A report is what was measured.
type report struct {
	bareBefore, bareAfter load
	engines               []engine
	// firstPost is from the first start of a new community to its first post.
	firstPost time.Duration
}

// bareRate and bareCPU are what everything is compared with: the mean of both
// times.
func (r report) bareRate() float64 { return (r.bareBefore.rate + r.bareAfter.rate) / 2 }

func (r report) bareCPU() time.Duration { return (r.bareBefore.cpu + r.bareAfter.cpu) / 2 }

// seenBefore is the CPU time of a bare page where OpenGather's aims were set: on
// two cores, with "wrk -t2 -c16".
const seenBefore = 96 * time.Microsecond

func (r report) markdown(p plan, machine string) string {
	var text strings.Builder
	put := func(format string, args ...any) { fmt.Fprintf(&text, format+"\n", args...) }
	put("# Benchmark\n")
	put("On %s.", machine)
	put("A community of %s. Each page under `wrk -t2 -c16 -d%ds` on loopback, after one second to warm up.\n", p.size, int(p.duration.Seconds()))
	put("The bare page (echo, templ, one indexed query, 10 posts, %d bytes) in the same run, before and after the rest:\n", r.bareBefore.bytes)
	put("| bare page | requests/s | p99 | CPU a request |")
	put("|---|--:|--:|--:|")
	put("| before | %.0f | %s | %s |", r.bareBefore.rate, milliseconds(r.bareBefore.p99), microseconds(r.bareBefore.cpu))
	put("| after | %.0f | %s | %s |", r.bareAfter.rate, milliseconds(r.bareAfter.p99), microseconds(r.bareAfter.cpu))
	put("\nWhere the aims were set it took %s. Below, \"of bare\" is a ratio to the mean of both.\n", microseconds(seenBefore))
	if p.measures("pages") {
		r.pages(put)
	}
	r.more(p, put)
	put("\nCPU time is that of OpenGather's process, in user mode and in the kernel; PostgreSQL's own is not in it. wrk runs on the same machine.")
	return text.String()
}

// A printer writes a line.
type printer func(format string, args ...any)

// pages are what most people read, and what is written.
func (r report) pages(put printer) {
	put("| database | page | as | bytes | requests/s | of bare | p99 | CPU a request | of bare | failed |")
	put("|---|---|---|--:|--:|--:|--:|--:|--:|--:|")
	for _, e := range r.engines {
		for _, l := range e.pages {
			put("| %s | %s |", e.name, r.page(l))
		}
	}
	put("\nPacked pages are compressed, as browsers ask for; the others are not, nor is the bare page. Stirred means that somebody reacts to a post %d times a second meanwhile, so that nothing is kept in memory for longer. The other pages are asked for again and again while nothing is written, and come from memory as far as the program keeps them.", time.Second/stirring)
	put("\n| home by 100 members at once, on | requests/s | p95 | p99 | failed | RSS after it |")
	put("|---|--:|--:|--:|--:|--:|")
	for _, e := range r.engines {
		put("| %s | %.0f | %s | %s | %d | %s |", e.name, e.crowd.rate, milliseconds(e.crowd.p95), milliseconds(e.crowd.p99), e.crowd.failures, megabytes(e.read.now))
	}
	put("\n| database | filled in | writes/s | CPU a write | refused | idle RSS | RSS at the end | most | start to first answer |")
	put("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
	for _, e := range r.engines {
		put("| %s | %s |", e.name, e.process())
	}
	put("\nA script needs %.1f s from the first start of a new community on SQLite, through the five pages that set it up, to its first post.", r.firstPost.Seconds())
	put("\n| first visit of a stranger, on | requests | sent | unpacked |")
	put("|---|--:|--:|--:|")
	for _, e := range r.engines {
		put("| %s | %d | %.1f KB | %.1f KB |", e.name, e.visit.requests, float64(e.visit.bytes)/1000, float64(e.visit.plain)/1000)
	}
}

// page are the cells for one page.
func (r report) page(l load) string {
	if l.status != http.StatusOK {
		return fmt.Sprintf("%s | %s | answers %d | | | | | |", l.name, l.who, l.status)
	}
	return fmt.Sprintf("%s | %s | %d | %.0f | %.2f | %s | %s | %.2f | %d", l.name, l.who, l.bytes, l.rate,
		l.rate/r.bareRate(), milliseconds(l.p99), microseconds(l.cpu), float64(l.cpu)/float64(max(1, r.bareCPU())), l.failures)
}

// process are the cells for what isn't a page.
func (e engine) process() string {
	return fmt.Sprintf("%.0f s | %.0f | %s | %d of %d | %s | %s | %s | %s", e.filled.Seconds(), e.writes.rate, microseconds(e.writes.cpu),
		e.writes.refused, e.writes.sent, megabytes(e.idle.now), megabytes(e.loaded.now), megabytes(e.loaded.most), milliseconds(e.first))
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/1e6) }

func microseconds(d time.Duration) string { return fmt.Sprintf("%.0f µs", float64(d)/1e3) }

func megabytes(n int) string { return fmt.Sprintf("%.0f MB", float64(n)/1e6) }

var (
	cpuModel = regexp.MustCompile(`(?m)^model name\s*:\s*(.+)$`)
	memTotal = regexp.MustCompile(`(?m)^MemTotal:\s*(\d+) kB`)
)

// hardware describes the machine, as far as it tells.
func hardware() string {
	model, size, kernel := "an unknown processor", "unknown", "an unknown system"
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if match := cpuModel.FindSubmatch(text); match != nil {
			model = string(match[1])
		}
	}
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		if match := memTotal.FindSubmatch(text); match != nil {
			if kilobytes, err := strconv.Atoi(string(match[1])); err == nil {
				size = fmt.Sprintf("%.0f GB", float64(kilobytes)*1024/1e9)
			}
		}
	}
	if name, err := exec.Command("uname", "-sr").Output(); err == nil {
		kernel = strings.TrimSpace(string(name))
	}
	return fmt.Sprintf("%s, %d cores, %s of memory, %s, %s", model, runtime.NumCPU(), size, kernel, runtime.Version())
}
