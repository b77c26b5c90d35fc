package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// things are those below root with that accessible name and, unless it is
// empty, role. What is hidden from people isn't among them.
func things(ctx context.Context, root runtime.RemoteObjectID, role, name string) ([]runtime.RemoteObjectID, error) {
	result, err := chromedp.Call(ctx, accessibility.QueryAXTree, accessibility.QueryAXTreeParams{
		ObjectID: root, AccessibleName: name, Role: role,
	})
	if err != nil {
		return nil, err
	}
	var found []runtime.RemoteObjectID
	for _, node := range result.Nodes {
		if node.BackendDOMNodeID == 0 { // a piece of a text
			continue
		}
		resolved, err := chromedp.Call(ctx, dom.ResolveNode, dom.ResolveNodeParams{BackendNodeID: node.BackendDOMNodeID})
		if err != nil {
			return nil, err
		}
		found = append(found, resolved.Object.ObjectID)
	}
	return found, nil
}

// thing is the only one with that role and name.
func thing(ctx context.Context, root runtime.RemoteObjectID, role, name string) (runtime.RemoteObjectID, error) {
	found, err := things(ctx, root, role, name)
	if err != nil {
		return "", err
	}
	if len(found) != 1 {
		return "", fmt.Errorf("there are %d", len(found))
	}
	return found[0], nil
}

// field is the only field with that label.
func field(ctx context.Context, root runtime.RemoteObjectID, label string) (runtime.RemoteObjectID, error) {
	found, err := things(ctx, root, "", label)
	if err != nil {
		return "", err
	}
	var fields []runtime.RemoteObjectID
	for _, object := range found {
		is, err := on[bool](ctx, object, `function() { return this.matches?.("input, textarea, select, [contenteditable]") ?? false }`)
		if err != nil {
			return "", err
		}
		if is {
			fields = append(fields, object)
		}
	}
	switch len(fields) {
	case 0:
		return fileField(ctx, root, label)
	case 1:
		return fields[0], nil
	}
	return "", fmt.Errorf("there are %d", len(fields))
}

// fileField is the field for files with that label. Chromium's accessible name
// of one says in addition what is chosen.
func fileField(ctx context.Context, root runtime.RemoteObjectID, label string) (runtime.RemoteObjectID, error) {
	argument, err := json.Marshal(label)
	if err != nil {
		return "", err
	}
	result, err := chromedp.Call(ctx, runtime.CallFunctionOn, runtime.CallFunctionOnParams{
		ObjectID: root, Arguments: []*runtime.CallArgument{{Value: argument}},
		FunctionDeclaration: `function(label) {
			const says = e => e.textContent.replace(/\s+/g, " ").trim() === label;
			return [...this.querySelectorAll("input[type=file]")].find(field => [...field.labels].some(says));
		}`,
	})
	if err != nil {
		return "", err
	}
	if result.Result.ObjectID == "" {
		return "", errors.New("there are 0")
	}
	return result.Result.ObjectID, nil
}

// document is the root of the whole page.
func document(ctx context.Context) (runtime.RemoteObjectID, error) {
	result, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: "document"})
	if err != nil {
		return "", err
	}
	return result.Result.ObjectID, nil
}

// text is the string in an accessibility value, empty if there is none.
func text(v *accessibility.Value) string {
	var s string
	if v == nil || json.Unmarshal(v.Value, &s) != nil {
		return ""
	}
	return s
}
