package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A server is a process that was started to be measured.
type server struct {
	url   string
	first time.Duration // from start to first answer

	cmd   *exec.Cmd
	said  tail
	ended chan struct{} // closed when it is gone
}

// A tail keeps the end of what a process says: one that logs each request says
// very much.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if len(t.text) > 64<<10 {
		t.text = append(t.text[:0], t.text[len(t.text)-16<<10:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}

// start starts a server and waits for GET /up to answer 200.
func start(ctx context.Context, cmd *exec.Cmd, address string) (*server, error) {
	s := &server{url: "http://" + address, cmd: cmd, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &s.said, &s.said
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		// Its status is read from cmd.ProcessState.
		_ = cmd.Wait()
		close(s.ended)
	}()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for !s.answers(ctx) {
		select {
		case <-s.ended:
			return nil, fmt.Errorf("%s ended: %v\n%s", cmd.Path, cmd.ProcessState, &s.said)
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), s.stop())
		case <-time.After(time.Millisecond):
		}
	}
	s.first = time.Since(begin)
	return s, nil
}

func (s *server) answers(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/up", nil)
	if err != nil {
		return false
	}
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	return response.Body.Close() == nil && response.StatusCode == http.StatusOK
}

// stop asks the process to end, and makes it if it doesn't.
func (s *server) stop() error {
	err := s.cmd.Process.Signal(syscall.SIGTERM)
	if errors.Is(err, os.ErrProcessDone) {
		<-s.ended
		return fmt.Errorf("%s ended by itself: %v\n%s", s.cmd.Path, s.cmd.ProcessState, &s.said)
	} else if err != nil {
		return fmt.Errorf("end %s: %w", s.cmd.Path, err)
	}
	select {
	case <-s.ended:
		return nil
	case <-time.After(30 * time.Second):
	}
	err = s.cmd.Process.Kill()
	<-s.ended
	return errors.Join(fmt.Errorf("%s did not end within 30 s after SIGTERM", s.cmd.Path), err)
}

// cpu is the CPU time that the process has used, in user mode and in the kernel.
func (s *server) cpu() (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	return parseStat(string(stat))
}

// parseStat adds utime and stime, fields 14 and 15 of proc_pid_stat(5). They
// are in ticks of USER_HZ, which is 100 wherever Linux runs Go.
func parseStat(stat string) (time.Duration, error) {
	// The second field is the program's name in brackets, with any characters.
	_, rest, ok := strings.Cut(stat[strings.LastIndexByte(stat, ')')+1:], " ")
	fields := strings.Fields(rest)
	if !ok || len(fields) < 13 {
		return 0, fmt.Errorf("read the CPU time from %q", stat)
	}
	user, err := strconv.Atoi(fields[11])
	if err != nil {
		return 0, err
	}
	kernel, err := strconv.Atoi(fields[12])
	return time.Duration(user+kernel) * time.Second / 100, err
}

// memory is resident memory in bytes: now, and the most there ever was.
type memory struct{ now, most int }

func (s *server) memory() (memory, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return memory{}, err
	}
	return parseStatus(string(status))
}

// parseStatus reads VmRSS and VmHWM of proc_pid_status(5).
func parseStatus(status string) (m memory, err error) {
	found := 0
	for row := range strings.Lines(status) {
		field := map[string]*int{"VmRSS": &m.now, "VmHWM": &m.most}[strings.SplitN(row, ":", 2)[0]]
		if field == nil {
			continue
		}
		kilobytes, err := strconv.Atoi(strings.Fields(row)[1])
		if err != nil {
			return m, err
		}
		*field = kilobytes * 1024
		found++
	}
	if found != 2 {
		return m, errors.New("the status of the process says nothing of its memory")
	}
	return m, nil
}

// idle waits until the process has used less than 1 % of a core for two
// seconds: the work of the start is done.
func idle(ctx context.Context, s *server) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		before, err := s.cpu()
		if err != nil {
			return err
		}
		select {
		case <-time.After(2 * time.Second):
		case <-ctx.Done():
			return fmt.Errorf("it does not become idle: %w", ctx.Err())
		}
		after, err := s.cpu()
		if err != nil || after-before <= 20*time.Millisecond {
			return err
		}
	}
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}
