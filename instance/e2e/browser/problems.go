package browser

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
)

// problems are what the browser complained about while a person used it.
type problems struct {
	mu   sync.Mutex
	list []string
}

func (p *problems) add(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = append(p.list, text)
}

func (p *problems) exception(thrown *runtime.ExceptionDetails) { p.add(saying(thrown)) }

// entry keeps what breaks a rule of security. Other entries, such as one for
// each answer that isn't 200, are part of many tests.
func (p *problems) entry(e *log.Entry) {
	if e.Source == log.EntrySourceSecurity {
		p.add(fmt.Sprintf("%s (%s)", e.Text, e.URL))
	}
}

// NoProblems demands that no page of this person's threw an exception or tried
// what its content security policy forbids.
func (p *Person) NoProblems(t testing.TB) {
	t.Helper()
	p.problems.mu.Lock()
	defer p.problems.mu.Unlock()
	if list := slices.Compact(p.problems.list); len(list) > 0 {
		t.Errorf("%s had problems:\n%s", p.name, strings.Join(list, "\n"))
	}
}
