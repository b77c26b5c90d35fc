package durability

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// ack is something that the program said was done.
type ack struct {
	id string // of the post, or of whoever was removed
	// word stands in this post alone; empty for a removal.
	word string
	root string // of a reply
	// mentioned is who was, or empty.
	mentioned string
}

// form is one that was filled in. It is kept until it is answered, and sent
// again, with the same key, when the program died over it.
type form struct {
	path   string
	values url.Values
	ack
	again bool
}

// person sends one form after the other.
type person struct {
	name, token, key string
	dice             *rand.Rand
	open             *form
	sent             int
}

// load is everybody who writes, and what they were answered.
type load struct {
	t      testing.TB
	people []*person
	http   *http.Client

	mu    sync.Mutex
	acks  []ack
	roots []string
	// refused are the answers other than success, which end the person's turn.
	refused []string
}

func newLoad(t testing.TB, tokens map[string]string, d *rand.Rand) *load {
	l := &load{t: t, http: &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: writers + 1},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	t.Cleanup(l.http.CloseIdleConnections)
	for _, name := range append([]string{owner}, names()...) {
		l.people = append(l.people, &person{name: name, token: tokens[name], dice: rand.New(rand.NewPCG(d.Uint64(), d.Uint64()))})
	}
	return l
}

// names are those of the writers.
func names() (all []string) {
	for i := range writers {
		all = append(all, fmt.Sprint("writer", i))
	}
	return all
}

// run lets everybody write at the addresses, person by person in turn, until
// there are n more answers, then calls stop, and returns when nobody waits for
// an answer any more. stop has to end the programs or the context.
func (l *load) run(n int, stop func(), addresses ...string) []ack {
	l.t.Helper()
	ctx, cancel := context.WithCancel(l.t.Context())
	defer cancel()
	before := len(l.acks)
	enough := make(chan struct{})
	var once sync.Once
	var all sync.WaitGroup
	for i, p := range l.people {
		all.Go(func() {
			defer once.Do(func() { close(enough) }) // somebody who gives up must not keep the test waiting
			for ctx.Err() == nil {
				if !l.turn(ctx, p, addresses[i%len(addresses)]) {
					return
				}
				l.mu.Lock()
				full := len(l.acks)-before >= n
				l.mu.Unlock()
				if full {
					once.Do(func() { close(enough) })
				}
			}
		})
	}
	<-enough
	stop()
	cancel()
	all.Wait()
	return l.acks[before:]
}

// answered is what was acknowledged so far.
func (l *load) answered() []ack {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.acks)
}

// finish lets everybody send again what was never answered.
func (l *load) finish(address string) {
	l.t.Helper()
	for _, p := range l.people {
		if p.open != nil && !l.turn(l.t.Context(), p, address) {
			l.t.Errorf("%s is not answered: %q", p.name, l.refused)
		}
	}
}

// turn sends one form, and reports whether it was taken.
func (l *load) turn(ctx context.Context, p *person, address string) bool {
	if p.key == "" && !l.begin(ctx, p, address) {
		return false
	}
	if p.open == nil {
		p.open = l.fill(p)
	}
	f := p.open
	f.values.Set("form_key", p.key)
	response, err := l.send(ctx, p, address+f.path, f.values)
	if err != nil {
		f.again = true // done or not: nobody knows but the program
		return false
	}
	defer discard(response.Body)
	// Somebody who was removed before the program died has no page any more.
	removed := f.again && f.word == "" && response.StatusCode == http.StatusNotFound
	if response.StatusCode != http.StatusSeeOther && !removed {
		said, err := io.ReadAll(response.Body)
		l.mu.Lock()
		l.refused = append(l.refused, fmt.Sprintf("%s: %s, %v\n%s", f.path, response.Status, err, said))
		l.mu.Unlock()
		return false
	}
	p.open = nil
	l.take(f, response.Header.Get("Location"))
	return true
}

// take writes down what was answered.
func (l *load) take(f *form, location string) {
	if f.word != "" {
		u, err := url.Parse(location)
		if err != nil {
			l.t.Errorf("an answer leads to %q: %v", location, err)
			return
		}
		if f.id = u.Fragment; f.root == "" {
			f.id = path.Base(u.Path)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.acks = append(l.acks, f.ack)
	if f.word != "" && f.root == "" {
		l.roots = append(l.roots, f.id)
	}
}

var keyField = regexp.MustCompile(`name="form_key" value="([^"]+)"`)

// begin opens the page with the form. Its key serves for every text she
// writes: to the program she goes back in her browser and writes another.
func (l *load) begin(ctx context.Context, p *person, address string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/you", nil)
	if err != nil {
		l.t.Error(err)
		return false
	}
	request.Header.Set("Cookie", "session="+p.token)
	response, err := l.http.Do(request)
	if err != nil {
		return false
	}
	defer discard(response.Body)
	page, err := io.ReadAll(response.Body)
	if err != nil {
		return false
	}
	key := keyField.FindSubmatch(page)
	if response.StatusCode != http.StatusOK || key == nil {
		l.t.Errorf("the page for %s: %s without a form\n%s", p.name, response.Status, page)
		return false
	}
	p.key = string(key[1])
	return true
}

// fill writes the next form: something new, a reply, or for the owner a removal.
func (l *load) fill(p *person) *form {
	p.sent++
	if p.name == owner {
		id, handle := leaverOf(p.sent - 1)
		return &form{path: "/people/" + handle + "/remove", values: url.Values{}, ack: ack{id: id}}
	}
	f := &form{path: "/compose", ack: ack{word: fmt.Sprintf("word%s%d%x", p.name, p.sent, p.dice.Uint32())}}
	body := []string{f.word, "and something that many have in common.", strings.Repeat("filling ", p.dice.IntN(60))}
	if p.dice.IntN(3) == 0 {
		f.mentioned = fmt.Sprint("writer", p.dice.IntN(writers))
		body = append(body, "Hello @"+f.mentioned+"!")
	}
	f.values = url.Values{"space": {space}, "title": {""}, "body": {strings.Join(body, " ")}}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.roots) > 0 && p.dice.IntN(2) == 0 {
		f.root = l.roots[p.dice.IntN(len(l.roots))]
		f.path = "/p/" + f.root + "/reply?to=" + f.root
	}
	return f
}

func (l *load) send(ctx context.Context, p *person, address string, values url.Values) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(values.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Cookie", "session="+p.token)
	return l.http.Do(request)
}
