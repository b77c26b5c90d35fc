package program

import (
	"cmp"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for a process: long, since a busy machine
// must not make a test red.
const patience = 60 * time.Second

// A Command says how to start a server.
type Command struct {
	Path    string   // the binary, as Build returns it
	Args    []string // without the program's name
	Env     []string // "NAME=value"; the tests' own OPENGATHER_ variables are not passed on
	Address string   // host:port at which it will answer, see FreePort
	Origin  string   // how it is asked, if not by http and its address
}

// A Process is a started server. It is killed when its test ends.
type Process struct {
	URL string // without a slash at the end
	PID int

	t      testing.TB
	cmd    *exec.Cmd
	output *output
	ended  chan struct{} // closed when the process is gone and all output read
	asked  bool          // a test ended it on purpose
}

// Start starts a server and waits until GET /up answers 200. It ends the test
// when the process ends before.
func Start(t testing.TB, c Command) *Process {
	t.Helper()
	p := &Process{URL: cmp.Or(c.Origin, "http://"+c.Address), t: t, output: newOutput(), ended: make(chan struct{})}
	p.cmd = exec.Command(c.Path, c.Args...)
	p.cmd.Env = append(foreignEnvironment(), c.Env...)
	p.cmd.Stdout, p.cmd.Stderr = p.output, p.output
	p.cmd.SysProcAttr = endsWithParent()
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", c.Path, err)
	}
	p.PID = p.cmd.Process.Pid
	t.Cleanup(p.cleanUp)
	go func() {
		// The exit status is read from cmd.ProcessState.
		_ = p.cmd.Wait()
		close(p.ended)
	}()
	p.waitUp()
	return p
}

// foreignEnvironment is the tests' environment without settings of OpenGather,
// so that a developer's own don't change what is tested.
func foreignEnvironment() []string {
	var env []string
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "OPENGATHER_") {
			env = append(env, e)
		}
	}
	return env
}

func (p *Process) waitUp() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for !p.answers(ctx) {
		select {
		case <-p.ended:
			p.asked = true // the failure below says it already
			p.t.Fatalf("%s ended before it was up: %v\n%s", p.cmd.Path, p.cmd.ProcessState, p.Output())
		case <-ctx.Done():
			p.t.Fatalf("%s/up did not answer 200 within %v\n%s", p.URL, patience, p.Output())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (p *Process) answers(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL+"/up", nil)
	if err != nil {
		p.t.Fatalf("the address of %s: %v", p.cmd.Path, err)
	}
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return err == nil && response.StatusCode == http.StatusOK
}

// Output is all that the process has printed so far, on both channels.
func (p *Process) Output() string {
	text, _ := p.output.read()
	return text
}

// Find waits until the process has printed something that matches, and returns
// the match: the first group, if the pattern has one.
func (p *Process) Find(pattern *regexp.Regexp) string {
	p.t.Helper()
	late := time.After(patience)
	for ended := false; ; {
		text, more := p.output.read()
		if match := pattern.FindStringSubmatch(text); match != nil {
			return match[min(1, len(match)-1)]
		}
		if ended {
			p.t.Fatalf("%s ended and never printed %v:\n%s", p.cmd.Path, pattern, text)
		}
		select {
		case <-more:
		case <-p.ended:
			ended = true
		case <-late:
			p.t.Fatalf("%s did not print %v within %v:\n%s", p.cmd.Path, pattern, patience, text)
		}
	}
}

var setupLink = regexp.MustCompile(`https?://[^\s"'<>]+/setup[^\s"'<>]*`)

// SetupLink waits for the one-time link that a new community prints.
func (p *Process) SetupLink() string {
	p.t.Helper()
	return p.Find(setupLink)
}

// Stop asks the process to end and demands that it does so with success.
func (p *Process) Stop() {
	p.t.Helper()
	p.end(syscall.SIGTERM)
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		p.t.Errorf("%s ended with %v after SIGTERM\n%s", p.cmd.Path, p.cmd.ProcessState, p.Output())
	}
}

// Kill ends the process with SIGKILL and returns when it is gone.
func (p *Process) Kill() {
	p.t.Helper()
	p.end(syscall.SIGKILL)
}

func (p *Process) end(signal syscall.Signal) {
	p.t.Helper()
	p.asked = true
	if err := p.cmd.Process.Signal(signal); err != nil {
		p.t.Errorf("send %v to %s: %v\n%s", signal, p.cmd.Path, err, p.Output())
	}
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.t.Fatalf("%s did not end within %v after %v\n%s", p.cmd.Path, patience, signal, p.Output())
	}
}

// cleanUp leaves no process behind, and reports one that died unasked.
func (p *Process) cleanUp() {
	select {
	case <-p.ended:
		if !p.asked {
			p.t.Errorf("%s ended by itself: %v\n%s", p.cmd.Path, p.cmd.ProcessState, p.Output())
		}
		return
	default:
	}
	if err := p.cmd.Process.Kill(); err != nil {
		p.t.Errorf("kill %s: %v", p.cmd.Path, err)
	}
	<-p.ended
}

// FreePort returns an address on loopback at which nobody listens now.
func FreePort(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return address
}
