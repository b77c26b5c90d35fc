package browser

import "context"

// Kept is what pages have put into this browser for the origin of the page that
// is open, to stay when it is closed.
func (p *Person) Kept() map[string]string {
	p.t.Helper()
	var kept map[string]string
	p.settle()
	p.until("what the browser keeps", func(ctx context.Context) (err error) {
		kept, err = evaluate[map[string]string](ctx, "({...localStorage})")
		return err
	})
	return kept
}
