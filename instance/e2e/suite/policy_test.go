package suite_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"reflect"
	"slices"
	"testing"

	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/config"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/telemetry"
	"github.com/opengather/opengather/instance/server"
)

// odd is a value that would end the policy and begin another, if it got there.
const odd = "x'; script-src * 'unsafe-inline' 'unsafe-eval'; frame-ancestors *\r\nContent-Security-Policy: default-src *"

// oddSettings are odd values for each field of the configuration; empty are
// those that a community cannot be opened with but as they are, with the reason.
var oddSettings = map[string]any{
	"File": odd, "PublicURL": "http://x.example/;%20script-src%20*%20'unsafe-inline'?a=;default-src%20*", "SourceURL": odd, "LogLevel": odd, "LogFormat": odd,
	"DatabaseFile": odd, "MasterKey": config.Secret(odd), "MasterKeyFile": odd, "OTLPEndpoint": "http://127.0.0.1:9/;script-src%20*",
	"Listen": odd, "TrustedProxies": anywhere,
	"S3Bucket": odd, "S3Region": odd, "S3AccessKey": odd, "S3SecretKey": config.Secret(odd), "S3SecretKeyFile": odd,
	"Data": "the test's own folder", "Database": "PostgreSQL's address; TestCrawl holds the policy there",
	"S3Endpoint": "asks for a bucket and keys; its host is told on the page on privacy alone",
}

var anywhere = config.Networks{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}

// TestNoConfigurationWeakensThePolicy sets every setting to something odd (P85).
func TestNoConfigurationWeakensThePolicy(t *testing.T) {
	kind := reflect.TypeFor[config.Config]()
	for i := range kind.NumField() {
		field := kind.Field(i)
		if !field.IsExported() {
			continue
		}
		value, ok := oddSettings[field.Name]
		if !ok {
			t.Errorf("there is no odd value for the setting %s", field.Name)
			continue
		}
		c := &config.Config{Data: t.TempDir(), Listen: "127.0.0.1:0"}
		if !slices.Contains([]string{"Data", "Database", "S3Endpoint"}, field.Name) {
			reflect.ValueOf(c).Elem().Field(i).Set(reflect.ValueOf(value))
		}
		program, err := server.Open(t.Context(), server.Options{Config: c, Log: telemetry.Logger(&writtenLog{}, false, 0), Version: "1"})
		if err != nil {
			t.Fatalf("%s: %v", field.Name, err)
		}
		holdPolicy(t, field.Name, program)
		if err := program.Close(); err != nil {
			t.Error(err)
		}
	}
}

// oddly gives each field of the community an odd value.
var oddly = map[string][]any{
	"Name": {odd}, "Preset": {odd}, "Question": {odd}, "Welcome": {odd}, "Rules": {odd}, "Imprint": {odd}, "Privacy": {odd}, "Zone": {odd},
	"Accent": {"#0a0b0c", odd}, "Origin": {odd}, "AboutLine": {true, false}, "Languages": {[]string{"de"}, []string{"en", odd}},
	"Face": {community.Hidden, community.Named, community.Open, community.Face(odd)}, "Door": {community.ByInvitation, community.ByAsking, community.ByJoining, community.Door(odd)},
	// Not settings.
	"ID": nil, "Former": nil, "HasPicture": nil, "FoundedAt": nil, "Version": nil,
}

// TestNoSettingWeakensThePolicy writes odd values past every check (P85).
func TestNoSettingWeakensThePolicy(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		settle(t, p)
		kind := reflect.TypeFor[community.Community]()
		for i := range kind.NumField() {
			field := kind.Field(i)
			if !field.IsExported() {
				continue
			}
			values, ok := oddly[field.Name]
			if !ok {
				t.Errorf("there is no odd value for %s of the community", field.Name)
			}
			for _, v := range values {
				before, err := p.program.Communities.Read(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				now := *before
				reflect.ValueOf(&now).Elem().Field(i).Set(reflect.ValueOf(v))
				p.save(now)
				holdPolicy(t, fmt.Sprint(field.Name, " ", v), p.program)
				now = *before
				now.Version++
				p.save(now)
			}
		}
		for _, f := range community.Features {
			p.must(p.program.Communities.SwitchFeature(t.Context(), (&person{id: p.idOf("ada")}).actor(), "", f, false))
		}
		holdPolicy(t, "all features off", p.program)
	})
}

func (p *place) save(c community.Community) {
	p.t.Helper()
	_, err := p.program.DB.Write(p.t.Context(), database.Op{Class: database.System, Name: "test.save"}, func(tx *database.Tx) (string, error) {
		return "", community.Save(tx, "", c)
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// holdPolicy demands the policy to the letter of answers of every kind.
func holdPolicy(t *testing.T, what string, program *server.Program) {
	t.Helper()
	for _, path := range []string{"/", "/setup", "/login", "/about", "/about/rules", "/join", "/spaces", "/home", "/nothing", "/up", "/static/x", "/manifest.webmanifest", "/p/%ff"} {
		for _, peer := range []string{"127.0.0.1:9", "203.0.113.9:9"} {
			got := answerTo(t, program, http.MethodGet, path, peer, nil, "").Header().Values("Content-Security-Policy")
			if !slices.Equal(got, []string{always["Content-Security-Policy"]}) {
				t.Errorf("%s at %s: %q", what, path, got)
			}
		}
	}
}
