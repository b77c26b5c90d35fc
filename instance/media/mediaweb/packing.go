package mediaweb

import "sync"

// maxPacking is how many albums the process packs at a time; strangers have half
// of them, so that they keep none from members.
const maxPacking = 8

// packing says for whom albums are on their way: one at a time for each member,
// and for each network of strangers.
type packing struct {
	mu  sync.Mutex
	who map[string]bool
}

// begin takes a place, unless there is none or who has one.
func (p *packing) begin(who string, member bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	most := maxPacking
	if !member {
		most /= 2
	}
	if p.who[who] || len(p.who) >= most {
		return false
	}
	if p.who == nil {
		p.who = map[string]bool{}
	}
	p.who[who] = true
	return true
}

// end gives the place back.
func (p *packing) end(who string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.who, who)
}
