package flows_test

import (
	"debug/buildinfo"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/e2e/village"
)

// sourceOf is where the source is unless whoever runs the program says otherwise.
const sourceOf = "https://github.com/opengather/opengather"

// TestAboutSaysWhatRuns builds the program as a release is built and reads /about
// as its owner and as somebody from outside: the version that it was built as,
// the commit that is in the binary, and a link to the source, or to where the
// operator says that it is (P23).
func TestAboutSaysWhatRuns(t *testing.T) {
	// A folder is another name for what other tests build, so this is built anew.
	t.Setenv("GOFLAGS", strings.TrimSpace(os.Getenv("GOFLAGS")+" -buildvcs=auto -ldflags=-X=main.version=9.8.7"))
	binary := program.Build(t, "./../../cmd/opengather")
	commit := commitOf(t, binary)
	for name, x := range map[string]struct {
		flags  []string
		source string
	}{"as it is": {nil, sourceOf}, "changed": {[]string{"--source-url", "https://source.example/ours"}, "https://source.example/ours"}} {
		t.Run(name, func(t *testing.T) {
			address := program.FreePort(t)
			p := program.Start(t, program.Command{
				Path: binary, Args: append([]string{"serve", "--data", t.TempDir(), "--listen", address, "--public-url", "http://" + address}, x.flags...), Address: address,
			})
			v := village.At(t, p.URL, p.SetupLink(), "Garden Street", "Ada Lind", "ada", "en")
			stranger := program.NewClient(t, p.URL)
			stranger.Header.Set("Accept-Language", "en")
			for _, face := range []string{"public", "named"} {
				v.Owner.Submit(v.Owner.Get("/community/door").PostForm("/community/door"), url.Values{"face": {face}}).Expect(http.StatusOK)
				for who, reader := range map[string]*program.Client{"the owner": v.Owner.Client, "a stranger": stranger} {
					page := reader.Get("/about")
					if page.URL.Path != "/about" || page.Status != http.StatusOK {
						t.Fatalf("a %s community shows %s %s (%d)", face, who, page.URL, page.Status)
					}
					says(t, page, "Version", "9.8.7")
					says(t, page, "Exact state of the source", commit)
					if !strings.Contains(string(page.Body), `href="`+x.source+`"`) {
						t.Errorf("no link leads to %s", x.source)
					}
				}
			}
		})
	}
}

// says demands a line below its title, or that there is no such title.
func says(t *testing.T, page *program.Page, title, want string) {
	t.Helper()
	lines := append(strings.Split(page.Text(), "\n"), "")
	at := slices.Index(lines, title)
	if (at >= 0) != (want != "") || at >= 0 && lines[at+1] != want {
		t.Errorf("%q is not said to be %q:\n%s", title, want, page.Text())
	}
}

// commitOf is the commit that Go wrote into a binary, which prints it too. It is
// empty where Git knows nothing of the source.
func commitOf(t *testing.T, binary string) (commit string) {
	t.Helper()
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			commit = s.Value
		}
	}
	said, err := exec.Command(binary, "version").Output()
	if want := "opengather 9.8.7 " + commit; err != nil || strings.TrimSpace(string(said)) != strings.TrimSpace(want) {
		t.Errorf("it says %q, %v, want %q", said, err, want)
	}
	return commit
}
