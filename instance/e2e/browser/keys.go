package browser

import (
	"context"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// keys are those that Press knows by name.
var keys = map[string]string{
	"ArrowDown": kb.ArrowDown, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight, "ArrowUp": kb.ArrowUp,
	"Backspace": kb.Backspace, "Delete": kb.Delete, "End": kb.End, "Enter": kb.Enter, "Escape": kb.Escape,
	"Home": kb.Home, "PageDown": kb.PageDown, "PageUp": kb.PageUp, "Space": " ", "Tab": kb.Tab,
}

// Press presses keys one after the other, by their names ("Tab", "Enter",
// "Space") or as a single character, "Shift+" and "Control+" before them if
// need be. It waits for the page that a key leads to.
func (p *Person) Press(names ...string) {
	p.t.Helper()
	for _, name := range names {
		p.settle()
		key, modifiers := modified(name)
		if named, ok := keys[key]; ok {
			key = named
		} else if len([]rune(key)) != 1 {
			p.t.Fatalf("there is no key %q", name)
		}
		p.must("press "+name, chromedp.Do(p.context, chromedp.KeyEvent(key, chromedp.KeyModifiers(modifiers...))))
		p.arrive()
	}
}

// modified splits "Shift+Tab" into the key and what is held down with it.
func modified(name string) (key string, held []chromedp.Modifier) {
	for {
		if rest, ok := strings.CutPrefix(name, "Shift+"); ok {
			name, held = rest, append(held, chromedp.ModifierShift)
		} else if rest, ok := strings.CutPrefix(name, "Control+"); ok {
			name, held = rest, append(held, chromedp.ModifierCtrl)
		} else {
			return name, held
		}
	}
}

// Type writes with the keyboard into whatever has the focus.
func (p *Person) Type(text string) {
	p.t.Helper()
	p.settle()
	p.must("type", chromedp.Do(p.context, chromedp.KeyEvent(strings.ReplaceAll(text, "\n", kb.Enter))))
}

// Focused is the role and the accessible name of what has the focus, as in
// `button "Save"`.
func (p *Person) Focused() string {
	p.t.Helper()
	p.settle()
	var focused string
	p.until("something to have the focus", func(ctx context.Context) error {
		result, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: "document.activeElement ?? document"})
		if err != nil {
			return err
		}
		no := false
		tree, err := chromedp.Call(ctx, accessibility.GetPartialAXTree, accessibility.GetPartialAXTreeParams{
			ObjectID: result.Result.ObjectID, FetchRelatives: &no,
		})
		if err != nil {
			return err
		}
		focused = fmt.Sprintf("%s %q", text(tree.Nodes[0].Role), text(tree.Nodes[0].Name))
		return nil
	})
	return focused
}

// TabTo presses Tab until the thing with that role and name has the focus. It
// ends the test when the keyboard doesn't get there.
func (p *Person) TabTo(role, name string) {
	p.t.Helper()
	want := fmt.Sprintf("%s %q", role, name)
	var passed []string
	for range 200 {
		p.Press("Tab")
		at := p.Focused()
		if at == want {
			return
		}
		passed = append(passed, at)
	}
	p.t.Fatalf("%s does not get to the %s by Tab, but to:\n%s", p.name, want, strings.Join(passed, "\n"))
}
