package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/demo"
	"github.com/opengather/opengather/instance/internal/config"
	"github.com/opengather/opengather/instance/internal/telemetry"
	"github.com/opengather/opengather/instance/server"
)

// running is what a command gets in a test.
func running(t *testing.T, data string) *run {
	t.Helper()
	return &run{
		ctx: t.Context(), log: telemetry.Logger(t.Output(), false, 0),
		config: &config.Config{Data: data, Listen: "127.0.0.1:8080"},
	}
}

// TestDemo fills a directory by the command, and looks at what it says.
func TestDemo(t *testing.T) {
	r := running(t, t.TempDir())
	var out, progress bytes.Buffer
	d := demoCommand{Members: 12, Spaces: 7, Posts: 100, Language: "en", Seed: 1, PrintSession: "member", PrintReaders: 5}
	if err := d.run(r, &out, &progress); err != nil {
		t.Fatal(err)
	}
	var said session
	if err := json.Unmarshal(out.Bytes(), &said); err != nil || strings.Count(out.String(), "\n") != 1 {
		t.Fatalf("standard output is no line of JSON: %q, %v", out.String(), err)
	}
	if said.Role != "member" || said.Handle == "" || said.Session == "" || said.Replies != 50 || said.Search == "" || !strings.HasPrefix(said.Thread, "/p/") {
		t.Errorf("it says %+v", said)
	}
	for _, line := range []string{"100 %", demo.Password, "owner ", "moderator ", "guest ", "thread: " + said.Thread, "search: /search?q=" + said.Search, "cookie: session=" + said.Session} {
		if !strings.Contains(progress.String(), line) {
			t.Errorf("it does not say %q to people:\n%s", line, progress.String())
		}
	}
	if n := len(reader.FindAllString(progress.String(), -1)); n != 5 {
		t.Errorf("there are %d sessions of readers:\n%s", n, progress.String())
	}
	if err := d.run(r, &out, &progress); !errors.Is(err, demo.ErrNotEmpty) {
		t.Errorf("a second time gives %v", err)
	}
	p, err := server.Open(t.Context(), r.options())
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if link, err := p.SetupLink(t.Context(), nil); err != nil || link != "" {
		t.Errorf("a full community gives a link for setting up: %q, %v", link, err)
	}
}

var reader = regexp.MustCompile(`(?m)^reader: session=[\w-]{43}$`)

func TestDemoRefusesBeforeItMakesAnything(t *testing.T) {
	data := t.TempDir() + "/none"
	err := demoCommand{Members: 1, Spaces: 8, Posts: 1500, Language: "en"}.run(running(t, data), &bytes.Buffer{}, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "members: between") {
		t.Errorf("one member gives %v", err)
	}
	if _, err := os.Stat(data); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the data directory was made: %v", err)
	}
}
