package look_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/opengather/opengather/instance/e2e/browser"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/e2e/village"
)

var pictures = flag.String("pictures", "", "the directory to write pictures into; without it none are taken")

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	browser.Stop()
	program.RemoveBuilds()
	os.Exit(code)
}

// A visitor looks at pages one after the other.
type visitor struct {
	*browser.Person
	t      *testing.T
	prefix string
	v      *village.Village
}

func visit(t *testing.T, v *village.Village, prefix string, scripts browser.Scripts) *visitor {
	t.Helper()
	p := browser.Start(t).Person(prefix, browser.SmallPhone, browser.Light, scripts)
	return &visitor{Person: p, t: t, prefix: prefix, v: v}
}

// signIn goes the way of everybody who has a password.
func (w *visitor) signIn(handle, button string) {
	w.t.Helper()
	w.signInWith(handle, village.Password, button)
}

func (w *visitor) signInWith(handle, password, button string) {
	w.t.Helper()
	w.Open(w.v.URL + "/login")
	labels := map[string][2]string{"Sign in": {"Handle", "Password"}, "Anmelden": {"Kurzname", "Passwort"}}[button]
	w.Fill(labels[0], handle)
	w.Fill(labels[1], password)
	w.Click("button", button)
	if w.URL() != w.v.URL+"/home" {
		w.t.Fatalf("%s is at %s after signing in:\n%s", handle, w.URL(), w.Text())
	}
}

// look judges the page that is open, and takes its pictures. It leaves the
// screen as it was.
func (w *visitor) look(name string) {
	w.t.Helper()
	w.remember()
	for _, s := range []struct {
		name   string
		screen browser.Screen
		theme  browser.Theme
		axe    bool
		always bool
	}{
		{"narrow", browser.Narrow, browser.Light, false, true},
		{"phone-dark", browser.SmallPhone, browser.Dark, false, false},
		{"desktop", browser.Desktop, browser.Light, false, false},
		{"desktop-dark", browser.Desktop, browser.Dark, true, true},
		{"phone", browser.SmallPhone, browser.Light, true, true},
	} {
		if !s.always && *pictures == "" {
			continue
		}
		w.Turn(s.screen)
		w.Prefer(s.theme)
		w.NothingSticksOut(w.t)
		if s.axe {
			w.Axe(w.t)
		}
		if *pictures != "" && s.name != "narrow" {
			w.Screenshot(filepath.Join(*pictures, w.prefix+"-"+name+"-"+s.name+".png"))
		}
	}
}

// at opens a page and looks at it.
func (w *visitor) at(name, path string) {
	w.t.Helper()
	w.Open(w.v.URL + path)
	w.look(name)
}

// leave holds what the whole visit is held to.
func (w *visitor) leave() {
	w.t.Helper()
	w.NoForeignRequests(w.t, w.v.URL)
	w.NoProblems(w.t)
}
