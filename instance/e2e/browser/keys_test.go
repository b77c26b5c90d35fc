package browser

import (
	"strings"
	"testing"
)

func TestKeyboardOnly(t *testing.T) {
	server := site(t, strict, map[string]string{
		"/":      doc("", `<a href="/x">Skip to the content</a>`+form),
		"/found": doc("", "<h1>Found</h1>"),
	})
	for _, scripts := range []Scripts{WithScripts, WithoutScripts} {
		p := Start(t).Person("Ada", Desktop, Light, scripts)
		p.Open(server.URL)
		p.Press("Tab")
		if want := `link "Skip to the content"`; p.Focused() != want {
			t.Errorf("the first Tab leads to %s, want %s", p.Focused(), want)
		}
		p.TabTo("textbox", "Your name")
		p.Press("Control+a")
		p.Type("Ada & Grace")
		p.Press("Tab", "Shift+Tab", "End", "!")
		p.TabTo("combobox", "Space")
		p.Press("ArrowDown")
		p.TabTo("checkbox", "I agree")
		p.Press("Space")
		p.TabTo("button", "Save")
		p.Press("Enter")
		p.See("Found")
		for _, want := range []string{"name=Ada+%26+Grace%21&", "&space=k&", "&agree=yes&"} {
			if !strings.Contains(p.URL(), want) {
				t.Errorf("%s is not in %s", want, p.URL())
			}
		}
	}
}

func TestTabGetsNowhere(t *testing.T) {
	server := site(t, strict, map[string]string{"/": doc("", `<a href="/x">Only this</a><button tabindex="-1">Left out</button>`)})
	said := complaint(t, func(_ testing.TB, b *Browser) {
		p := b.Person("Ada", Desktop, Light, WithScripts)
		p.Open(server.URL)
		p.TabTo("button", "Left out")
	})
	if !strings.Contains(said, `Ada does not get to the button "Left out"`) || !strings.Contains(said, `link "Only this"`) {
		t.Errorf("the test says %q", said)
	}
}
