package durability

import (
	"bytes"
	"debug/buildinfo"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/program"
)

// known are the addresses in the built program, each with why it is there. None
// is contacted. In a binary the next words follow without a gap, so that each
// is known by how it begins.
var known = map[string]string{
	"www.w3.org/":                       "names in markup",
	"github.com/opengather/opengather":  "the link to the source on /about (P23)",
	"gather.example.org":                "an example in the help of a setting",
	"acme-v02.api.letsencrypt.org/":     "echo can ask for certificates; we never start that",
	"echo.labstack.com":                 "in echo's banner, which is turned off",
	"github.com/pressly/goose":          "goose: where to read on, in an error",
	"github.com/otan/gopgkrb5":          "pgx: where to read on, in an error",
	"github.com/golang/protobuf/issues": "protobuf: where to read on, in an error",
	"protobuf.dev/reference/":           "protobuf: where to read on, in an error",
	"go.dev/":                           "Go: where to read on, in an error",
	"opentelemetry.io/schemas/":         "the name of a schema",
	"jsonfeed.org/version/1.1":          "the name of a format",
	"www.sitemaps.org/schemas/sitemap/": "the name of a format",
	"s3.amazonaws.com/doc/2006-03-01/":  "minio-go: names in the markup of S3",
	"acs.amazonaws.com/groups/":         "minio-go: names of groups in S3",
	"github.com/minio/minio-go/issues":  "minio-go: where to read on, in an error",
}

var (
	address = regexp.MustCompile(`(?:https?|wss?|ftps?|smtps?|ldaps?|grpc|tcp|udp)://((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}[ -~]{0,60})`)
	// Names that nobody can have (RFC 2606), in the demo's posts.
	nobodys = regexp.MustCompile(`^(?:[a-z0-9-]+\.)+example(?:[^\w.-]|$)`)
	// Names without a scheme. Most ends are also words of Go, so that only the
	// usual ones are looked for, and only where no word goes on behind them.
	bare = regexp.MustCompile(`((?:[a-z0-9][a-z0-9-]*\.)+(?:com|org|net|io|dev|cloud|app|eu|social))(?:[^\w.]|$)`)
	// minio-go knows the names of S3 at Amazon by heart, one after the other. The
	// door leads to the one that the operator named, and to no other.
	amazons = regexp.MustCompile(`(?:s3[a-z0-9-]*(?:\.[a-z0-9-]+)*\.)?amazonaws\.com(?:\.cn)?`)
	// What the linker writes before the path of a package.
	linked = regexp.MustCompile(`^(?:eq|itab|hash)\.`)
)

// TestBinaryNamesNoHost reads the built program for the names of other hosts.
func TestBinaryNamesNoHost(t *testing.T) {
	unknown, named := hosts(t, program.Build(t, opengather))
	for _, u := range unknown {
		t.Errorf("the program names %q", u)
	}
	for begin := range known {
		if !slices.ContainsFunc(named, func(n string) bool { return strings.HasPrefix(n, begin) }) {
			t.Errorf("nothing names %s any more: take it off the list", begin)
		}
	}
}

// TestHostsInABinaryAreFound plants hosts in the real program.
func TestHostsInABinaryAreFound(t *testing.T) {
	planted := []string{
		"https://telemetry.opengather.example.com/ping", "wss://hub.opengather.org/", "http://gather.example.net/",
		"https://example.org.evil.net/", "telemetry.opengather.com", "github.com.evil.net",
	}
	binary := filepath.Join(t.TempDir(), "opengather")
	build := exec.Command("go", "build", "-ldflags", "-X 'main.version="+strings.Join(planted, "\t")+"'", "-o", binary, opengather)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, said)
	}
	unknown, _ := hosts(t, binary)
	for _, p := range planted {
		if !slices.ContainsFunc(unknown, func(u string) bool { return strings.HasPrefix(u, p) }) {
			t.Errorf("%s is not found: %q", p, unknown)
		}
	}
}

// hosts gives the names that there is no reason for, and all addresses.
func hosts(t *testing.T, binary string) (unknown, named []string) {
	t.Helper()
	body := data(t, binary)
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range address.FindAllSubmatch(body, -1) {
		a := string(m[1])
		named = append(named, a)
		if !nobodys.MatchString(a) && !begins(a) {
			unknown = append(unknown, string(m[0]))
		}
	}
	// Packages are named after hosts, and YAML's tags; minio-go asks whether a
	// host is Google's; the list of public suffixes names its source.
	paths := []string{"github.com", "yaml.org", "googleapis.com", "publicsuffix.org"}
	for _, m := range info.Deps {
		host, _, _ := strings.Cut(m.Path, "/")
		paths = append(paths, host)
	}
	for _, m := range bare.FindAllSubmatch(amazons.ReplaceAll(address.ReplaceAll(body, nil), []byte{0}), -1) {
		name := linked.ReplaceAllString(string(m[1]), "")
		of := func(path string) bool { return strings.HasSuffix(name, path) }
		if strings.Contains(name, ".") && !slices.ContainsFunc(paths, of) {
			unknown = append(unknown, name)
		}
	}
	return unknown, named
}

// data is what a program has beside its code: literals and embedded files,
// without the texts of licences.
func data(t *testing.T, binary string) (all []byte) {
	t.Helper()
	f, err := elf.Open(binary)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, name := range []string{".rodata", ".data", ".noptrdata"} {
		part, err := f.Section(name).Data()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all = append(append(all, part...), 0)
	}
	// Licences say where their authors are.
	for _, name := range []string{"notices/texts.txt", "web/look/static/LICENSES.txt"} {
		texts, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(all, texts) {
			t.Errorf("%s is not in the program", name)
		}
		all = bytes.ReplaceAll(all, texts, []byte{0})
	}
	return all
}

func begins(address string) bool {
	for begin := range known {
		if strings.HasPrefix(address, begin) {
			return true
		}
	}
	return false
}
