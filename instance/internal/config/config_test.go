package config_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/opengather/opengather/instance/internal/config"
)

// load parses like the program does. @ in args and environ is the path of a file
// with that text.
func load(t *testing.T, args, environ []string, file string) (*config.Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "og.yaml")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, list := range [][]string{args, environ} {
		for i, item := range list {
			if head, ok := strings.CutSuffix(item, "@"); ok {
				list[i] = head + path
			}
		}
	}
	var grammar struct {
		config.Config `embed:""`

		Serve  struct{} `cmd:"" default:"1"`
		Export struct {
			To string `name:"to"`
		} `cmd:""`
	}
	s := config.NewSource(environ)
	k, err := kong.New(&grammar, append(s.Options(), kong.Name("opengather"))...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Parse(args); err != nil {
		return &grammar.Config, err
	}
	return &grammar.Config, grammar.Complete(s)
}

func TestNothingSetIsEnough(t *testing.T) {
	c, err := load(t, nil, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if c.Data != "opengather-data" || c.Listen != "127.0.0.1:8080" || c.PublicURL != "" || c.Secure() ||
		len(c.TrustedProxies) > 0 || c.Database != "" || c.MasterKey != "" || c.OTLPEndpoint != "" ||
		c.SourceURL != "https://github.com/opengather/opengather" || c.Level() != slog.LevelInfo || c.LogFormat != "text" {
		t.Errorf("the defaults are %+v", c)
	}
}

func TestPrecedence(t *testing.T) {
	const inFile = "listen: \"127.0.0.1:3\""
	for _, c := range []struct {
		name          string
		args, environ []string
		want, origin  string
	}{
		{"default", nil, nil, "127.0.0.1:8080", "the default"},
		{"file", []string{"--config", "@"}, nil, "127.0.0.1:3", "og.yaml line 1"},
		{"file by environment", nil, []string{"OPENGATHER_CONFIG=@"}, "127.0.0.1:3", "og.yaml line 1"},
		{"environment", []string{"--config=@"}, []string{"OPENGATHER_LISTEN=:2"}, ":2", "OPENGATHER_LISTEN"},
		{"empty environment", []string{"--config=@"}, []string{"OPENGATHER_LISTEN="}, "127.0.0.1:3", "og.yaml line 1"},
		{"flag", []string{"--config=@", "--listen=:1"}, []string{"OPENGATHER_LISTEN=:2"}, ":1", "--listen"},
		{"flag of a command", []string{"export", "--config=@", "--listen=:1"}, []string{"OPENGATHER_LISTEN=:2"}, ":1", "--listen"},
		{"flag before the file", []string{"--config=@"}, []string{"OPENGATHER_CONFIG=/nowhere"}, "127.0.0.1:3", "og.yaml line 1"},
		{"another program's", nil, []string{"LISTEN=:9", "OPENGATHER=x"}, "127.0.0.1:8080", "the default"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := load(t, c.args, c.environ, inFile)
			if err != nil {
				t.Fatal(err)
			}
			if got.Listen != c.want {
				t.Errorf("listen is %s, want %s", got.Listen, c.want)
			}
			if want := fmt.Sprintf("now:     %s, from %s\n", c.want, c.origin); !strings.Contains(got.Describe(), want) {
				t.Errorf("want %q in\n%s", want, got.Describe())
			}
		})
	}
}

// Each setting is settable in each form.
func TestEveryFormOfEverySetting(t *testing.T) {
	key := strings.Repeat("0f", 32)
	values := map[string]string{
		"data": "/srv/og", "listen": "[::1]:80", "public-url": "https://a.example", "trusted-proxies": "10.0.0.0/8",
		"source-url": "https://b.example/src", "log-level": "debug", "log-format": "json",
		"otlp-endpoint": "http://127.0.0.1:4318", "database": "postgres://db/og", "master-key": key,
		"s3-endpoint": "https://s3.example", "s3-bucket": "media", "s3-region": "eu-1", "s3-access-key": "og", "s3-secret-key": "hush",
	}
	var asFlags, asEnviron, asFile []string
	for name, value := range values {
		snake := strings.ReplaceAll(name, "-", "_")
		if name != "master-key" && name != "s3-secret-key" {
			asFlags = append(asFlags, "--"+name+"="+value)
		}
		asEnviron = append(asEnviron, "OPENGATHER_"+strings.ToUpper(snake)+"="+value)
		asFile = append(asFile, fmt.Sprintf("%s: %q", snake, value))
	}
	want := &config.Config{
		Data: "/srv/og", Listen: "[::1]:80", PublicURL: "https://a.example", TrustedProxies: networks("10.0.0.0/8"),
		SourceURL: "https://b.example/src", LogLevel: "debug", LogFormat: "json", OTLPEndpoint: "http://127.0.0.1:4318",
		Database: "postgres://db/og", MasterKey: config.Secret(key),
		S3Endpoint: "https://s3.example", S3Bucket: "media", S3Region: "eu-1", S3AccessKey: "og", S3SecretKey: "hush",
	}
	for form, given := range map[string][3][]string{
		"flags":       {asFlags, {"OPENGATHER_MASTER_KEY=" + key, "OPENGATHER_S3_SECRET_KEY=hush"}},
		"environment": {nil, asEnviron},
		"file":        {nil, {"OPENGATHER_CONFIG=@"}, asFile},
	} {
		got, err := load(t, given[0], given[1], strings.Join(given[2], "\n"))
		if err != nil {
			t.Errorf("%s: %v", form, err)
			continue
		}
		got.File = ""
		g, w := reflect.ValueOf(*got), reflect.ValueOf(*want)
		for i := range g.NumField() {
			if f := g.Type().Field(i); f.IsExported() && !reflect.DeepEqual(g.Field(i).Interface(), w.Field(i).Interface()) {
				t.Errorf("%s: %s is %v, want %v", form, f.Name, g.Field(i), w.Field(i))
			}
		}
	}
}

func networks(text ...string) config.Networks {
	out := config.Networks{}
	for _, n := range text {
		out = append(out, netip.MustParsePrefix(n))
	}
	return out
}

func TestFileForms(t *testing.T) {
	for name, text := range map[string]string{
		"yaml list": "# ours\ntrusted_proxies:\n  - 10.0.0.0/8\n  - fd00::1\n",
		"yaml flow": "trusted_proxies: [10.0.0.0/8, \"fd00::1\"]",
		"commas":    "trusted_proxies: 10.0.0.0/8, fd00::1,",
		"json":      `{"trusted_proxies": ["10.0.0.0/8", "fd00::1/128"], "listen": null}`,
	} {
		c, err := load(t, []string{"--config=@"}, nil, text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if want := networks("10.0.0.0/8", "fd00::1/128"); !reflect.DeepEqual(c.TrustedProxies, want) {
			t.Errorf("%s: %v, want %v", name, c.TrustedProxies, want)
		}
		if c.Listen != "127.0.0.1:8080" {
			t.Errorf("%s: null is not the default but %q", name, c.Listen)
		}
	}
	for _, empty := range []string{"", "# nothing yet\n", "---\n"} {
		if _, err := load(t, []string{"--config=@"}, nil, empty); err != nil {
			t.Errorf("%q: %v", empty, err)
		}
	}
}

func TestPublicURL(t *testing.T) {
	for given, want := range map[string]string{
		"https://Gather.Example.org/":     "https://gather.example.org",
		"https://gather.example.org:443":  "https://gather.example.org",
		"https://gather.example.org:8443": "https://gather.example.org:8443",
		"http://127.0.0.1:8080":           "http://127.0.0.1:8080",
		"http://192.168.1.5:80":           "http://192.168.1.5",
		"http://10.1.2.3":                 "http://10.1.2.3",
		"http://[::1]:8080":               "http://[::1]:8080",
		"http://[fd12::1]":                "http://[fd12::1]",
		"http://[::ffff:10.0.0.1]":        "http://[::ffff:10.0.0.1]",
		"http://localhost:8080":           "http://localhost:8080",
		"http://og.localhost":             "http://og.localhost",
		"http://raspberry":                "http://raspberry",
		"http://nas.local":                "http://nas.local",
		"http://nas.home.arpa":            "http://nas.home.arpa",
		"http://og.corp.internal":         "http://og.corp.internal",
	} {
		c, err := load(t, []string{"--public-url", given}, nil, "")
		if err != nil {
			t.Errorf("%s: %v", given, err)
		}
		if c.PublicURL != want {
			t.Errorf("%s becomes %s, want %s", given, c.PublicURL, want)
		}
		if secure := strings.HasPrefix(given, "https"); c.Secure() != secure {
			t.Errorf("%s: secure is %v", given, c.Secure())
		}
	}
	for _, public := range []string{
		"http://gather.example.org", "http://8.8.8.8", "http://0.0.0.0", "http://[2001:db8::1]",
		"http://[::ffff:8.8.8.8]", "http://nas.local.example.org", "http://xlocalhost.de",
		"http://100.64.0.1",
	} {
		_, err := load(t, []string{"--public-url", public}, nil, "")
		if err == nil || !strings.Contains(err.Error(), "plain http is for this machine") {
			t.Errorf("%s: %v", public, err)
		}
	}
}

func TestHelpNamesTheVariable(t *testing.T) {
	var grammar struct {
		config.Config `embed:""`
	}
	var out strings.Builder
	s := config.NewSource(nil)
	k, err := kong.New(&grammar, append(s.Options(), kong.Writers(&out, io.Discard), kong.Exit(func(int) {}))...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Parse([]string{"--help"}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "$OPENGATHER_TRUSTED_PROXIES") {
		t.Error(out.String())
	}
}

func TestDescribe(t *testing.T) {
	c, err := load(t, []string{"--config=@"}, []string{"OPENGATHER_LOG_LEVEL=warn"}, "public_url: https://a.example")
	if err != nil {
		t.Fatal(err)
	}
	text := c.Describe()
	for _, want := range []string{
		"--public-url   OPENGATHER_PUBLIC_URL   file public_url\n    The address by which",
		"default: nothing\n    now:     https://a.example, from og.yaml line 1\n",
		"default: info\n    now:     warn, from OPENGATHER_LOG_LEVEL\n",
		"default: nothing\n    now:     nothing, from the default\n",
		"--config   OPENGATHER_CONFIG   not in a file\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("want %q in\n%s", want, text)
		}
	}
	for i := range reflect.TypeFor[config.Config]().NumField() {
		f := reflect.TypeFor[config.Config]().Field(i)
		if f.IsExported() && (f.Tag.Get("help") == "" || !strings.Contains(text, "--"+f.Tag.Get("name")+" ")) {
			t.Errorf("%s is not described", f.Name)
		}
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	const canary = "geheim77"
	c, err := load(t, nil, []string{
		"OPENGATHER_DATABASE=postgres://og:" + canary + "@db/og?password=" + canary,
		"OPENGATHER_MASTER_KEY=" + canary,
		"OPENGATHER_S3_SECRET_KEY=" + canary,
	}, "")
	if err == nil {
		t.Fatal("a bad master key is taken")
	}
	_, badURL := load(t, nil, []string{"OPENGATHER_DATABASE=postgres://og:" + canary + "@db:x/og"}, "")
	_, badOTLP := load(t, []string{"--otlp-endpoint=http://og:" + canary + "@collector"}, nil, "")
	asJSON, jsonErr := json.Marshal(c)
	if jsonErr != nil {
		t.Fatal(jsonErr)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("start", "database", c.Database, "all", c)
	for _, shown := range []string{
		c.Describe(), err.Error(), fmt.Sprint(badURL), fmt.Sprint(badOTLP), string(asJSON), log.String(),
		fmt.Sprintf("%v %+v %#v %s %q", c, *c, c, c.Database, c.MasterKey),
	} {
		if strings.Contains(shown, canary) {
			t.Errorf("shown in %s", shown)
		}
		if shown == "" || shown == "<nil>" {
			t.Error("there is nothing to look into")
		}
	}
	if !strings.Contains(c.Describe(), "now:     (hidden), from OPENGATHER_DATABASE") {
		t.Error(c.Describe())
	}
	if string(c.MasterKey) != canary {
		t.Error("the value itself is lost")
	}
}
