package main

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/server"
)

// TestDoctorBesideTheServer looks at a community while it is served, on SQLite,
// where the server holds the lock.
func TestDoctorBesideTheServer(t *testing.T) {
	r := running(t, t.TempDir())
	if err := os.Chmod(r.config.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	r.config.Listen = "127.0.0.1:0"
	p, err := server.Open(t.Context(), r.options())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ready, ended := make(chan net.Addr, 1), make(chan error, 1)
	go func() { ended <- p.Serve(ctx, func(a net.Addr) { ready <- a }) }()
	r.config.Listen = (<-ready).String()
	var out bytes.Buffer
	code, err := doctorCommand{}.examine(t.Context(), r.patient(), &out)
	if err != nil || code != somethingDoes || !strings.HasPrefix(out.String(), "1 thing needs you.\n\nmaster-key-copy: ") || strings.Contains(out.String(), "program:") {
		t.Errorf("it ends with %d, %v, and says\n%s", code, err, out.String())
	}
	if code, err := (doctorCommand{MasterCopied: true}).examine(t.Context(), r.patient(), &out); err != nil || code != nothingNeedsYou {
		t.Errorf("noting a copy ends with %d, %v", code, err)
	}
	out.Reset()
	code, err = doctorCommand{JSON: true}.examine(t.Context(), r.patient(), &out)
	if err != nil || code != nothingNeedsYou || !strings.HasPrefix(out.String(), "{") {
		t.Errorf("then it ends with %d, %v, and says\n%s", code, err, out.String())
	}
	stop()
	if err := errors.Join(<-ended, p.Close()); err != nil {
		t.Error(err)
	}
}

func TestDoctorCannotTell(t *testing.T) {
	r := running(t, filepath.Join(t.TempDir(), "none"))
	r.config.Listen = "127.0.0.1:1"
	var out bytes.Buffer
	code, err := doctorCommand{}.examine(t.Context(), r.patient(), &out)
	if err != nil || code != cannotTell || !strings.Contains(out.String(), "In the database, and so not looked at: schema, ") {
		t.Errorf("it ends with %d, %v, and says\n%s", code, err, out.String())
	}
	if code, err := (doctorCommand{MasterCopied: true}).examine(t.Context(), r.patient(), &out); err == nil || code != cannotTell {
		t.Errorf("noting a copy of no key ends with %d, %v", code, err)
	}
}

// TestDoctorWithWrongSettings holds that a setting that is refused elsewhere is
// said beside all the rest.
func TestDoctorWithWrongSettings(t *testing.T) {
	r := running(t, t.TempDir())
	r.invalid = errors.Join(errors.New("one is wrong"), errors.New("another, too"))
	r.config.Listen = "127.0.0.1:1"
	var out bytes.Buffer
	code, err := doctorCommand{}.examine(t.Context(), r.patient(), &out)
	if err != nil || code != somethingDoes || !strings.Contains(out.String(), "configuration: one is wrong; another, too.\n") || !strings.Contains(out.String(), "database: ") {
		t.Errorf("it ends with %d, %v, and says\n%s", code, err, out.String())
	}
}

// TestAskUp asks something that takes requests and is no server of pages.
func TestAskUp(t *testing.T) {
	for said, want := range map[string]int{"HTTP/1.1 503 Service Unavailable\r\n\r\n": 503, "HTTP/1.0 200 OK\r\n": 200, "SSH-2.0-x\r\n": 0, "": 0} {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			if c, err := l.Accept(); err == nil {
				c.Read(make([]byte, 100))
				c.Write([]byte(said))
				c.Close()
			}
		}()
		if got, err := askUp(t.Context(), l.Addr().String()); got != want || (err == nil) != (want > 0) {
			t.Errorf("%q is taken for %d, %v", said, got, err)
		}
		l.Close()
	}
}

func TestHere(t *testing.T) {
	for listen, want := range map[string]string{
		":8080": "localhost:8080", "0.0.0.0:80": "localhost:80", "[::]:80": "localhost:80",
		"127.0.0.1:8080": "127.0.0.1:8080", "192.168.1.4:80": "192.168.1.4:80", "[::1]:80": "[::1]:80",
	} {
		if got := here(listen); got != want {
			t.Errorf("%s is asked on %s, want %s", listen, got, want)
		}
	}
}
