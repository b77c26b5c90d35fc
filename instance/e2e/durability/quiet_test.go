package durability

import (
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/program"
)

// requests are the lines of the log that tell of one request each.
var requests = regexp.MustCompile(`(?m)^time=\S+ level=INFO msg=request method=[A-Z]+ route=\S+ status=\d+ duration_ms=[\d.]+ request_id=[0-9a-f]+\n`)

// TestServingSaysNothingElse has a community begin, be lived in, stop and begin
// again: the operator reads where it listens, how to set it up and which requests
// there were, not one word more.
func TestServingSaysNothingElse(t *testing.T) {
	here := place{data: t.TempDir()}
	fresh := here.start(t)
	link := fresh.SetupLink()
	fresh.Stop()
	listens := fmt.Sprintf("OpenGather listens on %s, its data is in %s\n", fresh.URL, here.data)
	if want := listens + fmt.Sprintf("\nSet up your community here, once:\n\n    %s\n\n", link); unasked(fresh) != want {
		t.Errorf("a new community says %q, want %q", unasked(fresh), want)
	}

	here = place{data: t.TempDir()}
	people := newLoad(t, here.seed(t), dice(t))
	for range 2 {
		p := here.start(t)
		people.run(20, func() {}, p.URL)
		people.finish(p.URL)
		p.Stop()
		want := fmt.Sprintf("OpenGather listens on %s, its data is in %s\n", p.URL, here.data)
		if unasked(p) != want {
			t.Errorf("a community that is lived in says %q, want %q", unasked(p), want)
		}
	}
}

// unasked is what a process said without a request for a reason.
func unasked(p *program.Process) string { return requests.ReplaceAllString(p.Output(), "") }

// own are the addresses that a command may print: this machine's, examples,
// and where our source is.
var own = regexp.MustCompile(`^https?://(127\.0\.0\.1|localhost|gather\.example\.org|s3\.example|github\.com/opengather/opengather)\b`)

// TestCommandsNameNobody reads what each command prints. TestNothingNags has
// read every word they could say.
func TestCommandsNameNobody(t *testing.T) {
	data := t.TempDir()
	for _, command := range []string{"--help", "serve --help", "version", "config describe", "setup-link", "doctor", "demo --posts 100 --members 12 --spaces 7"} {
		args := append(strings.Fields(command), "--data", data)
		said, err := exec.Command(program.Build(t, opengather), args...).CombinedOutput()
		if err != nil && command != "doctor" { // which has something to tell
			t.Fatalf("%s: %v\n%s", command, err, said)
		}
		if len(said) == 0 {
			t.Errorf("%s says nothing", command)
		}
		for _, a := range regexp.MustCompile(`https?://[^\s)"]+`).FindAllString(string(said), -1) {
			if !own.MatchString(a) {
				t.Errorf("%s names %s", command, a)
			}
		}
	}
}
