package main

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
)

func testPlan(t *testing.T) plan {
	t.Helper()
	t.Setenv("GOWORK", "off") // the stand-in is a module of its own
	return plan{
		module: "testdata/product", pkg: "./cmd", fill: "demo --posts 50", serve: "serve", size: "50 posts",
		duration: time.Second, writes: 40, starts: 3, uploads: 1, replies: 2,
	}
}

// sayingWrk puts a wrk into the PATH that says what one said and loads nothing.
// It returns the file in which it notes what it was asked.
func sayingWrk(t *testing.T) (asked string) {
	t.Helper()
	dir := t.TempDir()
	asked = filepath.Join(dir, "asked")
	body := "#!/bin/sh\necho \"$@\" >>" + asked + "\ncat <<'END'\n" + wrkSays + "END\n"
	if err := os.WriteFile(filepath.Join(dir, "wrk"), []byte(body), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return asked
}

func TestReportHasEveryFigure(t *testing.T) {
	t.Setenv("OPENGATHER_DATABASE", "postgres://developer") // of no concern to a benchmark
	wrkAsked := sayingWrk(t)
	p := testPlan(t)
	p.postgres = "postgres://somewhere"
	var out, progress bytes.Buffer
	if err := run(t.Context(), p, &out, &progress); err != nil {
		t.Fatalf("%v\n%s", err, progress.String())
	}
	for _, want := range []string{
		`A community of 50 posts\.`,
		`\| before \| 11765 \| 108\.0 ms \| \d+ µs \|`,
		`\| SQLite \| home \| member \| 38 \| 11765 \| 1\.00 \| 108\.0 ms \| \d+ µs \| \d+\.\d\d \| 46 \|`,
		`\| SQLite \| home \| member, stirred \| 38 \| 11765 \|`,
		`\| PostgreSQL \| thread of 50, packed \| stranger \| \d+ \| 11765 \|`,
		`somebody reacts to a post 10 times a second`,
		`\| SQLite \| search \| stranger \| answers 303 \|`,
		`\| PostgreSQL \| home \| stranger \| 83 \| 11765 \|`,
		`\| PostgreSQL \| /up \| anybody \| 0 \|`,
		`\| SQLite \| \d+ s \| \d+ \| \d+ µs \| 0 of 40 \| \d+ MB \| \d+ MB \| \d+ MB \| [\d.]+ ms \|`,
		`\| SQLite \| 11765 \| 9\.8 ms \| 108\.0 ms \| 46 \| \d+ MB \|`,
		`A script needs \d+\.\d s from the first start of a new community on SQLite, .* to its first post\.`,
		`\| PostgreSQL \| 2 \| 0\.1 KB \| 0\.1 KB \|`,
		`\| SQLite \| home \| 38 \| 11765 \| 1\.00 \| 108\.0 ms \| \d+ µs \| \d+\.\d\d \| 46 \|`,
		`\| PostgreSQL \| a word that nobody says \| 0 \| 11765 \| 1\.00 \|`,
		`\| SQLite \| \d\.\d MB \| [\d.]+ ms \| [\d.]+ ms \| \d+\.\d\d \| [\d.]+ ms \| \d+\.\d\d \|`,
		`photos, 4 in each of the last 10 posts\.`,
		`\| PostgreSQL \| thread \| member \| \d+ \| 11765 \|`,
		`\| SQLite \| a copy of a photo \| member \| 0 \| 11765 \|`,
		`\| SQLite \| 0 \| 2 \| [\d.]+ s \| \d+\.\d \| [\d.]+ ms \| \d+ MB \| \d+ MB \|`,
		`\| PostgreSQL \| 2, who fetch it \| 2 \|`,
	} {
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("%s is not in the report:\n%s", want, out.String())
		}
	}
	asked, err := os.ReadFile(wrkAsked)
	if err != nil {
		t.Fatal(err)
	}
	for want, times := range map[string]int{
		`-t2 -c16 -d1s --latency -s \S+/p95\.lua -H Accept-Encoding: identity -H Cookie: session=ada http://127\.0\.0\.1:\d+/t\n`:           8, // quiet and stirred, twice, to warm up and to measure, on two databases
		`-t2 -c16 -d1s --latency -s \S+/p95\.lua -H Accept-Encoding: identity http://127\.0\.0\.1:\d+/t\n`:                                  4,
		`-t2 -c16 -d1s --latency -s \S+/p95\.lua -H Accept-Encoding: identity -H Cookie: session=ada http://127\.0\.0\.1:\d+/search\?q=x\n`: 12, // and stirred, beside the other questions
		`-c100 -d1s .* -H Cookie: session=ada http://127\.0\.0\.1:\d+/home\n`:                                                               4,
		`-H Accept-Encoding: gzip http://127\.0\.0\.1:\d+/t\n`:                                                                              4,
		`/search`: 20, // not as a stranger, whom it redirects
		`http://127\.0\.0\.1:\d+/search\?q=quincewhisker\n`: 4,
		`http://127\.0\.0\.1:\d+/m/a/s\.jpg\n`:              4,
		`http://127\.0\.0\.1:\d+/p/\d+\n`:                   4,
	} {
		if got := len(regexp.MustCompile(want).FindAll(asked, -1)); got != times {
			t.Errorf("wrk was asked %d times for %s, want %d:\n%s", got, want, times, asked)
		}
	}
}

func TestLoadByTheRealWrk(t *testing.T) {
	b := bench{plan: testPlan(t), dir: t.TempDir(), progress: new(bytes.Buffer)}
	binary, err := b.build(t.Context(), ".", "./bare", "bare")
	if err != nil {
		t.Fatal(err)
	}
	l, err := b.bare(t.Context(), binary)
	if err != nil {
		t.Fatal(err)
	}
	if l.status != 200 || l.bytes < 2_500 || l.rate == 0 || l.p95 == 0 || l.p99 < l.p95 || l.cpu == 0 || l.failures != 0 {
		t.Errorf("%+v", l)
	}
}

func TestWhatDoesNotWorkIsSaid(t *testing.T) {
	b := bench{plan: testPlan(t), dir: t.TempDir(), progress: new(bytes.Buffer)}
	if _, err := b.build(t.Context(), b.module, "./none", "none"); err == nil || !strings.Contains(err.Error(), "build none") {
		t.Errorf("a program that does not build: %v", err)
	}
	var err error
	if b.program, err = b.build(t.Context(), b.module, b.pkg, "opengather"); err != nil {
		t.Fatal(err)
	}
	b.fill = "demo --members 1"
	if _, err := b.engine(t.Context(), "SQLite", nil); err == nil || !strings.Contains(err.Error(), "no such command: demo --members 1") {
		t.Errorf("a community that is not made: %v", err)
	}
	b.plan = testPlan(t)
	for wrong, says := range map[string]string{"nothing is posted": "what was posted is not at /first", "no composer": "has no form to post by"} {
		t.Setenv("PRODUCT_WRONG", wrong)
		if _, err := b.firstPost(t.Context()); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", wrong, err)
		}
	}
	b.plan.serve = "sing"
	if _, err := b.engine(t.Context(), "SQLite", nil); err == nil || !strings.Contains(err.Error(), "no such command: sing") {
		t.Errorf("a program that does not start: %v", err)
	}
}

// TestPartsAreMeasuredAlone measures one part, and what is wrong with each.
func TestPartsAreMeasuredAlone(t *testing.T) {
	sayingWrk(t)
	p := testPlan(t)
	if err := p.choose("upload,sleep"); err == nil || !strings.Contains(err.Error(), `"sleep" is none of pages, search, upload, photos, live`) {
		t.Errorf("a part that there is not: %v", err)
	}
	for _, x := range []struct{ part, wrong, says string }{
		{"live", "", ""},
		{"live", "nowhere to post", "does not lead to where one posts"},
		{"live", "streams end", "a stream ends"},
		{"upload", "no sizes", "/m/a/s.jpg answers 404"},
	} {
		t.Setenv("PRODUCT_WRONG", x.wrong)
		p := testPlan(t)
		if err := p.choose(x.part); err != nil {
			t.Fatal(err)
		}
		var out, progress bytes.Buffer
		err := run(t.Context(), p, &out, &progress)
		if x.wrong == "" && (err != nil || !strings.Contains(out.String(), "who fetch it") || regexp.MustCompile("first visit|Of home|12 megapixels").MatchString(out.String())) {
			t.Errorf("%s alone: %v\n%s", x.part, err, out.String())
		}
		if x.wrong != "" && (err == nil || !strings.Contains(err.Error(), x.says)) {
			t.Errorf("%s, where %s: %v", x.part, x.wrong, err)
		}
	}
}

func TestTold(t *testing.T) {
	c, err := told("made 3 spaces\nthread: /posts/1\nsearch: /search?q=a b\nreader: session=y\nreader: session=z\ncookie: __Host-session=x\ndone\n")
	want := community{thread: "/posts/1", search: "/search?q=a b", cookie: "__Host-session=x", readers: []string{"session=y", "session=z"}}
	if err != nil || !reflect.DeepEqual(c, want) {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := told("thread: /posts/1\nsearch: /search\n"); err == nil || !strings.Contains(err.Error(), "lacks one of the lines") {
		t.Errorf("without a cookie: %v", err)
	}
}
