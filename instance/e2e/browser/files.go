package browser

import (
	"context"
	"fmt"
	"mime"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Attach chooses files, by their paths, for the field with that label.
func (p Part) Attach(label string, paths ...string) {
	p.person.t.Helper()
	p.withField(label, func(ctx context.Context, object runtime.RemoteObjectID) error {
		_, err := chromedp.Call(ctx, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: paths, ObjectID: object})
		return err
	})
}

// Drop lets files, by their paths, fall onto the field with that label.
func (p Part) Drop(label string, paths ...string) {
	p.person.t.Helper()
	p.withField(label, func(ctx context.Context, object runtime.RemoteObjectID) error {
		at, err := on[point](ctx, object, clickPoint)
		if err != nil {
			return err
		}
		data := &input.DragData{Items: []*input.DragDataItem{}, Files: paths, DragOperationsMask: 1}
		for _, kind := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop} {
			if _, err := chromedp.Call(ctx, input.DispatchDragEvent, input.DispatchDragEventParams{Type: kind, X: at.X, Y: at.Y, Data: data}); err != nil {
				return fmt.Errorf("%s: %w", kind, err)
			}
		}
		return nil
	})
}

// Paste puts a file, by its path, into the field with that label, as one that was
// copied. The event is made by hand: no clipboard of Chromium's takes files.
func (p Part) Paste(label, path string) {
	p.person.t.Helper()
	body, err := os.ReadFile(path)
	p.person.must("read what is pasted", err)
	p.withField(label, func(ctx context.Context, object runtime.RemoteObjectID) error {
		_, err := on[any](ctx, object, `function(name, type, body) {
			const bytes = Uint8Array.from(atob(body), c => c.charCodeAt(0));
			const data = new DataTransfer();
			data.items.add(new File([bytes], name, {type}));
			this.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
		}`, filepath.Base(path), mime.TypeByExtension(filepath.Ext(path)), body)
		return err
	})
}
