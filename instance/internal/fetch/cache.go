package fetch

import (
	"container/list"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// How long Get keeps what it found. A server may choose within the bounds. It
// cannot ask for less than the shortest, not even by no-store: every view
// would be a fetch, and a fetch must not tell when something was looked at.
const (
	shortestLife = 5 * time.Minute
	usualLife    = time.Hour
	longestLife  = 24 * time.Hour
)

// keptOverhead is a guess at what an entry costs beyond its body and key, so
// that failures count as well.
const keptOverhead = 512

// kept is an answer or a failure, until a time.
type kept struct {
	key    string
	answer Answer
	err    error
	until  time.Time
}

func (k kept) cost() int64 {
	return int64(len(k.key)+len(k.answer.URL)+len(k.answer.Body)) + keptOverhead
}

// cache holds answers up to a limit of bytes; what was not used for the
// longest goes first.
type cache struct {
	mu     sync.Mutex
	limit  int64
	size   int64
	byKey  map[string]*list.Element
	recent *list.List // of kept, the latest used in front
}

func newCache(limit int64) *cache {
	return &cache{limit: limit, byKey: map[string]*list.Element{}, recent: list.New()}
}

func (c *cache) get(key string, now time.Time) (kept, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[key]
	if !ok {
		return kept{}, false
	}
	k := e.Value.(kept)
	if !now.Before(k.until) {
		c.remove(e)
		return kept{}, false
	}
	c.recent.MoveToFront(e)
	return k, true
}

func (c *cache) put(k kept) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byKey[k.key]; ok {
		c.remove(e)
	}
	if k.cost() > c.limit {
		return
	}
	c.byKey[k.key] = c.recent.PushFront(k)
	c.size += k.cost()
	for c.size > c.limit {
		c.remove(c.recent.Back())
	}
}

func (c *cache) remove(e *list.Element) {
	k := c.recent.Remove(e).(kept)
	delete(c.byKey, k.key)
	c.size -= k.cost()
}

// lifetime is how long an answer is kept: its max-age (RFC 9111 section
// 5.2.2.1), within the bounds.
func lifetime(header http.Header) time.Duration {
	life := usualLife
	for directive := range strings.SplitSeq(strings.Join(header.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		switch strings.ToLower(name) {
		case "no-store", "no-cache":
			return shortestLife
		case "max-age":
			seconds, err := strconv.ParseUint(strings.Trim(value, `"`), 10, 31)
			if err != nil {
				continue
			}
			life = time.Duration(seconds) * time.Second
		}
	}
	return min(max(life, shortestLife), longestLife)
}
