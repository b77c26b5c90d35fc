package browser

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// A Part is the part of a page that a person looks at: all of it, or one thing
// on it and what is inside.
type Part struct {
	person     *Person
	outer      *Part
	role, name string
}

// Within is the part of this one with an accessible role and name, such as
// ("article", "Post by Ada").
func (p Part) Within(role, name string) Part {
	return Part{person: p.person, outer: &p, role: role, name: name}
}

func (p Part) String() string {
	if p.outer == nil {
		return "the page"
	}
	return fmt.Sprintf("the %s %q", p.role, p.name)
}

// root finds the part in the page as it is now.
func (p Part) root(ctx context.Context) (runtime.RemoteObjectID, error) {
	if p.outer == nil {
		return document(ctx)
	}
	outer, err := p.outer.root(ctx)
	if err != nil {
		return "", err
	}
	object, err := thing(ctx, outer, p.role, p.name)
	if err != nil {
		return "", fmt.Errorf("%s: %w", p, err)
	}
	return object, nil
}

// Text is what a person can read in this part now.
func (p Part) Text() string {
	p.person.t.Helper()
	p.person.settle()
	var text string
	p.person.until(p.String(), func(ctx context.Context) (err error) {
		text, err = p.text(ctx)
		return err
	})
	return text
}

func (p Part) text(ctx context.Context) (string, error) {
	root, err := p.root(ctx)
	if err != nil {
		return "", err
	}
	text, err := on[string](ctx, root, `function() { return (this.body ?? this).innerText ?? "" }`)
	return strings.Join(strings.Fields(text), " "), err
}

// See waits until the text can be read in this part. White space doesn't count,
// the case of letters does, as the style sheet shows them.
func (p Part) See(text string) {
	p.person.t.Helper()
	p.person.until(fmt.Sprintf("%q in %s", text, p), func(ctx context.Context) error {
		have, err := p.text(ctx)
		if err == nil && !strings.Contains(have, strings.Join(strings.Fields(text), " ")) {
			err = errors.New("it is not there")
		}
		return err
	})
}

// NotSee waits until the text cannot be read in this part. A page that is yet
// to come doesn't have it either: See something of that page first.
func (p Part) NotSee(text string) {
	p.person.t.Helper()
	p.person.settle()
	p.person.until(fmt.Sprintf("%q to be gone from %s", text, p), func(ctx context.Context) error {
		have, err := p.text(ctx)
		if err == nil && strings.Contains(have, strings.Join(strings.Fields(text), " ")) {
			err = errors.New("it is still there")
		}
		return err
	})
}

// A point is where to click, or why nowhere.
type point struct {
	X, Y float64
	Why  string
}

// clickPoint scrolls to an element and finds where a click reaches it or its
// label, as with boxes that a page draws itself.
const clickPoint = `function() {
	if (this.matches(":disabled")) return {why: "it is disabled"};
	let why = "it has no place on the page";
	for (const e of [this, ...(this.labels ?? [])]) {
		e.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
		for (const r of e.getClientRects()) {
			const x = r.x + r.width / 2, y = r.y + r.height / 2;
			const hit = document.elementFromPoint(x, y);
			if (hit && e.contains(hit)) return {x, y};
			if (hit) why = "it is covered by " + hit.outerHTML.slice(0, 100);
		}
	}
	return {why};
}`

// Click clicks on the one thing with that accessible role and name, such as
// ("button", "Save"), once the mouse can reach it, and waits for the page that
// this leads to, if it does.
func (p Part) Click(role, name string) {
	p.person.t.Helper()
	at := p.reach(role, name)
	p.person.must("click", chromedp.Do(p.person.context, chromedp.MouseClickXY(at.X, at.Y)))
	p.person.arrive()
}

// Swipe moves a finger sideways over the one thing with that accessible role and
// name, by CSS pixels, to the right if they are more than 0.
func (p Part) Swipe(role, name string, pixels float64) {
	p.person.t.Helper()
	at := p.reach(role, name)
	for _, x := range []float64{at.X, at.X + pixels/2, at.X + pixels} {
		params := input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchMove, TouchPoints: []*input.TouchPoint{{X: x, Y: at.Y}}}
		if x == at.X {
			params.Type = input.DispatchTouchEventTypeTouchStart
		}
		call(p.person, input.DispatchTouchEvent, params)
	}
	call(p.person, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}})
	p.person.arrive()
}

// reach waits until the mouse or a finger can reach the one thing with that
// accessible role and name, and says where.
func (p Part) reach(role, name string) (at point) {
	p.person.t.Helper()
	p.person.settle()
	p.person.until(fmt.Sprintf("the %s %q in %s", role, name, p), func(ctx context.Context) error {
		root, err := p.root(ctx)
		if err != nil {
			return err
		}
		object, err := thing(ctx, root, role, name)
		if err != nil {
			return err
		}
		at, err = on[point](ctx, object, clickPoint)
		if err == nil && at.Why != "" {
			err = errors.New(at.Why)
		}
		return err
	})
	return at
}

// withField does something to the field with that label.
func (p Part) withField(label string, do func(context.Context, runtime.RemoteObjectID) error) {
	p.person.t.Helper()
	p.person.settle()
	p.person.until(fmt.Sprintf("the field %q in %s", label, p), func(ctx context.Context) error {
		root, err := p.root(ctx)
		if err != nil {
			return err
		}
		object, err := field(ctx, root, label)
		if err != nil {
			return err
		}
		return do(ctx, object)
	})
}

// Fill writes into the field with that label, in place of what is there. Fields
// that aren't typed into, such as those for dates, take the value as HTML
// writes it (2026-03-12).
func (p Part) Fill(label, value string) {
	p.person.t.Helper()
	p.withField(label, func(ctx context.Context, object runtime.RemoteObjectID) error {
		typed, err := on[bool](ctx, object, `function() {
			if (this.readOnly || this.matches(":disabled, select, [type=checkbox], [type=radio], [type=file]")) throw Error("nobody can write into it");
			this.focus();
			if (this.matches("[type=date], [type=time], [type=datetime-local], [type=month], [type=week], [type=color], [type=range]")) return false;
			this.isContentEditable ? getSelection().selectAllChildren(this) : this.select();
			return true;
		}`)
		if err != nil {
			return err
		}
		if !typed {
			_, err = on[any](ctx, object, setValue, value)
			return err
		}
		if value == "" {
			return chromedp.Do(ctx, chromedp.KeyEvent("\b"))
		}
		_, err = chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: value})
		return err
	})
}

const setValue = `function(value) {
	this.value = value;
	for (const type of ["input", "change"]) this.dispatchEvent(new Event(type, {bubbles: true}));
}`

// Choose picks the option with that text from the list with that label.
func (p Part) Choose(label, option string) {
	p.person.t.Helper()
	p.withField(label, func(ctx context.Context, object runtime.RemoteObjectID) error {
		value, err := on[string](ctx, object, `function(text) {
			const option = [...this.options].find(o => o.label.trim() === text && !o.disabled);
			if (!option) throw Error("it offers " + [...this.options].map(o => o.label).join(", "));
			return option.value;
		}`, option)
		if err != nil {
			return err
		}
		_, err = on[any](ctx, object, setValue, value)
		return err
	})
}

// Value is what the field with that label holds.
func (p Part) Value(label string) string {
	p.person.t.Helper()
	var value string
	p.withField(label, func(ctx context.Context, object runtime.RemoteObjectID) (err error) {
		value, err = on[string](ctx, object, `function() { return this.value ?? this.innerText }`)
		return err
	})
	return value
}
