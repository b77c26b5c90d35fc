package flows_test

import (
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/browser"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/e2e/village"
)

// TestWhereOneLeaves crosses every way out of an origin in Chromium: the former
// address of a community that has moved, a link in what somebody said, and the
// way to the source. Nothing else is asked for on the way.
func TestWhereOneLeaves(t *testing.T) {
	dir, elsewhere := t.TempDir(), "http://"+program.FreePort(t)
	v := village.In(t, dir, "127.0.0.1")
	v.SetUp("Garden Street", "Ada Lind", "ada", "en")
	space := v.Owner.Makes("Yard", "What we share.", "public")
	post := v.Owner.Says(space, "", "Look at [the neighbours]("+elsewhere+"/theirs).")
	former := v.URL
	v.Stop()
	now := strings.Replace(former, "localhost", "127.0.0.1", 1)
	program.Start(t, program.Command{
		Path:    program.Build(t, "github.com/opengather/opengather/instance/cmd/opengather"),
		Args:    []string{"serve", "--data", dir, "--listen", strings.TrimPrefix(now, "http://"), "--public-url", now, "--source-url", elsewhere + "/source"},
		Address: strings.TrimPrefix(now, "http://"),
	})
	for _, scripts := range []browser.Scripts{browser.WithScripts, browser.WithoutScripts} {
		p := browser.Start(t).Person("Olga", browser.SmallPhone, browser.Light, scripts)
		p.Open(former + post)
		if p.URL() != now+post {
			t.Errorf("the former address leads to %s", p.URL())
		}
		p.See("the neighbours")
		p.NoForeignRequests(t, former, now)
		asked := func() (all []string) {
			for _, r := range p.Requests() {
				if strings.HasPrefix(r.URL, elsewhere) {
					all = append(all, r.URL)
				}
			}
			return all
		}
		p.Click("link", "the neighbours")
		p.Open(now + "/about")
		p.Click("link", "Read the source that runs here")
		got := strings.Join(asked(), " ")
		if !strings.Contains(got, elsewhere+"/theirs") || !strings.Contains(got, elsewhere+"/source") {
			t.Errorf("pressed links asked for %q", got)
		}
		p.NoForeignRequests(t, former, now, elsewhere)
	}
}
